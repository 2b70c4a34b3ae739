//! `pg_dump`'s archive formats: bytes to entries and back. No I/O of its own.
//!
//! A custom-format archive is a [`Header`], the table of contents
//! ([`write_toc`]) and, in the same order, a [`block`] for every entry with data.

pub mod block;
mod header;
mod primitives;
mod toc;

pub use header::{Format, Header, HeaderCompression, LocalTime, MAGIC, Version};
pub use toc::{Section, TocEntry, write_toc};
