//! The arguments, as clap reads them. Flags mean what they mean in pg_dump and
//! pg_restore wherever those have them.
//!
//! The comments here are what `--help` prints: the first paragraph for `-h`, all of it for `--help`.

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::help;
use super::outcome::Results;
use super::restore_args::RestoreArgs;
use super::verify_args::VerifyArgs;
use crate::secret::Secret;

/// PostgreSQL backups straight into object storage
///
/// pgsluice reads a live database and streams it, compressed, into an archive
/// in S3, a file or a pipe: no pg_dump, no temporary file. It restores the
/// archive straight from there, and so does the stock pg_restore.
#[derive(Debug, Parser)]
#[command(
    name = "pgsluice",
    version,
    after_long_help = help::PROGRAM,
    arg_required_else_help = true,
    max_term_width = 100,
    styles = STYLES,
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Dump(Box<DumpArgs>),
    Restore(Box<RestoreArgs>),
    Verify(VerifyArgs),
    List(ListArgs),
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default())
    .usage(AnsiColor::Yellow.on_default())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

const SELECTION: &str = "What to dump";
const ARCHIVE: &str = "How to write it";
const OUTPUT: &str = "Output";

/// Dump a database into an archive
///
/// Dumps a database as it is at one moment, while others go on working with
/// it. The archive is complete or it does not exist: after a failure or Ctrl-C
/// nothing is left behind. Beside the archive, a manifest (.manifest.json) says
/// what is in it, and a .sha256 file lets `sha256sum -c` check it.
#[derive(Args, Debug)]
#[command(after_long_help = help::DUMP)]
pub(super) struct DumpArgs {
    /// Database: a URI, key=value settings, or a name
    ///
    /// As libpq takes it: postgresql://user@host:5432/db?sslmode=require,
    /// "host=/tmp dbname=shop", or just the name of a database. What it leaves
    /// open comes from the PG* variables. Do not write the password here, where
    /// others on the machine can see it: put it into ~/.pgpass or PGPASSWORD.
    #[arg(value_name = "SOURCE_DB")]
    pub(super) source: Secret,

    /// Where the archive goes: s3://bucket/key, a path, or - for standard output
    ///
    /// With -F directory: s3://bucket/prefix, or a directory that does not exist.
    /// With -, the summary (or the --json object) goes to standard error.
    #[arg(value_name = "TARGET")]
    pub(super) target: String,

    /// Only schemas that match (repeatable)
    ///
    /// Patterns are psql's: * and ? are wildcards, upper case needs double quotes.
    /// A pattern that matches nothing is an error.
    #[arg(short = 'n', long = "schema", value_name = "PATTERN", help_heading = SELECTION)]
    pub(super) schemas: Vec<String>,

    /// Not the schemas that match (repeatable)
    #[arg(short = 'N', long = "exclude-schema", value_name = "PATTERN", help_heading = SELECTION)]
    pub(super) exclude_schemas: Vec<String>,

    /// Only tables, views and sequences that match (repeatable)
    ///
    /// As in pg_dump, what they depend on is not selected with them.
    #[arg(short = 't', long = "table", value_name = "PATTERN", help_heading = SELECTION)]
    pub(super) tables: Vec<String>,

    /// Not the tables, views and sequences that match (repeatable)
    #[arg(short = 'T', long = "exclude-table", value_name = "PATTERN", help_heading = SELECTION)]
    pub(super) exclude_tables: Vec<String>,

    /// Not the rows of tables that match (repeatable)
    #[arg(long, value_name = "PATTERN", help_heading = SELECTION)]
    pub(super) exclude_table_data: Vec<String>,

    /// The rows of foreign tables on servers that match, too (repeatable)
    ///
    /// Without this a foreign table is dumped as a definition alone. A restore
    /// writes the rows to the foreign server.
    #[arg(long, value_name = "PATTERN", conflicts_with = "schema_only", help_heading = SELECTION)]
    pub(super) include_foreign_data: Vec<String>,

