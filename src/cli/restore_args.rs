//! The arguments of `pgsluice restore`.
//!
//! The comments here are what `--help` prints: the first paragraph for `-h`, all of it for `--help`.

use clap::{Args, ValueEnum};

use super::args::OutputArgs;
use super::help;
use super::outcome::Results;
use crate::secret::Secret;

const SELECTION: &str = "What to restore";
const WAY: &str = "How";
const SAFETY: &str = "Safety";

/// Restore an archive into a database
///
/// Restores archives of pgsluice and of pg_dump (-Fc, -Fd) from S3, a file or a
/// pipe, without a copy on disk. Rows are compared with the manifest beside the
/// archive, if there is one, before they are committed. Asks before it begins.
#[derive(Args, Debug)]
#[command(after_long_help = help::RESTORE)]
pub(super) struct RestoreArgs {
    /// Archive: s3://bucket/key, a path, or - for standard input
    ///
    /// Of a directory archive, the directory or the prefix.
    #[arg(value_name = "ARCHIVE")]
    pub(super) archive: String,

    /// Database: a URI, key=value settings, or a name
    ///
    /// As for dump. With --create, any database of the server to connect to
    /// first, such as postgres.
    #[arg(value_name = "TARGET_DB")]
    pub(super) target: Secret,

    /// Only what is in this schema (repeatable)
    ///
    /// Names, here and below, are exact, as in pg_restore: no quotes, no wildcards.
    #[arg(short = 'n', long = "schema", value_name = "NAME", help_heading = SELECTION)]
    pub(super) schemas: Vec<String>,

    /// Nothing that is in this schema (repeatable)
    #[arg(short = 'N', long = "exclude-schema", value_name = "NAME", help_heading = SELECTION)]
    pub(super) exclude_schemas: Vec<String>,

    /// Only this table, view or sequence (repeatable)
    ///
    /// Its definition and its rows, but as in pg_restore neither its indexes nor
    /// its constraints. NAME or SCHEMA.NAME.
    #[arg(short = 't', long = "table", value_name = "NAME", help_heading = SELECTION)]
    pub(super) tables: Vec<String>,

    /// Only this trigger (repeatable)
    #[arg(short = 'T', long = "trigger", value_name = "NAME", help_heading = SELECTION)]
    pub(super) triggers: Vec<String>,

    /// Only this index (repeatable)
    #[arg(short = 'I', long = "index", value_name = "NAME", help_heading = SELECTION)]
    pub(super) indexes: Vec<String>,

    /// Only this function (repeatable), with its argument types: "f(integer)"
    #[arg(short = 'P', long = "function", value_name = "NAME(ARGS)", help_heading = SELECTION)]
    pub(super) functions: Vec<String>,

    /// Only the entries that FILE lists, in its order
    ///
    /// What `pgsluice list` or `pg_restore -l` prints, edited: a semicolon before
    /// a line leaves it out.
    #[arg(short = 'L', long, value_name = "FILE", help_heading = SELECTION)]
    pub(super) use_list: Option<std::path::PathBuf>,

    /// Definitions only, no data
    #[arg(short = 's', long, conflicts_with = "data_only", help_heading = SELECTION)]
    pub(super) schema_only: bool,

    /// Data only, no definitions
    #[arg(short = 'a', long, help_heading = SELECTION)]
    pub(super) data_only: bool,

    /// No owners: you will own everything
    #[arg(short = 'O', long, help_heading = SELECTION)]
    pub(super) no_owner: bool,

    /// No privileges (GRANT, REVOKE)
    #[arg(short = 'x', long, visible_alias = "no-acl", help_heading = SELECTION)]
    pub(super) no_privileges: bool,

    /// No comments
    #[arg(long, help_heading = SELECTION)]
    pub(super) no_comments: bool,

    /// Sessions that restore at the same time
    #[arg(short = 'j', long, value_name = "N", default_value_t = 1, help_heading = WAY)]
    pub(super) jobs: u32,

    /// Make the archive's database, and restore into that
    #[arg(short = 'C', long, help_heading = WAY)]
    pub(super) create: bool,

    /// Drop what is about to be made
    #[arg(short = 'c', long, help_heading = WAY)]
    pub(super) clean: bool,

    /// Drop only what is there
    ///
    /// Needs --clean.
    #[arg(long, help_heading = WAY)]
    pub(super) if_exists: bool,

    /// Act as this role (SET ROLE)
    #[arg(long, value_name = "ROLE", help_heading = WAY)]
    pub(super) role: Option<String>,

    /// No triggers while rows are restored
    ///
    /// Needs --data-only, and a superuser.
    #[arg(long, help_heading = WAY)]
    pub(super) disable_triggers: bool,

    /// Merge: add the rows that do not conflict with those that are there
    ///
    /// Needs --data-only. Sequences are set forward, never back.
    #[arg(long, help_heading = WAY)]
    pub(super) on_conflict_do_nothing: bool,

    /// All or nothing, in one transaction
    #[arg(short = '1', long, help_heading = WAY)]
    pub(super) single_transaction: bool,

    /// End at the first entry that cannot be restored
    ///
    /// Without this the others are restored, and the failures reported: the exit
    /// code is 1.
    #[arg(short = 'e', long, help_heading = WAY)]
    pub(super) exit_on_error: bool,

    /// What the restore may hold in memory: 128MiB, 1GiB, or bytes
    ///
    /// Default: 256 MiB. The table of contents comes on top.
    #[arg(long, value_name = "SIZE", help_heading = WAY)]
    pub(super) max_memory: Option<String>,

    /// Say what would be restored, and restore nothing
    ///
    /// As a list for -L, or as SQL.
    #[arg(long, value_name = "FORM", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "list", help_heading = SAFETY)]
    pub(super) dry_run: Option<DryRunForm>,

    /// Do not ask
    ///
    /// Needed where standard input is no terminal.
    #[arg(long, help_heading = SAFETY)]
    pub(super) force: bool,

    /// Dump the target first: s3://bucket/key, or a path
    ///
    /// Nothing is restored unless that dump is complete. Jobs are those of the restore.
    #[arg(long, value_name = "TARGET", conflicts_with = "create", help_heading = SAFETY)]
    pub(super) pre_restore_dump: Option<String>,

    /// Never restore into a database or onto a host of this name (repeatable)
    ///
    /// * and ? are wildcards. PGSLUICE_PROTECT may hold more, with commas or semicolons between them.
    #[arg(long, value_name = "PATTERN", help_heading = SAFETY)]
    pub(super) protect: Vec<String>,

    /// End the sessions of others in the target database first
    #[arg(long, help_heading = SAFETY)]
    pub(super) terminate_sessions: bool,

    /// Do not look at the manifest beside the archive
    #[arg(long, help_heading = SAFETY)]
    pub(super) ignore_manifest: bool,

    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// How a dry run is printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum DryRunForm {
    /// A line for each entry
    List,
    /// The statements
    Sql,
}

impl RestoreArgs {
    /// Where the outcome goes.
    pub(super) fn results(&self) -> Results {
        Results::to_stdout(self.output.json)
    }
}
