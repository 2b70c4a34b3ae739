//! Several sessions, each with a thread of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::stream::{FuturesUnordered, StreamExt};

use super::schedule::{Next, Schedule};
use super::session;
use super::shared::Shared;
use super::team::Team;
use super::worker::{Data, Worker};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::pg::{ConnInfo, Server};
use crate::thread;
use crate::unpack::Access;

/// Where a crew works.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) target: ConnInfo,
    /// Of several servers that the target may mean, the one that is restored into.
    pub(super) server: Server,
    pub(super) access: Access,
}

/// What a crew has to do.
struct Board {
    schedule: Mutex<Schedule>,
}

/// What a worker does next.
enum Task {
    Restore(usize),
    Help(Arc<Team>),
}

/// How many sessions find something to do: a large table alone keeps several busy.
pub(super) fn sessions(shared: &Shared, items: &[usize]) -> u32 {
    let entries = items.iter().map(|item| &shared.plan.entries[*item]);
    let most: usize = entries
        .map(|entry| Team::most_sessions(shared, entry))
        .sum();
    let jobs = shared.options.jobs;
    jobs.min(u32::try_from(most).unwrap_or(u32::MAX))
}

/// Restores `items` with several sessions. The first error to end the restore with stops
/// all of them.
pub(super) async fn restore(shared: &Arc<Shared>, site: &Site, items: Vec<usize>) -> Result<()> {
    let sessions = sessions(shared, &items);
    let board = Arc::new(Board {
        schedule: Mutex::new(Schedule::new(&shared.plan, items)),
    });
    let (cancel, stop) = shared.cancel.child();
    let mut stop = Some(stop);
    let mut workers = FuturesUnordered::new();
    for number in 1..=sessions {
        let (shared, site) = (Arc::clone(shared), site.clone());
        let (board, cancel) = (Arc::clone(&board), cancel.clone());
        workers.push(thread::run(
            format!("pgsluice-restore-{number}"),
            move || async move { serve(&shared, &site, &board, &cancel).await },
        )?);
    }
    let mut failure = None;
    while let Some(ended) = workers.next().await {
        if let Err(error) = ended.and_then(|ended| ended) {
            stop = None;
            // Those who are stopped then have nothing to add.
            failure.get_or_insert(error);
        }
    }
    drop(stop);
    match failure {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// One worker's thread.
async fn serve(shared: &Shared, site: &Site, board: &Board, cancel: &Cancel) -> Result<()> {
    let opening = async {
        let server = Some(&site.server);
        let (session, _) =
            session::open(&site.target, server, &shared.plan, &shared.options).await?;
        Ok((session, site.access.connect().await?))
    };
    let (session, connected) = cancel.guard(opening).await?;
    let data = Data::Stored(connected);
    let mut worker = Worker::new(shared, session, data, cancel.clone());
    let ended = work(&mut worker, board).await;
    worker.session.end(ended.is_err()).await;
    ended
}

async fn work(worker: &mut Worker<'_>, board: &Board) -> Result<()> {
    let shared = worker.shared;
    while let Some(task) = worker.cancel.clone().guard(board.take(shared)).await? {
        match task {
            Task::Help(team) => worker.help(&team).await?,
            Task::Restore(item) => {
                worker.restore(item).await?;
                board.schedule().done(item);
                shared.news.notify_waiters();
            }
        }
    }
    Ok(())
}

impl Board {
    /// Waits for something to do. None: nothing is left.
    async fn take(&self, shared: &Shared) -> Result<Option<Task>> {
        loop {
            let mut news = std::pin::pin!(shared.news.notified());
            // From here on nothing is missed.
            news.as_mut().enable();
            let next = self.schedule().next();
            match next {
                Next::Item(item) => return Ok(Some(Task::Restore(item))),
                Next::Done => return Ok(None),
                // A table of one's own is better than a part of another's: there is none.
                Next::Wait => match shared.teams.join_any() {
                    Some(team) => return Ok(Some(Task::Help(team))),
                    None => news.await,
                },
            }
        }
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
