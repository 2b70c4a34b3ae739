//! Cancellation: one token, shared by whoever may stop a job and the job itself.

use tokio_util::sync::{CancellationToken, DropGuard};

use crate::error::{Error, ErrorKind, Result};

/// Stops a running job from any thread. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Cancel(CancellationToken);

impl Cancel {
    /// A token nobody has cancelled yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the job to stop. It ends with [`ErrorKind::Cancelled`] after it has
    /// cancelled its statements on the server and removed what it had stored.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether someone has cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until someone cancels.
    pub async fn cancelled(&self) {
        self.0.cancelled().await;
    }

    /// Fails if someone has cancelled.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Cancelled`].
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            return Err(Self::error());
        }
        Ok(())
    }

    /// A token that is cancelled with this one, and when the guard is dropped.
    pub(crate) fn child(&self) -> (Self, DropGuard) {
        let child = self.0.child_token();
        (Self(child.clone()), child.drop_guard())
    }

    /// Runs `future` until it ends or someone cancels, whichever is first.
    ///
    /// # Errors
    ///
    /// Those of `future`, or [`ErrorKind::Cancelled`].
    pub async fn guard<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        match self.0.run_until_cancelled(future).await {
            Some(outcome) => outcome,
            None => Err(Self::error()),
        }
    }

    fn error() -> Error {
        Error::new(ErrorKind::Cancelled, "cancelled")
    }
}
