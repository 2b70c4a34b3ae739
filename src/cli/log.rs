//! Log lines on standard error, between two drawings of the progress bar.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

use super::bar::Bar;
use super::environment::Environment;
use crate::error::{Error, ErrorKind, Result};

/// Takes the place of `-v`, in the syntax of tracing-subscriber's `EnvFilter`.
const VARIABLE: &str = "PGSLUICE_LOG";

/// Sends what the library traces to standard error: warnings and errors, and
/// more with every `-v`.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] if `PGSLUICE_LOG` is malformed.
pub(super) fn start(level: &str, environment: &Environment, bar: &Bar) -> Result<()> {
    let filter = match environment
        .variable(VARIABLE)
        .filter(|value| !value.is_empty())
    {
        None => EnvFilter::new(format!("warn,pgsluice={level}")),
        Some(directives) => EnvFilter::try_new(&directives).map_err(|error| {
            Error::new(
                ErrorKind::InvalidInput,
                format!("environment variable {VARIABLE}: {directives:?} is not a log filter"),
            )
            .with_source(error)
            .with_hint("Write a level such as debug, or pgsluice::store=trace.")
        })?,
    };
    let bar = bar.clone();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(move || Lines(bar.clone()))
        .init();
    Ok(())
}

/// The level that so many `-v` ask for.
pub(super) fn level(verbose: u8, quiet: bool) -> &'static str {
    match verbose {
        _ if quiet => "error",
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    }
}

/// Writes whole lines above the progress bar.
struct Lines(Bar);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.apart(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
