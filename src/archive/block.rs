//! Custom-format data blocks (`pg_backup_custom.c`).
//!
//! A block is a type byte, the entry's dump id and, for rows, chunks: a length
//! and that many bytes of the entry's stream, up to a length of 0. In a block of
//! large objects every object is its OID and such a run of chunks, up to OID 0.
//! Chunk borders mean nothing, except that every zstd frame begins a chunk.

use std::fmt;

use super::primitives::{corrupt, int_of, put_int};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{DumpId, Oid};

const DATA: u8 = 1;
const LARGE_OBJECTS: u8 = 3;

/// Longest chunk that the format can hold. Readers allocate a buffer of the
/// longest chunk's size: write some 100 KiB at a time.
pub const MAX_CHUNK: usize = i32::MAX as usize;

/// Begins the block of a data entry. [`chunk`]s follow, then [`end`].
pub fn begin_data(entry: DumpId, out: &mut Vec<u8>) {
    out.push(DATA);
    put_dump_id(entry, out);
}

/// Begins the block of an entry of large objects: for each one
/// [`begin_large_object`], [`chunk`]s and [`end`]; then another [`end`].
pub fn begin_large_objects(entry: DumpId, out: &mut Vec<u8>) {
    out.push(LARGE_OBJECTS);
    put_dump_id(entry, out);
}

/// Begins a large object. Its bytes are a stream of their own.
pub fn begin_large_object(oid: Oid, out: &mut Vec<u8>) {
    // The format stores OIDs as C's int: those from 2^31 turn negative, and back in the reader.
    put_int(oid as i32, out);
}

/// Appends `bytes` of the stream as one chunk; nothing if there are none, since
/// an empty chunk would end the stream.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] if there are more than [`MAX_CHUNK`] bytes.
pub fn chunk(bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    begin_chunk(bytes.len(), out)?;
    out.extend_from_slice(bytes);
    Ok(())
}

/// Appends the length of a chunk whose `len` bytes the caller writes.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] if `len` is 0 or above [`MAX_CHUNK`].
pub fn begin_chunk(len: usize, out: &mut Vec<u8>) -> Result<()> {
    match i32::try_from(len) {
        Ok(len) if len > 0 => {
            put_int(len, out);
            Ok(())
        }
        _ => Err(Error::new(
            ErrorKind::InvalidInput,
            format!("chunk of {len} bytes, expected 1 to {MAX_CHUNK}"),
        )),
    }
}

/// Ends a stream; and, after the last large object, its block.
pub fn end(out: &mut Vec<u8>) {
    put_int(0, out);
}

fn put_dump_id(entry: DumpId, out: &mut Vec<u8>) {
    // Dump ids count entries from 1; 2^31 of them would not fit a TOC, which counts in int, too.
    put_int(entry.0 as i32, out);
}

/// What a [`BlockReader`] meets next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BlockEvent<'a> {
    /// The block of a data entry begins, and with it the entry's stream.
    Data(DumpId),
    /// The block of an entry of large objects begins.
    LargeObjects(DumpId),
    /// A large object begins, and with it its stream.
    LargeObject(Oid),
    /// A chunk of this many bytes begins.
    Chunk(u32),
    /// Bytes of the stream, never none. They may be less than a chunk.
    Bytes(&'a [u8]),
    /// A large object ends.
    LargeObjectEnd,
    /// A block ends.
    End,
}

/// Reads data blocks from slices of any size, without holding any of their bytes.
///
/// There are as many blocks as entries with data, and a reader of the archive
/// stops after the last one, as `pg_restore` does: when its output is redirected
/// into a file, `pg_dump` 17 and 18 append the table of contents once more, where
/// they mean to overwrite it (they have set `O_APPEND` on that file by then).
#[derive(Debug)]
pub struct BlockReader {
    place: Place,
    /// Offset in the archive of the next byte.
    offset: u64,
    /// Offset of the block at hand.
    block_offset: u64,
    /// The beginning of an integer whose end has not arrived.
    partial: [u8; 5],
    partial_len: usize,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug)]
enum Place {
    BlockType,
    Integer(Meaning),
    Chunk { left: u32, large_object: bool },
}

#[derive(Clone, Copy, Debug)]
enum Meaning {
    DumpId { large_objects: bool },
    LargeObject,
    ChunkLen { large_object: bool },
}

impl BlockReader {
    /// A reader at the first block, which begins `offset` bytes into the archive.
    pub fn new(offset: u64) -> Self {
        Self {
            place: Place::BlockType,
            offset,
            block_offset: offset,
            partial: [0; 5],
            partial_len: 0,
        }
    }

