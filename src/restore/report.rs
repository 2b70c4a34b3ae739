//! What a restore came to.

use serde::Serialize;

use crate::archive::TocEntry;
use crate::error::Error;

/// The outcome of a restore that came to its end.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RestoreReport {
    /// The archive.
    pub archive: String,
    /// The database it was restored into.
    pub database: String,
    /// The server's version, as it says it.
    pub server_version: String,
    /// Entries that were restored.
    pub entries: u64,
    /// Tables whose rows were restored.
    pub tables: u64,
    /// Rows restored.
    pub rows: u64,
    /// Large objects restored.
    pub large_objects: u64,
    /// Bytes of COPY text and large objects.
    pub raw_bytes: u64,
    /// Whether rows were compared with the digests of a manifest.
    pub checked: bool,
    /// Sessions that restored.
    pub jobs: u32,
    /// How long it took.
    pub seconds: f64,
    /// The most memory that the process has had resident, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
    /// Entries that could not be restored. Without
    /// [`exit_on_error`](super::RestoreOptions::exit_on_error) a restore goes on after
    /// them: it has succeeded only if there are none.
    pub failures: Vec<Failure>,
}

/// An entry that could not be restored.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// The entry's dump id.
    pub dump_id: u32,
    /// Its kind.
    pub desc: String,
    /// Its schema.
    pub namespace: Option<String>,
    /// Its name.
    pub tag: String,
    /// What was wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The server's SQLSTATE.
    pub sqlstate: Option<String>,
}

impl Failure {
    pub(super) fn new(entry: &TocEntry, error: &Error) -> Self {
        Self {
            dump_id: entry.dump_id.0,
            desc: entry.desc.to_string(),
            namespace: entry.namespace.clone(),
            tag: entry.tag.clone(),
            message: error.full(),
            hint: error.hint().map(str::to_owned),
            sqlstate: error.sqlstate().map(str::to_owned),
        }
    }
}
