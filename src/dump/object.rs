//! One object on its way: digested, cut into parts, uploaded.

use bytes::Bytes;

use crate::codec::{PartDigests, StoredDigest};
use crate::error::{Error, Result};
use crate::pipeline::Parts;
use crate::store::Upload;

/// Writes one object. Every method but the last ones may be cancelled by
/// dropping its future; after that, and after an error, only
/// [`abort`](Self::abort) is left.
pub(super) struct ObjectWriter {
    upload: Upload,
    parts: Parts,
    digest: StoredDigest,
    part_digests: PartDigests,
}

/// The digests of an object.
pub(super) struct Digests {
    /// SHA-256 of all of it, in hex.
    pub(super) sha256: String,
    /// XXH3-128 of each part, in hex.
    pub(super) parts: Vec<String>,
}

impl ObjectWriter {
    /// Writes through an upload in parts of `part_size` bytes.
    pub(super) fn new(upload: Upload, part_size: usize) -> Self {
        Self {
            upload,
            parts: Parts::new(part_size),
            digest: StoredDigest::new(),
            part_digests: PartDigests::new(part_size as u64),
        }
    }

    pub(super) async fn write(&mut self, bytes: &Bytes) -> Result<()> {
        self.digest.update(bytes);
        self.part_digests.update(bytes);
        for part in self.parts.push(bytes) {
            self.upload.put(part).await?;
        }
        Ok(())
    }

    /// Hands the last part over and waits until all parts are stored. Nothing
    /// may be written after it.
    pub(super) async fn flush(&mut self) -> Result<()> {
        let last = self.parts.finish();
        if !last.is_empty() {
            self.upload.put(last).await?;
        }
        self.upload.flush().await
    }

    /// Bytes that stay in memory until the object appears.
    pub(super) fn held(&self) -> usize {
        self.upload.held()
    }

    /// Waits until a part fails, and for ever if none does.
    pub(super) async fn failure(&mut self) -> Error {
        self.upload.failure().await
    }

    /// What is left to do after [`flush`](Self::flush): to make the object
    /// appear.
    pub(super) fn into_upload(self) -> (Upload, Digests) {
        let digests = Digests {
            sha256: self.digest.hex(),
            parts: self.part_digests.finish(),
        };
        (self.upload, digests)
    }

    pub(super) async fn abort(self) {
        self.upload.abort().await;
    }
}
