//! Progress of a running job, read by whoever shows it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

/// Counters a job raises and a caller reads at its own pace. Clones share them.
///
/// Reading never blocks the job for longer than it takes to copy a name.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    rows: AtomicU64,
    raw_bytes: AtomicU64,
    estimated_raw_bytes: AtomicU64,
    stored_bytes: AtomicU64,
    tables_done: AtomicU64,
    tables_total: AtomicU64,
    current: Mutex<(Stage, String)>,
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Connecting to the server and checking the target.
    #[default]
    Connecting,
    /// Reading the catalogs and locking tables.
    Catalog,
    /// Making what an archive defines.
    Definitions,
    /// Copying rows and large objects.
    Data,
    /// Comparing what is there with what should be.
    Checking,
    /// Completing the archive and writing its manifest.
    Finishing,
    /// Done.
    Done,
}

/// The counters at one moment.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ProgressSnapshot {
    /// What the job is doing.
    pub stage: Stage,
    /// The table being copied, qualified and quoted; empty outside [`Stage::Data`].
    pub current: String,
    /// Rows copied so far.
    pub rows: u64,
    /// Bytes of COPY text and large objects read so far.
    pub raw_bytes: u64,
    /// What `raw_bytes` may come to, from the sizes of the relations. An estimate; can be exceeded.
    pub estimated_raw_bytes: u64,
    /// Bytes handed to the store so far.
    pub stored_bytes: u64,
    /// Tables copied completely.
    pub tables_done: u64,
    /// Tables whose rows will be copied.
    pub tables_total: u64,
}

impl Progress {
    /// Counters at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads all counters. They are raised independently, so the snapshot may be torn by a few rows.
    pub fn snapshot(&self) -> ProgressSnapshot {
        let counters = &*self.0;
        let (stage, current) = counters
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        ProgressSnapshot {
            stage,
            current,
            rows: counters.rows.load(Relaxed),
            raw_bytes: counters.raw_bytes.load(Relaxed),
            estimated_raw_bytes: counters.estimated_raw_bytes.load(Relaxed),
            stored_bytes: counters.stored_bytes.load(Relaxed),
            tables_done: counters.tables_done.load(Relaxed),
            tables_total: counters.tables_total.load(Relaxed),
        }
    }

    pub(crate) fn enter(&self, stage: Stage, current: impl Into<String>) {
        *self
            .0
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = (stage, current.into());
    }

    pub(crate) fn expect(&self, tables: u64, raw_bytes: u64) {
        self.0.tables_total.store(tables, Relaxed);
        self.0.estimated_raw_bytes.store(raw_bytes, Relaxed);
    }

    pub(crate) fn copied(&self, rows: u64, raw_bytes: u64) {
        self.0.rows.fetch_add(rows, Relaxed);
        self.0.raw_bytes.fetch_add(raw_bytes, Relaxed);
    }

    pub(crate) fn stored(&self, bytes: u64) {
        self.0.stored_bytes.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn table_done(&self) {
        self.0.tables_done.fetch_add(1, Relaxed);
    }
}
