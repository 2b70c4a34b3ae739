//! Threads with a runtime of their own.

use tokio::sync::oneshot;

use crate::error::{Error, ErrorKind, Result};

/// Runs a future on a new thread with a current-thread runtime, and returns a
/// future of its outcome, which any executor can await.
///
/// # Errors
///
/// [`ErrorKind::Internal`] if the system has no thread to give; so does the returned
/// future if the thread panicked.
pub(crate) fn run<T, F>(
    name: String,
    future: impl FnOnce() -> F + Send + 'static,
) -> Result<impl Future<Output = Result<T>>>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let (sender, outcome) = oneshot::channel();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let ended = match runtime {
            Ok(runtime) => {
                let ended = runtime.block_on(future());
                // A read of a pipe that says nothing would keep us waiting.
                runtime.shutdown_background();
                Ok(ended)
            }
            Err(cause) => Err(start_error(cause)),
        };
        // Nobody may be left to hear it: then the job's future was dropped.
        let _ = sender.send(ended);
    };
    let thread = std::thread::Builder::new()
        .name(name.clone())
        .spawn(work)
        .map_err(start_error)?;
    Ok(async move {
        let outcome = outcome.await;
        // It has nothing left to do but to end. When a job has ended, so have its threads; a
        // panic is told by the outcome that is missing.
        let _ = thread.join();
        outcome.unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::Internal,
                format!("thread {name} panicked"),
            ))
        })
    })
}

fn start_error(cause: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, "starting a thread").with_source(cause)
}
