//! gzip, as custom archives mean it: one zlib stream (RFC 1950) per data entry.
//!
//! Pieces are raw deflate (RFC 1951) that ends in a sync flush, hence on a byte
//! border and without a last block, so that they can follow each other. Each
//! starts with an empty dictionary, since its worker does not know the one before.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use zlib_rs::adler32::{adler32, adler32_combine};

use super::stream::corrupt;
use crate::error::{Error, ErrorKind, Result};

/// Adler-32 of no bytes (RFC 1950).
const ADLER32_EMPTY: u32 = 1;

/// Room that every call to the codec finds in the output. Sync flushes want more than 6 bytes.
const ROOM: usize = 16 * 1024;

pub(super) struct GzipEncoder {
    deflate: Compress,
    adler32: u32,
}

impl GzipEncoder {
    pub(super) fn new(level: u8) -> Self {
        Self {
            deflate: Compress::new(Compression::new(level.into()), false),
            adler32: ADLER32_EMPTY,
        }
    }

    pub(super) fn write(&mut self, mut raw: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.adler32 = adler32(self.adler32, raw);
        while !raw.is_empty() {
            let consumed = self.deflate(raw, out, FlushCompress::None)?;
            raw = &raw[consumed..];
        }
        Ok(())
    }

    /// Ends the piece and returns its Adler-32.
    pub(super) fn finish_piece(&mut self, out: &mut Vec<u8>) -> Result<u32> {
        loop {
            self.deflate(&[], out, FlushCompress::Sync)?;
            // Output space left over is deflate's sign that the flush is complete.
            if out.len() < out.capacity() {
                break;
            }
        }
        self.deflate.reset();
        Ok(std::mem::replace(&mut self.adler32, ADLER32_EMPTY))
    }

    /// Runs deflate once and returns how much of `raw` it took.
    fn deflate(&mut self, raw: &[u8], out: &mut Vec<u8>, flush: FlushCompress) -> Result<usize> {
        out.reserve(ROOM);
        let before = self.deflate.total_in();
        self.deflate
            .compress_vec(raw, out, flush)
            .map_err(|e| Error::new(ErrorKind::Internal, "deflate failed").with_source(e))?;
        // No more than raw.len(), which is a usize.
        Ok((self.deflate.total_in() - before) as usize)
    }
}

/// Makes one zlib stream of pieces.
pub(super) struct GzipJoiner {
    level: u8,
    adler32: u32,
}

impl GzipJoiner {
    pub(super) fn new(level: u8) -> Self {
        Self {
            level,
            adler32: ADLER32_EMPTY,
        }
    }

    /// Writes the zlib header: deflate with a 32 KiB window, no dictionary, and
    /// a hint at the level, so chosen that both bytes are a multiple of 31.
    pub(super) fn begin(&mut self, out: &mut Vec<u8>) {
        self.adler32 = ADLER32_EMPTY;
        let level_and_check = match self.level {
            0 | 1 => 0x01,
            2..=5 => 0x5e,
            6 => 0x9c,
            _ => 0xda,
        };
        out.extend_from_slice(&[0x78, level_and_check]);
    }

    pub(super) fn piece(&mut self, adler32: u32, raw_bytes: u64) {
        self.adler32 = adler32_combine(self.adler32, adler32, raw_bytes);
    }

    /// Writes an empty block that is marked as the last, and the checksum.
    pub(super) fn finish(&self, out: &mut Vec<u8>) {
        // Bits, lowest first: last block, fixed codes (01), end of block (0000000).
        out.extend_from_slice(&[0x03, 0x00]);
        out.extend_from_slice(&self.adler32.to_be_bytes());
    }
}

pub(super) struct GzipDecoder {
    inflate: Decompress,
    buffer: Vec<u8>,
    complete: bool,
}

impl GzipDecoder {
    pub(super) fn new() -> Self {
        Self {
            inflate: Decompress::new(true),
            buffer: Vec::with_capacity(4 * ROOM),
            complete: false,
        }
    }

    pub(super) fn write<S>(&mut self, mut stored: &[u8], sink: &mut S) -> Result<()>
    where
        S: FnMut(&[u8]) -> Result<()>,
    {
        let mut output_was_full = false;
        while !stored.is_empty() || output_was_full {
            if self.complete {
                let more = stored.len();
                return Err(corrupt(format!(
                    "{more} bytes follow the end of a zlib stream"
                )));
            }
            self.buffer.clear();
            let before = self.inflate.total_in();
            let status = self
                .inflate
                .decompress_vec(stored, &mut self.buffer, FlushDecompress::None)
                .map_err(|e| corrupt("zlib stream is damaged").with_source(e))?;
            // No more than stored.len(), which is a usize.
            let consumed = (self.inflate.total_in() - before) as usize;
            stored = &stored[consumed..];
            self.complete = status == Status::StreamEnd;
            output_was_full = !self.complete && self.buffer.len() == self.buffer.capacity();
            if consumed == 0 && self.buffer.is_empty() && !self.complete && !stored.is_empty() {
                return Err(corrupt("zlib stream does not go on"));
            }
            if !self.buffer.is_empty() {
                sink(&self.buffer)?;
            }
        }
        Ok(())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }
}
