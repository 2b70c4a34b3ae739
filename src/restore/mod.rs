//! Restoring an archive into a database.
//!
//! What the data needs is made in one session, in the archive's order. Then data and
//! what needs data are restored, with several jobs by as many sessions, each with a
//! thread of its own that reads the archive where its data lies: see [`unpack`](crate::unpack).
//! Privileges come last but for what needs them. All of it follows `pg_restore`, whose
//! archives, and those of `pg_dump`, are restored as well.
//!
//! Rows are compared with the archive's manifest, if it has one, before they are
//! committed.

mod crew;
mod dry_run;
mod form;
mod inserts;
mod large_objects;
mod leader;
mod list_file;
mod memory;
mod options;
mod plan;
mod protect;
mod report;
mod rows;
mod schedule;
mod select;
mod session;
mod shared;
mod team;
mod transaction;
mod worker;

use std::fmt;
use std::io::Read;

pub use dry_run::DryRun;
pub use list_file::parse_list_file;
pub use options::RestoreOptions;
pub use report::{Failure, RestoreReport};

use crate::cancel::Cancel;
use crate::error::{ErrorKind, Result};
use crate::progress::{Progress, Stage};
use crate::thread;

/// A restore of one archive that has not begun.
///
/// ```no_run
/// # async fn example() -> pgsluice::Result<()> {
/// use pgsluice::cancel::Cancel;
/// use pgsluice::pg::ConnInfo;
/// use pgsluice::progress::Progress;
/// use pgsluice::restore::{Restore, RestoreOptions};
///
/// let target = ConnInfo::parse("postgresql://app@db.example/shop_copy")?;
/// let options = RestoreOptions::new("/backups/shop.dump".parse()?, target);
/// let report = Restore::new(options)?
///     .run(&Cancel::new(), &Progress::new())
///     .await?;
/// println!("{} rows of {} tables", report.rows, report.tables);
/// # Ok(())
/// # }
/// ```
pub struct Restore {
    options: RestoreOptions,
    reader: Option<Box<dyn Read + Send>>,
}

impl Restore {
    /// Checks the options. Touches neither network nor disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] naming options that do
    /// not go together.
    pub fn new(options: RestoreOptions) -> Result<Self> {
        options.check()?;
        Ok(Self {
            options,
            reader: None,
        })
    }

    /// Reads the archive from `reader`, for an archive that is called `-`.
    #[must_use]
    pub fn with_reader(mut self, reader: Box<dyn Read + Send>) -> Self {
        self.reader = Some(reader);
        self
    }

    /// Checks that the target is not [protected](RestoreOptions::protect), as far as its
    /// own names tell. Touches neither network nor disk; [`run`](Self::run) checks it, too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`], naming it.
    pub fn check_target(&self) -> Result<()> {
        protect::check(&self.options, None)
    }

    /// Ends the sessions of others in the target, as a restore with
    /// [`terminate_sessions`](RestoreOptions::terminate_sessions) does first: for whoever
    /// has something else to do in between. Returns how many there were.
    ///
    /// # Errors
    ///
    /// The database kinds; [`ErrorKind::Permission`] for sessions of other roles.
    pub async fn end_sessions_of_others(&self, cancel: &Cancel) -> Result<u64> {
        let target = self.options.target.clone();
        let (cancel, _cancel_if_dropped) = cancel.child();
        let end = thread::run("pgsluice-restore".to_owned(), move || async move {
            cancel.guard(session::end_others(&target)).await
        })?;
        end.await?
    }

    /// Restores. Every table has all of its rows or none of them; what was restored
    /// before an error stays, unless all of it is
    /// [one transaction](RestoreOptions::single_transaction).
    ///
    /// Works on threads of its own. Dropping the future cancels the restore, but does not
    /// wait for the server.
    ///
    /// # Errors
    ///
    /// The first failure, with an [`ErrorKind`] to act on. Without
    /// [`exit_on_error`](RestoreOptions::exit_on_error) entries that the server refuses
    /// are [failures](RestoreReport::failures) in the report instead.
    pub async fn run(self, cancel: &Cancel, progress: &Progress) -> Result<RestoreReport> {
        let Self { options, reader } = self;
        let what_is_left = what_a_cancellation_leaves(&options);
        let (cancel, _cancel_if_dropped) = cancel.child();
        let watched = progress.clone();
        let restore = thread::run("pgsluice-restore".to_owned(), move || async move {
            leader::lead(options, reader, &cancel, &watched).await
        })?;
        let ended = restore.await;
        progress.enter(Stage::Done, "");
        ended?.map_err(|error| match error.kind() {
            ErrorKind::Cancelled => error.with_hint(what_is_left),
            _ => error,
        })
    }

    /// Says what [`run`](Self::run) would do, and does nothing of it. The server is asked
    /// for its release, no more.
    ///
    /// # Errors
    ///
    /// Those of `run` that come before the first statement.
    pub async fn dry_run(self, cancel: &Cancel) -> Result<DryRun> {
        let Self { options, reader } = self;
        let (cancel, _cancel_if_dropped) = cancel.child();
        let plan = thread::run("pgsluice-restore".to_owned(), move || async move {
            cancel.guard(dry_run::dry_run(&options, reader)).await
        })?;
        plan.await?
    }
}

/// What to know of a target after a restore that was cancelled.
fn what_a_cancellation_leaves(options: &RestoreOptions) -> &'static str {
    match (options.single_transaction, options.clean) {
        (true, _) => "Nothing was restored: it was one transaction.",
        (_, true) => {
            "What was dropped before is gone, and what was restored before stays. Run the same restore again."
        }
        _ => "What was restored before stays. Run it again with clean and if_exists.",
    }
}

impl fmt::Debug for Restore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Restore")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
