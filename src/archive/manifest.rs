//! The manifest beside an archive: what is in it, and how to check it.
//!
//! The schema is versioned and documented in `docs/MANIFEST.md`. A manifest
//! holds no secret and nothing about how to reach the server.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version written. Readers refuse higher ones.
pub const MANIFEST_VERSION: u32 = 1;

/// Appended to the archive's name.
pub const MANIFEST_SUFFIX: &str = ".manifest.json";

/// A description of one archive.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Manifest {
    /// [`MANIFEST_VERSION`].
    pub manifest_version: u32,
    /// The release of pgsluice that wrote the archive.
    pub pgsluice_version: String,
    /// The stored object.
    pub archive: ArchiveFacts,
    /// Where its contents come from.
    pub source: SourceFacts,
    /// What was asked for.
    pub options: DumpFacts,
    /// The user's own words.
    pub labels: BTreeMap<String, String>,
    /// Every data block, in the archive's order.
    pub data: Vec<DataFacts>,
    /// What was left out because it cannot be kept.
    pub skipped: Vec<SkippedObject>,
}

/// The stored object.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ArchiveFacts {
    /// The object's or directory's name: the last part of its key or path.
    pub name: String,
    /// `custom`, `directory` or `plain`.
    pub format: String,
    /// The archive version, for example `1.15`; none of a script.
    pub version: Option<String>,
    /// Codec and level, for example `zstd:3`.
    pub compression: String,
    /// Bytes; of a directory, of all its files.
    pub size: u64,
    /// Of the whole object, in hex; of a directory, of [`checksums`](Self::checksums).
    pub sha256: String,
    /// Bytes of every part of the upload but the last.
    pub part_size: u64,
    /// Entries in the table of contents.
    pub toc_entries: u64,
    /// Bytes of header and table of contents; the first data block follows. 0 of a script.
    pub toc_bytes: u64,
    /// SHA-256 of header and table of contents, in hex. None of a script, and in manifests
    /// of releases before it was written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub toc_sha256: Option<String>,
    /// XXH3-128 of every part, in hex, which tells the damaged ones. None of a directory,
    /// and in manifests of releases before they were written.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub parts_xxh3_128: Vec<String>,
    /// The files of a directory, in the order they were written.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub files: Vec<FileFacts>,
}

/// A file of a directory archive.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FileFacts {
    /// Its name, relative to the directory.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// In hex.
    pub sha256: String,
}

impl ArchiveFacts {
    /// What `sha256sum -c` reads to check the archive from where it lies: a line
    /// for the object, or one for each file of the directory.
    pub fn checksums(&self) -> String {
        if self.files.is_empty() {
            return format!("{}  {}\n", self.sha256, self.name);
        }
        let line = |file: &FileFacts| format!("{}  {}/{}\n", file.sha256, self.name, file.name);
        self.files.iter().map(line).collect()
    }
}

/// Where an archive's contents come from.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SourceFacts {
    /// The database's name.
    pub database: String,
    /// The server's version as it reports it.
    pub server_version: String,
    /// The database's encoding.
    pub encoding: String,
    /// The settings under which the server prints rows as the archive holds them.
    #[serde(default)]
    pub row_settings: BTreeMap<String, String>,
    /// Whether the server was a standby.
    pub standby: bool,
    /// When the snapshot was taken, by the server's clock.
    pub snapshot_at: String,
    /// A WAL position at or shortly after the snapshot; on a standby, what was replayed.
    pub lsn: Option<String>,
    /// When the dump began, by this machine's clock.
    pub started_at: Timestamp,
    /// When the archive was complete, by this machine's clock.
    pub finished_at: Timestamp,
}

/// The options that decide what an archive holds.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct DumpFacts {
    /// `-n`
    pub schemas: Vec<String>,
    /// `-N`
    pub exclude_schemas: Vec<String>,
    /// `-t`
    pub tables: Vec<String>,
    /// `-T`
    pub exclude_tables: Vec<String>,
    /// `--exclude-table-data`
    pub exclude_table_data: Vec<String>,
    /// `--include-foreign-data`
    #[serde(default)]
    pub include_foreign_data: Vec<String>,
    /// `-s`
    pub schema_only: bool,
    /// `-a`
    pub data_only: bool,
    /// `--statistics`
    #[serde(default)]
    pub statistics: bool,
    /// `-O`
    pub no_owner: bool,
    /// `-x`
    pub no_privileges: bool,
    /// `--no-comments`
    pub no_comments: bool,
    /// `--no-security-labels`
    #[serde(default)]
    pub no_security_labels: bool,
    /// `--no-publications`
    #[serde(default)]
    pub no_publications: bool,
    /// `--no-subscriptions`
    #[serde(default)]
    pub no_subscriptions: bool,
    /// `--no-tablespaces`
    #[serde(default)]
    pub no_tablespaces: bool,
    /// `--no-table-access-method`
    #[serde(default)]
    pub no_table_access_method: bool,
    /// `--no-toast-compression`
    #[serde(default)]
    pub no_toast_compression: bool,
    /// `--target-version`
    #[serde(default)]
    pub target_version: Option<u32>,
    /// `-C`, of a script.
    #[serde(default)]
    pub create: bool,
    /// `-c`, of a script.
    #[serde(default)]
    pub clean: bool,
    /// `--if-exists`, of a script.
    #[serde(default)]
    pub if_exists: bool,
}

/// One data block.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct DataFacts {
    /// The entry it belongs to.
    pub dump_id: u32,
    /// `table` or `large_objects`.
    pub kind: DataKind,
    /// The table's schema.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub schema: Option<String>,
    /// The table's name; of large objects, the entry's tag.
    pub name: String,
    /// The file it is in, in a directory; of large objects, their list.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// Offset of the block in the archive, in bytes; in a file, 0.
    pub offset: u64,
    /// Length of the block in bytes; of large objects in files, the sum of theirs.
    pub stored_bytes: u64,
    /// Bytes before compression: COPY text, or the objects' contents.
    pub raw_bytes: u64,
    /// Rows; of large objects, how many.
    pub rows: u64,
    /// Digest of the rows regardless of order: the sum modulo 2^128 of the
    /// XXH3-128 of each row's COPY text with its line feed, or of each large object's OID
    /// (four bytes, the lowest first) and contents, in hex. None of large objects in scripts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows_xxh3_128: Option<String>,
    /// The pieces it is joined from.
    pub segments: Vec<SegmentFacts>,
}

/// What a data block holds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DataKind {
    /// The rows of a table.
    Table,
    /// The contents of large objects.
    LargeObjects,
}

/// One piece of a data block.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SegmentFacts {
    /// Offset in the archive, or in the file, in bytes.
    pub offset: u64,
    /// Length in bytes, with the lengths of its chunks.
    pub stored_bytes: u64,
    /// Bytes before compression.
    pub raw_bytes: u64,
    /// Rows.
    pub rows: u64,
}

/// An object that is not in the archive.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SkippedObject {
    /// Its kind in PostgreSQL's words.
    pub kind: String,
    /// Its name, qualified.
    pub name: String,
}
