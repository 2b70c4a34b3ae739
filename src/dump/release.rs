//! Archives meant for another release than the server's (`target_version`).

use super::snapshot::SUPPORTED;
use super::{DumpFormat, DumpOptions};
use crate::archive::TocEntry;
use crate::codec::Compression;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Lacking, lacking};

/// The first release whose `pg_restore` reads zstd and lz4.
const NEWER_CODECS: u32 = 16;
/// The first release that can restore the planner's statistics.
const STATISTICS: u32 = 18;

/// Checks that the release is known and reads what it is to be given. Asks no server.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] if not.
pub(super) fn check(options: &DumpOptions) -> Result<()> {
    let Some(target) = options.target_version else {
        return Ok(());
    };
    let (oldest, newest) = (SUPPORTED.start(), SUPPORTED.end());
    let invalid = |message: String, hint: String| {
        Err(Error::new(ErrorKind::InvalidInput, message).with_hint(hint))
    };
    if !SUPPORTED.contains(&target) {
        return invalid(
            format!(
                "target_version is {target}, expected a major release from {oldest} to {newest}"
            ),
            "What an archive for another release has to look like is not known.".to_owned(),
        );
    }
    if options.statistics && target < STATISTICS {
        return invalid(
            format!("PostgreSQL {target} cannot restore statistics, which came with {STATISTICS}"),
            "Dump without them, and run ANALYZE after a restore.".to_owned(),
        );
    }
    let newer_codec = options
        .compression
        .filter(|codec| matches!(codec, Compression::Zstd { .. } | Compression::Lz4));
    match newer_codec {
        Some(codec) if target < NEWER_CODECS && options.format != DumpFormat::Plain => invalid(
            format!("pg_restore {target} does not read {codec}, which came with {NEWER_CODECS}"),
            format!("Use gzip or none for target_version {target}."),
        ),
        _ => Ok(()),
    }
}

/// Refuses objects that the release cannot have. Returns warnings about what
/// only `--create` would need.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] naming them.
pub(super) fn refuse(
    entries: &[TocEntry],
    target: u32,
    options: &DumpOptions,
) -> Result<Vec<String>> {
    let (of_database, of_objects): (Vec<_>, Vec<_>) = lacking(entries, target)
        .into_iter()
        .partition(|lacking| lacking.entry.desc == "DATABASE" && !options.create);
    if !of_objects.is_empty() {
        return Err(refusal(&of_objects, target));
    }
    if options.format == DumpFormat::Plain {
        return Ok(Vec::new());
    }
    let warning = |lacking: Lacking<'_>| {
        format!(
            "PostgreSQL {target} cannot make {lacking}: create it yourself and restore without create"
        )
    };
    Ok(of_database.into_iter().map(warning).collect())
}

/// Objects named in the refusal; the rest are counted.
const NAMED: usize = 10;

fn refusal(lacking: &[Lacking<'_>], target: u32) -> Error {
    let mut named: Vec<String> = lacking.iter().take(NAMED).map(Lacking::to_string).collect();
    if let more @ 1.. = lacking.len().saturating_sub(NAMED) {
        named.push(format!("and {more} more"));
    }
    let error = Error::new(
        ErrorKind::Unsupported,
        format!("PostgreSQL {target} cannot restore {}", named.join(", ")),
    );
    error.with_hint("Choose another target_version, or leave these objects out of the dump.")
}
