//! Proving that a backup is good.

use std::mem::MaybeUninit;

use pgsluice::verify::Verify;

use crate::callbacks::pgsluice_callbacks;
use crate::cancel::pgsluice_cancel;
use crate::error::pgsluice_error;
use crate::ffi::guard;
use crate::job::{Job, StreamKind};
use crate::options::pgsluice_options;
use crate::report::pgsluice_report;
use crate::status::pgsluice_status;

/// Proves that a stored archive is what was written, as far as the option "level" says:
/// "bytes", "archive", which is the default, or "restore". A backup that is not good is
/// `PGSLUICE_STATUS_VERIFICATION` or `PGSLUICE_STATUS_CORRUPT_ARCHIVE`.
///
/// `options` are those of a verification: "archive" must be among them. `callbacks`
/// and `cancel` may be NULL. What is lent must stay as it is until the function returns.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_verify(
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
            StreamKind::None,
            Verify::new,
            |verify, running| async move { verify.run(&running.cancel, &running.progress).await },
        )
    })
}
