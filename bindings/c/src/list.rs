//! Looking at an archive.

use std::mem::MaybeUninit;

use pgsluice::archive::Listing;
use pgsluice::list::{List, ReadManifest};

use crate::callbacks::pgsluice_callbacks;
use crate::cancel::pgsluice_cancel;
use crate::error::pgsluice_error;
use crate::ffi::guard;
use crate::job::{Job, StreamKind, to_json};
use crate::options::pgsluice_options;
use crate::report::pgsluice_report;
use crate::status::pgsluice_status;

/// Lists what an archive holds, as "pg_restore -l" does: the report has its header and
/// "entries". Of the archive only the beginning is read.
///
/// `options` are those of a listing: without a source callback, "archive" must be among
/// them. `callbacks` and `cancel` may be NULL. What is lent must stay as it is until the
/// function returns.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_list(
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
        job.run(StreamKind::Source, List::new, |list, running| async move {
            let list = match running.stream {
                Some(stream) => list.with_reader(stream),
                None => list,
            };
            let archive = list.run(&running.cancel).await?;
            // A listing borrows the archive.
            to_json(Listing::new(&archive))
        })
    })
}

/// Reads the manifest that a dump has stored beside its archive: the report is what
/// docs/MANIFEST.md describes. The archive itself is not looked at.
///
/// `options` are those of a listing: "archive" must be among them. `callbacks` and `cancel`
/// may be NULL. What is lent must stay as it is until the function returns.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_read_manifest(
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
            ReadManifest::new,
            |read, running| async move { read.run(&running.cancel).await },
        )
    })
}
