//! From the messages of all segments to the objects of an archive.

use super::segment::{Message, Segment};
use super::shape::Shape;
use super::steps::Steps;
use crate::codec::RowDigest;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::DumpId;

/// Lays pieces out in the archive's objects and keeps account of where everything is.
pub struct Assembler {
    shape: Box<dyn Shape>,
    segments: std::vec::IntoIter<Segment>,
    current: Option<Segment>,
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
    /// Where its data begins, block and all: in bytes from the start of the
    /// archive, or of the entry's file.
    pub offset: u64,
    /// Bytes of it; of large objects in files, of all these one behind the other.
    pub stored_bytes: u64,
    /// Its rows, or its large objects; of statements, none.
    pub digest: RowDigest,
    /// Bytes before compression.
    pub raw_bytes: u64,
    /// Its segments, in order.
    pub segments: Vec<StoredSegment>,
}

/// Where a segment's piece is in the archive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StoredSegment {
    /// Where its bytes begin, with the first chunk's length if there are
    /// chunks: counted as the entry's offset is.
    pub offset: u64,
    /// Bytes of it, the lengths of chunks included.
    pub stored_bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// Bytes before compression.
    pub raw_bytes: u64,
}

impl Assembler {
    /// Assembles `segments`, laid out as `shape` says.
    pub fn new(shape: impl Shape + 'static, segments: Vec<Segment>) -> Self {
        Self {
            shape: Box::new(shape),
            segments: segments.into_iter(),
            current: None,
            segment_offset: 0,
            raw_bytes: 0,
            entries: Vec::new(),
        }
    }

    /// Whether every segment is complete.
    pub fn is_complete(&self) -> bool {
        self.current.is_none() && self.segments.len() == 0
    }

    /// Writes what stands before all data.
    ///
    /// # Errors
    ///
    /// Those of the shape; so do the other methods.
    pub fn begin(&mut self, out: &mut Steps) -> Result<()> {
        self.shape.begin(out)
    }

    /// Writes what a message becomes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if a worker sends more than the segments that were planned.
    pub fn feed(&mut self, message: Message, out: &mut Steps) -> Result<()> {
        let segment = match self.current {
            Some(segment) => segment,
            None => self.begin_segment(out)?,
        };
        match message {
            Message::BeginLargeObject(oid) => self.shape.begin_large_object(oid, out),
            Message::Chunk(bytes) => self.shape.chunk(bytes, out),
            Message::EndPiece(end) => {
                self.raw_bytes += end.raw_bytes;
                self.shape.end_piece(&end);
                if segment.large_objects {
                    self.shape.end_large_object(out)?;
                }
                Ok(())
            }
            Message::EndSegment(digest) => self.end_segment(segment, &digest, out),
        }
    }

    /// Writes what stands behind all data.
    ///
    /// # Errors
    ///
    /// Those of the shape.
    pub fn end(&mut self, out: &mut Steps) -> Result<()> {
        self.shape.end(out)
    }

    /// Where everything is, once complete.
    pub fn into_entries(self) -> Vec<StoredEntry> {
        self.entries
    }

    fn begin_segment(&mut self, out: &mut Steps) -> Result<Segment> {
        let segment = self.segments.next().ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "a worker sent a segment that was not planned",
            )
        })?;
        self.current = Some(segment);
        if let Some(entry) = segment.entry.filter(|_| segment.first) {
            if self.shape.has_files() {
                out.restart();
            }
            self.entries.push(StoredEntry {
                entry,
                offset: out.position(),
                stored_bytes: 0,
                digest: RowDigest::new(),
                raw_bytes: 0,
                segments: Vec::new(),
            });
            self.shape.begin_entry(entry, &segment, out)?;
        }
        self.segment_offset = out.position();
        self.raw_bytes = 0;
        Ok(segment)
    }

    fn end_segment(&mut self, segment: Segment, digest: &RowDigest, out: &mut Steps) -> Result<()> {
        let stored = StoredSegment {
            offset: self.segment_offset,
            stored_bytes: out.position() - self.segment_offset,
            rows: digest.rows(),
            raw_bytes: self.raw_bytes,
        };
        if segment.last {
            self.shape.end_entry(&segment, out)?;
        }
        self.current = None;
        if segment.entry.is_some()
            && let Some(entry) = self.entries.last_mut()
        {
            entry.digest.merge(digest);
            entry.raw_bytes += stored.raw_bytes;
            entry.segments.push(stored);
            entry.stored_bytes = out.position() - entry.offset;
        }
        Ok(())
    }
}
