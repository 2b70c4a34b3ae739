//! What a dump is asked to do.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{DumpFormat, memory, release};
use crate::archive::script::Clean;
use crate::codec::Compression;
use crate::error::{Error, ErrorKind, Result};
use crate::pg::ConnInfo;
use crate::schema::{EntryOptions, SelectionPatterns};
use crate::store::{Location, S3Options};

/// The options of a dump. Field names are the same in JSON and in every binding.
///
/// Patterns follow psql's rules: `*` and `?`, double quotes to keep case,
/// `schema.name` for tables.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DumpOptions {
    /// The database to dump: a connection URI or `key=value` string.
    pub source: ConnInfo,
    /// Where the archive goes: `s3://bucket/key`, a path, or `-` for a writer; in
    /// the directory format, a prefix or a directory.
    pub target: Location,
    /// How to reach the object store, for an `s3://` target.
    #[serde(default)]
    pub s3: S3Options,
    /// What the dump is written as.
    #[serde(default)]
    pub format: DumpFormat,
    /// The codec. Default: none for a script; else zstd for servers from 16 on, gzip below.
    #[serde(default)]
    pub compression: Option<Compression>,
    /// The major release that is to restore the dump, 13 to 18. Default: the server's.
    #[serde(default)]
    pub target_version: Option<u32>,
    /// Sessions that copy at the same time, 1 to 64. From 2 on they are `jobs` besides
    /// the one that holds the snapshot.
    #[serde(default = "one")]
    pub jobs: u32,
    /// Use one job, with a warning, if the server does not take as many as wanted or
    /// they cannot see one snapshot, instead of failing.
    #[serde(default)]
    pub fall_back_to_one_job: bool,
    /// What the dump may hold in memory, in bytes; the catalogs of a large schema come on
    /// top. Default: 256 MiB.
    #[serde(default)]
    pub max_memory: Option<usize>,
    /// Bytes of rows and large objects read from the server each second, at most.
    /// Default: as many as it sends.
    #[serde(default)]
    pub max_rate: Option<u64>,
    /// Only these schemas (`-n`).
    #[serde(default)]
    pub schemas: Vec<String>,
    /// Not these schemas (`-N`).
    #[serde(default)]
    pub exclude_schemas: Vec<String>,
    /// Only these tables, views and sequences (`-t`).
    #[serde(default)]
    pub tables: Vec<String>,
    /// Not these tables, views and sequences (`-T`).
    #[serde(default)]
    pub exclude_tables: Vec<String>,
    /// Not the rows of these tables, the values of these sequences, and no refresh of
    /// these materialized views.
    #[serde(default)]
    pub exclude_table_data: Vec<String>,
    /// The rows of foreign tables on these servers. Others are left to their servers.
    #[serde(default)]
    pub include_foreign_data: Vec<String>,
    /// Definitions without data (`-s`).
    #[serde(default)]
    pub schema_only: bool,
    /// Data without definitions (`-a`).
    #[serde(default)]
    pub data_only: bool,
    /// The planner's statistics, too: for servers from 18 on.
    #[serde(default)]
    pub statistics: bool,
    /// No owners in the archive (`-O`).
    #[serde(default)]
    pub no_owner: bool,
    /// No privileges in the archive (`-x`).
    #[serde(default)]
    pub no_privileges: bool,
    /// No comments in the archive.
    #[serde(default)]
    pub no_comments: bool,
    /// No security labels in the archive.
    #[serde(default)]
    pub no_security_labels: bool,
    /// No publications in the archive.
    #[serde(default)]
    pub no_publications: bool,
    /// No subscriptions in the archive.
    #[serde(default)]
    pub no_subscriptions: bool,
    /// No tablespaces in the archive.
    #[serde(default)]
    pub no_tablespaces: bool,
    /// No access methods of tables in the archive.
    #[serde(default)]
    pub no_table_access_method: bool,
    /// No compression methods of columns in the archive.
    #[serde(default)]
    pub no_toast_compression: bool,
    /// Make the database and connect to it (`-C`). In a script only: an archive can
    /// do it whenever it is restored.
    #[serde(default)]
    pub create: bool,
    /// Drop what is about to be made (`-c`). In a script only.
    #[serde(default)]
    pub clean: bool,
    /// Drop only what is there. Needs `clean`.
    #[serde(default)]
    pub if_exists: bool,
    /// Leave out objects of kinds that cannot be kept, and list them in the
    /// report, instead of failing.
    #[serde(default)]
    pub skip_unsupported: bool,
    /// Replace an archive that exists.
    #[serde(default)]
    pub overwrite: bool,
    /// How long to wait for each batch of table locks, in milliseconds. Default: for ever.
    #[serde(default)]
    pub lock_wait_timeout_ms: Option<u64>,
    /// Words of the user for the manifest.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Size of upload parts in bytes, at least 5 MiB. Default: 8 MiB, more for large databases.
    #[serde(default)]
    pub part_size: Option<usize>,
    /// Seconds east of UTC of the time in the archive's header, which
    /// `pg_restore -l` shows as local time.
    #[serde(default)]
    pub utc_offset_seconds: i32,
}

fn one() -> u32 {
    1
}

