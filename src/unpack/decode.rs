//! From the frames of an entry to its rows or large objects. No I/O.

use super::frames::Frame;
use crate::archive::{DataFacts, DataKind};
use crate::codec::{Compression, Container, Decoder, RowDigest};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::Oid;

/// What the data of an entry consists of, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content<B> {
    /// Bytes of rows: COPY text, or whatever the entry's statements want. They begin and
    /// end anywhere within a row.
    Rows(B),
    /// A large object begins.
    BeginLargeObject(Oid),
    /// Bytes of the large object.
    LargeObject(B),
    /// The large object ends.
    EndLargeObject,
}

/// What an entry turned out to hold.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Its rows, without what ends them in an archive.
    pub digest: RowDigest,
    /// Bytes before compression, with what ends rows.
    pub raw_bytes: u64,
    /// Its large objects.
    pub objects: RowDigest,
    /// Whether rows ended with what says in an archive that they are complete.
    pub ended: bool,
}

impl Found {
    /// Compares it with what the manifest says.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Verification`] if it is something else.
    pub fn check(&self, facts: &DataFacts) -> Result<()> {
        let (found, what) = match facts.kind {
            DataKind::Table => (&self.digest, "rows"),
            DataKind::LargeObjects => (&self.objects, "large objects"),
        };
        let (rows, digest) = (found.rows(), found.hex());
        let difference = if facts.raw_bytes != self.raw_bytes {
            format!("{} bytes, found {}", facts.raw_bytes, self.raw_bytes)
        } else if facts.rows != rows {
            format!("{} {what}, found {rows}", facts.rows)
        } else if let Some(expected) = &facts.rows_xxh3_128
            && *expected != digest
        {
            format!("{what} with digest {expected}, found {digest}")
        } else {
            return Ok(());
        };
        let (id, name) = (facts.dump_id, &facts.name);
        Err(Error::new(
            ErrorKind::Verification,
            format!("the data of entry {id}, {name}, is not what the manifest describes: expected {difference}"),
        )
        .with_hint("The archive is damaged, or its manifest is of another one."))
    }
}

/// Decodes the data of one entry.
pub(super) struct EntryDecoder {
    compression: Compression,
    container: Container,
    /// The stream at hand; of rows there is always one.
    decoder: Option<Decoder>,
    large_objects: bool,
    rows: Rows,
    found: Found,
}

impl EntryDecoder {
    /// A decoder of rows, or of the large objects of a block, in this codec.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if there is no memory for the codec.
    pub(super) fn new(compression: Compression, container: Container) -> Self {
        Self {
            compression,
            container,
            decoder: None,
            large_objects: false,
            rows: Rows::default(),
            found: Found::default(),
        }
    }

    /// A decoder of one segment of rows.
    ///
    /// # Errors
    ///
    /// As [`Decoder::of_piece`].
    pub(super) fn of_piece(compression: Compression) -> Result<Self> {
        Ok(Self {
            decoder: Some(Decoder::of_piece(compression)?),
            ..Self::new(compression, Container::Block)
        })
    }

    /// Takes the next frame and hands what it holds to `sink`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] if it is not what the codec wrote; whatever `sink` returns.
    pub(super) fn take<S>(&mut self, frame: &Frame, sink: &mut S) -> Result<()>
    where
        S: FnMut(Content<&[u8]>) -> Result<()>,
    {
        match frame {
            Frame::LargeObjects => {
                self.large_objects = true;
                Ok(())
            }
            Frame::BeginLargeObject(oid, compression) => {
                self.found.objects.begin_object(*oid);
                self.decoder = Some(Decoder::new(*compression, self.container)?);
                sink(Content::BeginLargeObject(*oid))
            }
            Frame::EndLargeObject => {
                if let Some(decoder) = self.decoder.take() {
                    decoder.finish()?;
                }
                self.found.objects.end_object();
                sink(Content::EndLargeObject)
            }
            Frame::Chunk => {
                self.decoder()?.begin_chunk();
                Ok(())
            }
            Frame::Bytes(stored) => self.decode(stored, sink),
            // Whoever decodes segments takes another decoder for the next.
            Frame::EndSegment(_) => Ok(()),
        }
    }

