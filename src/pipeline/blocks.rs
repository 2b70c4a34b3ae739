//! The custom format: one object, in which a data block for every entry
//! follows header and table of contents.

use bytes::Bytes;

use super::segment::Segment;
use super::shape::Shape;
use super::steps::Steps;
use crate::archive::block;
use crate::codec::{Compression, Container, Joiner, PieceEnd};
use crate::error::Result;
use crate::ids::{DumpId, Oid};

/// Lays data out in blocks.
pub struct Blocks {
    /// Header and table of contents.
    head: Vec<u8>,
    joiner: Joiner,
}

impl Blocks {
    /// Blocks behind `head`, header and table of contents.
    pub fn new(compression: Compression, head: Vec<u8>) -> Self {
        Self {
            head,
            joiner: Joiner::new(compression, Container::Block),
        }
    }

    fn begin_stream(&mut self, out: &mut Steps) -> Result<()> {
        let mut head = Vec::new();
        self.joiner.begin(&mut head);
        block::chunk(&head, out.frame())
    }

    fn end_stream(&self, out: &mut Steps) -> Result<()> {
        let mut tail = Vec::new();
        self.joiner.finish(&mut tail);
        block::chunk(&tail, out.frame())?;
        block::end(out.frame());
        Ok(())
    }
}

impl Shape for Blocks {
    fn begin(&mut self, out: &mut Steps) -> Result<()> {
        out.write(std::mem::take(&mut self.head).into());
        Ok(())
    }

    fn begin_entry(&mut self, entry: DumpId, segment: &Segment, out: &mut Steps) -> Result<()> {
        if segment.large_objects {
            block::begin_large_objects(entry, out.frame());
            return Ok(());
        }
        block::begin_data(entry, out.frame());
        self.begin_stream(out)
    }

    fn begin_large_object(&mut self, oid: Oid, out: &mut Steps) -> Result<()> {
        block::begin_large_object(oid, out.frame());
        self.begin_stream(out)
    }

    fn chunk(&mut self, bytes: Bytes, out: &mut Steps) -> Result<()> {
        block::begin_chunk(bytes.len(), out.frame())?;
        out.write(bytes);
        Ok(())
    }

    fn end_piece(&mut self, end: &PieceEnd) {
        self.joiner.piece(end);
    }

    fn end_large_object(&mut self, out: &mut Steps) -> Result<()> {
        self.end_stream(out)
    }

    fn end_entry(&mut self, segment: &Segment, out: &mut Steps) -> Result<()> {
        if segment.large_objects {
            block::end(out.frame());
            return Ok(());
        }
        self.end_stream(out)
    }

    fn end(&mut self, _: &mut Steps) -> Result<()> {
        Ok(())
    }
}
