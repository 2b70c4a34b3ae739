//! From the stored bytes of an entry to those of its streams: what a block, a piece or a
//! file consists of.

use bytes::Bytes;

use super::places::Span;
use crate::archive::block::{BlockEvent, BlockReader};
use crate::archive::corrupt;
use crate::codec::Compression;
use crate::error::{Error, Result};
use crate::ids::{DumpId, Oid};

/// What a decoder is told.
#[derive(Debug)]
pub(super) enum Frame {
    /// What follows are large objects, not rows.
    LargeObjects,
    /// A large object begins, and with it a stream in this codec.
    BeginLargeObject(Oid, Compression),
    /// The next byte is the first of an archive chunk.
    Chunk,
    /// Bytes of the stream.
    Bytes(Bytes),
    /// The large object ends.
    EndLargeObject,
    /// The segment of rows in this span ends.
    EndSegment(Span),
}

/// Finds the frames of one entry in its stored bytes.
pub(super) enum Framer {
    Block {
        reader: BlockReader,
        /// Whose it must be, or turned out to be.
        entry: Option<DumpId>,
        compression: Compression,
    },
    Piece(BlockReader),
    File,
}

impl Framer {
    /// A block of a custom-format archive that begins `offset` bytes into it.
    pub(super) fn block(entry: DumpId, offset: u64, compression: Compression) -> Self {
        Self::Block {
            reader: BlockReader::new(offset),
            entry: Some(entry),
            compression,
        }
    }

    /// A block of whichever entry.
    pub(super) fn any_block(offset: u64, compression: Compression) -> Self {
        Self::Block {
            reader: BlockReader::new(offset),
            entry: None,
            compression,
        }
    }

    /// Whose block it is, as far as that is known.
    pub(super) fn entry(&self) -> Option<DumpId> {
        match self {
            Self::Block { entry, .. } => *entry,
            Self::Piece(_) | Self::File => None,
        }
    }

    /// A segment's chunks within a block of rows.
    pub(super) fn piece(offset: u64) -> Self {
        Self::Piece(BlockReader::within_rows(offset))
    }

    /// Adds the frames of `input` to `frames`. Returns whether the block has ended, and
    /// leaves what follows it in `input`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`], with the place, if this is no such block.
    pub(super) fn take(&mut self, input: &mut Bytes, frames: &mut Vec<Frame>) -> Result<bool> {
        let (reader, mut block) = match self {
            Self::File => {
                frames.push(Frame::Bytes(std::mem::take(input)));
                return Ok(false);
            }
            Self::Piece(reader) => (reader, None),
            Self::Block {
                reader,
                entry,
                compression,
            } => (reader, Some((entry, *compression))),
        };
        let mut rest: &[u8] = input;
        let mut ended = false;
        while !ended && let Some(event) = reader.next(&mut rest)? {
            match (event, &mut block) {
                (BlockEvent::Bytes(bytes), _) => {
                    frames.push(Frame::Bytes(input.slice_ref(bytes)));
                }
                (BlockEvent::Chunk(_), _) => frames.push(Frame::Chunk),
                (BlockEvent::Data(id), Some((entry, _))) => {
                    check_entry(id, entry, reader.block_offset())?;
                }
                (BlockEvent::LargeObjects(id), Some((entry, _))) => {
                    check_entry(id, entry, reader.block_offset())?;
                    frames.push(Frame::LargeObjects);
                }
                (BlockEvent::LargeObject(oid), Some((_, compression))) => {
                    frames.push(Frame::BeginLargeObject(oid, *compression));
                }
                (BlockEvent::LargeObjectEnd, _) => frames.push(Frame::EndLargeObject),
                (BlockEvent::End, Some(_)) => ended = true,
                (_, None) => return Err(not_chunks(reader.offset())),
            }
        }
        let unread = input.len() - rest.len();
        *input = input.split_off(unread);
        Ok(ended)
    }

    /// Checks that the input may end here, if no end of a block has been met.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] if it may not.
    pub(super) fn finish(&self) -> Result<()> {
        match self {
            Self::File => Ok(()),
            Self::Piece(reader) => reader.finish_piece(),
            Self::Block { reader, .. } => {
                reader.finish()?;
                let message = "it ends where more data should begin";
                Err(corrupt(reader.offset(), message))
            }
        }
    }
}

/// Checks whose block it is, or takes that down.
fn check_entry(found: DumpId, entry: &mut Option<DumpId>, offset: u64) -> Result<()> {
    match entry.replace(found) {
        Some(expected) if expected != found => Err(corrupt(
            offset,
            format!("data of entry {found}, expected that of entry {expected}"),
        )),
        _ => Ok(()),
    }
}

fn not_chunks(offset: u64) -> Error {
    corrupt(offset, "expected chunks of rows")
}
