//! What a restore is asked to do.

use serde::{Deserialize, Serialize};

use crate::archive::script::Clean;
use crate::error::{Error, ErrorKind, Result};
use crate::pg::ConnInfo;
use crate::store::{Location, S3Options};

/// The options of a restore. Field names are the same in JSON and in every binding, and
/// mean what the options of `pg_restore` of that name mean.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RestoreOptions {
    /// The archive: `s3://bucket/key`, a path, or `-` for a reader. Of a directory
    /// archive, its directory or prefix.
    pub archive: Location,
    /// The database to restore into or, with `create`, one to be connected to while the
    /// archive's own is made.
    pub target: ConnInfo,
    /// How to reach the object store, for an `s3://` archive.
    #[serde(default)]
    pub s3: S3Options,
    /// Sessions that restore at the same time, 1 to 64.
    #[serde(default = "one")]
    pub jobs: u32,
    /// What the restore may hold in memory, in bytes; the archive's table of contents
    /// comes on top. Default: 256 MiB.
    #[serde(default)]
    pub max_memory: Option<usize>,
    /// Make the database, and restore into it (`-C`).
    #[serde(default)]
    pub create: bool,
    /// Drop what is about to be made (`-c`).
    #[serde(default)]
    pub clean: bool,
    /// Drop only what is there. Needs `clean`.
    #[serde(default)]
    pub if_exists: bool,
    /// Definitions without data (`-s`).
    #[serde(default)]
    pub schema_only: bool,
    /// Data without definitions (`-a`).
    #[serde(default)]
    pub data_only: bool,
    /// Only what is in these schemas (`-n`). Names, not patterns.
    #[serde(default)]
    pub schemas: Vec<String>,
    /// Nothing that is in these schemas (`-N`).
    #[serde(default)]
    pub exclude_schemas: Vec<String>,
    /// Only these tables, views and sequences (`-t`): `name` or `schema.name`.
    #[serde(default)]
    pub tables: Vec<String>,
    /// Only these triggers (`-T`).
    #[serde(default)]
    pub triggers: Vec<String>,
    /// Only these indexes (`-I`).
    #[serde(default)]
    pub indexes: Vec<String>,
    /// Only these functions, procedures and aggregates (`-P`): `name(argument types)`.
    #[serde(default)]
    pub functions: Vec<String>,
    /// Only these entries, in this order: their dump ids (`-L`).
    #[serde(default)]
    pub entries: Option<Vec<u32>>,
    /// No owners: whoever restores owns everything (`-O`).
    #[serde(default)]
    pub no_owner: bool,
    /// No privileges (`-x`).
    #[serde(default)]
    pub no_privileges: bool,
    /// No comments.
    #[serde(default)]
    pub no_comments: bool,
    /// The role to act as.
    #[serde(default)]
    pub role: Option<String>,
    /// No triggers while rows are restored. Needs `data_only`.
    #[serde(default)]
    pub disable_triggers: bool,
    /// Merge: keep the rows that are there, and add those that do not conflict with them.
    /// Needs `data_only`.
    #[serde(default)]
    pub on_conflict_do_nothing: bool,
    /// All or nothing, in one transaction. Needs one job.
    #[serde(default)]
    pub single_transaction: bool,
    /// End at the first entry that cannot be restored, instead of going on and reporting it.
    #[serde(default = "yes")]
    pub exit_on_error: bool,
    /// End the sessions of others in the target database first.
    #[serde(default)]
    pub terminate_sessions: bool,
    /// Databases and hosts that are never restored into: names, with `*` and `?`.
    #[serde(default)]
    pub protect: Vec<String>,
    /// Do not look at the manifest beside the archive.
    #[serde(default)]
    pub ignore_manifest: bool,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

/// As many as a dump takes; each is a session, a connection to the store and a thread.
const MAX_JOBS: u32 = 64;

impl RestoreOptions {
    /// Options to restore all of `archive` into `target`, with one job, up to the first error.
    pub fn new(archive: Location, target: ConnInfo) -> Self {
        Self {
            archive,
            target,
            s3: S3Options::default(),
            jobs: 1,
            max_memory: None,
            create: false,
            clean: false,
            if_exists: false,
            schema_only: false,
            data_only: false,
            schemas: Vec::new(),
            exclude_schemas: Vec::new(),
            tables: Vec::new(),
            triggers: Vec::new(),
            indexes: Vec::new(),
            functions: Vec::new(),
            entries: None,
            no_owner: false,
            no_privileges: false,
            no_comments: false,
            role: None,
            disable_triggers: false,
            on_conflict_do_nothing: false,
            single_transaction: false,
            exit_on_error: true,
            terminate_sessions: false,
            protect: Vec::new(),
            ignore_manifest: false,
        }
    }

    /// Checks that the options go together.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] naming those that do not.
    pub(super) fn check(&self) -> Result<()> {
        let stream = self.archive == Location::Stream;
        let several = self.jobs > 1;
        let rules = [
            (
                !(1..=MAX_JOBS).contains(&self.jobs),
                "jobs is out of range: expected 1 to 64",
                "More sessions than a server has cores only wait for each other.",
            ),
            (
                !self.create && !self.target.names_database(),
                "nothing says which database to restore into",
                "Name it in the connection string, or in PGDATABASE.",
            ),
            (
                self.if_exists && !self.clean,
                "if_exists needs clean",
                "Without clean nothing is dropped.",
            ),
            (
                self.schema_only && self.data_only,
                "schema_only and data_only leave nothing to restore",
                "Give one of them, or neither.",
            ),
            (
                self.clean && self.data_only,
                "clean drops definitions, which data_only does not restore",
                "Empty the tables first, or restore definitions, too.",
            ),
            (
                self.create && self.single_transaction,
                "create cannot be part of single_transaction: a server makes databases outside of transactions",
                "Make the database first, and restore into it without create.",
            ),
            (
                several && self.single_transaction,
                "single_transaction needs one job: a transaction belongs to one session",
                "Leave out jobs, or single_transaction.",
            ),
            (
                several && stream,
                "several jobs cannot read one stream (-)",
                "Name a file or an object, or use one job.",
            ),
            (
                self.disable_triggers && !self.data_only,
                "disable_triggers needs data_only",
                "Triggers that are restored are made after the rows.",
            ),
            (
                self.on_conflict_do_nothing && !self.data_only,
                "on_conflict_do_nothing needs data_only",
                "It adds rows to tables that are there.",
            ),
        ];
        let Some((_, message, hint)) = rules.into_iter().find(|(broken, ..)| *broken) else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::InvalidInput, message).with_hint(hint))
    }

    /// What is dropped first.
    pub(super) fn clean(&self) -> Clean {
        match (self.clean, self.if_exists) {
            (false, _) => Clean::Nothing,
            (true, false) => Clean::All,
            (true, true) => Clean::Existing,
        }
    }

    /// Whether rows go into their tables by COPY alone.
    pub(super) fn only_copies(&self) -> bool {
        !self.disable_triggers && !self.on_conflict_do_nothing
    }

    /// Whether the first failure is the last: in one transaction nothing can follow it.
    pub(super) fn stops_at_errors(&self) -> bool {
        self.exit_on_error || self.single_transaction
    }
}
