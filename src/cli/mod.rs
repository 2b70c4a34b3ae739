//! The command line program: arguments and environment in, one job, its outcome out.
//!
//! Only here are the environment and the arguments read, and only here is
//! anything printed. Results go to standard output and everything else to
//! standard error, except that the results of a dump to `-` go to standard
//! error, since the archive has standard output to itself.

mod args;
mod bar;
mod dump;
mod environment;
mod help;
mod list;
mod log;
mod options;
mod outcome;
mod restore;
mod restore_args;
mod restore_summary;
mod runner;
mod signals;
mod summary;
mod units;
mod usage;
mod verify;
mod verify_args;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::{Builder, Runtime};

use crate::error::{Error, ErrorKind, Result};
use args::{Cli, Command};
use environment::Environment;

/// Does what the arguments of the process ask for. Errors have been printed
/// when it returns; the exit codes are those of
/// [`ErrorKind::exit_code`](crate::ErrorKind::exit_code).
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, &args),
    };
    let environment = Environment::of_process();
    let done = |()| ExitCode::SUCCESS;
    let (results, outcome) = match &cli.command {
        Command::Dump(args) => (args.results(), dump::run(args, &environment).map(done)),
        Command::Restore(args) => (args.results(), restore::run(args, &environment)),
        Command::Verify(args) => (args.results(), verify::run(args, &environment).map(done)),
        Command::List(args) => (args.results(), list::run(args, &environment).map(done)),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => results.failure(&error),
    }
}

/// Jobs work on threads of their own; what is left for the main thread is to wait.
fn runtime() -> Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorKind::Internal, "starting the runtime").with_source(error))
}
