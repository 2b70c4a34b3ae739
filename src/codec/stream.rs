//! One stream from many pieces, whichever the codec.
//!
//! Workers encode pieces; the stream is `Joiner::begin`, the pieces in order,
//! `Joiner::finish`. What a stream looks like per codec, and where a chunk of a
//! custom-format archive has to begin:
//!
//! | codec | a piece | around the pieces | archive chunks |
//! |---|---|---|---|
//! | none | the bytes | nothing | anywhere |
//! | gzip | raw deflate that ends in a sync flush | header; empty last block and checksum, of zlib or gzip as the [`Container`] wants it | anywhere |
//! | zstd | frames with content checksums | nothing | **every frame begins a chunk** |
//! | lz4 | one frame with content checksum, independent blocks | nothing | anywhere |
//!
//! A zstd frame may go on over any number of chunks, but the next one begins a
//! new chunk: `pg_restore` drops, without an error, whatever follows the end of
//! a frame within a chunk (`ReadDataFromArchiveZstd`, `compress_zstd.c`).
//! [`Encoder::ends_chunk`] says where.
//!
//! What a piece looks like, and how it falls into chunks, depends on its bytes alone
//! and not on how they were written.
//!
//! An empty stream is no bytes at all, except for gzip: there `pg_restore`
//! insists on an empty zlib stream, which `begin` and `finish` alone make.

use super::compression::Compression;
use super::gzip::{GzipDecoder, GzipEncoder, GzipFileDecoder, GzipJoiner};
use super::lz4::{Lz4Decoder, Lz4Encoder};
use super::runs::Runs;
use super::zstd::{ZstdDecoder, ZstdEncoder};
use crate::error::{Error, ErrorKind, Result};

/// Raw bytes that are encoded at a time, at most: compressors work best on runs of
/// about this size.
pub const RUN: usize = 128 * 1024;

/// What a stream is in. Readers tell gzip's two dresses apart by it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Container {
    /// A data block of a custom-format archive: gzip is a zlib stream (RFC 1950).
    Block,
    /// A file of its own: gzip is a gzip member (RFC 1952), as gunzip reads it.
    File,
}

/// Encodes pieces, one after the other, with one set of buffers.
pub struct Encoder {
    codec: EncoderCodec,
    runs: Runs,
    raw_bytes: u64,
}

enum EncoderCodec {
    None,
    Gzip(GzipEncoder),
    Zstd(ZstdEncoder),
    Lz4(Box<Lz4Encoder>),
}

/// What joining needs to know about a finished piece.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PieceEnd {
    /// Bytes that went into the piece.
    pub raw_bytes: u64,
    /// Of gzip, the checksum of those bytes that the container wants.
    pub(super) checksum: u32,
}

impl Encoder {
    /// Makes an encoder and its buffers; they live until it is dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if the level is out of range.
    pub fn new(compression: Compression, container: Container) -> Result<Self> {
        compression.check()?;
        let codec = match compression {
            Compression::None => EncoderCodec::None,
            Compression::Gzip { level } => EncoderCodec::Gzip(GzipEncoder::new(level, container)),
            Compression::Zstd { level } => EncoderCodec::Zstd(ZstdEncoder::new(level.into())?),
            Compression::Lz4 => EncoderCodec::Lz4(Box::new(Lz4Encoder::new())),
        };
        Ok(Self {
            codec,
            runs: Runs::default(),
            raw_bytes: 0,
        })
    }

    /// Adds raw bytes, no more than a [`RUN`] where chunks matter, to the piece
    /// and appends to `out` what is encoded by now.
    ///
    /// The encoder holds back a bounded number of bytes; `out` grows by little
    /// more than `raw` and these are long.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if the codec fails, which is for lack of memory.
    pub fn write(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.raw_bytes += raw.len() as u64;
        let codec = &mut self.codec;
        self.runs.write(raw, |run| codec.write(run, out))
    }

    /// Whether the bytes written so far must be the end of a chunk.
    pub fn ends_chunk(&self) -> bool {
        match &self.codec {
            EncoderCodec::Zstd(zstd) => zstd.is_between_frames(),
            EncoderCodec::None | EncoderCodec::Gzip(_) | EncoderCodec::Lz4(_) => false,
        }
    }

    /// Ends the piece, appending its last bytes to `out`. The encoder is ready for the next one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if the codec fails, which is for lack of memory.
    pub fn finish_piece(&mut self, out: &mut Vec<u8>) -> Result<PieceEnd> {
        let codec = &mut self.codec;
        self.runs.finish(|rest| codec.write(rest, out))?;
        Ok(PieceEnd {
            raw_bytes: std::mem::take(&mut self.raw_bytes),
            checksum: codec.finish_piece(out)?,
        })
    }
}

impl EncoderCodec {
    fn write(&mut self, run: &[u8], out: &mut Vec<u8>) -> Result<()> {
        match self {
            Self::None => out.extend_from_slice(run),
            Self::Gzip(gzip) => gzip.write(run, out)?,
            Self::Zstd(zstd) => zstd.write(run, out)?,
            Self::Lz4(lz4) => lz4.write(run, out)?,
        }
        Ok(())
    }