impl DumpOptions {
    /// Options to dump all of `source` to `target`.
    pub fn new(source: ConnInfo, target: Location) -> Self {
        Self {
            source,
            target,
            s3: S3Options::default(),
            format: DumpFormat::default(),
            compression: None,
            target_version: None,
            jobs: 1,
            fall_back_to_one_job: false,
            max_memory: None,
            max_rate: None,
            schemas: Vec::new(),
            exclude_schemas: Vec::new(),
            tables: Vec::new(),
            exclude_tables: Vec::new(),
            exclude_table_data: Vec::new(),
            include_foreign_data: Vec::new(),
            schema_only: false,
            data_only: false,
            statistics: false,
            no_owner: false,
            no_privileges: false,
            no_comments: false,
            no_security_labels: false,
            no_publications: false,
            no_subscriptions: false,
            no_tablespaces: false,
            no_table_access_method: false,
            no_toast_compression: false,
            create: false,
            clean: false,
            if_exists: false,
            skip_unsupported: false,
            overwrite: false,
            lock_wait_timeout_ms: None,
            labels: BTreeMap::new(),
            part_size: None,
            utc_offset_seconds: 0,
        }
    }

    /// Checks that the options go together.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] naming those that do not.
    pub(super) fn check(&self) -> Result<()> {
        let invalid = |message: &str| Err(Error::new(ErrorKind::InvalidInput, message));
        self.check_target()?;
        self.check_script_options()?;
        release::check(self)?;
        if self.schema_only && self.data_only {
            return invalid("schema_only and data_only cannot be used together");
        }
        if self.statistics && (self.schema_only || self.data_only) {
            return invalid("statistics cannot be used together with schema_only or data_only");
        }
        if self.schema_only && !self.include_foreign_data.is_empty() {
            return invalid("schema_only and include_foreign_data cannot be used together");
        }
        if !JOBS.contains(&self.jobs) {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!(
                    "jobs is {}, expected {} to {}",
                    self.jobs,
                    JOBS.start(),
                    JOBS.end()
                ),
            ));
        }
        if self.max_rate == Some(0) {
            return invalid("max_rate is 0, expected bytes per second, 1 or more");
        }
        self.check_memory()?;
        if let Some(size) = self.part_size.filter(|size| *size < MIN_PART_SIZE) {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!("part_size is {size} bytes, expected at least {MIN_PART_SIZE} (5 MiB)"),
            ));
        }
        Ok(())
    }

    /// Refuses what cannot do for the smallest database. Larger ones may need larger parts.
    fn check_memory(&self) -> Result<()> {
        let compression = self.compression.unwrap_or(Compression::ZSTD);
        let part_size = self.part_size.unwrap_or(MIN_PART_SIZE);
        memory::Memory::share(
            self.max_memory(),
            self.jobs as usize,
            compression,
            memory::Upload::new(self, part_size),
        )
        .map(drop)
    }

    pub(super) fn max_memory(&self) -> usize {
        self.max_memory.unwrap_or(memory::DEFAULT)
    }

    fn check_target(&self) -> Result<()> {
        match self.format {
            DumpFormat::Directory if self.target == Location::Stream => Err(Error::new(
                ErrorKind::InvalidInput,
                "a directory archive is many files, which a stream (-) cannot hold",
            )
            .with_hint("Name a directory or s3://bucket/prefix, or use the custom format.")),
            DumpFormat::Directory => Ok(()),
            DumpFormat::Custom | DumpFormat::Plain => self.target.check_names_object(),
        }
    }

    /// What only statements can do, an archive leaves to `pg_restore`.
    fn check_script_options(&self) -> Result<()> {
        let invalid = |message: String, hint: &str| {
            Err(Error::new(ErrorKind::InvalidInput, message).with_hint(hint))
        };
        let given = [
            ("create", self.create),
            ("clean", self.clean),
            ("if_exists", self.if_exists),
        ];
        let first = given.into_iter().find(|(_, given)| *given);
        match first {
            Some((name, _)) if self.format != DumpFormat::Plain => invalid(
                format!(
                    "{name} is for the plain format, and the format is {}",
                    self.format
                ),
                "An archive holds what it takes: say create, clean or if_exists when it is restored, by pgsluice or by pg_restore.",
            ),
            _ if self.clean && self.data_only => invalid(
                "clean and data_only cannot be used together".to_owned(),
                "Data alone makes no objects that could be dropped before.",
            ),
            _ if self.if_exists && !self.clean => invalid(
                "if_exists needs clean".to_owned(),
                "Without clean nothing is dropped.",
            ),
            _ => Ok(()),
        }
    }

    /// What a script drops first.
    pub(super) fn clean(&self) -> Clean {
        match (self.clean, self.if_exists) {
            (false, _) => Clean::Nothing,
            (true, false) => Clean::All,
            (true, true) => Clean::Existing,
        }
    }

    pub(super) fn patterns(&self) -> SelectionPatterns {
        SelectionPatterns {
            schemas: self.schemas.clone(),
            exclude_schemas: self.exclude_schemas.clone(),
            tables: self.tables.clone(),
            exclude_tables: self.exclude_tables.clone(),
            exclude_table_data: self.exclude_table_data.clone(),
            no_publications: self.no_publications,
            no_subscriptions: self.no_subscriptions,
            no_toast_compression: self.no_toast_compression,
            include_foreign_data: self.include_foreign_data.clone(),
        }
    }

    pub(super) fn entries(&self) -> EntryOptions {
        EntryOptions {
            data_only: self.data_only,
            schema_only: self.schema_only,
            no_owner: self.no_owner,
            no_privileges: self.no_privileges,
            no_comments: self.no_comments,
            no_security_labels: self.no_security_labels,
            no_tablespaces: self.no_tablespaces,
            no_table_access_method: self.no_table_access_method,
        }
    }

    pub(super) fn lock_wait_timeout(&self) -> Option<Duration> {
        self.lock_wait_timeout_ms.map(Duration::from_millis)
    }
}

/// More connections than that are no backup's to take.
const JOBS: RangeInclusive<u32> = 1..=64;

/// The smallest part that S3 takes, unless it is the last.
const MIN_PART_SIZE: usize = crate::store::Store::MIN_PART_SIZE;
