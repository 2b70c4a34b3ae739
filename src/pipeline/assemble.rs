//! From the messages of all segments to the data blocks of an archive.

use super::segment::{Message, Segment};
use crate::archive::block;
use crate::codec::{Compression, Joiner, RowDigest};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::DumpId;

/// Frames pieces as data blocks and keeps account of where everything is.
pub struct Assembler {
    compression: Compression,
    joiner: Joiner,
    segments: std::vec::IntoIter<Segment>,
    current: Option<Segment>,
    /// Bytes of the archive before the next one written.
    offset: u64,
    /// Where the current segment began.
    segment_offset: u64,
    raw_bytes: u64,
    entries: Vec<StoredEntry>,
}

/// Where an entry's data is in the archive, and what it is.
#[derive(Clone, Debug)]
pub struct StoredEntry {
    /// The entry.
    pub entry: DumpId,
    /// Offset of its data block, in bytes from the start of the archive.
    pub offset: u64,
    /// Length of its data block.
    pub stored_bytes: u64,
    /// Its rows; for large objects, none.
    pub digest: RowDigest,
    /// Bytes before compression.
    pub raw_bytes: u64,
    /// Its segments, in order.
    pub segments: Vec<StoredSegment>,
}

/// Where a segment's piece is in the archive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StoredSegment {
    /// Offset of the first byte of its first chunk's length, from the start of the archive.
    pub offset: u64,
    /// Bytes of its chunks, their lengths included.
    pub stored_bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// Bytes before compression.
    pub raw_bytes: u64,
}

impl Assembler {
    /// Begins after the `offset` bytes of header and table of contents.
    pub fn new(compression: Compression, segments: Vec<Segment>, offset: u64) -> Self {
        Self {
            compression,
            joiner: Joiner::new(compression),
            segments: segments.into_iter(),
            current: None,
            offset,
            segment_offset: offset,
            raw_bytes: 0,
            entries: Vec::new(),
        }
    }

    /// Whether every segment is complete.
    pub fn is_complete(&self) -> bool {
        self.current.is_none() && self.segments.len() == 0
    }

    /// Appends the archive's next bytes to `out`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if a worker sends more than the segments that were planned.
    pub fn feed(&mut self, message: &Message, out: &mut Vec<u8>) -> Result<()> {
        let before = out.len();
        let segment = match self.current {
            Some(segment) => segment,
            None => self.begin_segment(out)?,
        };
        match message {
            Message::BeginLargeObject(oid) => {
                block::begin_large_object(*oid, out);
                self.begin_stream(out)?;
            }
            Message::Chunk(bytes) => block::chunk(bytes, out)?,
            Message::EndPiece(end) => {
                self.raw_bytes += end.raw_bytes;
                self.joiner.piece(end);
                if segment.large_objects {
                    self.end_stream(out)?;
                }
            }
            Message::EndSegment(digest) => {
                let ended_at = self.offset + (out.len() - before) as u64;
                self.end_segment(segment, digest, ended_at, out)?;
            }
        }
        self.offset += (out.len() - before) as u64;
        if self.current.is_none()
            && let Some(entry) = self.entries.last_mut().filter(|_| segment.last)
        {
            entry.stored_bytes = self.offset - entry.offset;
        }
        Ok(())
    }

    /// Where everything is, once complete.
    pub fn into_entries(self) -> Vec<StoredEntry> {
        self.entries
    }

    fn begin_segment(&mut self, out: &mut Vec<u8>) -> Result<Segment> {
        let segment = self.segments.next().ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "a worker sent a segment that was not planned",
            )
        })?;
        self.current = Some(segment);
        let before = out.len();
        if segment.first {
            self.entries.push(StoredEntry {
                entry: segment.entry,
                offset: self.offset,
                stored_bytes: 0,
                digest: RowDigest::new(),
                raw_bytes: 0,
                segments: Vec::new(),
            });
            if segment.large_objects {
                block::begin_large_objects(segment.entry, out);
            } else {
                block::begin_data(segment.entry, out);
                self.begin_stream(out)?;
            }
        }
        self.segment_offset = self.offset + (out.len() - before) as u64;
        self.raw_bytes = 0;
        Ok(segment)
    }

    fn end_segment(
        &mut self,
        segment: Segment,
        digest: &RowDigest,
        ended_at: u64,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        self.current = None;
        if let Some(entry) = self.entries.last_mut() {
            entry.digest.merge(digest);
            entry.raw_bytes += self.raw_bytes;
            entry.segments.push(StoredSegment {
                offset: self.segment_offset,
                stored_bytes: ended_at - self.segment_offset,
                rows: digest.rows(),
                raw_bytes: self.raw_bytes,
            });
        }
        if segment.last {
            if segment.large_objects {
                block::end(out);
            } else {
                self.end_stream(out)?;
            }
        }
        Ok(())
    }

    fn begin_stream(&mut self, out: &mut Vec<u8>) -> Result<()> {
        self.joiner = Joiner::new(self.compression);
        let mut head = Vec::new();
        self.joiner.begin(&mut head);
        block::chunk(&head, out)
    }

    fn end_stream(&self, out: &mut Vec<u8>) -> Result<()> {
        let mut tail = Vec::new();
        self.joiner.finish(&mut tail);
        block::chunk(&tail, out)?;
        block::end(out);
        Ok(())
    }
}
