//! `pgsluice restore`.

use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use super::environment::Environment;
use super::options::parsed;
use super::outcome::Results;
use super::restore_args::{DryRunForm, RestoreArgs};
use super::restore_summary::{failures, summary};
use super::runner::Runner;
use super::units::parse_bytes;
use crate::archive::Archive;
use crate::dump::{Dump, DumpOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::list::{List, ListOptions};
use crate::progress::Progress;
use crate::restore::{Restore, RestoreOptions, parse_list_file};
use crate::store::Location;

/// Restores, and prints the outcome. The exit code is that of success only if
/// everything was restored.
///
/// # Errors
///
/// Those of the restore; [`ErrorKind::InvalidInput`] for arguments or settings
/// that cannot be used.
pub(super) fn run(args: &RestoreArgs, environment: &Environment) -> Result<ExitCode> {
    let options = restore_options(args, environment)?;
    let runner = Runner::new(&args.output, environment)?;
    let restore = restore(&options)?;
    if let Some(form) = args.dry_run {
        runner.watch_signals()?;
        let planned = runner.run(&Progress::new(), restore.dry_run(&runner.cancel))?;
        let text = match form {
            DryRunForm::List => planned.list,
            DryRunForm::Sql => planned.sql,
        };
        return args.results().print(&text).map(|()| ExitCode::SUCCESS);
    }
    restore.check_target()?;
    if !args.force {
        confirm(&question(
            &options,
            made_database(&options, &runner)?.as_deref(),
        ))?;
    }
    runner.watch_signals()?;
    if let Some(target) = &args.pre_restore_dump {
        if options.terminate_sessions {
            // Whoever holds a lock would keep the dump waiting.
            runner.run(
                &Progress::new(),
                restore.end_sessions_of_others(&runner.cancel),
            )?;
        }
        dump_first(target, &options, &runner)?;
    }
    let progress = Progress::new();
    let report = runner.run(&progress, restore.run(&runner.cancel, &progress))?;

    let results = args.results();
    if results.json() {
        results.print_json(&report)?;
    } else if !args.output.quiet {
        results.print(&summary(&report))?;
    } else {
        Results::to_stderr(false).print(&failures(&report))?;
    }
    Ok(match report.failures.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(ErrorKind::Server.exit_code()),
    })
}

fn restore(options: &RestoreOptions) -> Result<Restore> {
    let restore = Restore::new(options.clone())?;
    if options.archive != Location::Stream {
        return Ok(restore);
    }
    if io::stdin().is_terminal() {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "ARCHIVE is -, but standard input is a terminal",
        )
        .with_hint("Name a file or s3://bucket/key, or pipe the archive in: pgsluice restore --force - DB < FILE"));
    }
    Ok(restore.with_reader(Box::new(io::stdin())))
}

/// Puts together what a restore is asked to do.
fn restore_options(args: &RestoreArgs, environment: &Environment) -> Result<RestoreOptions> {
    let archive = args
        .archive
        .parse()
        .map_err(|error: Error| error.context("ARCHIVE"))?;
    let target = environment
        .conninfo(args.target.reveal())
        .map_err(|error| error.context("TARGET_DB"))?;
    let mut protect = args.protect.clone();
    protect.extend(environment.protected());
    Ok(RestoreOptions {
        s3: environment.s3(),
        jobs: args.jobs,
        max_memory: parsed("--max-memory", args.max_memory.as_deref(), parse_bytes)?,
        create: args.create,
        clean: args.clean,
        if_exists: args.if_exists,
        schema_only: args.schema_only,
        data_only: args.data_only,
        schemas: args.schemas.clone(),
        exclude_schemas: args.exclude_schemas.clone(),
        tables: args.tables.clone(),
        triggers: args.triggers.clone(),
        indexes: args.indexes.clone(),
        functions: args.functions.clone(),
        entries: args.use_list.as_deref().map(read_list).transpose()?,
        no_owner: args.no_owner,
        no_privileges: args.no_privileges,
        no_comments: args.no_comments,
        role: args.role.clone(),
        disable_triggers: args.disable_triggers,
        on_conflict_do_nothing: args.on_conflict_do_nothing,
        single_transaction: args.single_transaction,
        exit_on_error: args.exit_on_error,
        terminate_sessions: args.terminate_sessions,
        protect,
        ignore_manifest: args.ignore_manifest,
        ..RestoreOptions::new(archive, target)
    })
}

fn read_list(path: &std::path::Path) -> Result<Vec<u32>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("--use-list: reading {}", path.display()),
        )
        .with_source(error)
    })?;
    parse_list_file(&text).map_err(|error| error.context(format!("--use-list {}", path.display())))
}

/// Asks whether this is the database that is meant.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] where nobody can be asked, [`ErrorKind::Cancelled`] after
/// any answer but "yes".
fn confirm(question: &str) -> Result<()> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            format!("{question}: nobody can be asked, since standard input is no terminal"),
        )
        .with_hint("Pass --force if that is what you want; --dry-run shows what would be done."));
    }
    let failed = |error| Error::new(ErrorKind::Internal, "asking for consent").with_source(error);
    let mut stderr = io::stderr();
    write!(stderr, "{question}. Type yes to go on: ")
        .and_then(|()| stderr.flush())
        .map_err(failed)?;
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).map_err(failed)?;
    match answer.trim() {
        "yes" => Ok(()),
        _ => Err(Error::new(
            ErrorKind::Cancelled,
            "not confirmed: nothing was restored",
        )),
    }
}