    /// Definitions only, no data
    #[arg(short = 's', long, conflicts_with = "data_only", help_heading = SELECTION)]
    pub(super) schema_only: bool,

    /// Data only, no definitions
    #[arg(short = 'a', long, help_heading = SELECTION)]
    pub(super) data_only: bool,

    /// The planner's statistics, too (PostgreSQL 18)
    ///
    /// A restored database is planned for like its source at once. Without this,
    /// run ANALYZE after a restore.
    #[arg(long, conflicts_with_all = ["schema_only", "data_only"], help_heading = SELECTION)]
    pub(super) statistics: bool,

    /// No owners: whoever restores will own everything
    #[arg(short = 'O', long, help_heading = SELECTION)]
    pub(super) no_owner: bool,

    /// No privileges (GRANT, REVOKE)
    #[arg(short = 'x', long, visible_alias = "no-acl", help_heading = SELECTION)]
    pub(super) no_privileges: bool,

    /// No comments
    #[arg(long, help_heading = SELECTION)]
    pub(super) no_comments: bool,

    /// No security labels
    #[arg(long, help_heading = SELECTION)]
    pub(super) no_security_labels: bool,

    /// No publications
    #[arg(long, help_heading = SELECTION)]
    pub(super) no_publications: bool,

    /// No subscriptions
    #[arg(long, help_heading = SELECTION)]
    pub(super) no_subscriptions: bool,

    /// No tablespaces: all goes into the default one
    #[arg(long, help_heading = SELECTION)]
    pub(super) no_tablespaces: bool,

    /// No access methods of tables: all get the default one
    #[arg(long, help_heading = SELECTION)]
    pub(super) no_table_access_method: bool,

    /// No compression methods of columns
    #[arg(long, help_heading = SELECTION)]
    pub(super) no_toast_compression: bool,

    /// Fail if a pattern matches nothing: always so, taken for pg_dump's sake
    #[arg(long, hide_short_help = true, help_heading = SELECTION)]
    pub(super) strict_names: bool,

    /// Leave out what cannot be dumped, and list it
    ///
    /// Without this a database that holds something of that kind is not dumped
    /// at all: nothing is left out silently.
    #[arg(long, help_heading = SELECTION)]
    pub(super) skip_unsupported: bool,

    /// custom, directory or plain
    ///
    /// custom is one file for pg_restore, directory a file for every table.
    /// plain is one SQL script for psql.
    #[arg(short = 'F', long, value_name = "FORMAT", default_value = "custom", help_heading = ARCHIVE)]
    pub(super) format: String,

    /// none, gzip[:1-9], zstd[:1-19] or lz4
    ///
    /// Default: zstd for servers from 16 on, gzip below. zstd and lz4 need
    /// pg_restore 16 or newer; every pg_restore reads gzip. A script is
    /// compressed as a whole, by default not at all.
    #[arg(short = 'Z', long = "compress", value_name = "METHOD[:LEVEL]", help_heading = ARCHIVE)]
    pub(super) compression: Option<String>,

    /// The major release that is to restore the dump: 13 to 18
    ///
    /// Default: the server's. An older one must know everything the database
    /// has: what it does not know is named, and nothing is written.
    #[arg(long, value_name = "MAJOR", help_heading = ARCHIVE)]
    pub(super) target_version: Option<u32>,

    /// In a script: make the database, and connect to it
    #[arg(short = 'C', long, help_heading = ARCHIVE)]
    pub(super) create: bool,

    /// In a script: drop what is about to be made
    #[arg(short = 'c', long, help_heading = ARCHIVE)]
    pub(super) clean: bool,

    /// In a script: drop only what is there
    ///
    /// Needs --clean.
    #[arg(long, help_heading = ARCHIVE)]
    pub(super) if_exists: bool,

    /// Sessions that copy at the same time, large tables included
    ///
    /// With 2 or more, one more session holds the snapshot. A connection that is
    /// lost is then made again, and its segment read again.
    #[arg(short = 'j', long, value_name = "N", default_value_t = 1, help_heading = ARCHIVE)]
    pub(super) jobs: u32,

