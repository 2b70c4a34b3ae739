//! The plain format: one object that is one stream, in which the data stands
//! between statements.

use bytes::Bytes;

use super::segment::Segment;
use super::shape::Shape;
use super::steps::Steps;
use crate::codec::{Compression, Container, Joiner, PieceEnd};
use crate::error::Result;
use crate::ids::{DumpId, Oid};

/// Lays pieces out one after the other, compressed as a whole.
pub struct Stream {
    joiner: Joiner,
}

impl Stream {
    /// A stream of pieces that encoders with the same `compression` make for a file.
    pub fn new(compression: Compression) -> Self {
        Self {
            joiner: Joiner::new(compression, Container::File),
        }
    }
}

impl Shape for Stream {
    fn begin(&mut self, out: &mut Steps) -> Result<()> {
        self.joiner.begin(out.frame());
        Ok(())
    }

    fn begin_entry(&mut self, _: DumpId, _: &Segment, _: &mut Steps) -> Result<()> {
        Ok(())
    }

    fn begin_large_object(&mut self, _: Oid, _: &mut Steps) -> Result<()> {
        Ok(())
    }

    fn chunk(&mut self, bytes: Bytes, out: &mut Steps) -> Result<()> {
        out.write(bytes);
        Ok(())
    }

    fn end_piece(&mut self, end: &PieceEnd) {
        self.joiner.piece(end);
    }

    fn end_large_object(&mut self, _: &mut Steps) -> Result<()> {
        Ok(())
    }

    fn end_entry(&mut self, _: &Segment, _: &mut Steps) -> Result<()> {
        Ok(())
    }

    fn end(&mut self, out: &mut Steps) -> Result<()> {
        self.joiner.finish(out.frame());
        Ok(())
    }
}
