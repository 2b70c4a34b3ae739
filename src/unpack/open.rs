//! Opening an archive: reading what it says it holds.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;

use super::access::{Access, PIECE};
use super::contents::Contents;
use super::decode::EntryDecoder;
use super::feed::Feed;
use super::foreign;
use super::frames::{Frame, Framer};
use super::manifest;
use super::places::{Places, Span};
use super::ranges::Ranges;
use super::source::Source;
use crate::archive::block::{BlockEvent, BlockReader};
use crate::archive::{
    Archive, ArchiveReader, DataLocation, Format, Header, HeaderCompression, MANIFEST_SUFFIX,
    Manifest, TOC_FILE,
};
use crate::codec::{Compression, Container, StoredDigest};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::DumpId;
use crate::store::{Location, Reader, S3Options, Store};

/// Which archive is to be opened, and how.
pub struct OpenOptions<'a> {
    /// `s3://bucket/key`, a path, or `-` for `stream`.
    pub location: &'a Location,
    /// How to reach the object store.
    pub s3: &'a S3Options,
    /// The archive itself, if it is called `-`.
    pub stream: Option<Box<dyn Read + Send>>,
}

/// An archive whose table of contents has been read.
pub struct OpenArchive {
    /// Header and table of contents.
    pub archive: Archive,
    location: Location,
    s3: S3Options,
    /// SHA-256 of header and table of contents, in hex.
    toc_sha256: String,
    /// What follows the table of contents.
    sequence: Sequence,
    in_directory: bool,
}

/// The first read: header and table of contents of some hundred entries.
pub(crate) const FIRST_READ: usize = 64 << 10;

/// The largest read; few requests even for a table of contents of 100 MiB.
pub(crate) const LARGEST_READ: usize = 4 << 20;

/// What is asked of a stream at a time.
const STREAM_READ: usize = 1 << 20;

impl OpenArchive {
    /// Reads header and table of contents, and nothing of the data.
    ///
    /// # Errors
    ///
    /// The storage kinds; [`ErrorKind::CorruptArchive`] if it is no archive or a
    /// damaged one; [`ErrorKind::Unsupported`] for archive versions this release
    /// does not know; [`ErrorKind::InvalidInput`] for a stream that is not there.
    pub async fn open(options: OpenOptions<'_>) -> Result<Self> {
        let location = options.location;
        Self::read(options).await.map_err(|error| match location {
            // The store's own messages name the object.
            _ if !is_about_contents(error.kind()) => error,
            Location::Stream => error.context("reading the archive from the stream"),
            location => error.context(format!("reading {location}")),
        })
    }

    async fn read(options: OpenOptions<'_>) -> Result<Self> {
        let OpenOptions {
            location,
            s3,
            stream,
        } = options;
        let (source, in_directory) = match (location, stream) {
            (Location::Stream, Some(reader)) => (Source::stream(reader), false),
            (Location::Stream, None) => {
                return Err(Error::new(
                    ErrorKind::InvalidInput,
                    "the archive is a stream (-), but there is no reader for it",
                ));
            }
            (location, _) => {
                let (reader, in_directory) = open_stored(location, s3).await?;
                (Source::stored(reader), in_directory)
            }
        };
        let mut sequence = Sequence {
            source,
            rest: Bytes::new(),
            offset: 0,
        };
        let (archive, toc_sha256) = sequence.read_contents().await?;
        Ok(Self {
            archive,
            toc_sha256,
            location: location.clone(),
            s3: s3.clone(),
            sequence,
            in_directory,
        })
    }

    /// Whether the archive can be read once only, from its beginning on.
    pub fn is_stream(&self) -> bool {
        matches!(self.sequence.source, Source::Stream(_))
    }

    /// Bytes of the object that has the table of contents; none of a stream.
    pub fn size(&self) -> Option<u64> {
        match &self.sequence.source {
            Source::Stored { reader, .. } => Some(reader.size()),
            Source::Stream(_) => None,
        }
    }