    /// Returns the checksum of the raw bytes, of gzip.
    fn finish_piece(&mut self, out: &mut Vec<u8>) -> Result<u32> {
        match self {
            Self::None => {}
            Self::Gzip(gzip) => return gzip.finish_piece(out),
            Self::Zstd(zstd) => zstd.finish_piece(out)?,
            Self::Lz4(lz4) => lz4.finish_piece(out)?,
        }
        Ok(0)
    }
}

/// Writes what stands around the pieces of one stream.
pub struct Joiner(Option<GzipJoiner>);

impl Joiner {
    /// Joins pieces that encoders with the same `compression` and `container` made.
    pub fn new(compression: Compression, container: Container) -> Self {
        match compression {
            Compression::Gzip { level } => Self(Some(GzipJoiner::new(level, container))),
            Compression::None | Compression::Zstd { .. } | Compression::Lz4 => Self(None),
        }
    }

    /// Begins a stream: appends what stands before the first piece.
    pub fn begin(&mut self, out: &mut Vec<u8>) {
        if let Some(gzip) = &mut self.0 {
            gzip.begin(out);
        }
    }

    /// Notes that this piece is the stream's next.
    pub fn piece(&mut self, end: &PieceEnd) {
        if let Some(gzip) = &mut self.0 {
            gzip.piece(end.checksum, end.raw_bytes);
        }
    }

    /// Ends the stream: appends what stands after the last piece.
    pub fn finish(&self, out: &mut Vec<u8>) {
        if let Some(gzip) = &self.0 {
            gzip.finish(out);
        }
    }
}

/// Decodes one stream of an archive, in slices of any size.
///
/// Memory stays bounded whatever the input says: raw bytes go to a sink, 4 MiB
/// at most at a time, and a zstd window may have 128 MiB, as in `pg_restore`.
pub struct Decoder(DecoderCodec);

enum DecoderCodec {
    None,
    Gzip(GzipDecoder),
    GzipFile(Box<GzipFileDecoder>),
    Zstd(ZstdDecoder),
    Lz4(Lz4Decoder),
}

impl Decoder {
    /// Decodes what [`Encoder`] and [`Joiner`], or `pg_dump`, made; the level does not matter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if there is no memory for the codec.
    pub fn new(compression: Compression, container: Container) -> Result<Self> {
        let gzip = || match container {
            Container::Block => DecoderCodec::Gzip(GzipDecoder::new()),
            Container::File => DecoderCodec::GzipFile(Box::new(GzipFileDecoder::new())),
        };
        Self::with_gzip(compression, gzip)
    }

    /// Decodes a piece that an [`Encoder`] made, without what joins it to its neighbours.
    /// Of gzip, nothing in it says where it ends.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of_piece(compression: Compression) -> Result<Self> {
        Self::with_gzip(compression, || DecoderCodec::Gzip(GzipDecoder::of_piece()))
    }

    fn with_gzip(compression: Compression, gzip: impl FnOnce() -> DecoderCodec) -> Result<Self> {
        Ok(Self(match compression {
            Compression::None => DecoderCodec::None,
            Compression::Gzip { .. } => gzip(),
            Compression::Zstd { .. } => DecoderCodec::Zstd(ZstdDecoder::new()?),
            Compression::Lz4 => DecoderCodec::Lz4(Lz4Decoder::new()),
        }))
    }

    /// Says that the next byte is the first of an archive chunk.
    ///
    /// From then on a zstd frame that begins elsewhere is an error, because
    /// `pg_restore` would lose it.
    pub fn begin_chunk(&mut self) {
        if let DecoderCodec::Zstd(zstd) = &mut self.0 {
            zstd.begin_chunk();
        }
    }

    /// Decodes `stored` and hands the raw bytes to `sink`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] if the bytes are not such a stream, or
    /// follow its end; whatever `sink` returns.
    pub fn write<S>(&mut self, stored: &[u8], sink: &mut S) -> Result<()>
    where
        S: FnMut(&[u8]) -> Result<()>,
    {
        match &mut self.0 {
            DecoderCodec::None if stored.is_empty() => Ok(()),
            DecoderCodec::None => sink(stored),
            DecoderCodec::Gzip(gzip) => gzip.write(stored, sink),
            DecoderCodec::GzipFile(gzip) => gzip.write(stored, sink),
            DecoderCodec::Zstd(zstd) => zstd.write(stored, sink),
            DecoderCodec::Lz4(lz4) => lz4.write(stored, sink),
        }
    }

    /// Checks that the stream is complete.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] if it is cut off.
    pub fn finish(mut self) -> Result<()> {
        let (complete, what) = match &mut self.0 {
            DecoderCodec::None => (true, "data"),
            DecoderCodec::Gzip(gzip) => (gzip.is_complete(), "zlib stream"),
            DecoderCodec::GzipFile(gzip) => (gzip.finish(), "gzip file"),
            DecoderCodec::Zstd(zstd) => (zstd.is_complete(), "zstd frame"),
            DecoderCodec::Lz4(lz4) => (lz4.is_complete(), "lz4 frame"),
        };
        if complete {
            return Ok(());
        }
        Err(corrupt(format!("{what} is cut off before its end")))
    }
}

/// An error about stored bytes that are not what the codec wrote.
pub(super) fn corrupt(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::CorruptArchive, message)
}
