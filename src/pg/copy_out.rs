//! The rows of a `COPY … TO STDOUT`.

use std::pin::Pin;

use bytes::Bytes;
use futures::StreamExt;
use tokio_postgres::CopyOutStream;

use super::session::Fate;
use crate::error::Result;

/// A running `COPY … TO STDOUT`.
///
/// Dropping it early does **not** stop the server: the session goes on reading
/// and throws the rows away. Send a cancel request first
/// ([`Session::cancel_handle`](super::Session::cancel_handle)).
pub struct CopyOut {
    /// `None` once the last row was read.
    stream: Option<Pin<Box<CopyOutStream>>>,
    fate: Fate,
}

impl CopyOut {
    pub(super) fn new(stream: CopyOutStream, fate: Fate) -> Self {
        Self {
            stream: Some(Box::pin(stream)),
            fate,
        }
    }

    /// The next piece of data, as the server sent it and without a copy; in text
    /// format one row with its line end. `None` after the last.
    ///
    /// Cancel-safe: a call that is dropped loses nothing.
    ///
    /// # Errors
    ///
    /// What the server reports, with its SQLSTATE, or
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect) if the connection is
    /// lost. There is nothing to read after an error.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        let Some(stream) = &mut self.stream else {
            return Ok(None);
        };
        match stream.next().await {
            Some(Ok(data)) => Ok(Some(data)),
            Some(Err(error)) => {
                self.stream = None;
                Err(self.fate.explain(&error).await)
            }
            None => {
                self.stream = None;
                Ok(None)
            }
        }
    }
}
