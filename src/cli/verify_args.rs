//! The arguments of `pgsluice verify`.
//!
//! The comments here are what `--help` prints: the first paragraph for `-h`, all of it for `--help`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::OutputArgs;
use super::help;
use super::outcome::Results;
use crate::secret::Secret;
use crate::verify::Level;

const RESTORED: &str = "With --level restore";

/// Prove that a backup is good
///
/// Reads the archive where it lies and compares it with its manifest. An archive
/// of pg_dump has none: what can be proved of it is proved, and the rest said.
#[derive(Args, Debug)]
#[command(after_long_help = help::VERIFY)]
pub(super) struct VerifyArgs {
    /// Archive: s3://bucket/key, or a path
    ///
    /// Of a directory archive, the directory or the prefix.
    #[arg(value_name = "ARCHIVE")]
    pub(super) archive: String,

    /// How much is proved
    #[arg(long, value_enum, default_value_t = LevelArg::Archive)]
    pub(super) level: LevelArg,

    /// Any database of a server where a scratch database may be made
    ///
    /// The archive is restored into a database called pgsluice_verify_…, which is
    /// dropped again, whatever comes of it.
    #[arg(long, value_name = "DB", help_heading = RESTORED)]
    pub(super) server: Option<Secret>,

    /// Foreign keys: full, skip, or how many rows of each table
    #[arg(long, value_name = "ROWS", default_value = "full", help_heading = RESTORED)]
    pub(super) foreign_keys: String,

    /// Queries that must each return true, from a file
    #[arg(long, value_name = "FILE", help_heading = RESTORED)]
    pub(super) assertions: Option<PathBuf>,

    /// Restore owners and privileges, too: the server must have the roles
    #[arg(long, help_heading = RESTORED)]
    pub(super) with_roles: bool,

    /// Sessions that restore at the same time
    #[arg(short = 'j', long, value_name = "N", default_value_t = 1, help_heading = RESTORED)]
    pub(super) jobs: u32,

    /// What the restore may hold in memory: 128MiB, 1GiB, or bytes
    #[arg(long, value_name = "SIZE", help_heading = RESTORED)]
    pub(super) max_memory: Option<String>,

    /// Do not look at the manifest beside the archive
    #[arg(long)]
    pub(super) ignore_manifest: bool,

    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// The levels, as arguments.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum LevelArg {
    /// The stored bytes are those that were written
    Bytes,
    /// And every entry can be decoded, with all of its rows
    Archive,
    /// And a server makes the same database of it
    Restore,
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Bytes => Self::Bytes,
            LevelArg::Archive => Self::Archive,
            LevelArg::Restore => Self::Restore,
        }
    }
}

impl VerifyArgs {
    /// Where the outcome goes.
    pub(super) fn results(&self) -> Results {
        Results::to_stdout(self.output.json)
    }
}
