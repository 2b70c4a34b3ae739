//! `pg_dump`'s archive formats: bytes to entries and back. No I/O of its own.

mod toc;

pub use toc::{Section, TocEntry};
