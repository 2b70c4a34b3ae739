//! Stopping a job from elsewhere.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::ffi::{answer, free};

/// Stops the jobs that it is given to, from any thread or signal handler.
///
/// It must live until those jobs have returned and nobody can trigger it any more. It may
/// be used by any number of threads and jobs at once. Once triggered it stays so: a
/// job that begins with it ends at once.
#[derive(Default)]
pub struct pgsluice_cancel {
    // No lock and no waking of others, which a signal handler could not do: whoever runs a
    // job looks here several times a second.
    triggered: AtomicBool,
}

impl pgsluice_cancel {
    pub(crate) fn is_triggered(&self) -> bool {
        // It guards no other memory.
        self.triggered.load(Relaxed)
    }
}

/// Makes one that nobody has triggered.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_cancel_new() -> Option<Box<pgsluice_cancel>> {
    answer(None, || Some(Some(Box::default())))
}

/// Asks the jobs to stop. Each notices within about a tenth of a second, cancels its
/// statements on the server, removes what it has stored, and returns
/// `PGSLUICE_STATUS_CANCELLED`; a job that is complete by then returns
/// `PGSLUICE_STATUS_OK`.
///
/// May be called from a signal handler and from any thread; returns at once. NULL is
/// allowed and does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_cancel_trigger(cancel: Option<&pgsluice_cancel>) {
    answer((), || {
        cancel?.triggered.store(true, Relaxed);
        None
    });
}

/// Whether it was triggered; false for NULL. May be called like `pgsluice_cancel_trigger`.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_cancel_is_triggered(cancel: Option<&pgsluice_cancel>) -> bool {
    answer(false, || Some(cancel?.is_triggered()))
}

/// Frees it. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_cancel_free(cancel: Option<Box<pgsluice_cancel>>) {
    free(cancel);
}
