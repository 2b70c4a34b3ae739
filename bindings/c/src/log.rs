//! What happens inside, for whoever wants to hear it.

use std::cell::Cell;
use std::ffi::c_void;
use std::fmt::{self, Write};
use std::mem::MaybeUninit;
use std::sync::{Mutex, PoisonError};

use pgsluice::{Error, ErrorKind, Result};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, Registry, reload};

use crate::callbacks::Callback;
use crate::error::pgsluice_error;
use crate::ffi::{given, guard};
use crate::status::pgsluice_status;
use crate::string::{Text, pgsluice_string};

/// How much a message matters, the most first.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum pgsluice_log_level {
    /// Something could not be done.
    Error = 1,
    /// Something should be looked at.
    Warn = 2,
    /// What the library does, in a few lines.
    Info = 3,
    /// For whoever looks for a mistake.
    Debug = 4,
    /// Everything.
    Trace = 5,
}

/// Takes a message. `target` says which part of the library it is from, such as
/// "pgsluice::store". Both texts are valid until it returns. No message holds a password,
/// key or token.
///
/// It is called on the thread that the message is from, which may be one of the library's
/// own, but never on two at once. It must neither begin a job nor set or unset a log
/// callback: they fail with `PGSLUICE_STATUS_INVALID_INPUT` there.
pub type pgsluice_log_callback = Option<
    unsafe extern "C" fn(
        level: pgsluice_log_level,
        target: pgsluice_string,
        message: pgsluice_string,
        userdata: *mut c_void,
    ),
>;

/// The callback. Whoever calls it holds the lock, and who unsets it waits for that.
static LISTENER: Mutex<Listener> = Mutex::new(Listener {
    callback: Callback {
        function: None,
        userdata: std::ptr::null_mut(),
    },
    filter: None,
});

type Filter = reload::Handle<Targets, Registry>;

struct Listener {
    callback: Callback<pgsluice_log_callback>,
    /// There once the library has begun to listen to itself.
    filter: Option<Filter>,
}

// SAFETY: what `userdata` points to may be used on any thread, one at a time: so it says
// where it is set.
unsafe impl Send for Listener {}

thread_local! {
    static INSIDE_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

/// Has `callback` take the messages of all jobs of this process, from those that matter most
/// down to `level`, one of `pgsluice_log_level`. Of the libraries inside only
/// warnings and errors are among them. It takes the place of one that was set before.
///
/// What `userdata` points to must be good to use on any thread, and stay until
/// `pgsluice_log_unset` has returned.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_log_set(
    callback: pgsluice_log_callback,
    level: i32,
    userdata: *mut c_void,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        let function = Some(given("callback", callback)?);
        let targets = targets(level)?;
        set(Callback { function, userdata }, targets)
    })
}

/// Has no callback take messages any more. When it has returned, none is called.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_log_unset(
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    let nothing = Targets::new().with_default(LevelFilter::OFF);
    guard(error, || set(Callback::default(), nothing))
}

/// Fails in a log callback: what would log there waits for itself.
pub(crate) fn refuse_inside_callback() -> Result<()> {
    match INSIDE_CALLBACK.get() {
        false => Ok(()),
        true => Err(
            invalid("this cannot be done inside a log callback".to_owned())
                .with_hint("Keep the message, and do it when the callback has returned."),
        ),
    }
}

fn set(callback: Callback<pgsluice_log_callback>, targets: Targets) -> Result<()> {
    refuse_inside_callback()?;
    // The lock is not kept for what follows, which asks every place that logs: one may be
    // waiting for it.
    let filter = exchange(callback)?;
    filter.reload(targets).map_err(|cause| {
        Error::new(ErrorKind::Internal, "changing the log level").with_source(cause)
    })
}

/// Sets the callback, and returns the filter before it.
fn exchange(callback: Callback<pgsluice_log_callback>) -> Result<Filter> {
    let mut listener = LISTENER.lock().unwrap_or_else(PoisonError::into_inner);
    let filter = match &listener.filter {
        Some(filter) => filter.clone(),
        None => listen()?,
    };
    listener.callback = callback;
    listener.filter = Some(filter.clone());
    Ok(filter)
}

/// Begins to listen to what the library tells.
fn listen() -> Result<Filter> {
    let (filter, handle) = reload::Layer::new(Targets::new());
    let subscriber = tracing_subscriber::registry().with(filter).with(Forward);
    tracing::subscriber::set_global_default(subscriber).map_err(|cause| {
        Error::new(
            ErrorKind::InvalidInput,
            "the program listens to the library's messages already",
        )
        .with_source(cause)
        .with_hint("It has set a subscriber of the Rust crate tracing, which gets them.")
    })?;
    Ok(handle)
}

fn targets(level: i32) -> Result<Targets> {
    let level = match level {
        1 => LevelFilter::ERROR,
        2 => LevelFilter::WARN,
        3 => LevelFilter::INFO,
        4 => LevelFilter::DEBUG,
        5 => LevelFilter::TRACE,
        other => {
            return Err(invalid(format!("{other} is not a log level")).with_hint(
                "They go from PGSLUICE_LOG_LEVEL_ERROR, 1, to PGSLUICE_LOG_LEVEL_TRACE, 5.",
            ));
        }
    };
    Ok(Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("pgsluice", level))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
}

/// Hands events to the callback.
struct Forward;

impl<S: Subscriber> Layer<S> for Forward {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        // The callback's own doing is not told to it: it would wait for itself.
        if INSIDE_CALLBACK.get() {
            return;
        }
        let mut line = Line::default();
        event.record(&mut line);
        let metadata = event.metadata();
        let (target, message) = (Text::new(metadata.target()), Text::new(&line.text()));
        let listener = LISTENER.lock().unwrap_or_else(PoisonError::into_inner);
        let callback = listener.callback;
        let Some(function) = callback.function else {
            return;
        };
        INSIDE_CALLBACK.set(true);
        // SAFETY: the program has set both together; the texts stay for the call, and the
        // lock is held, so that no other thread calls it and nobody unsets it.
        unsafe {
            function(
                level_of(metadata.level()),
                target.lend(),
                message.lend(),
                callback.userdata,
            );
        }
        INSIDE_CALLBACK.set(false);
    }
}

fn level_of(level: &Level) -> pgsluice_log_level {
    match *level {
        Level::ERROR => pgsluice_log_level::Error,
        Level::WARN => pgsluice_log_level::Warn,
        Level::INFO => pgsluice_log_level::Info,
        Level::DEBUG => pgsluice_log_level::Debug,
        Level::TRACE => pgsluice_log_level::Trace,
    }
}

/// An event as text: the message, then its fields.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Line {
    fn text(self) -> String {
        self.message + &self.fields
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
