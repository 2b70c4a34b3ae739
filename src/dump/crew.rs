//! Several workers, each a thread with a session of its own in the leader's snapshot.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::DropGuard;

use super::snapshot::{self, ExportedSnapshot};
use super::task::{Source, Task};
use super::worker::{Copied, Seat, Work, Worker};
use super::{Side, SideError, run_side};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::window::{self, PieceSender, WindowSender};

/// Threads with sessions, at work or waiting for some.
pub(super) struct Crew {
    ready: Vec<oneshot::Receiver<Result<()>>>,
    starts: Vec<oneshot::Sender<Job>>,
    ended: FuturesUnordered<BoxFuture<'static, Side<()>>>,
    /// Stops the others when one fails, or when nobody wants them any more.
    stop: Option<DropGuard>,
}

/// What a crew is to do.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) queue: Arc<Queue>,
    pub(super) window: WindowSender,
    pub(super) work: Work,
    /// Whether bytes that no encoding explains are passed through.
    pub(super) any_bytes: bool,
    /// Where segments go that only the leader can read.
    pub(super) refused: mpsc::UnboundedSender<Refused>,
}

/// A segment of a table on which somebody waits for an exclusive lock. The leader
/// holds its lock already, and need not wait behind them.
pub(super) struct Refused {
    /// Its place in the queue.
    pub(super) place: usize,
    pub(super) sender: PieceSender,
}

/// The tasks of a dump. Workers take them in order: so the one whose turn it is in the
/// window is always being read, or waits for nobody but the leader.
pub(super) struct Queue {
    pub(super) tasks: Vec<Task>,
    next: AtomicUsize,
}

impl Queue {
    pub(super) fn new(tasks: Vec<Task>) -> Self {
        Self {
            tasks,
            next: AtomicUsize::new(0),
        }
    }

    /// The next task for a worker, and its place. Statements are the leader's.
    fn take(&self) -> Option<(usize, &Task)> {
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let task = self.tasks.get(place)?;
            if !matches!(task.source, Source::Statements) {
                return Some((place, task));
            }
        }
    }
}

impl Crew {
    /// Starts `workers` threads, which connect and wait.
    pub(super) fn muster(
        workers: u32,
        snapshot: &ExportedSnapshot,
        cancel: &Cancel,
    ) -> Result<Self> {
        let (cancel, stop) = cancel.child();
        let mut crew = Self {
            ready: Vec::new(),
            starts: Vec::new(),
            ended: FuturesUnordered::new(),
            stop: Some(stop),
        };
        for number in 1..=workers {
            let (tell_ready, ready) = oneshot::channel();
            let (start, started) = oneshot::channel();
            let (snapshot, cancel) = (snapshot.clone(), cancel.clone());
            let ended = run_side(format!("pgsluice-worker-{number}"), move || {
                serve(snapshot, cancel, tell_ready, started)
            })?;
            crew.ready.push(ready);
            crew.starts.push(start);
            crew.ended.push(Box::pin(ended));
        }
        Ok(crew)
    }

    /// Waits until all have a session that sees the snapshot.
    ///
    /// # Errors
    ///
    /// Those of the first that has none.
    pub(super) async fn ready(&mut self) -> Result<()> {
        for ready in std::mem::take(&mut self.ready) {
            ready.await.unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Internal,
                    "a worker ended before it began",
                ))
            })?;
        }
        Ok(())
    }

    /// Sets all to work.
    pub(super) fn start(&mut self, job: &Job) {
        for start in std::mem::take(&mut self.starts) {
            // One that is gone has its outcome to say why.
            let _ = start.send(job.clone());
        }
    }

    /// Waits until all have ended, or the first has failed.
    pub(super) async fn outcome(&mut self) -> Side<()> {
        while let Some(ended) = self.ended.next().await {
            ended?;
        }
        Ok(())
    }

    /// Stops all, and waits until they have ended. Returns what went wrong for one of
    /// them: who fails takes time to tidy up, and others may be heard of first.
    pub(super) async fn dismiss(mut self) -> Option<Error> {
        self.starts.clear();
        drop(self.stop.take());
        let mut failure = None;
        while let Some(ended) = self.ended.next().await {
            if let Err(SideError::Failed(error)) = ended
                && error.kind() != ErrorKind::Cancelled
            {
                failure.get_or_insert(error);
            }
        }
        failure
    }
}

/// One worker's thread.
async fn serve(
    mut snapshot: ExportedSnapshot,
    cancel: Cancel,
    ready: oneshot::Sender<Result<()>>,
    start: oneshot::Receiver<Job>,
) -> Side<()> {
    let session = match cancel.guard(snapshot.import()).await {
        Ok(session) => session,
        Err(error) => {
            // The leader hears of it there.
            let _ = ready.send(Err(error));
            return Ok(());
        }
    };
    let _ = ready.send(Ok(()));
    let Ok(mut job) = start.await else {
        session.end(false).await;
        return Ok(());
    };
    job.work.cancel = cancel;
    snapshot.any_bytes = job.any_bytes;
    if let Err(error) = snapshot::set_up_to_copy(&session, job.any_bytes).await {
        return Err(error.into());
    }
    let seat = Seat::of_follower(session, &snapshot);
    let mut worker = Worker::new(seat, job.work.clone())?;
    let ended = work(&mut worker, &job).await;
    if let Some(session) = worker.seat.into_session() {
        session.end(ended.is_err()).await;
    }
    ended
}

/// Reads segments until there are no more.
async fn work(worker: &mut Worker<'_>, job: &Job) -> Side<()> {
    while let Some((place, task)) = job.queue.take() {
        let Ok(sender) = job.window.open(place) else {
            return Err(SideError::OtherSideGone);
        };
        let copied = tokio::select! {
            // First: a copy that fails makes the other side go, and has the error to report.
            biased;
            copied = worker.copy(task, sender) => copied,
            // The server may keep us waiting for rows that nobody takes any more.
            () = job.window.closed() => Err(window::closed()),
        };
        match copied {
            Ok(Copied::All) => {}
            Ok(Copied::Refused(sender)) => {
                // It is gone only if the dump has failed.
                let _ = job.refused.send(Refused { place, sender });
            }
            // That side knows why.
            Err(error) if window::is_closed(&error) => return Err(SideError::OtherSideGone),
            Err(error) => return Err(error.into()),
        }
        worker.note_end(task);
    }
    Ok(())
}

/// Reads, with the leader's session, what the crew was refused. Each segment waits for
/// its turn in the window: a session reads one at a time, and one that is ahead of its
/// turn could wait for another that it keeps from being read.
pub(super) async fn copy_refused(
    worker: &mut Worker<'_>,
    queue: &Queue,
    window: &WindowSender,
    mut refused: mpsc::UnboundedReceiver<Refused>,
) -> Result<()> {
    let mut waiting = BTreeMap::new();
    let mut turn = window.turn();
    loop {
        let whose_turn = *turn.borrow_and_update();
        if let Some(sender) = waiting.remove(&whose_turn) {
            let task = &queue.tasks[whose_turn];
            worker.copy(task, sender).await?;
            continue;
        }
        tokio::select! {
            next = refused.recv() => match next {
                Some(Refused { place, sender }) => {
                    waiting.insert(place, sender);
                }
                None if waiting.is_empty() => return Ok(()),
                None => turn.changed().await.map_err(|_| window::closed())?,
            },
            changed = turn.changed() => changed.map_err(|_| window::closed())?,
        }
    }
}
