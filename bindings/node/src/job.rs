//! A job that runs, as JavaScript holds it.

use std::sync::{Mutex, PoisonError};

use napi::bindgen_prelude::spawn;
use napi_derive::napi;
use pgsluice::cancel::Cancel;
use pgsluice::progress::Progress;
use pgsluice::{Error, ErrorKind, Result};
use serde::Serialize;
use tokio::sync::oneshot::{self, Receiver};

use crate::outcome::{json, outcome};
use crate::running::Running;

/// A job that was started. It goes on whether anybody waits for it or not.
#[napi]
pub struct Job {
    cancel: Cancel,
    progress: Progress,
    ended: Mutex<Option<Receiver<String>>>,
}

impl Job {
    /// Starts what `work` makes of a token and counters.
    pub(crate) fn start<T, F>(running: &Running, work: impl FnOnce(Cancel, Progress) -> F) -> Self
    where
        T: Serialize,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let (cancel, progress) = (Cancel::new(), Progress::new());
        let place = running.enter(cancel.clone());
        let work = work(cancel.clone(), progress.clone());
        let (sender, ended) = oneshot::channel();
        spawn(async move {
            let _place = place;
            // Nobody may be left to hear it, if the environment is gone.
            let _ = sender.send(outcome(work.await));
        });
        Self {
            cancel,
            progress,
            ended: Mutex::new(Some(ended)),
        }
    }
}

#[napi]
impl Job {
    /// Asks the job to stop. It ends after it has taken back what it had stored.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// The counters, as JSON.
    #[napi(catch_unwind)]
    pub fn progress(&self) -> String {
        json(&self.progress.snapshot()).unwrap_or_default()
    }

    /// Waits for the end: `{"report": …}` or `{"error": …}` as JSON. To be called once.
    #[napi]
    pub async fn ended(&self) -> String {
        let ended = self
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let broken = |what: &str| outcome::<()>(Err(Error::new(ErrorKind::Internal, what)));
        match ended {
            None => broken("the job's end is being waited for already"),
            // It was dropped: only a panic does that, or the end of the runtime.
            Some(ended) => ended.await.unwrap_or_else(|_| broken("the job panicked")),
        }
    }
}
