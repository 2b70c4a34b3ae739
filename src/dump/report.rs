//! What a finished dump has to say.

use serde::Serialize;

use super::DumpFormat;
use crate::archive::SkippedObject;

/// The outcome of a dump.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DumpReport {
    /// Where the archive is.
    pub target: String,
    /// Where its manifest is; none for a stream.
    pub manifest: Option<String>,
    /// What the dump is written as.
    pub format: DumpFormat,
    /// Bytes of the archive; of a directory, of all its files.
    pub size: u64,
    /// Files of a directory; of one object, none.
    pub files: u64,
    /// SHA-256 of the archive, in hex; of a directory, of the `.sha256` beside
    /// it, which has those of its files.
    pub sha256: String,
    /// The store's tag for the archive, where it gives one; a directory has none.
    pub e_tag: Option<String>,
    /// The database's name.
    pub database: String,
    /// The server's version as it reports it.
    pub server_version: String,
    /// The archive version, for example `1.15`; none of a script.
    pub archive_version: Option<String>,
    /// Codec and level, for example `zstd:3`.
    pub compression: String,
    /// Entries in the table of contents.
    pub toc_entries: u64,
    /// Tables whose rows were copied.
    pub tables: u64,
    /// Rows copied.
    pub rows: u64,
    /// Large objects copied.
    pub large_objects: u64,
    /// Bytes copied, before compression.
    pub raw_bytes: u64,
    /// Seconds from start to finish.
    pub seconds: f64,
    /// Sessions that copied.
    pub jobs: u32,
    /// The most memory the whole process has had in use since it began, in bytes; none
    /// where the system does not tell (Linux does).
    pub peak_memory: Option<u64>,
    /// What was left out because it cannot be kept.
    pub skipped: Vec<SkippedObject>,
    /// Things the user should know although the dump is complete.
    pub warnings: Vec<String>,
}
