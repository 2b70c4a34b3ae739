//! The database side: one session that holds the snapshot, plans and copies.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::oneshot;

use super::contents::Worker;
use super::large_objects::LargeObjectForm;
use super::plan::{self, Plan};
use super::shape::{self, Shape};
use super::snapshot::{self, Snapshot};
use super::storage::Prepared;
use super::{DumpFormat, DumpOptions, Side, SideError, facts, lock, release, script};
use crate::archive::script::{Script, ScriptOptions};
use crate::archive::{FileNames, Header, SkippedObject};
use crate::cancel::Cancel;
use crate::codec::{Compression, Container, Encoder};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::DumpId;
use crate::pipeline::window::{self, WindowSender};
use crate::pipeline::{Assembler, Blocks, Files, Stream, part_size};
use crate::progress::{Progress, Stage};
use crate::schema::{
    Body, Catalog, DataScope, Database, RelKind, Relation, UnsupportedObject, unsupported,
};

/// Bytes that pieces ahead of their turn may hold: what one worker can be ahead
/// of the store.
const WINDOW_BUDGET: usize = 16 * 1024 * 1024;

/// How long the server may take to end the session. It does so at once unless it hangs.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the database and sends its data to the other side, once that says
/// that the target will do.
pub(super) async fn lead(
    options: &DumpOptions,
    cancel: &Cancel,
    progress: &Progress,
    checked: oneshot::Receiver<String>,
    prepared: oneshot::Sender<Prepared>,
) -> Side<()> {
    let Ok(folder) = checked.await else {
        return Err(SideError::OtherSideGone);
    };
    let started_at = jiff::Timestamp::now();
    let snapshot = cancel.guard(snapshot::begin(&options.source)).await?;
    let cancel_handle = snapshot.session.cancel_handle();
    let work = async {
        progress.enter(Stage::Catalog, "");
        let mut loaded = cancel.guard(load(&snapshot, options, &folder)).await?;
        let (sender, receiver) = window::window(WINDOW_BUDGET);
        let facts = facts::Facts::new(&snapshot, &loaded, options, started_at);
        if loaded.script.is_none() {
            loaded.plan.keep_data_entries();
        }
        let estimate = plan::estimate(&loaded.catalog);
        let job = Prepared {
            part_size: options
                .part_size
                .unwrap_or_else(|| part_size(estimate, loaded.compression)),
            assembler: assembler(&mut loaded),
            window: receiver,
            facts,
        };
        prepared.send(job).map_err(|_| SideError::OtherSideGone)?;
        progress.expect(facts::table_count(&loaded.plan.entries), estimate);
        copy_all(&snapshot, &loaded, cancel, progress, &sender).await
    };
    let ended = work.await;
    if ended.is_err() {
        // Dropping the session would let the server go on copying.
        if let Err(error) = cancel_handle.cancel().await {
            tracing::warn!("cancelling the running statement: {}", error.full());
        }
    }
    // A server that does not answer any more must not keep the dump from ending.
    let closed = tokio::time::timeout(CLOSE_TIMEOUT, snapshot.session.close()).await;
    if closed.is_err() {
        tracing::warn!("the server did not end the session within {CLOSE_TIMEOUT:?}");
    }
    ended
}

/// Everything known once the catalogs are read.
pub(super) struct Loaded {
    pub(super) catalog: Catalog,
    pub(super) database: Database,
    pub(super) compression: Compression,
    pub(super) header: Header,
    /// What the files of a directory are called.
    pub(super) files: Option<FileNames>,
    /// What the text of rows depends on, by setting.
    pub(super) row_settings: BTreeMap<String, String>,
    pub(super) plan: Plan,
    /// How the script is printed, if the format is one.
    pub(super) script: Option<ScriptOptions>,
    pub(super) skipped: Vec<SkippedObject>,
}

