//! Proving that a backup is good.
//!
//! | [`Level`] | what is proved | what it takes |
//! |---|---|---|
//! | `bytes` | the stored bytes are those that were written: size and SHA-256 | one pass over them |
//! | `archive` | and every entry decodes to the rows that the manifest names | decoding |
//! | `restore` | and a server makes the same database of it, whose keys and assertions hold | a server |
//!
//! The first thing that is wrong is the error. Archives of `pg_dump` have no manifest:
//! what cannot be proved without one is a warning in the report.

mod assertions;
mod bytes;
mod contents;
mod foreign_keys;
mod options;
mod report;
mod restored;
mod scratch;

use std::fmt;
use std::time::Instant;

pub use options::{ForeignKeys, Level, VerifyOptions};
pub use report::{RestoredFacts, VerifyReport};

use contents::Proved;

use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::process;
use crate::progress::{Progress, Stage};
use crate::thread;
use crate::unpack::Found;

/// A verification of one archive that has not begun.
///
/// ```no_run
/// # async fn example() -> pgsluice::Result<()> {
/// use pgsluice::cancel::Cancel;
/// use pgsluice::progress::Progress;
/// use pgsluice::verify::{Verify, VerifyOptions};
///
/// let options = VerifyOptions::new("/backups/shop.dump".parse()?);
/// let report = Verify::new(options)?
///     .run(&Cancel::new(), &Progress::new())
///     .await?;
/// println!("{:?} rows can be restored", report.rows);
/// # Ok(())
/// # }
/// ```
pub struct Verify {
    options: VerifyOptions,
}

impl Verify {
    /// Checks the options. Touches neither network nor disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] naming options that do
    /// not go together.
    pub fn new(options: VerifyOptions) -> Result<Self> {
        options.check()?;
        Ok(Self { options })
    }

    /// Verifies. Works on threads of its own; dropping the future cancels it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Verification`] and
    /// [`ErrorKind::CorruptArchive`] for a backup that is
    /// not what it should be; the storage and database kinds if that could not be found out.
    pub async fn run(self, cancel: &Cancel, progress: &Progress) -> Result<VerifyReport> {
        let Self { options } = self;
        let (cancel, _cancel_if_dropped) = cancel.child();
        let watched = progress.clone();
        let verify = thread::run("pgsluice-verify".to_owned(), move || async move {
            verify(options, &cancel, &watched).await
        })?;
        let ended = verify.await;
        progress.enter(Stage::Done, "");
        // What a restore leaves behind is gone with the scratch database.
        ended?.map_err(|error| match error.kind() {
            ErrorKind::Cancelled => Error::new(ErrorKind::Cancelled, "cancelled"),
            _ => error,
        })
    }
}

async fn verify(
    options: VerifyOptions,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<VerifyReport> {
    let started = Instant::now();
    progress.enter(Stage::Checking, options.archive.to_string());
    let decode = options.level > Level::Bytes;
    let mut proved = cancel.guard(contents::prove(&options, decode)).await?;
    let restored = match options.level {
        Level::Restore => Some(restored::prove(&options, &mut proved, cancel, progress).await?),
        _ => None,
    };
    let found: Option<Vec<&Found>> = proved.found.as_ref().map(|found| found.values().collect());
    let sum = |of: fn(&Found) -> u64| {
        found
            .as_ref()
            .map(|found| found.iter().copied().map(of).sum())
    };
    Ok(VerifyReport {
        archive: options.archive.to_string(),
        level: options.level,
        size: proved.size,
        sha256: proved.sha256.clone(),
        compared_with: proved.compared_with,
        entries: decode.then_some(proved.archive.entries.len() as u64),
        tables: decode.then(|| tables(&proved)),
        rows: sum(|found| found.digest.rows()),
        large_objects: sum(|found| found.objects.rows()),
        raw_bytes: sum(|found| found.raw_bytes),
        restored,
        seconds: started.elapsed().as_secs_f64(),
        peak_memory: process::peak_memory(),
        warnings: proved.warnings.clone(),
    })
}

/// Entries with rows of tables.
fn tables(proved: &Proved) -> u64 {
    let entries = proved.archive.entries.iter().map(|parsed| &parsed.entry);
    entries
        .filter(|entry| entry.has_data && entry.desc == "TABLE DATA")
        .count() as u64
}

impl fmt::Debug for Verify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("options", &self.options)
            .finish()
    }
}
