//! From the pipeline's steps to objects in the store.

use super::object::ObjectWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::Step;
use crate::progress::Progress;
use crate::store::StoredObject;

/// Writes the objects of an archive. Appears as a whole, or leaves nothing.
///
/// [`take`](Self::take) and [`flush`](Self::flush) may be cancelled by dropping
/// their futures; after that, and after an error, only [`abort`](Self::abort)
/// is left.
pub(super) struct ArchiveWriter {
    main: ObjectWriter,
    progress: Progress,
}

impl ArchiveWriter {
    /// An archive that is the one object `main`.
    pub(super) fn new(main: ObjectWriter, progress: &Progress) -> Self {
        Self {
            main,
            progress: progress.clone(),
        }
    }

    /// Takes one step.
    pub(super) async fn take(&mut self, step: Step) -> Result<()> {
        let Step::Write(bytes) = step else {
            return Err(Error::new(
                ErrorKind::Internal,
                "an archive of one object was to get files",
            ));
        };
        self.main.write(&bytes).await?;
        self.progress.stored(bytes.len() as u64);
        Ok(())
    }

    /// Waits until everything is stored that can be before the archive appears.
    pub(super) async fn flush(&mut self) -> Result<()> {
        self.main.flush().await
    }

    /// Waits until something on its way fails, and for ever if nothing does.
    pub(super) async fn failure(&mut self) -> Error {
        self.main.failure().await
    }

    /// Makes the flushed archive appear. Of one that cannot, nothing is left.
    pub(super) async fn finish(self) -> Result<(StoredObject, String)> {
        let (upload, sha256) = self.main.into_upload();
        Ok((upload.finish().await?, sha256))
    }

    pub(super) async fn abort(self) {
        self.main.abort().await;
    }
}
