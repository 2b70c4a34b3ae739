//! The rows of a `COPY … TO STDOUT`.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use super::session::Fate;
use super::tap::Tap;
use crate::error::Result;

/// The statements that end with a COPY, as they run.
type Statements<'a> =
    Pin<Box<dyn Future<Output = std::result::Result<(), tokio_postgres::Error>> + Send + 'a>>;

/// A running `COPY … TO STDOUT`.
///
/// Dropping it early does **not** stop the server: the session goes on reading
/// and throws the rows away. Send a cancel request first
/// ([`Session::cancel_handle`](super::Session::cancel_handle)).
pub struct CopyOut<'a> {
    tap: Tap,
    /// `None` once they have ended.
    statements: Option<Statements<'a>>,
    fate: Fate,
}

impl<'a> CopyOut<'a> {
    pub(super) fn new(tap: Tap, statements: Statements<'a>, fate: Fate) -> Self {
        Self {
            tap,
            statements: Some(statements),
            fate,
        }
    }

    /// Exchanges `block`, whatever is in it, for the next 128 KiB of the COPY, the
    /// last time for what is left. They begin and end anywhere within a row. False:
    /// there are no more.
    ///
    /// Two blocks change places here again and again, so that nothing is
    /// allocated on the way. While a block is not read, the server waits.
    ///
    /// Cancel-safe: a call that is dropped loses nothing.
    ///
    /// # Errors
    ///
    /// What the server reports, with its SQLSTATE, or
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect) if the connection is
    /// lost. There is nothing to read after an error.
    pub async fn read(&mut self, block: &mut Vec<u8>) -> Result<bool> {
        let ended = poll_fn(|cx| {
            if self.tap.take(block, cx) {
                return Poll::Ready(None);
            }
            let Some(statements) = &mut self.statements else {
                return Poll::Ready(Some(Ok(())));
            };
            statements.as_mut().poll(cx).map(Some)
        });
        let Some(ended) = ended.await else {
            return Ok(true);
        };
        self.statements = None;
        if let Err(error) = ended {
            self.tap.close();
            return Err(self.fate.explain(&error).await);
        }
        let is_last = self.tap.take_rest(block);
        if !is_last {
            self.tap.close();
        }
        Ok(is_last)
    }
}

impl Drop for CopyOut<'_> {
    fn drop(&mut self) {
        if self.statements.is_some() {
            self.tap.spill();
        }
    }
}
