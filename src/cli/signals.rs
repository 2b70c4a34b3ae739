//! Ctrl-C, SIGTERM and SIGHUP (a terminal that is gone, unless nohup says not to care): the
//! first asks the job to stop, the second stops the program.

use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};

/// Cancels `cancel` at the first signal and ends the process at the second.
///
/// Waits on a thread of its own, so that the second signal works even if
/// everything else hangs.
///
/// # Errors
///
/// [`ErrorKind::Internal`] if the system has no room for a thread or a signal handler.
pub(super) fn watch(cancel: &Cancel) -> Result<()> {
    let failed =
        |error| Error::new(ErrorKind::Internal, "preparing for signals").with_source(error);
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    // From here on no signal is missed, although the thread may not run yet.
    let mut signals = {
        let _entered = runtime.enter();
        Signals::new().map_err(failed)?
    };
    let cancel = cancel.clone();
    let wait = async move {
        signals.next().await;
        cancel.cancel();
        signals.next().await;
        std::process::exit(ErrorKind::Cancelled.exit_code().into());
    };
    thread::Builder::new()
        .name("pgsluice-signals".into())
        .spawn(move || runtime.block_on(wait))
        .map_err(failed)?;
    Ok(())
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// None: whoever started the program ignores it, as nohup does.
    hang_up: Option<Signal>,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: match ignores_hang_up() {
                true => None,
                false => Some(signal(SignalKind::hangup())?),
            },
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = received(self.hang_up.as_mut()) => {}
        }
    }
}

async fn received(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Whether SIGHUP, number 1, is ignored, as Linux tells it; elsewhere nobody can be asked.
fn ignores_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & 1 != 0)
}
