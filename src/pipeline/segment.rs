//! A segment on its way: raw bytes in, chunks of its encoded piece out.

use bytes::Bytes;

use super::buffers::CAPACITY;
use super::window::PieceSender;
use crate::codec::{Encoder, PieceEnd, RUN, RowDigest};
use crate::error::Result;
use crate::ids::{DumpId, Oid};

/// The unit of parallel work. The segments of an archive are numbered in the
/// order in which its data blocks stand; those of one entry are neighbours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Segment {
    /// The entry whose data it is, or is a part of. None: it is [statements](Self::STATEMENTS).
    pub entry: Option<DumpId>,
    /// Whether it is the entry's first.
    pub first: bool,
    /// Whether it is the entry's last.
    pub last: bool,
    /// Whether its data are large objects, each a stream of its own.
    pub large_objects: bool,
}

impl Message {
    /// Bytes of memory it takes until it is laid out.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Chunk(bytes) if bytes.len() < SMALL => bytes.len(),
            Self::Chunk(bytes) => bytes.len().max(CAPACITY),
            // What is around it, so that millions of empty ones do not pile up.
            Self::BeginLargeObject(_) => 1024,
            Self::EndPiece(_) | Self::EndSegment(_) => 0,
        }
    }
}

impl Segment {
    /// What stands between the data of a script, and belongs to no entry.
    pub const STATEMENTS: Self = Self {
        entry: None,
        first: false,
        last: false,
        large_objects: false,
    };
}

/// What a worker tells the assembler about the segment it works on.
#[derive(Debug)]
pub enum Message {
    /// A large object's contents follow.
    BeginLargeObject(Oid),
    /// Bytes of the piece; becomes one chunk of the archive. Never empty.
    Chunk(Bytes),
    /// The piece, or the large object, is complete.
    EndPiece(PieceEnd),
    /// The segment is complete. Nothing follows.
    EndSegment(Box<RowDigest>),
}

/// What a chunk has when it is sent, in bytes, or little more. `pg_restore`
/// allocates a buffer of the largest chunk.
pub(super) const CHUNK: usize = 256 * 1024;

/// A chunk that is smaller does not go in a buffer of its own: the window counts
/// whole ones, and small large objects would take all of it.
const SMALL: usize = CHUNK / 4;

/// Encodes one segment and sends it. Holds at most one chunk and what the
/// encoder holds back, however long a row is.
pub struct SegmentWriter<'a> {
    encoder: &'a mut Encoder,
    sender: PieceSender,
    chunk: Vec<u8>,
    digest: RowDigest,
}

impl<'a> SegmentWriter<'a> {
    /// Begins a segment. The encoder must have finished its last piece.
    pub fn new(encoder: &'a mut Encoder, sender: PieceSender) -> Self {
        let chunk = sender.buffers().take();
        Self {
            encoder,
            sender,
            chunk,
            digest: RowDigest::new(),
        }
    }

    /// Adds rows of COPY text, which the segment's digest counts.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write).
    pub async fn write_rows(&mut self, rows: &[u8]) -> Result<()> {
        self.digest.update(rows);
        self.write(rows).await
    }

    /// Adds bytes that are not rows.
    ///
    /// # Errors
    ///
    /// Those of the encoder, and [`WindowClosed`](super::window::closed) once
    /// nobody takes chunks any more.
    pub async fn write(&mut self, raw: &[u8]) -> Result<()> {
        for run in raw.chunks(RUN) {
            self.encoder.write(run, &mut self.chunk)?;
            if self.chunk.len() >= CHUNK || self.encoder.ends_chunk() {
                self.send_chunk().await?;
            }
        }
        Ok(())
    }

    /// Begins a large object's stream.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write).
    pub async fn begin_large_object(&mut self, oid: Oid) -> Result<()> {
        self.digest.begin_object(oid);
        self.sender.send(Message::BeginLargeObject(oid)).await
    }

    /// Adds bytes of the large object, which the segment's digest counts.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write).
    pub async fn write_large_object(&mut self, bytes: &[u8]) -> Result<()> {
        self.digest.update_object(bytes);
        self.write(bytes).await
    }

    /// Ends the large object's stream.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write).
    pub async fn end_large_object(&mut self) -> Result<()> {
        self.digest.end_object();
        self.end_piece().await
    }

    /// Ends the piece.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write).
    pub async fn end_piece(&mut self) -> Result<()> {
        let end = self.encoder.finish_piece(&mut self.chunk)?;
        self.send_chunk().await?;
        self.sender.send(Message::EndPiece(end)).await
    }

    /// The sender, of a segment to which nothing was written.
    pub fn into_sender(self) -> PieceSender {
        self.sender.buffers().give(self.chunk);
        self.sender
    }

    /// The digest of the rows written so far.
    pub fn digest(&self) -> &RowDigest {
        &self.digest
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.digest.rows()
    }

    /// Ends the segment.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write).
    pub async fn finish(mut self) -> Result<()> {
        self.sender.buffers().give(self.chunk);
        self.sender
            .send(Message::EndSegment(Box::new(self.digest)))
            .await
    }

    async fn send_chunk(&mut self) -> Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        if self.chunk.len() < SMALL {
            let exact = Bytes::copy_from_slice(&self.chunk);
            self.chunk.clear();
            return self.sender.send(Message::Chunk(exact)).await;
        }
        let buffers = self.sender.buffers();
        let next = buffers.take();
        let chunk = buffers.lend(std::mem::replace(&mut self.chunk, next));
        self.sender.send(Message::Chunk(chunk)).await
    }
}
