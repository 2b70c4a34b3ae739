//! gzip: a zlib stream (RFC 1950) in a block of a custom archive, a gzip member
//! (RFC 1952) in a file.
//!
//! Pieces are raw deflate (RFC 1951) that ends in a sync flush, hence on a byte
//! border and without a last block, so that they can follow each other. Each
//! starts with an empty dictionary, since its worker does not know the one before.

use std::io::Write;

use flate2::write::MultiGzDecoder;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use zlib_rs::adler32::{adler32, adler32_combine};
use zlib_rs::crc32::{crc32, crc32_combine};

use super::stream::{Container, corrupt};
use crate::error::{Error, ErrorKind, Result};

/// What one call to the codec can write. It gets a buffer of its own, because flate2
/// overwrites all the spare capacity of a vector with zeros at every call.
const BUFFER: usize = 16 * 1024;

pub(super) struct GzipEncoder {
    deflate: Compress,
    buffer: Box<[u8]>,
    container: Container,
    checksum: u32,
}

impl GzipEncoder {
    pub(super) fn new(level: u8, container: Container) -> Self {
        Self {
            deflate: Compress::new(Compression::new(level.into()), false),
            buffer: vec![0; BUFFER].into(),
            container,
            checksum: checksum_of_nothing(container),
        }
    }

    pub(super) fn write(&mut self, mut raw: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.checksum = match self.container {
            Container::Block => adler32(self.checksum, raw),
            Container::File => crc32(self.checksum, raw),
        };
        while !raw.is_empty() {
            let (consumed, encoded) = self.deflate(raw, FlushCompress::None)?;
            out.extend_from_slice(encoded);
            raw = &raw[consumed..];
        }
        Ok(())
    }

    /// Ends the piece and returns its checksum.
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
        let checksum = checksum_of_nothing(self.container);
        Ok(std::mem::replace(&mut self.checksum, checksum))
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

/// Adler-32 (RFC 1950) or CRC-32 (RFC 1952) of no bytes.
fn checksum_of_nothing(container: Container) -> u32 {
    match container {
        Container::Block => 1,
        Container::File => 0,
    }
}

/// Makes one stream of pieces.
pub(super) struct GzipJoiner {
    level: u8,
    container: Container,
    checksum: u32,
    raw_bytes: u64,
}

impl GzipJoiner {
    pub(super) fn new(level: u8, container: Container) -> Self {
        Self {
            level,
            container,
            checksum: checksum_of_nothing(container),
            raw_bytes: 0,
        }
    }

    pub(super) fn begin(&mut self, out: &mut Vec<u8>) {
        *self = Self::new(self.level, self.container);
        match self.container {
            Container::Block => out.extend_from_slice(&zlib_header(self.level)),
            Container::File => out.extend_from_slice(&gzip_header(self.level)),
        }
    }

    pub(super) fn piece(&mut self, checksum: u32, raw_bytes: u64) {
        self.checksum = match self.container {
            Container::Block => adler32_combine(self.checksum, checksum, raw_bytes),
            Container::File => crc32_combine(self.checksum, checksum, raw_bytes),
        };
        self.raw_bytes += raw_bytes;
    }

    /// Writes an empty block that is marked as the last, and the checksum.
    pub(super) fn finish(&self, out: &mut Vec<u8>) {
        // Bits, lowest first: last block, fixed codes (01), end of block (0000000).
        out.extend_from_slice(&[0x03, 0x00]);
        match self.container {
            Container::Block => out.extend_from_slice(&self.checksum.to_be_bytes()),
            Container::File => {
                out.extend_from_slice(&self.checksum.to_le_bytes());
                // The size, modulo 2^32.
                out.extend_from_slice(&(self.raw_bytes as u32).to_le_bytes());
            }
        }
    }
}

/// Deflate with a 32 KiB window, no dictionary, and a hint at the level, so
/// chosen that both bytes are a multiple of 31.
fn zlib_header(level: u8) -> [u8; 2] {
    let level_and_check = match level {
        0 | 1 => 0x01,
        2..=5 => 0x5e,
        6 => 0x9c,
        _ => 0xda,
    };
    [0x78, level_and_check]
}

/// Deflate, neither name nor time nor system, and a hint at the level.
fn gzip_header(level: u8) -> [u8; 10] {
    let extra_flags = match level {
        0 | 1 => 4,
        9 => 2,
        _ => 0,
    };
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, extra_flags, 0xff]
}

/// What the sink gets at most at a time.
const RAW_BUFFER: usize = 64 * 1024;

pub(super) struct GzipDecoder {
    inflate: Decompress,
    buffer: Box<[u8]>,
    /// Whether it is a piece, which has no end of its own.
    endless: bool,
    complete: bool,
}

impl GzipDecoder {
    /// A decoder of a zlib stream.
    pub(super) fn new() -> Self {
        Self {
            inflate: Decompress::new(true),
            buffer: vec![0; RAW_BUFFER].into(),
            endless: false,
            complete: false,
        }
    }

    /// A decoder of one piece of a stream.
    pub(super) fn of_piece() -> Self {
        Self {
            inflate: Decompress::new(false),
            endless: true,
            ..Self::new()
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
        self.complete || self.endless
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

/// Decodes the members of a file, one behind the other, as gunzip does.
pub(super) struct GzipFileDecoder {
    members: MultiGzDecoder<Vec<u8>>,
    is_empty: bool,
}

impl GzipFileDecoder {
    pub(super) fn new() -> Self {
        Self {
            members: MultiGzDecoder::new(Vec::new()),
            is_empty: true,
        }
    }

    pub(super) fn write<S>(&mut self, stored: &[u8], sink: &mut S) -> Result<()>
    where
        S: FnMut(&[u8]) -> Result<()>,
    {
        /// Deflate makes no more than 1,032 bytes of one, so that 4 MiB come of this.
        const SLICE: usize = 4 * 1024;
        self.is_empty &= stored.is_empty();
        for slice in stored.chunks(SLICE) {
            self.members
                .write_all(slice)
                .and_then(|()| self.members.flush())
                .map_err(|e| corrupt("gzip file is damaged").with_source(e))?;
            let raw = self.members.get_mut();
            if !raw.is_empty() {
                sink(raw)?;
                raw.clear();
            }
        }
        Ok(())
    }

    /// Whether the file may end here. Nothing can be written any more.
    pub(super) fn finish(&mut self) -> bool {
        // What was decoded has been handed out: finishing only looks at the checksum.
        self.is_empty || self.members.try_finish().is_ok()
    }
}
