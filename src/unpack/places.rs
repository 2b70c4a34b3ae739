//! Where the data of every entry lies.

use std::collections::HashMap;

use crate::archive::{Archive, DataLocation, Manifest, SegmentFacts};
use crate::ids::DumpId;

/// A run of bytes of the archive's object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span {
    /// Where it begins.
    pub offset: u64,
    /// Where it ends at the latest.
    pub end: u64,
}

impl Span {
    /// Bytes, at most.
    pub fn len(self) -> u64 {
        self.end.saturating_sub(self.offset)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Where an entry's data is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// In a block within these bytes.
    Block(Span),
    /// In a file of the directory, or in several that it lists. The name may lack the
    /// codec's suffix.
    File(String),
}

/// Where all data is, as far as anything says so.
#[derive(Clone, Debug, Default)]
pub struct Places(HashMap<DumpId, Place>);

impl Places {
    /// Places as manifest and table of contents have them, of an object of `size` bytes.
    ///
    /// Nothing of that has been looked at: a block says itself whose it is.
    pub fn new(archive: &Archive, manifest: Option<&Manifest>, size: u64) -> Self {
        let mut places = HashMap::new();
        let mut offsets = Vec::new();
        for parsed in &archive.entries {
            let id = parsed.entry.dump_id;
            match &parsed.data {
                DataLocation::File(name) => {
                    places.insert(id, Place::File(name.clone()));
                }
                DataLocation::Offset(offset) => offsets.push((*offset, id)),
                DataLocation::None | DataLocation::NotSet => {}
            }
        }
        offsets.extend(
            manifest
                .into_iter()
                .flat_map(|manifest| &manifest.data)
                .filter(|facts| facts.file.is_none())
                .map(|facts| (facts.offset, DumpId(facts.dump_id))),
        );
        let mut known = Self(places);
        known.add_blocks(offsets, size);
        known
    }

    /// Notes where blocks begin. Each ends where the next one does, or the object.
    pub(super) fn add_blocks(&mut self, mut offsets: Vec<(u64, DumpId)>, size: u64) {
        offsets.sort_unstable();
        let ends = offsets.iter().skip(1).map(|(offset, _)| *offset);
        let ends: Vec<u64> = ends.chain([size]).collect();
        for ((offset, id), end) in offsets.into_iter().zip(ends) {
            let end = if end == offset { size } else { end };
            self.0.insert(id, Place::Block(Span { offset, end }));
        }
    }

    /// Where the entry's data is, if that is known.
    pub fn of(&self, entry: DumpId) -> Option<&Place> {
        self.0.get(&entry)
    }

    /// Bytes of the entry's data, if that is known; of files it is not.
    pub fn stored_bytes(&self, entry: DumpId) -> Option<u64> {
        match self.of(entry)? {
            Place::Block(span) => Some(span.len()),
            Place::File(_) => None,
        }
    }
}

impl From<SegmentFacts> for Span {
    fn from(segment: SegmentFacts) -> Self {
        Self {
            offset: segment.offset,
            end: segment.offset.saturating_add(segment.stored_bytes),
        }
    }
}
