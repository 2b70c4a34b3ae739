//! Dumping a database.

use std::mem::MaybeUninit;

use pgsluice::dump::Dump;

use crate::callbacks::pgsluice_callbacks;
use crate::cancel::pgsluice_cancel;
use crate::error::pgsluice_error;
use crate::ffi::guard;
use crate::job::{Job, StreamKind};
use crate::options::pgsluice_options;
use crate::report::pgsluice_report;
use crate::status::pgsluice_status;

/// Dumps a database into an archive, and returns when it is there or nothing of it is left.
///
/// `options` are those of a dump: "source" and, without a sink callback, "target" must be
/// among them. `callbacks` and `cancel` may be NULL. What is lent must stay as it is until
/// the function returns.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_dump(
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
        job.run(StreamKind::Sink, Dump::new, |dump, running| async move {
            let dump = match running.stream {
                Some(stream) => dump.with_writer(stream),
                None => dump,
            };
            dump.run(&running.cancel, &running.progress).await
        })
    })
}
