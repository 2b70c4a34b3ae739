//! `pg_dump`'s archive formats: bytes to entries and back. No I/O of its own.
//!
//! A custom-format archive is a [`Header`], the table of contents
//! ([`write_toc`]) and, in the same order, a [`block`] for every entry with data.
//! [`ArchiveReader`] and [`block::BlockReader`] take one apart as it arrives;
//! [`Listing`] is what `pg_restore -l` would print of it, `script::Script` what
//! `pg_restore -f -` would.

pub mod block;
mod copy_statement;
mod files;
mod header;
mod list;
mod manifest;
mod primitives;
mod read;
pub(crate) mod script;
mod toc;

pub(crate) use copy_statement::CopyStatement;
pub use files::{FileNames, TOC_FILE, is_archive_file};
pub use header::{Format, Header, HeaderCompression, LocalTime, MAGIC, Version};
pub use list::{Listing, ListingEntry};
pub use manifest::{
    ArchiveFacts, DataFacts, DataKind, DumpFacts, FileFacts, MANIFEST_SUFFIX, MANIFEST_VERSION,
    Manifest, SegmentFacts, SkippedObject, SourceFacts,
};
pub(crate) use primitives::corrupt;
pub use read::{Archive, ArchiveReader};
pub use toc::{DataLocation, ParsedEntry, Section, TocEntry, write_toc};

#[cfg(test)]
mod tests;
