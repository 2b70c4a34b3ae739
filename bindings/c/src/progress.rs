//! How far a job is.

use pgsluice::progress::{ProgressSnapshot, Stage};

use crate::string::{Text, pgsluice_string};

/// What a job is doing. Others may come, so that a switch needs a default.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum pgsluice_stage {
    /// Connecting to the server and checking the target.
    Connecting = 0,
    /// Reading the catalogs and locking tables.
    Catalog = 1,
    /// Making what an archive defines.
    Definitions = 2,
    /// Copying rows and large objects.
    Data = 3,
    /// Comparing what is there with what should be.
    Checking = 4,
    /// Completing the archive and writing its manifest.
    Finishing = 5,
    /// The job has ended.
    Done = 6,
    /// Something that this release of the library has no number for.
    Other = 7,
}

impl From<Stage> for pgsluice_stage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Connecting => Self::Connecting,
            Stage::Catalog => Self::Catalog,
            Stage::Definitions => Self::Definitions,
            Stage::Data => Self::Data,
            Stage::Checking => Self::Checking,
            Stage::Finishing => Self::Finishing,
            Stage::Done => Self::Done,
            _ => Self::Other,
        }
    }
}

/// The counters of a job at one moment. Newer releases may add members at the end, so a
/// program must not copy more of it than its header knows.
#[repr(C)]
pub struct pgsluice_progress {
    /// What the job is doing.
    pub stage: pgsluice_stage,
    /// The table being copied, qualified and quoted, or the archive being read; often empty.
    /// It is valid until the callback returns.
    pub current: pgsluice_string,
    /// Rows copied so far.
    pub rows: u64,
    /// Bytes of rows and large objects copied so far, before compression.
    pub raw_bytes: u64,
    /// What `raw_bytes` may come to, by the sizes of the tables; can be exceeded. 0: unknown.
    pub estimated_raw_bytes: u64,
    /// Bytes handed to the store or the sink so far.
    pub stored_bytes: u64,
    /// Tables copied completely.
    pub tables_done: u64,
    /// Tables whose rows will be copied. 0: unknown.
    pub tables_total: u64,
}

/// Shows `snapshot` to `seen` in C's form.
pub(crate) fn show<T>(
    snapshot: &ProgressSnapshot,
    seen: impl FnOnce(&pgsluice_progress) -> T,
) -> T {
    let current = Text::new(&snapshot.current);
    seen(&pgsluice_progress {
        stage: snapshot.stage.into(),
        current: current.lend(),
        rows: snapshot.rows,
        raw_bytes: snapshot.raw_bytes,
        estimated_raw_bytes: snapshot.estimated_raw_bytes,
        stored_bytes: snapshot.stored_bytes,
        tables_done: snapshot.tables_done,
        tables_total: snapshot.tables_total,
    })
}
