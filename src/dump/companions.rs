//! The small objects beside an archive: its digest and its manifest.

use bytes::Bytes;

use super::target::Target;
use crate::archive::{MANIFEST_SUFFIX, Manifest};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::store::Store;

/// Appended to the archive's name; the object holds its digest as `sha256sum -c` reads it.
const DIGEST_SUFFIX: &str = ".sha256";

/// The objects beside the archive.
pub(super) struct Companions {
    digest: Option<Store>,
    manifest: Option<Store>,
}

impl Companions {
    pub(super) fn of(target: &Target) -> Self {
        Self {
            digest: target.sibling(DIGEST_SUFFIX),
            manifest: target.sibling(MANIFEST_SUFFIX),
        }
    }

    /// Where the manifest is.
    pub(super) fn manifest_location(&self) -> Option<String> {
        let manifest = self.manifest.as_ref()?;
        Some(manifest.location().to_string())
    }

    /// Stores both. They describe the archive that is there now, so older ones are replaced.
    pub(super) async fn put(&self, manifest: &Manifest, cancel: &Cancel) -> Result<()> {
        let lines = manifest.archive.checksums();
        let json = serde_json::to_vec_pretty(manifest).map_err(|cause| {
            Error::new(ErrorKind::Internal, "writing the manifest").with_source(cause)
        })?;
        for (store, bytes) in [(&self.digest, lines.into_bytes()), (&self.manifest, json)] {
            if let Some(store) = store {
                cancel
                    .guard(store.put_small(Bytes::from(bytes), true))
                    .await?;
            }
        }
        Ok(())
    }

    /// Removes both; what cannot be is logged.
    pub(super) async fn delete(&self) {
        for store in [&self.manifest, &self.digest].into_iter().flatten() {
            remove(store).await;
        }
    }
}

/// Deletes an object that ought not to be there; a failure to do so is logged,
/// since there is an error to report already.
pub(super) async fn remove(store: &Store) {
    if let Err(error) = store.delete().await {
        tracing::warn!("removing {}: {}", store.location(), error.full());
    }
}
