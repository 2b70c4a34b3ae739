//! The way to the data of an archive, for one thread.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::contents::Contents;
use super::decode::EntryDecoder;
use super::feed::{Feed, Files};
use super::frames::Framer;
use super::neighbours::Neighbours;
use super::places::{Place, Span};
use super::ranges::{PIECES_IN_MEMORY, Ranges};
use super::segments::Segments;
use crate::archive::is_archive_file;
use crate::codec::{Compression, Container};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{DumpId, Oid};
use crate::store::{Location, ObjectVersion, Reader, S3Options, Store};

/// How to get at the data of a stored archive. It may go to other threads, which
/// [connect](Self::connect) there.
#[derive(Clone, Debug)]
pub struct Access {
    pub(super) location: Location,
    pub(super) s3: S3Options,
    pub(super) compression: Compression,
    /// The object of a custom-format archive; none of a directory.
    pub(super) object: Option<ObjectVersion>,
    /// Bytes read at a time.
    pub(super) piece: u64,
    /// What all who connect share.
    pub(super) neighbours: Arc<Neighbours>,
}

/// Bytes read at a time, unless there is less memory: few requests, and little to repeat
/// if one fails.
pub(super) const PIECE: u64 = 4 << 20;

/// Less is not worth a request.
const MIN_PIECE: u64 = 64 << 10;

/// What decoded blocks take that wait to be sent, and the decoder of what is written here.
const BESIDE_PIECES: u64 = 6 << 20;

impl Access {
    /// Bytes that reading takes at most in each thread, whatever is read, unless an
    /// archive of others needs a zstd window of more than 8 MiB.
    pub fn memory(&self) -> u64 {
        PIECES_IN_MEMORY as u64 * self.piece + BESIDE_PIECES
    }

    /// Reads so much at a time that it takes `memory` bytes in each thread.
    #[must_use]
    pub fn within(mut self, memory: u64) -> Self {
        let piece = memory.saturating_sub(BESIDE_PIECES) / PIECES_IN_MEMORY as u64;
        self.piece = piece.clamp(MIN_PIECE, PIECE);
        self
    }

    /// Opens the archive on the current runtime.
    ///
    /// # Errors
    ///
    /// The storage kinds, also if the archive was replaced since it was opened first.
    pub async fn connect(&self) -> Result<Connected> {
        let Some(version) = &self.object else {
            return Ok(Connected {
                compression: self.compression,
                piece: self.piece,
                way: Way::Directory(Box::new(Member {
                    directory: self.location.clone(),
                    s3: self.s3.clone(),
                    compression: self.compression,
                    piece: self.piece,
                })),
            });
        };
        let reader = Store::open(&self.location, &self.s3)?.reader().await?;
        if reader.version() != *version {
            return Err(Error::new(
                ErrorKind::Storage,
                format!("{} was replaced while it was read", self.location),
            ));
        }
        Ok(Connected {
            compression: self.compression,
            piece: self.piece,
            way: Way::Object(Arc::new(reader), Arc::clone(&self.neighbours)),
        })
    }
}

/// An archive that is open on one runtime.
pub struct Connected {
    compression: Compression,
    piece: u64,
    way: Way,
}

enum Way {
    Object(Arc<Reader>, Arc<Neighbours>),
    Directory(Box<Member>),
}

impl Connected {
    /// The contents of an entry, of large objects or of rows.
    ///
    /// # Errors
    ///
    /// The storage kinds; [`ErrorKind::CorruptArchive`].
    pub async fn contents(
        &self,
        entry: DumpId,
        large_objects: bool,
        place: &Place,
    ) -> Result<Contents<'_>> {
        match (place, &self.way) {
            (Place::Block(span), Way::Object(reader, neighbours)) => {
                let framer = Framer::block(entry, span.offset, self.compression);
                let reader = Arc::clone(reader);
                let ranges = match neighbours.read(&reader, *span, self.piece).await? {
                    Some(bytes) => Ranges::of_bytes(reader, bytes),
                    None => Ranges::new(reader, *span, self.piece),
                };
                let decoder = EntryDecoder::new(self.compression, Container::Block);
                Ok(Contents::new(Feed::Span(Some(framer), ranges), decoder))
            }
            (Place::File(name), Way::Directory(member)) if large_objects => {
                let listed = member.large_objects(name).await?;
                let feed = Feed::Files(Files {
                    member,
                    listed,
                    current: None,
                    begun: false,
                });
                let decoder = EntryDecoder::new(self.compression, Container::File);
                Ok(Contents::new(feed, decoder))
            }
            (Place::File(name), Way::Directory(member)) => {
                let (ranges, compression) = member.open(name).await?;
                let decoder = EntryDecoder::new(compression, Container::File);
                Ok(Contents::new(
                    Feed::Span(Some(Framer::File), ranges),
                    decoder,
                ))
            }
            _ => Err(Error::new(
                ErrorKind::Internal,
                "the place of an entry is in another kind of archive",
            )),
        }
    }

    /// The rows of segments, whose chunks are in these spans of the object. A span is
    /// taken as soon as it is read ahead.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] in a directory: segments of files are not read by themselves.
    pub fn segments(&self, spans: impl Iterator<Item = Span> + Send + 'static) -> Result<Segments> {
        let Way::Object(reader, _) = &self.way else {
            return Err(Error::new(
                ErrorKind::Internal,
                "segments of files are not read by themselves",
            ));
        };
        let ranges = Ranges::of_spans(Arc::clone(reader), spans, self.piece);
        Ok(Segments::new(ranges, self.compression))
    }
}

