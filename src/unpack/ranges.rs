//! A run of bytes of a stored object, read ahead of whoever takes them.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::places::Span;
use crate::error::{Error, ErrorKind, Result};
use crate::store::Reader;

/// Pieces on their way or waiting, at most.
const AHEAD: usize = 2;

/// How many pieces are in memory at most: those ahead, one that waits for the decoder,
/// and one that is decoded.
pub(super) const PIECES_IN_MEMORY: usize = AHEAD + 2;

/// Pieces of a span, in order. Must live on one tokio runtime.
pub struct Ranges {
    reader: Arc<Reader>,
    /// Bytes asked for at a time.
    piece: u64,
    rest: Span,
    /// All of it, if it was read already.
    ready: Option<Bytes>,
    ahead: VecDeque<JoinHandle<Result<Bytes>>>,
}

impl Ranges {
    /// Reads `span` of the object, `piece` bytes at a time.
    pub fn new(reader: Arc<Reader>, span: Span, piece: u64) -> Self {
        let rest = Span {
            offset: span.offset,
            end: span.end.min(reader.size()),
        };
        Self {
            reader,
            piece,
            rest,
            ready: None,
            ahead: VecDeque::new(),
        }
    }

    /// The same for a span whose bytes have been read.
    pub(super) fn of_bytes(reader: Arc<Reader>, bytes: Bytes) -> Self {
        let nothing = Span { offset: 0, end: 0 };
        let mut ranges = Self::new(reader, nothing, 0);
        ranges.ready = Some(bytes);
        ranges
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    ///
    /// One of the storage kinds.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if let Some(bytes) = self.ready.take() {
            return Ok(Some(bytes));
        }
        while self.ahead.len() < AHEAD && !self.rest.is_empty() {
            let len = self.rest.len().min(self.piece);
            let (reader, offset) = (Arc::clone(&self.reader), self.rest.offset);
            self.rest.offset += len;
            // A piece fits into memory.
            let read = async move { reader.read_range(offset, len as usize).await };
            self.ahead.push_back(tokio::spawn(read));
        }
        let Some(piece) = self.ahead.pop_front() else {
            return Ok(None);
        };
        let piece = piece.await.map_err(|error| {
            Error::new(ErrorKind::Internal, "reading the archive").with_source(error)
        })?;
        piece.map(Some)
    }
}

impl Drop for Ranges {
    fn drop(&mut self) {
        for piece in &self.ahead {
            piece.abort();
        }
    }
}
