//! The database side: one session that holds the snapshot, and copies or has others copy.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::crew::{Crew, Job, Queue, copy_refused};
use super::facts::{self, Facts};
use super::load::{Loaded, load};
use super::rate::Rate;
use super::snapshot::{self, Snapshot};
use super::storage::Prepared;
use super::task::Source;
use super::worker::{Seat, Work, Worker};
use super::{DumpOptions, Side, SideError, script};
use crate::archive::script::Step;
use crate::cancel::Cancel;
use crate::codec::Encoder;
use crate::error::{Error, Result};
use crate::pipeline::window::{self, WindowSender};
use crate::progress::{Progress, Stage};

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
    if let Err(SideError::OtherSideGone) = ended
        && let Err(cancelled) = cancel.check()
    {
        // Both sides may go because the workers have been stopped.
        ended = Err(cancelled.into());
    }
    leader.snapshot.session.end(ended.is_err()).await;
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
            assembler: loaded.assembler(),
            window: receiver,
            facts,
        };
        prepared.send(job).map_err(|_| SideError::OtherSideGone)?;
        let tables = facts::table_count(&loaded.plan.entries);
        self.progress.expect(tables, loaded.estimate);
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
        let mut worker = Worker::new(Seat::of_leader(&self.snapshot.session), work.clone())?;
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
