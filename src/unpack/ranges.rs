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

/// Pieces of spans, in order. Must live on one tokio runtime.
pub struct Ranges {
    reader: Arc<Reader>,
    /// Bytes asked for at a time.
    piece: u64,
    /// The span at hand, and what is still to be asked for of it.
    current: Option<(Span, Span)>,
    /// Those behind it.
    spans: Box<dyn Iterator<Item = Span> + Send>,
    /// All of it, if it was read already.
    ready: Option<Bytes>,
    ahead: VecDeque<Asked>,
}

/// A piece on its way.
struct Asked {
    span: Span,
    is_last: bool,
    read: JoinHandle<Result<Bytes>>,
}

/// A run of bytes of a span.
#[derive(Debug)]
pub(super) struct Piece {
    /// All of the span, as it was asked for.
    pub(super) span: Span,
    pub(super) bytes: Bytes,
    /// Whether nothing of the span follows.
    pub(super) is_last: bool,
}

impl Ranges {
    /// Reads `span` of the object, `piece` bytes at a time.
    pub fn new(reader: Arc<Reader>, span: Span, piece: u64) -> Self {
        Self::of_spans(reader, std::iter::once(span), piece)
    }

    /// The same for one span after the other. They are taken from `spans` when the time
    /// has come to read them ahead.
    pub(super) fn of_spans(
        reader: Arc<Reader>,
        spans: impl Iterator<Item = Span> + Send + 'static,
        piece: u64,
    ) -> Self {
        Self {
            reader,
            piece,
            current: None,
            spans: Box::new(spans.fuse()),
            ready: None,
            ahead: VecDeque::new(),
        }
    }

    /// The same for a span whose bytes have been read.
    pub(super) fn of_bytes(reader: Arc<Reader>, bytes: Bytes) -> Self {
        let mut ranges = Self::of_spans(reader, std::iter::empty(), 0);
        ranges.ready = Some(bytes);
        ranges
    }

    /// The bytes of the next piece; none at the end.
    ///
    /// # Errors
    ///
    /// One of the storage kinds.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if let Some(bytes) = self.ready.take() {
            return Ok(Some(bytes));
        }
        Ok(self.next_piece().await?.map(|piece| piece.bytes))
    }

    /// The next piece; none at the end. Of an empty span there is one, which is empty.
    pub(super) async fn next_piece(&mut self) -> Result<Option<Piece>> {
        while self.ahead.len() < AHEAD
            && let Some(asked) = self.ask()
        {
            self.ahead.push_back(asked);
        }
        let Some(Asked {
            span,
            is_last,
            read,
        }) = self.ahead.pop_front()
        else {
            return Ok(None);
        };
        let bytes = read.await.map_err(|error| {
            Error::new(ErrorKind::Internal, "reading the archive").with_source(error)
        })??;
        Ok(Some(Piece {
            span,
            bytes,
            is_last,
        }))
    }

    /// Asks for one more piece, if there is one.
    fn ask(&mut self) -> Option<Asked> {
        let (span, rest) = match self.current.take() {
            Some(current) => current,
            None => {
                let span = self.spans.next()?;
                let end = span.end.min(self.reader.size());
                (span, Span { end, ..span })
            }
        };
        let (reader, offset) = (Arc::clone(&self.reader), rest.offset);
        // A piece fits into memory.
        let len = rest.len().min(self.piece);
        let rest = Span {
            offset: offset + len,
            ..rest
        };
        let is_last = rest.is_empty();
        self.current = (!is_last).then_some((span, rest));
        let read = tokio::spawn(async move {
            match len {
                0 => Ok(Bytes::new()),
                _ => reader.read_range(offset, len as usize).await,
            }
        });
        Some(Asked {
            span,
            is_last,
            read,
        })
    }
}

impl Drop for Ranges {
    fn drop(&mut self) {
        for asked in &self.ahead {
            asked.read.abort();
        }
    }
}