/// The way to the files of a directory.
pub(super) struct Member {
    directory: Location,
    s3: S3Options,
    /// The codec of most.
    compression: Compression,
    piece: u64,
}

/// A large object of a list.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct ListedFile {
    pub(super) oid: Oid,
    pub(super) name: String,
}

impl Member {
    /// Opens a file, whose name may lack the suffix of its codec.
    pub(super) async fn open(&self, name: &str) -> Result<(Ranges, Compression)> {
        check_name(name)?;
        // The codec of the header first: the others are for files that somebody has
        // compressed, or not, by hand.
        let mut codecs = vec![self.compression];
        codecs.extend(
            CODECS
                .iter()
                .filter(|codec| !same(**codec, self.compression)),
        );
        let mut first_error = None;
        for compression in codecs {
            let name = format!("{name}{}", suffix(compression));
            match self.reader(&name).await {
                Ok(reader) => {
                    let end = reader.size();
                    let ranges = Ranges::new(Arc::new(reader), Span { offset: 0, end }, self.piece);
                    return Ok((ranges, compression));
                }
                Err(error) if error.kind() == ErrorKind::StorageNotFound => {
                    first_error.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        let missing = Error::new(
            ErrorKind::CorruptArchive,
            format!("{name}, a file of the directory archive, is missing"),
        )
        .with_hint("If the directory was copied, copy this file, too. Otherwise do not rely on this backup.");
        Err(match first_error {
            Some(error) => missing.with_source(error),
            None => missing,
        })
    }

    /// Reads a list of large objects.
    async fn large_objects(&self, list: &str) -> Result<VecDeque<ListedFile>> {
        check_name(list)?;
        let reader = self.reader(list).await?;
        let mut text = Vec::new();
        let end = reader.size();
        let mut ranges = Ranges::new(Arc::new(reader), Span { offset: 0, end }, self.piece);
        while let Some(bytes) = ranges.next().await? {
            text.extend_from_slice(&bytes);
        }
        parse_list(&Bytes::from(text)).map_err(|error| error.context(format!("reading {list}")))
    }

    async fn reader(&self, name: &str) -> Result<Reader> {
        let location = self
            .directory
            .member(name)
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a stream has no files"))?;
        Store::open(&location, &self.s3)?.reader().await
    }
}

const CODECS: [Compression; 4] = [
    Compression::None,
    Compression::GZIP,
    Compression::Lz4,
    Compression::ZSTD,
];

fn same(one: Compression, other: Compression) -> bool {
    one.algorithm() == other.algorithm()
}

/// What the names of files that are compressed end in (`compress_io.c`).
fn suffix(compression: Compression) -> &'static str {
    match compression {
        Compression::Gzip { .. } => ".gz",
        Compression::Lz4 => ".lz4",
        Compression::Zstd { .. } => ".zst",
        _ => "",
    }
}

/// A name comes from the archive: it must not lead elsewhere.
fn check_name(name: &str) -> Result<()> {
    if is_archive_file(name) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::CorruptArchive,
        format!("the archive names a file {name:?}, which is none of a directory archive"),
    ))
}

/// Lines of an OID, a space and a file's name.
fn parse_list(text: &[u8]) -> Result<VecDeque<ListedFile>> {
    let lines = text.split(|byte| *byte == b'\n');
    let parse = |line: &[u8]| {
        let (oid, name) = std::str::from_utf8(line).ok()?.split_once(' ')?;
        let (oid, name) = (oid.parse().ok()?, name.to_owned());
        Some(ListedFile { oid, name })
    };
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            parse(line).ok_or_else(|| {
                let line = String::from_utf8_lossy(line);
                Error::new(
                    ErrorKind::CorruptArchive,
                    format!("{line:?}, expected the OID of a large object and its file"),
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_of_large_objects_is_read() {
        let listed = parse_list(b"16385 blob_16385.dat\n4294967294 blob_4294967294.dat\n").unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[1].oid, 4_294_967_294);
        assert_eq!(listed[0].name, "blob_16385.dat");
    }

    #[test]
    fn list_with_anything_else_is_damaged() {
        for text in [
            &b"x blob_1.dat\n"[..],
            b"1\n",
            b"\xff 1\n",
            b"-1 blob_1.dat",
        ] {
            assert_eq!(
                parse_list(text).unwrap_err().kind(),
                ErrorKind::CorruptArchive
            );
        }
    }

    #[test]
    fn name_that_leads_elsewhere_is_refused() {
        for name in ["../7.dat", "/etc/passwd", "", "toc.dat/../x", "a/b/7.dat"] {
            assert!(check_name(name).is_err(), "{name}");
        }
        check_name("7.dat").unwrap();
    }
}