/// What `--create` makes, as the archive names it. A stream can be read only once.
fn made_database(options: &RestoreOptions, runner: &Runner) -> Result<Option<String>> {
    if !options.create || options.archive == Location::Stream {
        return Ok(None);
    }
    let archive = list(options, runner)?;
    let mut entries = archive.entries.into_iter().map(|parsed| parsed.entry);
    let made = entries.find(|entry| entry.desc == "DATABASE");
    Ok(made.map(|entry| entry.tag))
}

fn list(restore: &RestoreOptions, runner: &Runner) -> Result<Archive> {
    let list = List::new(ListOptions {
        s3: restore.s3.clone(),
        ..ListOptions::new(restore.archive.clone())
    })?;
    runner.run(&Progress::new(), list.run(&runner.cancel))
}

fn question(options: &RestoreOptions, made: Option<&str>) -> String {
    let RestoreOptions {
        archive, target, ..
    } = options;
    let archive = match archive {
        Location::Stream => "the archive on standard input".to_owned(),
        archive => archive.to_string(),
    };
    let hosts: Vec<&str> = target.hosts().collect();
    let hosts = match hosts.as_slice() {
        [] => "localhost".to_owned(),
        hosts => hosts.join(" or "),
    };
    let server = format!("on host {hosts}, port {}", target.port());
    let database = target.database().unwrap_or_default();
    match (options.create, options.clean, made) {
        (false, clean, _) => {
            let dropping = if clean {
                ", dropping what it replaces"
            } else {
                ""
            };
            format!("About to restore {archive} into database \"{database}\" {server}{dropping}")
        }
        (true, false, None) => {
            format!("About to restore {archive} into a database of its own {server}")
        }
        (true, true, None) => format!(
            "About to restore {archive} into a database of its own {server}, dropping the database of that name"
        ),
        (true, false, Some(made)) => {
            format!("About to restore {archive} into the new database \"{made}\" {server}")
        }
        (true, true, Some(made)) => format!(
            "About to restore {archive} into the new database \"{made}\" {server}, dropping the database \"{made}\" that is there"
        ),
    }
}

/// Dumps the target as it is, once it is known that there is an archive to restore.
fn dump_first(target: &str, restore: &RestoreOptions, runner: &Runner) -> Result<()> {
    let target: Location = target
        .parse()
        .map_err(|error: Error| error.context(format!("--pre-restore-dump {target}")))?;
    if restore.archive != Location::Stream {
        list(restore, runner)?;
    }
    let dump = Dump::new(DumpOptions {
        s3: restore.s3.clone(),
        jobs: restore.jobs,
        max_memory: restore.max_memory,
        ..DumpOptions::new(restore.target.clone(), target)
    })?;
    let progress = Progress::new();
    let report = runner
        .run(&progress, dump.run(&runner.cancel, &progress))
        .map_err(|error| match error.kind() {
            ErrorKind::StorageExists => {
                error.with_hint("It may be all there is of an earlier state: choose another name for --pre-restore-dump.")
            }
            _ => error,
        })
        .map_err(|error| error.context("dumping the target before the restore"))?;
    tracing::info!(
        target = report.target,
        bytes = report.size,
        "dumped the target"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;

    fn options(more: &[&str]) -> Result<RestoreOptions> {
        let mut line = vec![
            "pgsluice",
            "restore",
            "shop.dump",
            "postgresql://app@db/shop",
        ];
        line.extend(more);
        let Command::Restore(args) = Cli::try_parse_from(line).unwrap().command else {
            panic!("restore was asked for");
        };
        let environment = Environment::with([("PGSLUICE_PROTECT", "prod, *-live")]);
        restore_options(&args, &environment)
    }

    #[test]
    fn flags_are_those_of_pg_restore() {
        let options = options(&[
            "-j",
            "4",
            "-C",
            "-c",
            "--if-exists",
            "-n",
            "a",
            "-N",
            "b",
            "-t",
            "c",
            "-O",
            "-x",
            "-e",
        ])
        .unwrap();
        assert_eq!(options.jobs, 4);
        assert!(options.create && options.clean && options.if_exists);
        assert_eq!(options.schemas, ["a"]);
        assert_eq!(options.exclude_schemas, ["b"]);
        assert_eq!(options.tables, ["c"]);
        assert!(options.no_owner && options.no_privileges && options.exit_on_error);
    }

    #[test]
    fn restore_goes_on_after_errors_unless_told_otherwise() {
        assert!(!options(&[]).unwrap().exit_on_error);
    }

    #[test]
    fn protection_comes_from_the_environment_too() {
        let options = options(&["--protect", "mine"]).unwrap();
        assert_eq!(options.protect, ["mine", "prod", "*-live"]);
    }

    #[test]
    fn question_names_database_host_and_what_is_dropped() {
        let options = options(&["-c"]).unwrap();
        assert_eq!(
            question(&options, None),
            "About to restore shop.dump into database \"shop\" on host db, port 5432, dropping what it replaces"
        );
    }

    #[test]
    fn question_names_the_database_that_is_dropped_as_a_whole() {
        let options = options(&["-C", "-c"]).unwrap();
        assert_eq!(
            question(&options, Some("warehouse")),
            "About to restore shop.dump into the new database \"warehouse\" on host db, port 5432, \
             dropping the database \"warehouse\" that is there"
        );
    }
}
