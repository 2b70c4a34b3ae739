//! The progress bar on a terminal.
//!
//! Drawn from snapshots that are taken ten times a second; the job knows
//! nothing of it. It is removed at the end, so that only results stay.

use std::borrow::Cow;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cancel::Cancel;
use crate::error::Result;
use crate::progress::{Progress, ProgressSnapshot, Stage};

/// A bar that may be hidden. Clones draw the same one.
#[derive(Clone)]
pub(super) struct Bar {
    bar: ProgressBar,
}

const INTERVAL: Duration = Duration::from_millis(100);

const CANCELLING: &str = "pgsluice: cancelling: stopping the server's work and taking back what is \
                          not complete; once more to stop at once\n";

impl Bar {
    /// A bar on standard error, if that is a terminal.
    pub(super) fn on_terminal() -> Self {
        Self::drawn_on(ProgressDrawTarget::stderr())
    }

    /// A bar that is never drawn.
    pub(super) fn hidden() -> Self {
        Self::drawn_on(ProgressDrawTarget::hidden())
    }

    fn drawn_on(target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(style(Stage::Connecting));
        Self { bar }
    }

    /// Does something to the terminal while the bar is out of the way.
    pub(super) fn apart<T>(&self, action: impl FnOnce() -> T) -> T {
        self.bar.suspend(action)
    }

    /// Waits for a job, showing how far it is, and that it has been cancelled.
    pub(super) async fn follow<T>(
        &self,
        job: impl Future<Output = Result<T>>,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<T> {
        let mut job = std::pin::pin!(job);
        let mut ticks = tokio::time::interval(INTERVAL);
        let mut shown = Stage::Connecting;
        let mut cancelling = false;
        let outcome = loop {
            tokio::select! {
                outcome = &mut job => break outcome,
                _ = ticks.tick() => {
                    let snapshot = progress.snapshot();
                    self.show(&snapshot, shown);
                    shown = snapshot.stage;
                }
                () = cancel.cancelled(), if !cancelling => {
                    cancelling = true;
                    // A terminal that is gone must not keep the job from tidying up.
                    let _ = self.apart(|| io::stderr().write_all(CANCELLING.as_bytes()));
                }
            }
        };
        self.bar.finish_and_clear();
        outcome
    }

    fn show(&self, snapshot: &ProgressSnapshot, before: Stage) {
        let expected = snapshot.estimated_raw_bytes.max(snapshot.raw_bytes);
        self.bar.set_message(message(snapshot));
        if snapshot.stage == Stage::Data {
            self.bar.set_length(expected.max(1));
        }
        if snapshot.stage != before {
            // The rate is that of the stage alone; what came before the first look is no rate yet.
            self.bar.reset();
            self.bar.set_style(style(snapshot.stage));
        } else {
            self.bar.set_position(snapshot.raw_bytes);
        }
        self.bar.tick();
    }
}

fn style(stage: Stage) -> ProgressStyle {
    let template = match stage {
        Stage::Data => {
            "{bar:16} {percent:>3}%  {binary_bytes} of about {binary_total_bytes}, {binary_bytes_per_sec}, {eta} left\n{wide_msg}"
        }
        _ => "{spinner} {wide_msg}",
    };
    ProgressStyle::with_template(template)
        .expect("both templates are constants that a test has tried")
        .progress_chars("=> ")
}

fn message(snapshot: &ProgressSnapshot) -> Cow<'static, str> {
    match snapshot.stage {
        Stage::Connecting => "connecting".into(),
        Stage::Catalog => "reading the catalogs".into(),
        Stage::Definitions => format!("making {}", snapshot.current).into(),
        Stage::Checking => format!("checking {}", snapshot.current).into(),
        Stage::Data => format!(
            "table {} of {}, {} rows  {}",
            (snapshot.tables_done + 1).min(snapshot.tables_total),
            snapshot.tables_total,
            HumanCount(snapshot.rows),
            snapshot.current
        )
        .into(),
        _ => "finishing".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        super::super::runtime().unwrap().block_on(future)
    }

    #[test]
    fn every_stage_has_a_style_and_a_message() {
        let progress = Progress::new();
        let bar = Bar::hidden();
        let mut before = Stage::Connecting;
        for stage in [
            Stage::Connecting,
            Stage::Catalog,
            Stage::Definitions,
            Stage::Data,
            Stage::Checking,
            Stage::Finishing,
            Stage::Done,
        ] {
            progress.enter(stage, "");
            let snapshot = progress.snapshot();
            bar.show(&snapshot, before);
            assert!(!message(&snapshot).is_empty());
            before = stage;
        }
    }

    #[test]
    fn data_message_names_the_table_and_counts() {
        let progress = Progress::new();
        progress.expect(31, 1 << 30);
        progress.enter(Stage::Data, "public.orders");
        progress.copied(1_204_224, 1 << 20);
        progress.table_done();
        let text = message(&progress.snapshot());
        assert_eq!(text, "table 2 of 31, 1,204,224 rows  public.orders");
    }

    #[test]
    fn bar_grows_with_an_estimate_that_was_too_low() {
        let progress = Progress::new();
        progress.expect(1, 10);
        progress.enter(Stage::Data, "t");
        progress.copied(1, 25);
        let bar = Bar::hidden();
        bar.show(&progress.snapshot(), Stage::Data);
        assert_eq!((bar.bar.position(), bar.bar.length()), (25, Some(25)));
    }

    #[test]
    fn followed_job_gives_its_own_outcome() {
        let cancel = Cancel::new();
        let outcome = block_on(Bar::hidden().follow(async { Ok(7) }, &Progress::new(), &cancel));
        assert_eq!(outcome.unwrap(), 7);
    }

    #[test]
    fn cancelled_job_is_waited_for() {
        let cancel = Cancel::new();
        cancel.cancel();
        let job = async {
            tokio::time::sleep(INTERVAL).await;
            Err::<(), _>(Error::new(ErrorKind::Cancelled, "tidied up"))
        };
        let outcome = block_on(Bar::hidden().follow(job, &Progress::new(), &cancel));
        assert_eq!(outcome.unwrap_err().to_string(), "tidied up");
    }
}