impl Loaded {
    /// The script, if the format is one.
    fn script(&self) -> Result<Option<Script<'_>>> {
        let new = |options: &ScriptOptions| {
            let entries = &self.plan.entries;
            Script::new(
                &self.header,
                entries,
                &self.catalog.dialect,
                options.clone(),
            )
        };
        self.script.as_ref().map(new).transpose()
    }
}

/// Lays the data out as the format wants it.
fn assembler(loaded: &mut Loaded) -> Assembler {
    let head = std::mem::take(&mut loaded.plan.head);
    let (compression, segments) = (loaded.compression, loaded.plan.segments.clone());
    match (&loaded.script, &loaded.files) {
        (Some(_), _) => Assembler::new(Stream::new(compression), segments),
        (None, Some(names)) => {
            Assembler::new(Files::new(compression, names.clone(), head), segments)
        }
        (None, None) => Assembler::new(Blocks::new(compression, head), segments),
    }
}

async fn load(snapshot: &Snapshot, options: &DumpOptions, folder: &str) -> Result<Loaded> {
    let session = &snapshot.session;
    let scope = DataScope {
        schema_only: options.schema_only,
        data_only: options.data_only,
        statistics: options.statistics,
    };
    scope.check(session.server_version())?;
    let patterns = options.patterns();
    let mut catalog = Catalog::survey(session, &patterns, options.target_version).await?;
    let tables = catalog.tables_to_lock();
    lock::lock(session, &tables, options.lock_wait_timeout()).await?;
    tracing::info!(tables = tables.len(), "locked");
    let skipped = what_cannot_be_kept(snapshot, &catalog, options).await?;
    catalog.detail(session, scope).await?;
    let large_objects = catalog.load_large_objects(session, scope).await?;
    let target = catalog.dialect.target();
    let compression = shape::compression(options, target);
    let layout = shape::layout(&large_objects, target);
    catalog.add_large_objects(large_objects, layout);
    catalog.link(session).await?;
    let database = Catalog::database(session).await?;
    let shape = Shape::new(options, &catalog, &database, compression, layout, folder);
    let mut plan = plan::plan(&mut catalog, &database, &shape, options.format)?;
    if target != catalog.server.major() {
        let warnings = release::refuse(&plan.entries, target, options)?;
        plan.warnings.extend(warnings);
    }
    tracing::info!(
        objects = catalog.objects().len(),
        entries = plan.entries.len(),
        "planned"
    );
    let row_settings = snapshot::prepare_to_copy(session, shape.passes_any_bytes()).await?;
    let loaded = Loaded {
        catalog,
        database,
        compression,
        header: shape.header,
        files: shape.files,
        row_settings,
        plan,
        script: match options.format {
            DumpFormat::Plain => Some(script::options(options)?),
            _ => None,
        },
        skipped,
    };
    loaded.script()?.map_or(Ok(()), script::check)?;
    Ok(loaded)
}

/// Refuses what would be lost, or lists it if that is what the user wants.
async fn what_cannot_be_kept(
    snapshot: &Snapshot,
    catalog: &Catalog,
    options: &DumpOptions,
) -> Result<Vec<SkippedObject>> {
    let mut lost: Vec<SkippedObject> = if options.data_only {
        Vec::new()
    } else {
        let objects = unsupported(&snapshot.session, catalog).await?;
        let skipped = |object: UnsupportedObject| SkippedObject {
            kind: object.kind.to_owned(),
            name: object.name,
        };
        objects.into_iter().map(skipped).collect()
    };
    if snapshot.standby && !options.schema_only {
        // The server refuses to read what its WAL does not hold.
        lost.extend(catalog.unlogged_tables().map(|name| SkippedObject {
            kind: "rows of unlogged table".to_owned(),
            name,
        }));
    }
    if lost.is_empty() || options.skip_unsupported {
        return Ok(lost);
    }
    Err(refusal(&lost))
}