    /// A reader that begins within a block of rows, `offset` bytes into the archive,
    /// where a chunk begins.
    pub fn within_rows(offset: u64) -> Self {
        Self {
            place: Place::chunk_len(false),
            ..Self::new(offset)
        }
    }

    /// Reads on in `input`, up to the next event, and leaves the rest in it.
    /// None: the input is used up.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`], with the place, if there is no such block.
    pub fn next<'a>(&mut self, input: &mut &'a [u8]) -> Result<Option<BlockEvent<'a>>> {
        if let (Place::BlockType, [code, rest @ ..]) = (self.place, *input) {
            self.begin_block(*code)?;
            *input = rest;
        }
        match self.place {
            Place::BlockType => Ok(None),
            Place::Integer(meaning) => match self.integer(input) {
                Some(value) => self.event(meaning, value).map(Some),
                None => Ok(None),
            },
            Place::Chunk { left, large_object } => Ok(self.bytes(left, large_object, input)),
        }
    }

    /// Checks that the input ended after a block.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] if it ended within one.
    pub fn finish(&self) -> Result<()> {
        match self.place {
            Place::BlockType => Ok(()),
            _ => Err(corrupt(self.offset, "it ends within a data block")),
        }
    }

    /// Checks that the input ended between two chunks of rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] if it ended elsewhere.
    pub fn finish_piece(&self) -> Result<()> {
        match self.place {
            Place::Integer(Meaning::ChunkLen {
                large_object: false,
            }) if self.partial_len == 0 => Ok(()),
            _ => Err(corrupt(self.offset, "it does not end with a chunk")),
        }
    }

    /// Offset in the archive of the next byte.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Offset in the archive of the block that began last; what a TOC entry calls its offset.
    pub fn block_offset(&self) -> u64 {
        self.block_offset
    }

    fn begin_block(&mut self, code: u8) -> Result<()> {
        let large_objects = match code {
            DATA => false,
            LARGE_OBJECTS => true,
            other => {
                let message = format!("unknown block type {other}");
                return Err(corrupt(self.offset, message));
            }
        };
        self.place = Place::Integer(Meaning::DumpId { large_objects });
        self.block_offset = self.offset;
        self.offset += 1;
        Ok(())
    }

    /// Completes the integer at hand.
    fn integer(&mut self, input: &mut &[u8]) -> Option<i32> {
        let vacant = &mut self.partial[self.partial_len..];
        let (now, later) = input.split_at(input.len().min(vacant.len()));
        vacant[..now.len()].copy_from_slice(now);
        *input = later;
        self.offset += now.len() as u64;
        self.partial_len += now.len();
        if self.partial_len < self.partial.len() {
            return None;
        }
        self.partial_len = 0;
        Some(int_of(self.partial))
    }

    /// Says what happens at an integer, and what comes after it.
    fn event(&mut self, meaning: Meaning, value: i32) -> Result<BlockEvent<'static>> {
        let (event, place) = match meaning {
            Meaning::DumpId { large_objects } if value > 0 => {
                let id = DumpId(value.unsigned_abs());
                match large_objects {
                    true => (
                        BlockEvent::LargeObjects(id),
                        Place::Integer(Meaning::LargeObject),
                    ),
                    false => (BlockEvent::Data(id), Place::chunk_len(false)),
                }
            }
            Meaning::LargeObject if value == 0 => (BlockEvent::End, Place::BlockType),
            // As in `begin_large_object`.
            Meaning::LargeObject => (
                BlockEvent::LargeObject(value as Oid),
                Place::chunk_len(true),
            ),
            Meaning::ChunkLen { large_object } if value > 0 => {
                let left = value.unsigned_abs();
                (BlockEvent::Chunk(left), Place::Chunk { left, large_object })
            }
            Meaning::ChunkLen { large_object } if value == 0 => match large_object {
                true => (
                    BlockEvent::LargeObjectEnd,
                    Place::Integer(Meaning::LargeObject),
                ),
                false => (BlockEvent::End, Place::BlockType),
            },
            Meaning::DumpId { .. } | Meaning::ChunkLen { .. } => {
                let start = self.offset - self.partial.len() as u64;
                return Err(corrupt(start, format!("{meaning} is {value}")));
            }
        };
        self.place = place;
        Ok(event)
    }

    /// Hands out what has arrived of a chunk.
    fn bytes<'a>(
        &mut self,
        left: u32,
        large_object: bool,
        input: &mut &'a [u8],
    ) -> Option<BlockEvent<'a>> {
        if input.is_empty() {
            return None;
        }
        let (now, later) = input.split_at(input.len().min(left as usize));
        *input = later;
        self.offset += now.len() as u64;
        // No more than `left`, hence it fits.
        self.place = match left - now.len() as u32 {
            0 => Place::chunk_len(large_object),
            left => Place::Chunk { left, large_object },
        };
        Some(BlockEvent::Bytes(now))
    }
}

