//! Restoring an archive.

use std::mem::MaybeUninit;

use pgsluice::restore::Restore;

use crate::callbacks::pgsluice_callbacks;
use crate::cancel::pgsluice_cancel;
use crate::error::pgsluice_error;
use crate::ffi::guard;
use crate::job::{Job, StreamKind};
use crate::options::pgsluice_options;
use crate::report::pgsluice_report;
use crate::status::pgsluice_status;

/// Restores an archive into a database. Every table has all of its rows or none of them;
/// what was restored before an error stays, unless "single_transaction" is set.
///
/// `options` are those of a restore: "target" and, without a source callback, "archive"
/// must be among them. `callbacks` and `cancel` may be NULL. What is lent must stay as it
/// is until the function returns.
///
/// If "exit_on_error" is set to false, entries that the server refuses are "failures" in the
/// report, and the status is `PGSLUICE_STATUS_OK`: the restore has succeeded only if there
/// are none of them.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_restore(
    options: Option<&pgsluice_options>,
    callbacks: Option<&pgsluice_callbacks>,
    cancel: Option<&pgsluice_cancel>,
    report: Option<&mut MaybeUninit<*mut pgsluice_report>>,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    let job = Job {
        options,
        callbacks,
        cancel,
        report,
    };
    guard(error, || {
        job.run(
            StreamKind::Source,
            Restore::new,
            |restore, running| async move {
                let restore = match running.stream {
                    Some(stream) => restore.with_reader(stream),
                    None => restore,
                };
                restore.run(&running.cancel, &running.progress).await
            },
        )
    })
}
