//! Running a job, and calling callbacks meanwhile.
//!
//! A job works on threads of its own. The thread that has called it does nothing but look
//! after it: it calls the callbacks, all of them, and looks whether someone
//! cancels. So callbacks may do what the calling thread may do, other jobs included, need
//! no locks among themselves, and cannot be called once the job has returned.

use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use pgsluice::cancel::Cancel;
use pgsluice::progress::Progress;
use pgsluice::{Error, ErrorKind, Result};
use serde::Serialize;
use serde_json::Value;

use crate::callbacks::pgsluice_callbacks;
use crate::cancel::pgsluice_cancel;
use crate::ffi::given;
use crate::options::pgsluice_options;
use crate::progress;
use crate::report::pgsluice_report;
use crate::stream::{Piece, Stream};

/// How often a job is looked after: no user sees the difference to less, and no computer to more.
const TICK: Duration = Duration::from_millis(100);

/// What the calling thread hears of a job.
pub(crate) enum Event {
    /// Bytes for the sink callback.
    Pour(Piece),
    /// Room for bytes of the source callback.
    Fill(Piece),
    /// The end, and the report.
    Ended(Result<Value>),
}

/// A stream that a job may have instead of a stored archive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum StreamKind {
    /// None.
    None,
    /// A sink callback, in the place of the option "target".
    Sink,
    /// A source callback, in the place of the option "archive".
    Source,
}

/// What a caller gives a job.
pub(crate) struct Job<'a> {
    pub(crate) options: Option<&'a pgsluice_options>,
    pub(crate) callbacks: Option<&'a pgsluice_callbacks>,
    pub(crate) cancel: Option<&'a pgsluice_cancel>,
    pub(crate) report: Option<&'a mut MaybeUninit<*mut pgsluice_report>>,
}

/// What the engine gets to run a job with.
pub(crate) struct Running {
    pub(crate) cancel: Cancel,
    pub(crate) progress: Progress,
    /// To the callback, if there is one of the kind that the job takes.
    pub(crate) stream: Option<Box<Stream>>,
}

impl Job<'_> {
    /// Runs the job that `prepare` makes of the options and `run` runs, and writes its report.
    pub(crate) fn run<O, J, F, R>(
        self,
        takes: StreamKind,
        prepare: impl FnOnce(O) -> Result<J>,
        run: impl FnOnce(J, Running) -> F + Send + 'static,
    ) -> Result<()>
    where
        O: pgsluice::settings::Options,
        J: Send + 'static,
        F: Future<Output = Result<R>>,
        R: Serialize,
    {
        crate::log::refuse_inside_callback()?;
        let report = given("report", self.report)?;
        let none = pgsluice_callbacks::default();
        let callbacks = self.callbacks.unwrap_or(&none);
        let mut options = given("options", self.options)?.clone();
        let streams = takes_stream(takes, callbacks)?;
        match (takes, streams) {
            (StreamKind::Sink, true) => options.stream_through("target", "sink")?,
            (StreamKind::Source, true) => options.stream_through("archive", "source")?,
            _ => {}
        }
        let job = prepare(options.read()?)?;
        let watch = Watch {
            callbacks,
            cancel: self.cancel,
        };
        let value = watch.follow(streams, |running| async move {
            to_json(run(job, running).await?)
        })?;
        report.write(Box::into_raw(Box::new(pgsluice_report::new(&value))));
        Ok(())
    }
}

/// A report as JSON.
pub(crate) fn to_json(report: impl Serialize) -> Result<Value> {
    serde_json::to_value(report).map_err(|cause| {
        Error::new(ErrorKind::Internal, "writing the report as JSON").with_source(cause)
    })
}

/// Whether there is a callback for bytes. One that would never be called is a mistake.
fn takes_stream(takes: StreamKind, callbacks: &pgsluice_callbacks) -> Result<bool> {
    let given = [
        (StreamKind::Sink, "sink", callbacks.sink.function.is_some()),
        (
            StreamKind::Source,
            "source",
            callbacks.source.function.is_some(),
        ),
    ];
    let mut streams = false;
    for (kind, name, there) in given {
        if there && kind != takes {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!("there is a {name} callback, which this job does not take"),
            )
            .with_hint("Dumps take a sink, restores and listings take a source."));
        }
        streams |= there;
    }
    Ok(streams)
}

/// Looks after a job.
struct Watch<'a> {
    callbacks: &'a pgsluice_callbacks,
    cancel: Option<&'a pgsluice_cancel>,
}

impl Watch<'_> {
    /// Runs a job on a thread and waits for it.
    fn follow<F: Future<Output = Result<Value>>>(
        &self,
        streams: bool,
        job: impl FnOnce(Running) -> F + Send + 'static,
    ) -> Result<Value> {
        let (events, queue) = channel();
        let (cancel, progress) = (Cancel::new(), Progress::new());
        let running = Running {
            cancel: cancel.clone(),
            progress: progress.clone(),
            stream: streams.then(|| Box::new(Stream::new(events.clone()))),
        };
        let thread = thread::Builder::new()
            .name("pgsluice-job".to_owned())
            .spawn(move || work(&events, || job(running)))
            .map_err(|cause| {
                Error::new(ErrorKind::Internal, "starting a thread").with_source(cause)
            })?;
        let ended = self.wait(&queue, &cancel, &progress);
        // Whoever waits for a callback now, waits for nothing.
        drop(queue);
        // Its panic has been told as the job's end.
        let _ = thread.join();
        self.tell(&progress);
        ended
    }

    /// Serves the job until it ends.
    fn wait(&self, queue: &Receiver<Event>, cancel: &Cancel, progress: &Progress) -> Result<Value> {
        let mut told = Instant::now();
        loop {
            if self.cancel.is_some_and(pgsluice_cancel::is_triggered) {
                cancel.cancel();
            }
            match queue.recv_timeout(TICK.saturating_sub(told.elapsed())) {
                Ok(Event::Pour(piece)) => piece.pour(self.callbacks.sink),
                Ok(Event::Fill(piece)) => piece.fill(self.callbacks.source),
                Ok(Event::Ended(outcome)) => return outcome,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(lost()),
            }
            if told.elapsed() >= TICK {
                told = Instant::now();
                if self.tell(progress) != 0 {
                    cancel.cancel();
                }
            }
        }
    }

    fn tell(&self, progress: &Progress) -> i32 {
        let callback = self.callbacks.progress;
        let Some(function) = callback.function else {
            return 0;
        };
        progress::show(&progress.snapshot(), |progress| {
            // SAFETY: the program has set both together; the progress stays for the call.
            unsafe { function(progress, callback.userdata) }
        })
    }
}

/// What the thread of a job does. Everything ends with an event, panics too.
fn work<F: Future<Output = Result<Value>>>(events: &Sender<Event>, job: impl FnOnce() -> F) {
    crate::signals::block();
    let outcome = catch_unwind(AssertUnwindSafe(|| block_on(job)));
    // The calling thread waits for it, unless a panic of its own has ended that.
    let _ = events.send(Event::Ended(outcome.unwrap_or_else(|_| Err(lost()))));
}

fn block_on<F: Future<Output = Result<Value>>>(job: impl FnOnce() -> F) -> Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| Error::new(ErrorKind::Internal, "starting a thread").with_source(cause))?;
    let outcome = runtime.block_on(job());
    // It may be reading from a source callback that will not be called any more.
    runtime.shutdown_background();
    outcome
}

fn lost() -> Error {
    Error::new(ErrorKind::Internal, "the thread of the job panicked").with_hint("Please report it.")
}