/// Objects named in the refusal; the rest are counted.
const NAMED: usize = 10;

fn refusal(lost: &[SkippedObject]) -> Error {
    let named: Vec<String> = lost
        .iter()
        .take(NAMED)
        .map(|object| format!("{} {}", object.kind, object.name))
        .collect();
    let more = match lost.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut hint = String::new();
    if lost.iter().any(|object| object.kind == "subscription") {
        hint += "Subscriptions are kept if a superuser makes the dump. ";
    }
    hint += "Leave them out of the dump with --skip-unsupported, or dump with pg_dump.";
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "the database has {} this dump cannot keep: {}{more}",
            if lost.len() == 1 {
                "an object"
            } else {
                "objects"
            },
            named.join(", ")
        ),
    )
    .with_hint(hint)
}

/// Copies every segment, in order.
async fn copy_all(
    snapshot: &Snapshot,
    loaded: &Loaded,
    cancel: &Cancel,
    progress: &Progress,
    sender: &WindowSender,
) -> Side<()> {
    let catalog = &loaded.catalog;
    let (container, large_objects) = match (&loaded.script, &loaded.files) {
        (Some(_), _) => (Container::File, LargeObjectForm::Statements),
        (None, Some(_)) => (Container::File, LargeObjectForm::Streams),
        (None, None) => (Container::Block, LargeObjectForm::Streams),
    };
    let mut worker = Worker {
        session: &snapshot.session,
        encoder: Encoder::new(loaded.compression, container)?,
        cancel,
        progress,
        large_objects,
        foreign_tables_allowed: false,
    };
    let mut script = loaded.script()?.into_iter().flatten();
    for (place, segment) in loaded.plan.segments.iter().enumerate() {
        let Ok(piece) = sender.open(place) else {
            return Err(SideError::OtherSideGone);
        };
        let copy = async {
            match segment.entry {
                Some(entry) => copy(&mut worker, catalog, entry, piece).await,
                None => worker.write_statements(&mut script, piece).await,
            }
        };
        let copied = tokio::select! {
            // First: a copy that fails makes the other side go, and has the error to report.
            biased;
            copied = copy => copied,
            // The server may keep us waiting for rows that nobody takes any more.
            () = sender.closed() => Err(window::closed()),
        };
        match copied {
            // That side knows why.
            Err(error) if window::is_closed(&error) => return Err(SideError::OtherSideGone),
            copied => copied?,
        }
    }
    Ok(())
}

async fn copy(
    worker: &mut Worker<'_>,
    catalog: &Catalog,
    entry: DumpId,
    piece: window::PieceSender,
) -> Result<()> {
    match &catalog.object(entry).body {
        Body::TableData(data) => {
            let table = catalog.object(data.table);
            let name = catalog.qualified(table);
            worker.progress.enter(Stage::Data, name.as_str());
            tracing::debug!(table = name, "copying");
            let sql = data.copy_out_sql(catalog);
            let is_foreign = data.is_foreign(catalog);
            worker.allow_foreign_tables(is_foreign).await?;
            worker.copy_rows(&name, &sql, piece).await
        }
        Body::LargeObjectData(data) => {
            worker.progress.enter(Stage::Data, "large objects");
            tracing::debug!(count = data.oids.len(), "copying large objects");
            worker.copy_large_objects(&data.oids, piece).await
        }
        _ => Err(Error::new(
            ErrorKind::Internal,
            format!("entry {entry} has data, but is neither a table's nor large objects'"),
        )),
    }
}

impl Catalog {
    /// Unlogged tables whose rows are wanted, qualified.
    fn unlogged_tables(&self) -> impl Iterator<Item = String> {
        self.objects().iter().filter_map(|object| {
            let relation = Relation::of(object)?;
            let lost = relation.unlogged
                && relation.kind == RelKind::Table
                && self.wants_contents(object, relation);
            lost.then(|| self.qualified(object))
        })
    }
}