    /// Go on with one job, and a warning, where several get no session or do not see one snapshot
    #[arg(long, help_heading = ARCHIVE)]
    pub(super) fall_back_to_one_job: bool,

    /// What the dump may hold in memory: 128MiB, 1GiB, or bytes
    ///
    /// Default: 256 MiB. The definitions of a schema with thousands of tables come on top.
    #[arg(long, value_name = "SIZE", help_heading = ARCHIVE)]
    pub(super) max_memory: Option<String>,

    /// Read no more than that each second, all jobs together: 20MiB, or bytes
    #[arg(long, value_name = "SIZE", help_heading = ARCHIVE)]
    pub(super) max_rate: Option<String>,

    /// Give up if a table stays locked that long: 30s, 5min, or milliseconds
    ///
    /// Default: wait for ever.
    #[arg(long, value_name = "TIME", help_heading = ARCHIVE)]
    pub(super) lock_wait_timeout: Option<String>,

    /// Replace an archive that exists
    #[arg(long, help_heading = ARCHIVE)]
    pub(super) overwrite: bool,

    /// Words of yours for the manifest (repeatable)
    #[arg(long = "label", value_name = "KEY=VALUE", help_heading = ARCHIVE)]
    pub(super) labels: Vec<String>,

    /// Size of upload parts: 16MiB, 64MiB, or bytes
    ///
    /// Default: 8 MiB, and more for large databases, so that the 10,000 parts
    /// of an S3 upload suffice.
    #[arg(long, value_name = "SIZE", help_heading = ARCHIVE)]
    pub(super) part_size: Option<String>,

    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// Show what an archive holds
///
/// Prints the table of contents as pg_restore -l does. Only the beginning of
/// the archive is read, however large it is.
#[derive(Args, Debug)]
#[command(after_long_help = help::LIST)]
pub(super) struct ListArgs {
    /// Archive: s3://bucket/key, a path, or - for standard input
    ///
    /// Of a directory archive, the directory or the prefix.
    #[arg(value_name = "ARCHIVE")]
    pub(super) archive: String,

    /// Print one JSON object
    #[arg(long, help_heading = OUTPUT)]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// What a job says, and how.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct OutputArgs {
    /// Print the outcome as one JSON object
    #[arg(long, help_heading = OUTPUT)]
    pub(super) json: bool,

    /// Whether to show progress
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, help_heading = OUTPUT)]
    pub(super) progress: ProgressWhen,

    #[command(flatten)]
    pub(super) verbosity: Verbosity,

    /// No progress and no summary: print errors only
    #[arg(short = 'q', long, conflicts_with = "verbose", help_heading = OUTPUT)]
    pub(super) quiet: bool,
}

#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Verbosity {
    /// Say on standard error what is being done; -vv says more
    #[arg(short = 'v', long, action = clap::ArgAction::Count, help_heading = OUTPUT)]
    pub(super) verbose: u8,
}

/// When a progress bar is drawn.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(super) enum ProgressWhen {
    /// If standard error is a terminal
    #[default]
    Auto,
    /// Not at all
    Never,
}

impl DumpArgs {
    /// Where the outcome goes: to standard output, unless the archive does.
    pub(super) fn results(&self) -> Results {
        if self.target == "-" {
            Results::to_stderr(self.output.json)
        } else {
            Results::to_stdout(self.output.json)
        }
    }
}

impl ListArgs {
    /// Where the listing goes.
    pub(super) fn results(&self) -> Results {
        Results::to_stdout(self.json)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn definition_of_the_arguments_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn source_is_not_shown_by_debug() {
        let cli = Cli::try_parse_from(["pgsluice", "dump", "postgresql://u:hunter2@h/d", "x"]);
        assert!(!format!("{:?}", cli.unwrap()).contains("hunter2"));
    }

    #[test]
    fn every_argument_has_a_help_text() {
        for command in Cli::command().get_subcommands() {
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{}", argument.get_id());
            }
        }
    }
}
