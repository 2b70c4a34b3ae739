//! Files being completed in the background, a bounded number at a time.

use std::time::Duration;

use tokio::task::{JoinError, JoinSet};

use crate::error::{Error, ErrorKind, Result};
use crate::store::upload::Upload;

/// Files at a time: small ones wait for the network, not for each other.
const MAX_FILES: usize = 32;

/// Bytes of files in memory that are being completed at a time, but always one file.
pub const MAX_BYTES: usize = 32 << 20;

/// How long files may still take once nobody wants them.
const PATIENCE: Duration = Duration::from_secs(10);

/// The set of files that are being completed.
#[derive(Default)]
pub(super) struct Completions {
    tasks: JoinSet<Completed>,
    bytes: usize,
}

struct Completed {
    name: String,
    bytes: usize,
    outcome: Result<()>,
}

/// A file that could not be completed.
pub(super) struct Failed {
    pub(super) name: String,
    pub(super) error: Error,
}

impl Completions {
    /// Waits until there is room for a file that holds `bytes` in memory.
    pub(super) async fn room_for(&mut self, bytes: usize) -> Result<(), Failed> {
        while let Some(ended) = self.tasks.try_join_next() {
            self.receive(ended)?;
        }
        while self.tasks.len() >= MAX_FILES || self.bytes + bytes > MAX_BYTES {
            match self.tasks.join_next().await {
                Some(ended) => self.receive(ended)?,
                None => break,
            }
        }
        Ok(())
    }

    /// Completes a file.
    pub(super) fn spawn(&mut self, name: String, upload: Upload) {
        let bytes = upload.held();
        self.bytes += bytes;
        self.tasks.spawn(async move {
            let outcome = upload.finish().await.map(drop);
            Completed {
                name,
                bytes,
                outcome,
            }
        });
    }

    /// Waits until all are complete.
    pub(super) async fn flush(&mut self) -> Result<(), Failed> {
        while let Some(ended) = self.tasks.join_next().await {
            self.receive(ended)?;
        }
        Ok(())
    }

    /// Waits until one fails, and for ever if none does.
    pub(super) async fn failure(&mut self) -> Failed {
        match self.flush().await {
            Err(failed) => failed,
            Ok(()) => std::future::pending().await,
        }
    }

    /// Waits a while for what is under way, since nobody knows what a request
    /// does that is given up, and then gives it up. Returns what failed.
    pub(super) async fn wind_down(&mut self) -> Vec<Failed> {
        let mut all_failed = Vec::new();
        let ending = async {
            while let Some(ended) = self.tasks.join_next().await {
                all_failed.extend(self.receive(ended).err());
            }
        };
        if tokio::time::timeout(PATIENCE, ending).await.is_err() {
            self.tasks.shutdown().await;
        }
        all_failed
    }

    fn receive(&mut self, ended: Result<Completed, JoinError>) -> Result<(), Failed> {
        let completed = ended.map_err(|error| Failed {
            name: String::new(),
            error: Error::new(ErrorKind::Internal, "completing a file broke off")
                .with_source(error),
        })?;
        self.bytes -= completed.bytes;
        completed.outcome.map_err(|error| Failed {
            name: completed.name,
            error,
        })
    }
}
