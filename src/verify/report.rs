//! What a verification has proved.

use serde::Serialize;

use super::Level;

/// The outcome of a verification that found nothing wrong.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct VerifyReport {
    /// The archive.
    pub archive: String,
    /// What was proved.
    pub level: Level,
    /// Bytes read; of a directory, of all its files.
    pub size: u64,
    /// SHA-256 of what is stored, in hex; of a directory, of its list of checksums; none
    /// if nothing was there to compare it with.
    pub sha256: Option<String>,
    /// What the stored bytes were compared with: `manifest`, `sha256` or nothing.
    pub compared_with: Option<&'static str>,
    /// Entries in the table of contents; from level `archive` on, as are those that follow.
    pub entries: Option<u64>,
    /// Tables whose rows were decoded.
    pub tables: Option<u64>,
    /// Rows decoded.
    pub rows: Option<u64>,
    /// Large objects decoded.
    pub large_objects: Option<u64>,
    /// Bytes decoded.
    pub raw_bytes: Option<u64>,
    /// What the restored database was.
    pub restored: Option<RestoredFacts>,
    /// How long it took.
    pub seconds: f64,
    /// The most memory that the process has had resident, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
    /// What could not be proved of this archive.
    pub warnings: Vec<String>,
}

/// What was proved of a restored database.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct RestoredFacts {
    /// The server's version.
    pub server_version: String,
    /// Entries restored.
    pub entries: u64,
    /// Tables whose rows were counted.
    pub tables_counted: u64,
    /// Tables whose rows have the digest of the manifest.
    pub tables_digested: u64,
    /// Foreign keys that were checked row by row.
    pub foreign_keys: u64,
    /// Assertions that hold.
    pub assertions: u64,
}
