//! `pgsluice list`.

use std::io::{self, IsTerminal};

use super::args::ListArgs;
use super::bar::Bar;
use super::environment::Environment;
use super::{log, runtime};
use crate::archive::Listing;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::list::{List, ListOptions};
use crate::store::Location;

/// Lists, and prints the listing.
///
/// Signals keep their usual effect: there is nothing to tidy up.
///
/// # Errors
///
/// Those of the listing; [`ErrorKind::InvalidInput`] for arguments or settings
/// that cannot be used.
pub(super) fn run(args: &ListArgs, environment: &Environment) -> Result<()> {
    let level = log::level(args.verbosity.verbose, false);
    log::start(level, environment, &Bar::hidden())?;
    let archive: Location = args
        .archive
        .parse()
        .map_err(|error: Error| error.context("ARCHIVE"))?;
    let from_stdin = archive == Location::Stream;
    let mut options = ListOptions::new(archive);
    options.s3 = environment.s3();
    let mut list = List::new(options)?;
    if from_stdin {
        list = list.with_reader(Box::new(standard_input()?));
    }
    let archive = runtime()?.block_on(list.run(&Cancel::new()))?;

    let listing = Listing::new(&archive);
    let results = args.results();
    if results.json() {
        return results.print_json(&listing);
    }
    let created = listing.created.unwrap_or_default();
    results.print(&listing.text(&environment.time_zone_at(created)))
}

fn standard_input() -> Result<io::Stdin> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "ARCHIVE is -, but standard input is a terminal",
        )
        .with_hint("Name a file or s3://bucket/key, or pipe an archive in."));
    }
    Ok(stdin)
}