    fn decode<S>(&mut self, stored: &[u8], sink: &mut S) -> Result<()>
    where
        S: FnMut(Content<&[u8]>) -> Result<()>,
    {
        self.decoder()?;
        let Self {
            decoder: Some(decoder),
            rows,
            found,
            large_objects,
            ..
        } = self
        else {
            return Ok(());
        };
        decoder.write(stored, &mut |raw: &[u8]| {
            found.raw_bytes += raw.len() as u64;
            if *large_objects {
                found.objects.update_object(raw);
                return sink(Content::LargeObject(raw));
            }
            rows.take(raw, &mut |rows: &[u8]| {
                found.digest.update(rows);
                sink(Content::Rows(rows))
            })
        })
    }

    /// Checks that the data is complete, and says what it was.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] if it is cut off; whatever `sink` returns.
    pub(super) fn finish<S>(mut self, sink: &mut S) -> Result<Found>
    where
        S: FnMut(Content<&[u8]>) -> Result<()>,
    {
        if !self.large_objects {
            // A stream that has to begin, and to end, even if it holds nothing.
            self.decoder()?;
        }
        if let Some(decoder) = self.decoder.take() {
            decoder.finish()?;
        }
        let Rows { held, before } = self.rows;
        // A row may end like that, but does not begin like that: its backslash is doubled.
        self.found.ended = held == END_OF_ROWS && before.is_none_or(|byte| byte == b'\n');
        if !self.found.ended && !held.is_empty() {
            self.found.digest.update(&held);
            sink(Content::Rows(&held))?;
        }
        Ok(self.found)
    }

    /// The stream at hand: of rows it begins with their first byte.
    fn decoder(&mut self) -> Result<&mut Decoder> {
        let (compression, container) = (self.compression, self.container);
        if self.decoder.is_none() && self.large_objects {
            return Err(Error::new(
                ErrorKind::CorruptArchive,
                "bytes between large objects",
            ));
        }
        match &mut self.decoder {
            Some(decoder) => Ok(decoder),
            empty => Ok(empty.insert(Decoder::new(compression, container)?)),
        }
    }
}

/// What stands behind the rows of a table in an archive, for psql.
const END_OF_ROWS: &[u8] = b"\\.\n\n\n";

/// Holds back what may be the end of rows until it is known whether it is.
#[derive(Default)]
struct Rows {
    held: Vec<u8>,
    /// The byte before that, if there was one.
    before: Option<u8>,
}

impl Rows {
    fn take(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let Some(settled) = bytes.len().checked_sub(END_OF_ROWS.len()) else {
            self.held.extend_from_slice(bytes);
            let settled = self.held.len().saturating_sub(END_OF_ROWS.len());
            if settled > 0 {
                self.before = Some(self.held[settled - 1]);
                sink(&self.held[..settled])?;
                self.held.drain(..settled);
            }
            return Ok(());
        };
        if let Some(last) = self.held.last() {
            self.before = Some(*last);
            sink(&self.held)?;
            self.held.clear();
        }
        let (settled, held) = bytes.split_at(settled);
        if let Some(last) = settled.last() {
            self.before = Some(*last);
            sink(settled)?;
        }
        self.held.extend_from_slice(held);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// What a segment of these bytes, which come in pieces, turns out to hold.
    fn found(raw: &[u8], step: usize) -> (Vec<u8>, Found) {
        let mut decoder = EntryDecoder::of_piece(Compression::None).unwrap();
        let mut rows = Vec::new();
        let mut sink = |content: Content<&[u8]>| {
            if let Content::Rows(bytes) = content {
                rows.extend_from_slice(bytes);
            }
            Ok(())
        };
        for piece in raw.chunks(step) {
            let piece = Frame::Bytes(Bytes::copy_from_slice(piece));
            decoder.take(&piece, &mut sink).unwrap();
        }
        let found = decoder.finish(&mut sink).unwrap();
        (rows, found)
    }

    #[test]
    fn end_of_rows_is_known_from_rows_that_end_alike() {
        // Of one column: a backslash and a full stop, and twice nothing.
        let rows = b"one\n\\\\.\n\n\n";
        let ended = [&rows[..], END_OF_ROWS].concat();
        for step in 1..=ended.len() {
            let (read, of_rows) = found(rows, step);
            assert_eq!((&read[..], of_rows.ended), (&rows[..], false), "{step}");
            assert_eq!(of_rows.digest.rows(), 4);
            let (read, of_all) = found(&ended, step);
            assert_eq!((&read[..], of_all.ended), (&rows[..], true), "{step}");
            assert!(found(END_OF_ROWS, step).1.ended);
        }
    }
}
