//! The database side: one session that holds the snapshot, plans, and copies or has others copy.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::crew::{Crew, Job, Queue, copy_refused};
use super::facts::{self, Facts};
use super::large_objects::LargeObjectForm;
use super::memory::{self, Memory};
use super::plan::{self, Plan};
use super::rate::Rate;
use super::shape::{self, Shape};
use super::snapshot::{self, Snapshot};
use super::storage::Prepared;
use super::task::{Cut, Source};
use super::worker::{Seat, Work, Worker};
use super::{DumpFormat, DumpOptions, Side, SideError, lock, release, script};
use crate::archive::script::{Script, ScriptOptions, Step};
use crate::archive::{FileNames, Header, SkippedObject};
use crate::cancel::Cancel;
use crate::codec::{Compression, Container, Encoder};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::window::{self, WindowSender};
use crate::pipeline::{Assembler, Blocks, Files, Stream, part_size};
use crate::progress::{Progress, Stage};
use crate::schema::{
    Catalog, DataScope, Database, RelKind, Relation, UnsupportedObject, unsupported,
};

/// Reads the database and sends its data to the other side, once that says
/// that the target will do.
pub(super) async fn lead(
    options: &DumpOptions,
    cancel: &Cancel,
    progress: &Progress,
    checked: oneshot::Receiver<String>,
    prepared: oneshot::Sender<Prepared>,
) -> Side<()> {
    let Ok(generation) = checked.await else {
        return Err(SideError::OtherSideGone);
    };
    let started_at = Timestamp::now();
    let mut leader = Leader {
        snapshot: cancel.guard(snapshot::begin(&options.source)).await?,
        crew: None,
        options,
        cancel,
        progress,
    };
    let mut ended = leader.dump(&generation, started_at, prepared).await;
    if let Some(crew) = leader.crew
        && let Some(failure) = crew.dismiss().await
        && let Err(SideError::OtherSideGone) = ended
    {
        ended = Err(failure.into());
    }
    snapshot::end(leader.snapshot.session, ended.is_err()).await;
    ended
}

/// The session with the snapshot, and those who help to read it.
struct Leader<'a> {
    snapshot: Snapshot,
    crew: Option<Crew>,
    options: &'a DumpOptions,
    cancel: &'a Cancel,
    progress: &'a Progress,
}

impl Leader<'_> {
    async fn dump(
        &mut self,
        generation: &str,
        started_at: Timestamp,
        prepared: oneshot::Sender<Prepared>,
    ) -> Side<()> {
        self.muster().await?;
        self.progress.enter(Stage::Catalog, "");
        let load = load(&self.snapshot, self.options, generation);
        let mut loaded = self.cancel.guard(load).await?;
        if let Some(warning) = self.await_crew().await? {
            loaded.plan.warnings.push(warning);
            loaded.jobs = 1;
        }
        let (sender, receiver) = window::window(loaded.memory.window);
        let facts = Facts::new(&self.snapshot, &loaded, self.options, started_at);
        if loaded.script.is_none() {
            loaded.plan.keep_data_entries();
        }
        let job = Prepared {
            part_size: loaded.part_size,
            parts_in_flight: loaded.memory.parts_in_flight,
            assembler: assembler(&mut loaded),
            window: receiver,
            facts,
        };
        prepared.send(job).map_err(|_| SideError::OtherSideGone)?;
        let tables = facts::table_count(&loaded.plan.entries);
        self.progress
            .expect(tables, plan::estimate(&loaded.catalog));
        self.copy_all(loaded, &sender).await
    }

    /// Starts the workers, who connect while the catalogs are read.
    async fn muster(&mut self) -> Result<()> {
        let jobs = self.options.jobs;
        if jobs > 1 {
            let exported = self.snapshot.export(&self.options.source).await?;
            self.crew = Some(Crew::muster(jobs, &exported, self.cancel)?);
        }
        Ok(())
    }

    /// Waits for the workers' sessions, before anything is written. Returns a warning if
    /// they are dismissed because not all have one.
    async fn await_crew(&mut self) -> Result<Option<String>> {
        let Some(crew) = &mut self.crew else {
            return Ok(None);
        };
        match self.cancel.guard(crew.ready()).await {
            Ok(()) => Ok(None),
            Err(error) if self.options.fall_back_to_one_job && !self.cancel.is_cancelled() => {
                if let Some(crew) = self.crew.take() {
                    crew.dismiss().await;
                }
                Ok(Some(format!(
                    "one job instead of {}: {}",
                    self.options.jobs,
                    error.full()
                )))
            }
            Err(error) => Err(error),
        }
    }

    /// Copies every segment.
    async fn copy_all(&mut self, mut loaded: Loaded, window: &WindowSender) -> Side<()> {
        let work = Work {
            compression: loaded.compression,
            container: loaded.container(),
            large_objects: loaded.large_object_form(),
            cancel: self.cancel.clone(),
            progress: self.progress.clone(),
            rate: Arc::new(Rate::new(self.options.max_rate)),
        };
        let any_bytes = loaded.any_bytes;
        let queue = Arc::new(Queue::new(std::mem::take(&mut loaded.plan.tasks)));
        let mut worker = Worker::new(Seat::Leader(&self.snapshot.session), work.clone())?;
        let mut script = loaded.script()?.into_iter().flatten();
        let Some(crew) = &mut self.crew else {
            return copy_alone(&mut worker, &queue, &mut script, window).await;
        };
        let (refused, of_crew) = mpsc::unbounded_channel();
        crew.start(&Job {
            queue: Arc::clone(&queue),
            window: window.clone(),
            work: work.clone(),
            any_bytes,
            refused,
        });
        let mut encoder = Encoder::new(work.compression, work.container)?;
        let statements = async {
            for (place, task) in queue.tasks.iter().enumerate() {
                if matches!(task.source, Source::Statements) {
                    let sender = window.open(place)?;
                    script::write_statements(&mut encoder, &mut script, sender).await?;
                }
            }
            Ok(())
        };
        let refused = copy_refused(&mut worker, &queue, window, of_crew);
        let all = futures::future::try_join3(
            crew.outcome(),
            unless_closed(self.cancel.guard(statements)),
            unless_closed(refused),
        );
        tokio::select! {
            // First: who fails makes the others go, and has the error to report.
            biased;
            ended = all => ended.map(drop),
            error = self.snapshot.session.lost() => Err(lost(error).into()),
            () = window.closed() => Err(SideError::OtherSideGone),
        }
    }
}

