//! The storage side: assembles the archive, digests it, stores it, describes it.

use bytes::Bytes;
use tokio::sync::oneshot;

use super::facts::Facts;
use super::{DumpOptions, DumpReport, Side, SideError};
use crate::archive::{MANIFEST_SUFFIX, Manifest};
use crate::cancel::Cancel;
use crate::codec::{Compression, StoredDigest};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::window::WindowReceiver;
use crate::pipeline::{Assembler, Parts, Segment, StoredEntry};
use crate::progress::{Progress, Stage};
use crate::store::{Store, StoredObject, Upload};

/// What the leader hands over once it has planned the archive.
pub(super) struct Prepared {
    pub(super) compression: Compression,
    pub(super) part_size: usize,
    /// Header and table of contents.
    pub(super) head: Vec<u8>,
    pub(super) segments: Vec<Segment>,
    pub(super) window: WindowReceiver,
    pub(super) facts: Facts,
}

/// The archive as it was stored.
pub(super) struct StoredArchive {
    pub(super) object: StoredObject,
    pub(super) sha256: String,
    pub(super) entries: Vec<StoredEntry>,
}

/// Appended to the archive's name; the object holds its digest as `sha256sum -c` reads it.
const DIGEST_SUFFIX: &str = ".sha256";

/// Stores the archive that the leader prepares, then its digest and its
/// manifest. The manifest comes last: where there is one, all is there.
pub(super) async fn store(
    options: &DumpOptions,
    store: Store,
    cancel: &Cancel,
    progress: &Progress,
    ready: oneshot::Sender<()>,
    planned: oneshot::Receiver<Prepared>,
) -> Side<DumpReport> {
    let companions = Companions::of(&store);
    cancel.guard(store.preflight(options.overwrite)).await?;
    ready.send(()).map_err(|()| SideError::OtherSideGone)?;
    let Ok(mut prepared) = planned.await else {
        return Err(SideError::OtherSideGone);
    };
    let upload = store.begin(prepared.part_size, options.overwrite)?;
    let archive = upload_archive(upload, &mut prepared, cancel, progress).await?;
    let manifest = prepared.facts.manifest(&archive);
    if let Err(error) = companions.put(&manifest, cancel).await {
        return Err(give_up(&store, &companions, options.overwrite, error)
            .await
            .into());
    }
    Ok(prepared
        .facts
        .report(&archive, companions.manifest_location()))
}

/// Uploads everything, or aborts.
async fn upload_archive(
    mut upload: Upload,
    prepared: &mut Prepared,
    cancel: &Cancel,
    progress: &Progress,
) -> Side<StoredArchive> {
    let sent = match cancel.guard(send(&mut upload, prepared, progress)).await {
        Ok(sent) => sent,
        Err(error) => {
            upload.abort().await;
            return Err(error.into());
        }
    };
    let Some((sha256, entries)) = sent else {
        upload.abort().await;
        return Err(SideError::OtherSideGone);
    };
    progress.enter(Stage::Finishing, "");
    let object = upload.finish().await?;
    tracing::info!(bytes = object.size, parts = object.parts.len(), "stored");
    Ok(StoredArchive {
        object,
        sha256,
        entries,
    })
}

/// Sends all parts. None: the leader has gone before the last segment was complete.
async fn send(
    upload: &mut Upload,
    prepared: &mut Prepared,
    progress: &Progress,
) -> Result<Option<(String, Vec<StoredEntry>)>> {
    let mut parts = Parts::new(prepared.part_size);
    let mut digest = StoredDigest::new();
    let mut bytes = std::mem::take(&mut prepared.head);
    let segments = std::mem::take(&mut prepared.segments);
    let mut assembler = Assembler::new(prepared.compression, segments, bytes.len() as u64);
    loop {
        digest.update(&bytes);
        for part in parts.push(&bytes) {
            upload.put(part).await?;
        }
        progress.stored(bytes.len() as u64);
        if assembler.is_complete() {
            break;
        }
        bytes.clear();
        let message = tokio::select! {
            message = prepared.window.next() => message,
            // A slow table must not keep us from noticing.
            error = upload.failure() => return Err(error),
        };
        let Some(message) = message else {
            return Ok(None);
        };
        assembler.feed(&message, &mut bytes)?;
    }
    let last = parts.finish();
    if !last.is_empty() {
        upload.put(last).await?;
    }
    upload.flush().await?;
    Ok(Some((digest.hex(), assembler.into_entries())))
}

/// The objects beside the archive.
struct Companions {
    digest: Option<Store>,
    manifest: Option<Store>,
}

impl Companions {
    fn of(store: &Store) -> Self {
        Self {
            digest: store.sibling(DIGEST_SUFFIX),
            manifest: store.sibling(MANIFEST_SUFFIX),
        }
    }

    fn manifest_location(&self) -> Option<String> {
        let manifest = self.manifest.as_ref()?;
        Some(manifest.location().to_string())
    }

    /// Stores both. They describe the archive that is there now, so older ones are replaced.
    async fn put(&self, manifest: &Manifest, cancel: &Cancel) -> Result<()> {
        let line = format!("{}  {}\n", manifest.archive.sha256, manifest.archive.name);
        let json = serde_json::to_vec_pretty(manifest).map_err(|cause| {
            Error::new(ErrorKind::Internal, "writing the manifest").with_source(cause)
        })?;
        for (store, bytes) in [(&self.digest, line.into_bytes()), (&self.manifest, json)] {
            if let Some(store) = store {
                cancel
                    .guard(store.put_small(Bytes::from(bytes), true))
                    .await?;
            }
        }
        Ok(())
    }
}

/// Leaves nothing of a dump whose companions could not be stored, except an
/// archive that may have replaced an older one: without it there would be none.
async fn give_up(store: &Store, companions: &Companions, replaced: bool, error: Error) -> Error {
    let archive = (!replaced).then_some(store);
    let described = [&companions.manifest, &companions.digest];
    for store in described.into_iter().flatten().chain(archive) {
        if let Err(error) = store.delete().await {
            tracing::warn!("removing {}: {}", store.location(), error.full());
        }
    }
    if replaced {
        let kept = store.location();
        error.context(format!(
            "describing {kept}, which is complete and stays, but without digest and manifest"
        ))
    } else {
        error
    }
}