    /// The manifest beside the archive, if there is one.
    ///
    /// # Errors
    ///
    /// The storage kinds; [`ErrorKind::Verification`] if it does not belong to the
    /// archive; [`ErrorKind::Unsupported`] if it is of a later version.
    pub async fn manifest(&self) -> Result<Option<Manifest>> {
        if self.is_stream() {
            return Ok(None);
        }
        let manifest = match manifest::read(&self.location, &self.s3).await {
            Ok(manifest) => manifest,
            Err(error) if error.kind() == ErrorKind::StorageNotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        self.check_manifest(&manifest).map_err(|error| {
            let archive = self.location.without_slash();
            error.context(format!("comparing with {archive}{MANIFEST_SUFFIX}"))
        })?;
        Ok(Some(manifest))
    }

    /// What of the manifest can be told at once.
    fn check_manifest(&self, manifest: &Manifest) -> Result<()> {
        let facts = &manifest.archive;
        let format = match self.archive.header.format {
            Format::Custom => "custom",
            _ => "directory",
        };
        let expected = match format {
            "custom" => facts.size,
            _ => facts.toc_bytes,
        };
        let entries = self.archive.entries.len() as u64;
        let toc_sha256 = facts.toc_sha256.as_ref();
        let differences = [
            (facts.format != format).then(|| format!("format {}, found {format}", facts.format)),
            (self.size() != Some(expected)).then(|| {
                let size = self.size().unwrap_or_default();
                format!("{expected} bytes, found {size}")
            }),
            (facts.toc_entries != entries)
                .then(|| format!("{} entries, found {entries}", facts.toc_entries)),
            toc_sha256
                .filter(|expected| **expected != self.toc_sha256)
                .map(|expected| {
                    let found = &self.toc_sha256;
                    format!("a table of contents with SHA-256 {expected}, found {found}")
                }),
        ];
        match differences.into_iter().flatten().next() {
            None => Ok(()),
            Some(difference) => Err(Error::new(
                ErrorKind::Verification,
                format!("the archive is not the one that its manifest describes: expected {difference}"),
            )
            .with_hint("The archive is damaged, or was replaced by another. If you know that it is sound, do without the manifest: option ignore_manifest (--ignore-manifest).")),
        }
    }

    /// Gives away header and table of contents, for whoever is to keep them.
    pub fn take_contents(&mut self) -> Archive {
        let nothing = Archive {
            header: self.archive.header.clone(),
            entries: Vec::new(),
            data_offset: self.archive.data_offset,
        };
        std::mem::replace(&mut self.archive, nothing)
    }

    /// The codec of the data.
    pub fn compression(&self) -> Compression {
        compression_of(&self.archive.header)
    }

    /// Where the data of every entry is. Where neither table of contents nor manifest
    /// say so, the archive is read through.
    ///
    /// # Errors
    ///
    /// The storage kinds; [`ErrorKind::CorruptArchive`].
    pub async fn places(&self, manifest: Option<&Manifest>) -> Result<Places> {
        let size = self.size().unwrap_or_default();
        let mut places = Places::new(&self.archive, manifest, size);
        let is_open = self.archive.entries.iter().any(|parsed| {
            parsed.data == DataLocation::NotSet && places.of(parsed.entry.dump_id).is_none()
        });
        if is_open && !self.is_stream() {
            let offsets = self.find_blocks(size).await?;
            places.add_blocks(offsets, size);
        }
        Ok(places)
    }

    /// Reads the archive through for where its blocks begin.
    async fn find_blocks(&self, size: u64) -> Result<Vec<(u64, DumpId)>> {
        let wanted = self.archive.entries.iter();
        let wanted = wanted.filter(|parsed| parsed.entry.has_data).count();
        let reader = Store::open(&self.location, &self.s3)?.reader().await?;
        let mut offset = self.archive.data_offset;
        let mut blocks = BlockReader::new(offset);
        let span = Span { offset, end: size };
        let mut ranges = Ranges::new(reader.into(), span, PIECE);
        let mut offsets = Vec::new();
        let mut ended = 0;
        while ended < wanted
            && let Some(piece) = ranges.next().await?
        {
            let mut rest: &[u8] = &piece;
            while ended < wanted
                && let Some(event) = blocks.next(&mut rest)?
            {
                match event {
                    BlockEvent::Data(id) | BlockEvent::LargeObjects(id) => {
                        offsets.push((blocks.block_offset(), id));
                    }
                    BlockEvent::End => ended += 1,
                    _ => {}
                }
            }
            offset += piece.len() as u64;
        }
        tracing::debug!(
            bytes = offset,
            blocks = offsets.len(),
            "read the archive through"
        );
        Ok(offsets)
    }

    /// The way to the data for other threads; none of a stream.
    pub fn access(&self) -> Option<Access> {
        let Source::Stored { reader, .. } = &self.sequence.source else {
            return None;
        };
        Some(Access {
            location: self.location.clone(),
            s3: self.s3.clone(),
            compression: self.compression(),
            object: (!self.in_directory).then(|| reader.version()),
            piece: PIECE,
            neighbours: Arc::default(),
        })
    }

    /// The contents of an entry of a stream, whose data must not have gone by. What
    /// stands before it is skipped.
    ///
    /// # Errors
    ///
    /// The storage kinds; [`ErrorKind::CorruptArchive`].
    pub async fn next_contents(&mut self, entry: DumpId) -> Result<Contents<'_>> {
        let compression = self.compression();
        self.sequence.skip_to(entry, compression).await?;
        let framer = Framer::block(entry, self.sequence.offset, compression);
        let decoder = EntryDecoder::new(compression, Container::Block);
        Ok(Contents::new(
            Feed::Sequence(Some(framer), &mut self.sequence),
            decoder,
        ))
    }
}

