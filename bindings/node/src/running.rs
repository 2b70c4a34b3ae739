//! The jobs of one JavaScript environment, and how they end with it.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pgsluice::cancel::Cancel;

/// How long the end of a process or a worker thread waits for jobs that it cancels to take
/// back what they have stored. A store that answers needs a second or two.
const PATIENCE: Duration = Duration::from_secs(10);

/// Jobs that have not ended. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Shared>);

#[derive(Default)]
struct Shared {
    jobs: Mutex<Jobs>,
    ended: Condvar,
}

#[derive(Default)]
struct Jobs {
    last: u64,
    cancels: HashMap<u64, Cancel>,
}

/// A job's place among those that run. It is free once this is dropped.
pub(crate) struct Place {
    running: Running,
    number: u64,
}

impl Running {
    /// Adds a job.
    pub(crate) fn enter(&self, cancel: Cancel) -> Place {
        let mut jobs = self.jobs();
        jobs.last += 1;
        let number = jobs.last;
        jobs.cancels.insert(number, cancel);
        Place {
            running: self.clone(),
            number,
        }
    }

    /// Cancels all jobs, and waits for them to end, but not for ever.
    pub(crate) fn end(&self) {
        let jobs = self.jobs();
        jobs.cancels.values().for_each(Cancel::cancel);
        let waited = self
            .0
            .ended
            .wait_timeout_while(jobs, PATIENCE, |jobs| !jobs.cancels.is_empty());
        drop(waited);
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.jobs().cancels.remove(&self.number);
        self.running.0.ended.notify_all();
    }
}
