//! The rows of a `COPY … FROM STDIN`.

use std::pin::Pin;

use bytes::Bytes;
use futures::SinkExt;
use tokio_postgres::CopyInSink;

use super::error;
use super::session::Fate;
use super::tap::Tap;
use crate::error::{Error, Result};

/// A running `COPY … FROM STDIN`.
///
/// Nothing of it stays unless it is [finished](Self::finish): dropping it makes the
/// server fail the statement.
pub struct CopyIn {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    tap: Tap,
    /// Errors that the server had reported when the COPY began.
    errors: u64,
    fate: Fate,
}

impl CopyIn {
    pub(super) fn new(sink: CopyInSink<Bytes>, tap: Tap, errors: u64, fate: Fate) -> Self {
        Self {
            sink: Box::pin(sink),
            tap,
            errors,
            fate,
        }
    }

    /// Sends bytes of rows. They begin and end anywhere within a row. Waits while the
    /// server is busy with those before.
    ///
    /// # Errors
    ///
    /// What the server reports, as soon as it does, or
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect) if the connection is lost.
    pub async fn send(&mut self, rows: Bytes) -> Result<()> {
        if self.tap.errors() > self.errors {
            // The server throws away all that still comes. The error is the answer to its end.
            return self.end().await.map(drop);
        }
        match self.sink.send(rows).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.explain(&error).await),
        }
    }

    /// Ends the rows. Returns how many the server has taken.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn finish(mut self) -> Result<u64> {
        self.end().await
    }

    async fn end(&mut self) -> Result<u64> {
        match self.sink.as_mut().finish().await {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.explain(&error).await),
        }
    }

    /// A server that ends the session says why. Whoever sends rows then learns no more than
    /// that the connection is closed: the answer is to the end of the rows.
    async fn explain(&self, error: &tokio_postgres::Error) -> Error {
        let is_told = error.is_closed() && self.tap.errors() > self.errors;
        if is_told && let Some(told) = error::reported(&self.tap.last_error()) {
            return told;
        }
        self.fate.explain(error).await
    }
}
