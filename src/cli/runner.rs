//! A job at a terminal: its log, its progress, its signals.

use super::args::{OutputArgs, ProgressWhen};
use super::bar::Bar;
use super::environment::Environment;
use super::{log, runtime, signals};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::progress::Progress;

/// Shows how far a job is, and stops it at a signal.
pub(super) struct Runner {
    bar: Bar,
    pub(super) cancel: Cancel,
}

impl Runner {
    /// Begins to log, and prepares what else the arguments ask for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a log filter that
    /// cannot be used.
    pub(super) fn new(output: &OutputArgs, environment: &Environment) -> Result<Self> {
        let bar = match output.progress == ProgressWhen::Never || output.quiet {
            true => Bar::hidden(),
            false => Bar::on_terminal(),
        };
        let level = log::level(output.verbosity.verbose, output.quiet);
        log::start(level, environment, &bar)?;
        Ok(Self {
            bar,
            cancel: Cancel::new(),
        })
    }

    /// From here on signals cancel what runs.
    ///
    /// # Errors
    ///
    /// Those of [`signals::watch`].
    pub(super) fn watch_signals(&self) -> Result<()> {
        signals::watch(&self.cancel)
    }

    /// Waits for a job that takes `progress` and this runner's `cancel`.
    ///
    /// # Errors
    ///
    /// Those of the job.
    pub(super) fn run<T>(
        &self,
        progress: &Progress,
        job: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        runtime()?.block_on(self.bar.follow(job, progress, &self.cancel))
    }
}
