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

/// What one call to the codec can write. It gets a buffer of its own, because flate2
/// overwrites all the spare capacity of a vector with zeros at every call.
const BUFFER: usize = 16 * 1024;

pub(super) struct GzipEncoder {
    deflate: Compress,
    buffer: Box<[u8]>,
    adler32: u32,
}

impl GzipEncoder {
    pub(super) fn new(level: u8) -> Self {
        Self {
            deflate: Compress::new(Compression::new(level.into()), false),
            buffer: vec![0; BUFFER].into(),
            adler32: ADLER32_EMPTY,
        }
    }

    pub(super) fn write(&mut self, mut raw: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.adler32 = adler32(self.adler32, raw);
        while !raw.is_empty() {
            let (consumed, encoded) = self.deflate(raw, FlushCompress::None)?;
            out.extend_from_slice(encoded);
            raw = &raw[consumed..];
        }
        Ok(())
    }

    /// Ends the piece and returns its Adler-32.
    pub(super) fn finish_piece(&mut self, out: &mut Vec<u8>) -> Result<u32> {
        loop {
            let (_, encoded) = self.deflate(&[], FlushCompress::Sync)?;
            out.extend_from_slice(encoded);
            // Output space left over is deflate's sign that the flush is complete.
            if encoded.len() < BUFFER {
                break;
            }
        }
        self.deflate.reset();
        Ok(std::mem::replace(&mut self.adler32, ADLER32_EMPTY))
    }

    /// Runs deflate once; returns how much of `raw` it took, and what it wrote.
    fn deflate(&mut self, raw: &[u8], flush: FlushCompress) -> Result<(usize, &[u8])> {
        let (total_in, total_out) = (self.deflate.total_in(), self.deflate.total_out());
        self.deflate
            .compress(raw, &mut self.buffer, flush)
            .map_err(|e| Error::new(ErrorKind::Internal, "deflate failed").with_source(e))?;
        // Neither exceeds the slice it counts in, hence both fit.
        let consumed = (self.deflate.total_in() - total_in) as usize;
        let written = (self.deflate.total_out() - total_out) as usize;
        Ok((consumed, &self.buffer[..written]))
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

/// What the sink gets at most at a time.
const RAW_BUFFER: usize = 64 * 1024;

pub(super) struct GzipDecoder {
    inflate: Decompress,
    buffer: Box<[u8]>,
    complete: bool,
}

impl GzipDecoder {
    pub(super) fn new() -> Self {
        Self {
            inflate: Decompress::new(true),
            buffer: vec![0; RAW_BUFFER].into(),
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
            let (consumed, raw) = self.inflate(stored)?;
            stored = &stored[consumed..];
            output_was_full = raw.len() == RAW_BUFFER;
            if !raw.is_empty() {
                sink(raw)?;
            }
            output_was_full &= !self.complete;
        }
        Ok(())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Runs inflate once; returns how much of `stored` it took, and what that holds.
    fn inflate(&mut self, stored: &[u8]) -> Result<(usize, &[u8])> {
        let (total_in, total_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(stored, &mut self.buffer, FlushDecompress::None)
            .map_err(|e| corrupt("zlib stream is damaged").with_source(e))?;
        self.complete = status == Status::StreamEnd;
        // Neither exceeds the slice it counts in, hence both fit.
        let consumed = (self.inflate.total_in() - total_in) as usize;
        let written = (self.inflate.total_out() - total_out) as usize;
        if consumed + written == 0 && !stored.is_empty() && !self.complete {
            return Err(corrupt("zlib stream does not go on"));
        }
        Ok((consumed, &self.buffer[..written]))
    }
}
