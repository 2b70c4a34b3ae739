//! Custom-format data blocks (`pg_backup_custom.c`).
//!
//! A block is a type byte, the entry's dump id and, for rows, chunks: a length
//! and that many bytes of the entry's stream, up to a length of 0. In a block of
//! large objects every object is its OID and such a run of chunks, up to OID 0.
//! Chunk borders mean nothing, except that every zstd frame begins a chunk.

use super::primitives::put_int;
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
