//! `pgsluice dump`.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use super::args::DumpArgs;
use super::environment::Environment;
use super::options::dump_options;
use super::runner::Runner;
use super::summary::summary;
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
    let runner = Runner::new(&args.output, environment)?;

    let to_stdout = options.target == Location::Stream;
    let mut dump = Dump::new(options)?;
    if to_stdout {
        dump = dump.with_writer(standard_output()?);
    }
    runner.watch_signals()?;
    let progress = Progress::new();
    let report = runner.run(&progress, dump.run(&runner.cancel, &progress))?;

    let results = args.results();
    if results.json() {
        results.print_json(&report)
    } else if args.output.quiet {
        Ok(())
    } else {
        results.print(&summary(&report))
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
