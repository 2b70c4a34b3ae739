//! LZ4 frames: a piece is one frame with a content checksum and independent blocks.
//!
//! Layout: the LZ4 project's `doc/lz4_Frame_format.md`. `lz4_flex` does the work
//! but pulls its input; the decoder here cuts what it is given into whole frame
//! headers and blocks, so that `lz4_flex` never meets half of one.

use std::io::{Cursor, Read, Write};

use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};

use super::stream::corrupt;
use crate::error::{Error, ErrorKind, Result};

pub(super) struct Lz4Encoder {
    frame: FrameEncoder<Vec<u8>>,
    /// Whether the piece has bytes yet; without them `lz4_flex` cannot begin a second frame.
    begun: bool,
}

impl Lz4Encoder {
    pub(super) fn new() -> Self {
        Self {
            frame: FrameEncoder::with_frame_info(frame_info(), Vec::new()),
            begun: false,
        }
    }

    pub(super) fn write(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.begun |= !raw.is_empty();
        self.lend(out, |frame| frame.write_all(raw).map_err(failed))
    }

    pub(super) fn finish_piece(&mut self, out: &mut Vec<u8>) -> Result<()> {
        if std::mem::take(&mut self.begun) {
            return self.lend(out, |frame| frame.try_finish().map_err(failed));
        }
        FrameEncoder::with_frame_info(frame_info(), out)
            .finish()
            .map_err(failed)?;
        Ok(())
    }

    /// Lends `out` to the frame, which owns what it writes to.
    fn lend(
        &mut self,
        out: &mut Vec<u8>,
        work: impl FnOnce(&mut FrameEncoder<Vec<u8>>) -> Result<()>,
    ) -> Result<()> {
        std::mem::swap(self.frame.get_mut(), out);
        let done = work(&mut self.frame);
        std::mem::swap(self.frame.get_mut(), out);
        done
    }
}

fn frame_info() -> FrameInfo {
    FrameInfo::new()
        .block_mode(BlockMode::Independent)
        .block_size(BlockSize::Max256KB)
        .content_checksum(true)
}

fn failed(error: impl Into<std::io::Error>) -> Error {
    Error::new(ErrorKind::Internal, "lz4 failed").with_source(error.into())
}

pub(super) struct Lz4Decoder {
    frame: FrameDecoder<Cursor<Vec<u8>>>,
    /// The bytes of the next unit that have arrived.
    unit: Vec<u8>,
    layout: Option<FrameLayout>,
    buffer: Vec<u8>,
}

/// What a frame header says about the lengths of what follows.
#[derive(Clone, Copy)]
struct FrameLayout {
    max_block: usize,
    block_checksums: bool,
    content_checksum: bool,
}

impl Lz4Decoder {
    pub(super) fn new() -> Self {
        Self {
            frame: FrameDecoder::new(Cursor::default()),
            unit: Vec::new(),
            layout: None,
            buffer: vec![0; 64 * 1024],
        }
    }

    pub(super) fn write<S>(&mut self, mut stored: &[u8], sink: &mut S) -> Result<()>
    where
        S: FnMut(&[u8]) -> Result<()>,
    {
        while !stored.is_empty() {
            let wanted = self.unit_len()? - self.unit.len();
            let (now, later) = stored.split_at(wanted.min(stored.len()));
            self.unit.extend_from_slice(now);
            stored = later;
            // A longer unit may show only now that its length has arrived.
            if self.unit.len() == self.unit_len()? {
                self.decode_unit(sink)?;
            }
        }
        Ok(())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.layout.is_none() && self.unit.is_empty()
    }

    /// How long the unit at hand is, as far as its bytes tell: a header or a block.
    fn unit_len(&self) -> Result<usize> {
        match self.layout {
            None => header_len(&self.unit),
            Some(layout) => layout.block_len(&self.unit),
        }
    }

    fn decode_unit<S>(&mut self, sink: &mut S) -> Result<()>
    where
        S: FnMut(&[u8]) -> Result<()>,
    {
        let unit = std::mem::take(&mut self.unit);
        self.layout = match self.layout {
            None => {
                // A new one per frame: its buffers have the frame's block size.
                self.frame = FrameDecoder::new(Cursor::default());
                Some(FrameLayout::of(&unit))
            }
            Some(_) if unit.starts_with(&END_MARK) => None,
            layout => layout,
        };
        *self.frame.get_mut() = Cursor::new(unit);
        loop {
            let decoded = self
                .frame
                .read(&mut self.buffer)
                .map_err(|e| corrupt("lz4 frame is damaged").with_source(e))?;
            if decoded == 0 {
                break;
            }
            sink(&self.buffer[..decoded])?;
        }
        // Hand the allocation back for the next unit.
        self.unit = std::mem::take(self.frame.get_mut().get_mut());
        self.unit.clear();
        Ok(())
    }
}

/// A block of length 0: the frame ends here.
const END_MARK: [u8; 4] = [0; 4];

/// Length of a frame header: magic, two descriptor bytes, what their flags announce, a check byte.
fn header_len(header: &[u8]) -> Result<usize> {
    const MAGIC: [u8; 4] = 0x184d_2204_u32.to_le_bytes();
    if !MAGIC.starts_with(&header[..header.len().min(4)]) {
        return Err(corrupt("lz4 frame does not begin with its magic number"));
    }
    let Some(flags) = header.get(4) else {
        return Ok(7);
    };
    let content_size = if flags & 0x08 != 0 { 8 } else { 0 };
    let dictionary_id = if flags & 0x01 != 0 { 4 } else { 0 };
    Ok(7 + content_size + dictionary_id)
}

impl FrameLayout {
    /// Reads the flags of a whole header.
    fn of(header: &[u8]) -> Self {
        let (flags, block) = (header[4], header[5]);
        Self {
            // 4: 64 KiB, then four times as much per step. `lz4_flex` refuses lower values.
            max_block: 1 << (8 + 2 * usize::from(block >> 4 & 7)),
            block_checksums: flags & 0x10 != 0,
            content_checksum: flags & 0x04 != 0,
        }
    }

    /// Length of a block, its length field and checksums included.
    fn block_len(self, block: &[u8]) -> Result<usize> {
        /// Set in the length field of blocks that are stored as they are.
        const UNCOMPRESSED: u32 = 1 << 31;
        let Some(field) = block.first_chunk() else {
            return Ok(4);
        };
        if *field == END_MARK {
            return Ok(4 + if self.content_checksum { 4 } else { 0 });
        }
        // At most 2^31 - 1, which fits.
        let len = (u32::from_le_bytes(*field) & !UNCOMPRESSED) as usize;
        if len > self.max_block {
            let max = self.max_block;
            return Err(corrupt(format!(
                "lz4 block has {len} bytes, expected at most {max}"
            )));
        }
        Ok(4 + len + if self.block_checksums { 4 } else { 0 })
    }
}
