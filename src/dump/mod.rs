//! Dumping a database into an archive.
//!
//! A dump has two sides on threads of their own: the leader, with workers if there
//! are several jobs, reads the database and encodes rows; storage assembles, digests
//! and stores the archive. They meet in the pipeline's ordered window. The
//! caller's runtime only waits.

mod companions;
mod crew;
mod facts;
mod format;
mod large_objects;
mod leader;
mod load;
mod lock;
mod memory;
mod needs;
mod object;
mod options;
mod plan;
mod rate;
mod release;
mod report;
mod resume;
mod script;
mod shape;
mod snapshot;
mod storage;
mod target;
mod task;
mod worker;
mod writer;

use std::io::Write;

use tokio::sync::oneshot;

use target::Target;

pub use format::DumpFormat;
pub use options::DumpOptions;
pub use report::DumpReport;

use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Progress, Stage};
use crate::thread;

/// A dump of one database that has not begun.
///
/// ```no_run
/// # async fn example() -> pgsluice::Result<()> {
/// use pgsluice::cancel::Cancel;
/// use pgsluice::dump::{Dump, DumpOptions};
/// use pgsluice::pg::ConnInfo;
/// use pgsluice::progress::Progress;
///
/// let source = ConnInfo::parse("postgresql://backup@db.example/shop")?;
/// let options = DumpOptions::new(source, "/backups/shop.dump".parse()?);
/// let report = Dump::new(options)?
///     .run(&Cancel::new(), &Progress::new())
///     .await?;
/// println!("{} rows, SHA-256 {}", report.rows, report.sha256);
/// # Ok(())
/// # }
/// ```
pub struct Dump {
    options: DumpOptions,
    writer: Option<Box<dyn Write + Send>>,
}

impl Dump {
    /// Checks the options. Touches neither network nor disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] naming options that do not go together.
    pub fn new(options: DumpOptions) -> Result<Self> {
        options.check()?;
        Ok(Self {
            options,
            writer: None,
        })
    }

    /// Sends the archive to `writer`, for the target `-`. It is written from
    /// another thread, flushed at the end, and gets no manifest.
    #[must_use]
    pub fn with_writer(mut self, writer: Box<dyn Write + Send>) -> Self {
        self.writer = Some(writer);
        self
    }

    /// Runs the dump. The archive exists, complete and with its manifest, once
    /// this returns a report; after an error nothing of it is left.
    ///
    /// Dropping the future cancels the dump, too, but does not wait for the
    /// server and the store to be tidied up.
    ///
    /// # Errors
    ///
    /// The first failure of either side, with an [`ErrorKind`] to act on;
    /// [`ErrorKind::Cancelled`] after `cancel`.
    pub async fn run(self, cancel: &Cancel, progress: &Progress) -> Result<DumpReport> {
        let Self { options, writer } = self;
        let target = Target::open(&options, writer)?;
        let (cancel, _cancel_if_dropped) = cancel.child();
        let (prepared, planned) = oneshot::channel();
        let (ready, checked) = oneshot::channel();
        progress.enter(Stage::Connecting, "");

        let storage = {
            let (options, cancel) = (options.clone(), cancel.clone());
            let progress = progress.clone();
            run_side("pgsluice-storage".to_owned(), move || async move {
                storage::store(&options, target, &cancel, &progress, ready, planned).await
            })?
        };
        let leader = {
            let progress = progress.clone();
            run_side("pgsluice-leader".to_owned(), move || async move {
                leader::lead(&options, &cancel, &progress, checked, prepared).await
            })?
        };
        let (led, stored) = futures::join!(leader, storage);
        progress.enter(Stage::Done, "");
        outcome(led, stored)
    }
}

/// How one side ended.
type Side<T> = std::result::Result<T, SideError>;

/// Why one side ended without a result.
#[derive(Debug)]
enum SideError {
    /// It failed.
    Failed(Error),
    /// It stopped because the other side is gone, whose error is the one to report.
    OtherSideGone,
}

impl From<Error> for SideError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Runs a side, or a part of one, on a thread of its own.
fn run_side<T, F>(
    name: String,
    side: impl FnOnce() -> F + Send + 'static,
) -> Result<impl Future<Output = Side<T>>>
where
    T: Send + 'static,
    F: Future<Output = Side<T>>,
{
    let ended = thread::run(name, side)?;
    Ok(async move { ended.await? })
}

/// The report, or the failure that came first.
fn outcome(led: Side<()>, stored: Side<DumpReport>) -> Result<DumpReport> {
    match (led, stored) {
        // What is stored is complete. Workers who are still saying goodbye may find that
        // nobody waits for them any more.
        (Ok(()) | Err(SideError::OtherSideGone), Ok(report)) => Ok(report),
        (Err(SideError::Failed(led)), Err(SideError::Failed(stored))) => {
            // Both are cancelled by the same token; a real failure says more.
            if led.kind() == ErrorKind::Cancelled {
                Err(stored)
            } else {
                Err(led)
            }
        }
        (Err(SideError::Failed(error)), _) | (_, Err(SideError::Failed(error))) => Err(error),
        _ => Err(Error::new(
            ErrorKind::Internal,
            "both sides of the dump ended waiting for each other",
        )),
    }
}
