//! The storage side: assembles the archive, digests it, stores it, describes it.

use tokio::sync::oneshot;

use super::companions::Companions;
use super::facts::Facts;
use super::object::Digests;
use super::target::Target;
use super::writer::{ArchiveWriter, Written};
use super::{DumpOptions, DumpReport, Side, SideError};
use crate::archive::FileFacts;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::pipeline::window::WindowReceiver;
use crate::pipeline::{Assembler, Steps, StoredEntry};
use crate::progress::{Progress, Stage};
use crate::store::StoredObject;

/// What the leader hands over once it has planned the archive.
pub(super) struct Prepared {
    pub(super) part_size: usize,
    /// Parts that may be on their way at once.
    pub(super) parts_in_flight: usize,
    pub(super) assembler: Assembler,
    pub(super) window: WindowReceiver,
    pub(super) facts: Facts,
}

/// The archive as it was stored.
pub(super) struct StoredArchive {
    /// The main object: all of the archive, or a directory's table of contents.
    pub(super) object: StoredObject,
    /// Its digests.
    pub(super) digests: Digests,
    /// All files of a directory, the main one last.
    pub(super) files: Vec<FileFacts>,
    pub(super) entries: Vec<StoredEntry>,
}

/// Stores the archive that the leader prepares, then its digest and its
/// manifest. The manifest comes last: where there is one, all is there.
pub(super) async fn store(
    options: &DumpOptions,
    mut target: Target,
    cancel: &Cancel,
    progress: &Progress,
    ready: oneshot::Sender<String>,
    planned: oneshot::Receiver<Prepared>,
) -> Side<DumpReport> {
    let companions = Companions::of(&target);
    let site = cancel.guard(target.preflight(options.overwrite)).await?;
    ready
        .send(site.generation.clone())
        .map_err(|_| SideError::OtherSideGone)?;
    let Ok(prepared) = planned.await else {
        return Err(SideError::OtherSideGone);
    };
    let Prepared {
        part_size,
        parts_in_flight,
        assembler,
        window,
        facts,
    } = prepared;
    target.limit_parts_in_flight(parts_in_flight);
    let writer = target.begin(site, part_size, options.overwrite, progress)?;
    let archive = write(writer, assembler, window, cancel, progress).await?;
    let manifest = facts.manifest(&archive);
    if let Err(error) = companions.put(&manifest, cancel).await {
        companions.delete().await;
        return Err(give_up(&target, &archive, options.overwrite, error)
            .await
            .into());
    }
    let manifest_location = companions.manifest_location();
    Ok(facts.report(&manifest.archive, &archive, manifest_location))
}

/// Writes everything, or leaves nothing.
async fn write(
    mut writer: ArchiveWriter,
    mut assembler: Assembler,
    mut window: WindowReceiver,
    cancel: &Cancel,
    progress: &Progress,
) -> Side<StoredArchive> {
    let sending = send(&mut writer, &mut assembler, &mut window);
    let ended = match cancel.guard(sending).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(SideError::OtherSideGone),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = ended {
        writer.abort().await;
        return Err(error);
    }
    progress.enter(Stage::Finishing, "");
    let Written {
        object,
        digests,
        files,
    } = writer.finish().await?;
    tracing::info!(bytes = object.size, parts = object.parts.len(), "stored");
    Ok(StoredArchive {
        object,
        digests,
        files,
        entries: assembler.into_entries(),
    })
}

/// Sends all data. False: the leader has gone before the last segment was complete.
async fn send(
    writer: &mut ArchiveWriter,
    assembler: &mut Assembler,
    window: &mut WindowReceiver,
) -> Result<bool> {
    let mut steps = Steps::new();
    assembler.begin(&mut steps)?;
    loop {
        for step in steps.take() {
            writer.take(step).await?;
        }
        if assembler.is_complete() {
            break;
        }
        let message = tokio::select! {
            message = window.next() => message,
            // A slow table must not keep us from noticing.
            error = writer.failure() => return Err(error),
        };
        let Some(message) = message else {
            return Ok(false);
        };
        assembler.feed(message, &mut steps)?;
    }
    assembler.end(&mut steps)?;
    for step in steps.take() {
        writer.take(step).await?;
    }
    writer.flush().await?;
    Ok(true)
}

/// Leaves nothing of a dump whose companions could not be stored, except an
/// archive that may have replaced an older one: without it there would be none.
async fn give_up(target: &Target, archive: &StoredArchive, replaced: bool, error: Error) -> Error {
    if !replaced {
        target.remove(archive).await;
        return error;
    }
    let kept = target.location();
    error.context(format!(
        "describing {kept}, which is complete and stays, but without digest and manifest"
    ))
}
