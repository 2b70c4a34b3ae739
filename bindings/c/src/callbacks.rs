//! What a job calls while it runs.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;

use crate::error::pgsluice_error;
use crate::ffi::{answer, free, given, guard};
use crate::progress::pgsluice_progress;
use crate::status::pgsluice_status;

/// Is told how far a job is, about ten times a second while it runs and a last time when it
/// has ended. `progress` is valid until it returns.
///
/// Returns 0 to go on; anything else cancels the job. Of the last call the answer is not
/// looked at.
pub type pgsluice_progress_callback = Option<
    unsafe extern "C" fn(progress: *const pgsluice_progress, userdata: *mut c_void) -> c_int,
>;

/// Takes the next `length` bytes of an archive; never 0 of them. `bytes` is valid until it
/// returns. Only when the job returns `PGSLUICE_STATUS_OK` are the bytes an archive.
///
/// Returns 0 if it has taken all of them. Anything else fails the job, whose error names
/// the number.
pub type pgsluice_sink_callback =
    Option<unsafe extern "C" fn(bytes: *const u8, length: usize, userdata: *mut c_void) -> c_int>;

/// Writes the next bytes of an archive into `buffer`, which has room for `capacity`, at least
/// 1. It need not fill it.
///
/// Returns how many it has written; 0 at the end of the archive. A negative number fails
/// the job, whose error names the number.
pub type pgsluice_source_callback =
    Option<unsafe extern "C" fn(buffer: *mut u8, capacity: usize, userdata: *mut c_void) -> isize>;

/// The callbacks of a job. A job calls them on the thread that has called it, one at a time,
/// and never after it has returned.
#[derive(Default)]
pub struct pgsluice_callbacks {
    pub(crate) progress: Callback<pgsluice_progress_callback>,
    pub(crate) sink: Callback<pgsluice_sink_callback>,
    pub(crate) source: Callback<pgsluice_source_callback>,
}

/// A function and what it is to be called with.
#[derive(Clone, Copy)]
pub(crate) struct Callback<F> {
    pub(crate) function: F,
    pub(crate) userdata: *mut c_void,
}

impl<F: Default> Default for Callback<F> {
    fn default() -> Self {
        Self {
            function: F::default(),
            userdata: std::ptr::null_mut(),
        }
    }
}

/// Makes a set of callbacks with none in it.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_callbacks_new() -> Option<Box<pgsluice_callbacks>> {
    answer(None, || Some(Some(Box::default())))
}

/// Has a job tell how far it is. `callback` gets `userdata` with every call; NULL takes a
/// callback back.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_callbacks_set_progress(
    callbacks: Option<&mut pgsluice_callbacks>,
    callback: pgsluice_progress_callback,
    userdata: *mut c_void,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        given("callbacks", callbacks)?.progress = Callback {
            function: callback,
            userdata,
        };
        Ok(())
    })
}

/// Has a dump hand its archive to `callback` instead of storing it. The option "target" is
/// then left out, or "-". NULL takes a callback back.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_callbacks_set_sink(
    callbacks: Option<&mut pgsluice_callbacks>,
    callback: pgsluice_sink_callback,
    userdata: *mut c_void,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        given("callbacks", callbacks)?.sink = Callback {
            function: callback,
            userdata,
        };
        Ok(())
    })
}

/// Has a restore or a listing ask `callback` for the archive instead of opening it. The
/// option "archive" is then left out, or "-". NULL takes a callback back.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_callbacks_set_source(
    callbacks: Option<&mut pgsluice_callbacks>,
    callback: pgsluice_source_callback,
    userdata: *mut c_void,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        given("callbacks", callbacks)?.source = Callback {
            function: callback,
            userdata,
        };
        Ok(())
    })
}

/// Frees callbacks. NULL is allowed. What `userdata` points to is not looked at.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_callbacks_free(callbacks: Option<Box<pgsluice_callbacks>>) {
    free(callbacks);
}
