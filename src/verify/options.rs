//! What a verification is asked to do.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::pg::ConnInfo;
use crate::store::{Location, S3Options};

/// How much of a backup is proved.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Level {
    /// What is stored is what was written: sizes and SHA-256.
    Bytes,
    /// And all of it can be decoded: every entry, with the rows that the manifest names.
    #[default]
    Archive,
    /// And a server makes the same database of it.
    Restore,
}

/// Which foreign keys of a restored database are checked row by row.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ForeignKeys {
    /// All rows.
    #[default]
    Full,
    /// So many rows of each table.
    Sample(u64),
    /// None: the server has checked them when it made them.
    Skip,
}

/// The options of a verification. Field names are the same in JSON and in every binding.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyOptions {
    /// The archive: `s3://bucket/key`, or a path. Of a directory archive, its directory
    /// or prefix.
    pub archive: Location,
    /// How to reach the object store, for an `s3://` archive.
    #[serde(default)]
    pub s3: S3Options,
    /// How much is proved.
    #[serde(default)]
    pub level: Level,
    /// For [`Level::Restore`]: any database of a server on which a scratch database may be made.
    #[serde(default)]
    pub server: Option<ConnInfo>,
    /// Sessions that restore and compare at the same time, 1 to 64.
    #[serde(default = "one")]
    pub jobs: u32,
    /// What the verification may hold in memory, in bytes. Default: 256 MiB.
    #[serde(default)]
    pub max_memory: Option<usize>,
    /// Which foreign keys are checked row by row.
    #[serde(default)]
    pub foreign_keys: ForeignKeys,
    /// Queries for the restored database, with semicolons between them, each of which
    /// must return true in the first column of its only row.
    #[serde(default)]
    pub assertions: Option<String>,
    /// Restore owners and privileges, too: the server must have the roles.
    #[serde(default)]
    pub with_roles: bool,
    /// Do not look at the manifest beside the archive.
    #[serde(default)]
    pub ignore_manifest: bool,
}

fn one() -> u32 {
    1
}

impl VerifyOptions {
    /// Options to prove that all of `archive` can be decoded.
    pub fn new(archive: Location) -> Self {
        Self {
            archive,
            s3: S3Options::default(),
            level: Level::default(),
            server: None,
            jobs: 1,
            max_memory: None,
            foreign_keys: ForeignKeys::default(),
            assertions: None,
            with_roles: false,
            ignore_manifest: false,
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        let restores = self.level == Level::Restore;
        let rules = [
            (
                restores && self.server.is_none(),
                "level restore needs a server",
                "Name a database of a server where a scratch database may be made.",
            ),
            (
                !restores && self.server.is_some(),
                "a server is for level restore, and no other proves anything with it",
                "Ask for level restore, or leave the server out.",
            ),
            (
                !restores && self.assertions.is_some(),
                "assertions need level restore",
                "They are asked of the restored database.",
            ),
            (
                self.archive == Location::Stream,
                "a stream (-) cannot be verified: there is nothing beside it to compare it with",
                "Name a file or an object.",
            ),
        ];
        match rules.into_iter().find(|(broken, ..)| *broken) {
            None => Ok(()),
            Some((_, message, hint)) => {
                Err(Error::new(ErrorKind::InvalidInput, message).with_hint(hint))
            }
        }
    }
}