impl Place {
    fn chunk_len(large_object: bool) -> Self {
        Self::Integer(Meaning::ChunkLen { large_object })
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DumpId { .. } => "dump id of a block",
            Self::LargeObject => "OID of a large object",
            Self::ChunkLen { .. } => "length of a chunk",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows_and_large_objects() -> Vec<u8> {
        let mut out = Vec::new();
        begin_data(DumpId(7), &mut out);
        chunk(b"1\ta\n", &mut out).unwrap();
        chunk(b"", &mut out).unwrap();
        chunk(b"\\.\n\n\n", &mut out).unwrap();
        end(&mut out);
        begin_large_objects(DumpId(300), &mut out);
        for oid in [1, 0x8000_0000, 0xffff_fffe] {
            begin_large_object(oid, &mut out);
            chunk(&oid.to_le_bytes(), &mut out).unwrap();
            end(&mut out);
        }
        begin_large_object(2, &mut out);
        end(&mut out);
        end(&mut out);
        out
    }

    /// The events of `bytes` in slices of `step`, with the bytes of each chunk put together.
    fn events(bytes: &[u8], step: usize) -> Result<Vec<String>> {
        let mut reader = BlockReader::new(0);
        let (mut events, mut chunk) = (Vec::new(), Vec::new());
        for mut slice in bytes.chunks(step) {
            while let Some(event) = reader.next(&mut slice)? {
                if let BlockEvent::Bytes(bytes) = event {
                    chunk.extend_from_slice(bytes);
                    continue;
                }
                if !chunk.is_empty() {
                    events.push(format!("{:?}", std::mem::take(&mut chunk)));
                }
                events.push(format!("{event:?}"));
            }
            assert!(slice.is_empty());
        }
        assert_eq!(reader.offset(), bytes.len() as u64);
        reader.finish()?;
        Ok(events)
    }

    #[test]
    fn block_is_type_id_chunks_and_a_zero() {
        let mut out = Vec::new();
        begin_data(DumpId(258), &mut out);
        chunk(b"ab", &mut out).unwrap();
        end(&mut out);
        assert_eq!(out, b"\x01\0\x02\x01\0\0\0\x02\0\0\0ab\0\0\0\0\0");
    }

    #[test]
    fn large_object_from_two_gigs_on_has_a_negative_oid() {
        let mut out = Vec::new();
        begin_large_object(0xffff_ffff, &mut out);
        begin_large_object(0x8000_0001, &mut out);
        assert_eq!(out, b"\x01\x01\0\0\0\x01\xff\xff\xff\x7f");
    }

    #[test]
    fn empty_and_overlong_chunks_cannot_begin() {
        for len in [0, MAX_CHUNK + 1] {
            let mut out = Vec::new();
            let error = begin_chunk(len, &mut out).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(out.is_empty());
        }
    }

    #[test]
    fn reader_meets_what_was_written_under_every_chunking() {
        let bytes = rows_and_large_objects();
        let whole = events(&bytes, bytes.len()).unwrap();
        assert_eq!(whole[0], "Data(DumpId(7))");
        assert_eq!(whole[5], "End");
        assert_eq!(whole[6], "LargeObjects(DumpId(300))");
        for oid in ["1", "2147483648", "4294967294", "2"] {
            assert!(whole.contains(&format!("LargeObject({oid})")));
        }
        for step in 1..bytes.len() {
            assert_eq!(events(&bytes, step).unwrap(), whole, "slices of {step}");
        }
    }

    #[test]
    fn block_cut_anywhere_is_corrupt() {
        let bytes = rows_and_large_objects();
        let border = bytes
            .iter()
            .position(|byte| *byte == LARGE_OBJECTS)
            .unwrap();
        for len in (1..bytes.len()).filter(|len| *len != border) {
            let error = events(&bytes[..len], 4).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CorruptArchive);
            assert!(
                error.to_string().contains(&format!("at byte {len}")),
                "{error}"
            );
        }
    }

    #[test]
    fn unknown_type_and_negative_lengths_are_corrupt() {
        let hostile: [&[u8]; 4] = [
            b"\x02\0\x01\0\0\0",
            b"\x01\x01\x01\0\0\0",
            b"\x01\0\0\0\0\0",
            b"\x01\0\x01\0\0\0\x01\x05\0\0\0",
        ];
        for bytes in hostile {
            let error = events(bytes, 3).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CorruptArchive);
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes in prop::collection::vec(0..8_u8, 0..200), step in 1..20_usize) {
            if let Err(error) = events(&bytes, step) {
                prop_assert_eq!(error.kind(), ErrorKind::CorruptArchive);
            }
        }
    }
}
