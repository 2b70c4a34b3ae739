//! Signals belong to the program, not to the library's threads.

use std::mem::MaybeUninit;
use std::ptr;

/// Those that a thread causes itself and has to die of, and the profiler's.
const OWN: [libc::c_int; 7] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGSYS,
    libc::SIGPROF,
];

/// Keeps signals from the calling thread and the threads it will start. The handlers of the
/// program so run on its own threads, and a connection that breaks while it is
/// written to is an error and not the program's end by SIGPIPE.
pub(crate) fn block() {
    let mut signals = MaybeUninit::uninit();
    // SAFETY: sigfillset initialises the set that the others take; they fail for signals
    // that do not exist alone.
    unsafe {
        libc::sigfillset(signals.as_mut_ptr());
        for signal in OWN {
            libc::sigdelset(signals.as_mut_ptr(), signal);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, signals.as_ptr(), ptr::null_mut());
    }
}
