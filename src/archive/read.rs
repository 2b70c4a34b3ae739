//! Reading an archive's header and table of contents as their bytes arrive.
//!
//! The input is not trusted: lengths are bounded before anything is allocated
//! for them, and memory grows only with bytes that have really arrived.

use std::collections::HashSet;

use super::header::Header;
use super::primitives::{Cursor, Fault, Read, corrupt};
use super::toc::ParsedEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::DumpId;

/// An archive's header and table of contents.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Archive {
    /// What stands before the table of contents.
    pub header: Header,
    /// The table of contents, in the archive's order. No two entries share a dump id.
    pub entries: Vec<ParsedEntry>,
    /// Where the table of contents ends, in bytes from the beginning. The data
    /// blocks of a custom-format archive begin here.
    pub data_offset: u64,
}

impl Archive {
    /// Reads the beginning of an archive that is in memory.
    ///
    /// # Errors
    ///
    /// As [`ArchiveReader::push`] and [`ArchiveReader::finish`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut reader = ArchiveReader::new();
        reader.advance(bytes)?;
        reader.finish()
    }
}

/// Reads an archive's header and table of contents from slices of any size.
#[derive(Debug, Default)]
pub struct ArchiveReader {
    /// The beginning of a value whose end has not arrived.
    pending: Vec<u8>,
    /// How long `pending` must get before it is worth another look.
    wanted: usize,
    /// Offset in the archive of the next value, which is also `pending`'s.
    offset: u64,
    header: Option<Header>,
    /// Entries that the table of contents announces.
    announced: Option<usize>,
    entries: Vec<ParsedEntry>,
    dump_ids: HashSet<DumpId>,
}

impl ArchiveReader {
    /// A reader at the beginning of an archive.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next bytes and returns how many of them belong to header and
    /// table of contents: all of them, until the table is complete.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`], with the place, if the bytes are not an
    /// archive; [`ErrorKind::Unsupported`] if they are of another version or encoding.
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.is_complete() {
            return Ok(0);
        }
        if self.pending.len() + bytes.len() < self.wanted {
            self.pending.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        let mut pending = std::mem::take(&mut self.pending);
        pending.extend_from_slice(bytes);
        let read = self.advance(&pending)?;
        if self.is_complete() {
            let unread = pending.len() - read;
            return Ok(bytes.len() - unread);
        }
        pending.drain(..read);
        self.pending = pending;
        Ok(bytes.len())
    }

    /// Whether the table of contents has been read to its end.
    pub fn is_complete(&self) -> bool {
        self.announced == Some(self.entries.len())
    }

    /// Returns what has been read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] if the table of contents is cut off.
    pub fn finish(self) -> Result<Archive> {
        let complete = self.is_complete();
        match self.header {
            Some(header) if complete => Ok(Archive {
                header,
                entries: self.entries,
                data_offset: self.offset,
            }),
            _ => {
                let (read, announced) = (self.entries.len(), self.announced);
                let message = match announced {
                    Some(announced) => format!("it ends after {read} of {announced} entries"),
                    None => "it ends within the header".to_owned(),
                };
                Err(corrupt(self.offset, message))
            }
        }
    }

    /// Reads whole values from `bytes`, which begin at `self.offset`, and
    /// returns how many bytes they had.
    fn advance(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut cursor = Cursor::new(bytes, self.offset);
        let mut read = 0;
        while !self.is_complete() {
            match self.read_value(&mut cursor) {
                Ok(()) => read = cursor.position(),
                Err(Fault::Short { wanted }) => {
                    self.wanted = wanted - read;
                    break;
                }
                Err(Fault::Corrupt(error)) => return Err(error),
                Err(Fault::NotUtf8 { offset }) => return Err(self.not_utf8(offset)),
            }
        }
        self.offset += read as u64;
        Ok(read)
    }

    /// Reads the header, the number of entries, or an entry, whichever comes next.
    fn read_value(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let Some(header) = &self.header else {
            self.header = Some(Header::parse(cursor)?);
            return Ok(());
        };
        let offset = cursor.offset();
        if self.announced.is_none() {
            let announced = usize::try_from(cursor.int()?)
                .map_err(|_| corrupt(offset, "number of entries is negative"))?;
            self.announced = Some(announced);
            return Ok(());
        }
        let parsed = ParsedEntry::parse(cursor, header.version, header.format)?;
        let id = parsed.entry.dump_id;
        if !self.dump_ids.insert(id) {
            return Err(corrupt(offset, format!("dump id {id} occurs twice")).into());
        }
        self.entries.push(parsed);
        Ok(())
    }

    /// Tells damage from a dump in another encoding, which an ENCODING entry announces.
    fn not_utf8(&self, offset: u64) -> Error {
        let declared = self
            .entries
            .iter()
            .find(|parsed| parsed.entry.desc == "ENCODING")
            .and_then(|parsed| parsed.entry.defn.as_deref()?.split('\'').nth(1));
        match declared {
            None | Some("UTF8") => corrupt(offset, "string is not UTF-8"),
            Some(encoding) => Error::new(
                ErrorKind::Unsupported,
                format!("archive is in encoding {encoding}, expected UTF8"),
            )
            .with_hint("Dump the database with pg_dump --encoding=UTF8."),
        }
    }
}