/// The codec that a header names.
pub(super) fn compression_of(header: &Header) -> Compression {
    match header.compression {
        HeaderCompression::None => Compression::None,
        HeaderCompression::Gzip { .. } => Compression::GZIP,
        HeaderCompression::Lz4 => Compression::Lz4,
        HeaderCompression::Zstd => Compression::ZSTD,
    }
}

/// Opens an archive: an object or file, or what a directory of that name has
/// its table of contents in. Returns whether it is a directory.
async fn open_stored(location: &Location, s3: &S3Options) -> Result<(Reader, bool)> {
    let Some(within) = location.member(TOC_FILE) else {
        return Ok((Store::open(location, s3)?.reader().await?, false));
    };
    let within = Store::open(&within, s3)?;
    if location.is_directory() {
        return Ok((within.reader().await?, true));
    }
    let not_found = match Store::open(location, s3)?.reader().await {
        Err(error) if error.kind() == ErrorKind::StorageNotFound => error,
        outcome => return Ok((outcome?, false)),
    };
    // The name as the user wrote it says more than that of a file they did not think of.
    let reader = within.reader().await.map_err(|_| not_found)?;
    Ok((reader, true))
}

fn is_about_contents(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::CorruptArchive | ErrorKind::Unsupported)
}

/// The bytes of an archive one after the other, as far as they have been read.
pub(super) struct Sequence {
    source: Source,
    /// What was read and not taken yet.
    rest: Bytes,
    /// Where that begins.
    offset: u64,
}

impl Sequence {
    /// Reads header and table of contents. Returns their SHA-256, too.
    async fn read_contents(&mut self) -> Result<(Archive, String)> {
        let mut digest = StoredDigest::new();
        let mut reader = ArchiveReader::new();
        let mut len = FIRST_READ;
        let mut bytes = self.source.next(len).await?;
        foreign::refuse(&bytes)?;
        while !bytes.is_empty() {
            let taken = reader.push(&bytes)?;
            digest.update(&bytes[..taken]);
            self.offset += taken as u64;
            if reader.is_complete() {
                self.rest = bytes.split_off(taken);
                break;
            }
            // What gives less than it is asked for, as a pipe does, would not fill more either.
            if bytes.len() == len {
                len = (len * 4).min(LARGEST_READ);
            }
            bytes = self.source.next(len).await?;
        }
        Ok((reader.finish()?, digest.hex()))
    }

    /// Adds the frames of what comes next. Returns whether the block has ended.
    pub(super) async fn read(
        &mut self,
        framer: &mut Framer,
        frames: &mut Vec<Frame>,
    ) -> Result<bool> {
        if self.rest.is_empty() {
            self.rest = self.source.next(STREAM_READ).await?;
        }
        if self.rest.is_empty() {
            framer.finish()?;
        }
        let before = self.rest.len();
        let ended = framer.take(&mut self.rest, frames)?;
        self.offset += (before - self.rest.len()) as u64;
        Ok(ended)
    }

    /// Skips the blocks before that of `entry`.
    async fn skip_to(&mut self, entry: DumpId, compression: Compression) -> Result<()> {
        loop {
            let next = self.peek_block().await?;
            if next == entry {
                return Ok(());
            }
            let mut framer = Framer::block(next, self.offset, compression);
            let mut frames = Vec::new();
            while !self.read(&mut framer, &mut frames).await? {
                frames.clear();
            }
        }
    }

    /// Whose block comes next.
    async fn peek_block(&mut self) -> Result<DumpId> {
        /// A type byte, and an integer with its sign.
        const BEGINNING: usize = 6;
        while self.rest.len() < BEGINNING {
            let more = self.source.next(STREAM_READ).await?;
            if more.is_empty() {
                break;
            }
            self.rest = [&self.rest[..], &more].concat().into();
        }
        let mut blocks = BlockReader::new(self.offset);
        let mut beginning: &[u8] = &self.rest;
        match blocks.next(&mut beginning)? {
            Some(BlockEvent::Data(id) | BlockEvent::LargeObjects(id)) => Ok(id),
            _ => Err(Error::new(
                ErrorKind::CorruptArchive,
                format!(
                    "archive is damaged at byte {}: it ends where more data is expected",
                    self.offset
                ),
            )
            .with_hint(
                "If its blocks are in another order than its entries, restore it from a file.",
            )),
        }
    }
}