/// Copies every segment with the leader's session alone, in order.
async fn copy_alone(
    worker: &mut Worker<'_>,
    queue: &Queue,
    script: &mut impl Iterator<Item = Result<Step<'_>>>,
    window: &WindowSender,
) -> Side<()> {
    let copy = async {
        for (place, task) in queue.tasks.iter().enumerate() {
            let sender = window.open(place)?;
            if let Source::Statements = task.source {
                let cancel = worker.work.cancel.clone();
                let write = script::write_statements(&mut worker.encoder, script, sender);
                cancel.guard(write).await?;
                continue;
            }
            worker.copy(task, sender).await?;
            worker.note_end(task);
        }
        Ok(())
    };
    tokio::select! {
        // First: a copy that fails makes the other side go, and has the error to report.
        biased;
        copied = unless_closed(copy) => copied,
        // The server may keep us waiting for rows that nobody takes any more.
        () = window.closed() => Err(SideError::OtherSideGone),
    }
}

/// What was wrong, unless it was only that the other side is gone, which knows why.
async fn unless_closed(work: impl Future<Output = Result<()>>) -> Side<()> {
    work.await.map_err(|error| match window::is_closed(&error) {
        true => SideError::OtherSideGone,
        false => SideError::Failed(error),
    })
}

fn lost(error: Error) -> Error {
    error
        .context("the session that holds the snapshot was lost")
        .with_hint("Without it the workers have nothing to go on from. Make the dump again.")
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
    /// Sessions that will copy.
    pub(super) jobs: u32,
    part_size: usize,
    memory: Memory,
    /// Whether rows have bytes that no encoding explains.
    any_bytes: bool,
    /// How the script is printed, if the format is one.
    pub(super) script: Option<ScriptOptions>,
    pub(super) skipped: Vec<SkippedObject>,
}

impl Loaded {
    fn container(&self) -> Container {
        match (&self.script, &self.files) {
            (None, None) => Container::Block,
            _ => Container::File,
        }
    }

    fn large_object_form(&self) -> LargeObjectForm {
        match self.script {
            Some(_) => LargeObjectForm::Statements,
            None => LargeObjectForm::Streams,
        }
    }

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
    let segments = loaded.plan.tasks.iter().map(|task| task.segment).collect();
    let compression = loaded.compression;
    match (&loaded.script, &loaded.files) {
        (Some(_), _) => Assembler::new(Stream::new(compression), segments),
        (None, Some(names)) => {
            Assembler::new(Files::new(compression, names.clone(), head), segments)
        }
        (None, None) => Assembler::new(Blocks::new(compression, head), segments),
    }
}

async fn load(snapshot: &Snapshot, options: &DumpOptions, generation: &str) -> Result<Loaded> {
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
    let shape = Shape::new(
        options,
        &catalog,
        &database,
        compression,
        layout,
        generation,
    );
    let part_size = options
        .part_size
        .unwrap_or_else(|| part_size(plan::estimate(&catalog), compression));
    let upload = memory::Upload::new(options, part_size);
    let memory = Memory::share(
        options.max_memory(),
        options.jobs as usize,
        compression,
        upload,
    )?;
    let cut = match options.jobs {
        1 => Cut::Entries,
        _ => Cut::Parts(memory.segment),
    };
    let mut plan = plan::plan(&mut catalog, &database, &shape, options.format, cut)?;
    if target != catalog.server.major() {
        let warnings = release::refuse(&plan.entries, target, options)?;
        plan.warnings.extend(warnings);
    }
    tracing::info!(
        objects = catalog.objects().len(),
        entries = plan.entries.len(),
        "planned"
    );
    let any_bytes = shape.passes_any_bytes();
    let row_settings = snapshot::prepare_to_copy(session, any_bytes).await?;
    let loaded = Loaded {
        catalog,
        database,
        compression,
        header: shape.header,
        files: shape.files,
        row_settings,
        plan,
        jobs: options.jobs,
        part_size,
        memory,
        any_bytes,
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
