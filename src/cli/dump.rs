//! `pgsluice dump`.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use super::args::{DumpArgs, ProgressWhen};
use super::bar::Bar;
use super::environment::Environment;
use super::options::dump_options;
use super::summary::summary;
use super::{log, runtime, signals};
use crate::cancel::Cancel;
use crate::dump::Dump;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
use crate::store::Location;

/// Dumps, and prints the outcome.
///
/// # Errors
///
/// Those of the dump; [`ErrorKind::InvalidInput`] for arguments or settings
/// that cannot be used.
pub(super) fn run(args: &DumpArgs, environment: &Environment) -> Result<()> {
    let options = dump_options(args, environment)?;
    let bar = bar(args);
    let level = log::level(args.verbosity.verbose, args.quiet);
    log::start(level, environment, &bar)?;

    let to_stdout = options.target == Location::Stream;
    let mut dump = Dump::new(options)?;
    if to_stdout {
        dump = dump.with_writer(standard_output()?);
    }
    let cancel = Cancel::new();
    signals::watch(&cancel)?;
    let progress = Progress::new();
    let job = dump.run(&cancel, &progress);
    let report = runtime()?.block_on(bar.follow(job, &progress, &cancel))?;

    let results = args.results();
    if results.json() {
        results.print_json(&report)
    } else if args.quiet {
        Ok(())
    } else {
        results.print(&summary(&report))
    }
}

fn bar(args: &DumpArgs) -> Bar {
    if args.progress == ProgressWhen::Never || args.quiet {
        Bar::hidden()
    } else {
        Bar::on_terminal()
    }
}

/// Standard output as a file. [`io::stdout`] would look for line feeds in every
/// part of the archive.
fn standard_output() -> Result<Box<dyn Write + Send>> {
    let stdout = io::stdout();
    if stdout.is_terminal() {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "TARGET is -, but standard output is a terminal",
        )
        .with_hint(
            "Name a file or s3://bucket/key, or pipe the archive on: … - | pg_restore -d DB",
        ));
    }
    let descriptor = stdout.as_fd().try_clone_to_owned().map_err(|error| {
        Error::new(ErrorKind::Storage, "opening standard output").with_source(error)
    })?;
    Ok(Box::new(File::from(descriptor)))
}
