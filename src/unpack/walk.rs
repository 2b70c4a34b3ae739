//! An archive taken apart from its first byte to its last, everything in it decoded.

use bytes::Bytes;

use super::decode::{EntryDecoder, Found};
use super::frames::Framer;
use super::open::compression_of;
use crate::archive::{Archive, ArchiveReader, MAGIC, corrupt};
use crate::codec::{Compression, Container};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::DumpId;

/// Takes the bytes of a custom-format archive, in slices of any size.
pub struct Walker {
    place: Place,
    /// Offset in the archive of the next byte.
    offset: u64,
}

enum Place {
    Contents(Box<ArchiveReader>),
    Blocks(Box<Blocks>),
    /// Between two states: an error came in the middle.
    Nowhere,
}

struct Blocks {
    archive: Archive,
    compression: Compression,
    block: Option<(Framer, EntryDecoder)>,
    /// Blocks that are still to come.
    expected: usize,
    found: Vec<(DumpId, Found)>,
    /// The first bytes behind the last block.
    behind: Vec<u8>,
}

/// What an archive turned out to hold.
#[derive(Debug)]
pub struct Walked {
    /// Header and table of contents.
    pub archive: Archive,
    /// The data of entries, in the order of their blocks.
    pub found: Vec<(DumpId, Found)>,
}

impl Default for Walker {
    fn default() -> Self {
        Self::new()
    }
}

impl Walker {
    /// A walker before the first byte.
    pub fn new() -> Self {
        Self {
            place: Place::Contents(Box::default()),
            offset: 0,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`], with the place, if they are not those of an archive;
    /// [`ErrorKind::Unsupported`] for one of another version or encoding.
    pub fn push(&mut self, mut bytes: Bytes) -> Result<()> {
        while !bytes.is_empty() {
            let before = bytes.len();
            self.place = match std::mem::replace(&mut self.place, Place::Nowhere) {
                Place::Contents(mut reader) => {
                    let taken = reader.push(&bytes)?;
                    bytes = bytes.split_off(taken);
                    match reader.is_complete() {
                        true => Place::Blocks(Box::new(Blocks::new(reader.finish()?))),
                        false => Place::Contents(reader),
                    }
                }
                Place::Blocks(mut blocks) => {
                    blocks.take(&mut bytes, self.offset)?;
                    Place::Blocks(blocks)
                }
                Place::Nowhere => {
                    return Err(Error::new(ErrorKind::Internal, "reading on after an error"));
                }
            };
            self.offset += (before - bytes.len()) as u64;
        }
        Ok(())
    }

    /// Checks that the archive may end here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] if it is cut off, or something follows it.
    pub fn finish(self) -> Result<Walked> {
        match self.place {
            Place::Contents(reader) => {
                // Says where it ends.
                let archive = reader.finish()?;
                Blocks::new(archive).finish(self.offset)
            }
            Place::Blocks(blocks) => blocks.finish(self.offset),
            Place::Nowhere => Err(Error::new(ErrorKind::Internal, "reading on after an error")),
        }
    }
}

impl Blocks {
    fn new(archive: Archive) -> Self {
        let with_data = archive
            .entries
            .iter()
            .filter(|parsed| parsed.entry.has_data);
        Self {
            compression: compression_of(&archive.header),
            expected: with_data.count(),
            archive,
            block: None,
            found: Vec::new(),
            behind: Vec::new(),
        }
    }

    /// Takes bytes up to the end of a block, or all.
    fn take(&mut self, bytes: &mut Bytes, offset: u64) -> Result<()> {
        if self.block.is_none() {
            if self.expected == 0 {
                let missing = MAGIC.len() - self.behind.len().min(MAGIC.len());
                self.behind.extend(bytes.iter().take(missing));
                bytes.clear();
                return Ok(());
            }
            let framer = Framer::any_block(offset, self.compression);
            let decoder = EntryDecoder::new(self.compression, Container::Block);
            self.block = Some((framer, decoder));
        }
        let Some((framer, decoder)) = &mut self.block else {
            return Ok(());
        };
        let mut frames = Vec::new();
        let ended = framer.take(bytes, &mut frames)?;
        let entry = framer.entry();
        let mut nowhere = |_: super::Content<&[u8]>| Ok(());
        let mut decode = || {
            frames
                .iter()
                .try_for_each(|frame| decoder.take(frame, &mut nowhere))
        };
        decode().map_err(|error| in_entry(error, entry))?;
        if ended && let Some((framer, decoder)) = self.block.take() {
            let found = decoder
                .finish(&mut |_| Ok(()))
                .map_err(|error| in_entry(error, entry))?;
            self.expected -= 1;
            if let Some(id) = framer.entry() {
                self.found.push((id, found));
            }
        }
        Ok(())
    }

    fn finish(self, offset: u64) -> Result<Walked> {
        if let Some((framer, _)) = &self.block {
            framer.finish()?;
        }
        if self.expected > 0 {
            return Err(corrupt(
                offset,
                format!("it ends before the data of {} entries", self.expected),
            ));
        }
        // pg_dump 17 and 18 append the table of contents once more where they mean to
        // write over it: see `BlockReader`.
        if !self.behind.is_empty() && self.behind != MAGIC {
            return Err(corrupt(offset, "something follows the last block"));
        }
        Ok(Walked {
            archive: self.archive,
            found: self.found,
        })
    }
}

fn in_entry(error: Error, entry: Option<DumpId>) -> Error {
    match entry {
        Some(id) => error.context(format!("decoding the data of entry {id}")),
        None => error,
    }
}
