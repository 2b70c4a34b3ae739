//! Zstandard (RFC 8878): a piece is one frame with a content checksum.

use zstd::stream::raw::{self, CParameter, InBuffer, Operation, OutBuffer};
use zstd::zstd_safe;

use super::stream::corrupt;
use crate::error::{Error, ErrorKind, Result};

pub(super) struct ZstdEncoder(raw::Encoder<'static>);

impl ZstdEncoder {
    pub(super) fn new(level: i32) -> Result<Self> {
        let mut frame = raw::Encoder::new(level).map_err(failed)?;
        frame
            .set_parameter(CParameter::ChecksumFlag(true))
            .map_err(failed)?;
        Ok(Self(frame))
    }

    pub(super) fn write(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let mut input = InBuffer::around(raw);
        while input.pos() < raw.len() {
            self.0
                .run(&mut input, &mut with_room(out))
                .map_err(failed)?;
        }
        Ok(())
    }

    pub(super) fn finish_piece(&mut self, out: &mut Vec<u8>) -> Result<()> {
        // Returns how much is still to be written. The context then takes the
        // next frame with the same parameters.
        while self.0.finish(&mut with_room(out), true).map_err(failed)? > 0 {}
        Ok(())
    }
}

/// The end of `out` as libzstd takes it, with space for one block at least.
fn with_room(out: &mut Vec<u8>) -> OutBuffer<'_, Vec<u8>> {
    const ROOM: usize = 16 * 1024;
    out.reserve(ROOM);
    let end = out.len();
    OutBuffer::around_pos(out, end)
}

fn failed(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, "zstd failed").with_source(error)
}

pub(super) struct ZstdDecoder {
    frame: raw::Decoder<'static>,
    buffer: Vec<u8>,
    in_frame: bool,
    may_begin: MayBegin,
}

/// Where a frame may begin: anywhere, unless chunk borders are told.
enum MayBegin {
    Anywhere,
    Here,
    AtNextChunk,
}

impl ZstdDecoder {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            frame: raw::Decoder::new().map_err(failed)?,
            buffer: Vec::with_capacity(zstd_safe::DCtx::out_size()),
            in_frame: false,
            may_begin: MayBegin::Anywhere,
        })
    }

    pub(super) fn begin_chunk(&mut self) {
        self.may_begin = MayBegin::Here;
    }

    pub(super) fn write<S>(&mut self, stored: &[u8], sink: &mut S) -> Result<()>
    where
        S: FnMut(&[u8]) -> Result<()>,
    {
        let mut input = InBuffer::around(stored);
        let mut output_was_full = false;
        while input.pos() < stored.len() || output_was_full {
            self.check_border()?;
            self.buffer.clear();
            let hint = self
                .frame
                .run(&mut input, &mut OutBuffer::around(&mut self.buffer))
                .map_err(|e| corrupt("zstd frame is damaged").with_source(e))?;
            // 0 says that a frame is decoded and all of it handed out.
            self.in_frame = hint != 0;
            output_was_full = self.in_frame && self.buffer.len() == self.buffer.capacity();
            if !self.buffer.is_empty() {
                sink(&self.buffer)?;
            }
        }
        Ok(())
    }

    pub(super) fn is_complete(&self) -> bool {
        !self.in_frame
    }

    /// Called before the next byte is looked at.
    fn check_border(&mut self) -> Result<()> {
        match self.may_begin {
            MayBegin::AtNextChunk if !self.in_frame => {
                Err(corrupt("zstd frame begins within a chunk")
                    .with_hint("pg_restore would lose the rest of the chunk without an error."))
            }
            MayBegin::Here => {
                self.may_begin = MayBegin::AtNextChunk;
                Ok(())
            }
            MayBegin::Anywhere | MayBegin::AtNextChunk => Ok(()),
        }
    }
}
