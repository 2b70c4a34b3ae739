//! Running `pgsluice restore` as its users do: as a process.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::cluster::{Database, cluster};
use crate::support::program::pgsluice;
use crate::support::s3::S3Server;

/// Nothing takes that long; whatever does, hangs.
const DEADLINE: Duration = Duration::from_secs(120);

/// What a panic exits with.
const PANIC: i32 = 101;

/// The program with its arguments, and none of the caller's settings.
pub(crate) struct Program(Command);

impl Program {
    /// `pgsluice restore --force ARCHIVE TARGET`
    pub(crate) fn restore(archive: impl AsRef<Path>, target: &Database<'_>) -> Self {
        Self::unforced(archive, &target.url()).args(["--force"])
    }

    /// `pgsluice restore ARCHIVE TARGET`, which asks.
    pub(crate) fn unforced(archive: impl AsRef<Path>, target: &str) -> Self {
        Self(pgsluice(&["restore", text(archive.as_ref()), target]))
    }

    /// `pgsluice list ARCHIVE`
    pub(crate) fn list(archive: impl AsRef<Path>) -> Self {
        Self(pgsluice(&["list", text(archive.as_ref())]))
    }

    /// More arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.0.args(args);
        self
    }

    /// A variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// With what it takes to reach this store.
    pub(crate) fn reading_from(mut self, server: &S3Server) -> Self {
        self.0.envs(server.env());
        self
    }

    /// With this as standard input instead of nothing.
    pub(crate) fn stdin(mut self, input: impl Into<Stdio>) -> Self {
        self.0.stdin(input);
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Outcome {
        self.start().end()
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Running {
        self.0.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.0.spawn().unwrap();
        Running {
            stdout: Some(collect(child.stdout.take().unwrap())),
            stderr: Some(collect(child.stderr.take().unwrap())),
            child,
        }
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Restores an archive into a new database. Any failure ends the test.
pub(crate) fn restored(archive: impl AsRef<Path>, flags: &[&str]) -> Database<'static> {
    let database = cluster().create_database("restored");
    Program::restore(archive, &database)
        .args(flags)
        .run()
        .done();
    database
}

/// The program while it runs. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Running {
    /// Sends the signal called, for example, `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.child.id())])
            .status();
        assert!(sent.unwrap().success(), "kill -{name}");
    }

    /// Waits for the end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Outcome {
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begin.elapsed() < DEADLINE, "the program hangs");
            thread::sleep(Duration::from_millis(5));
        };
        let outcome = Outcome {
            code: status.code(),
            stdout: self.stdout.take().unwrap().join().unwrap(),
            stderr: self.stderr.take().unwrap().join().unwrap(),
        };
        assert!(
            outcome.code.is_some_and(|code| code != PANIC),
            "crashed: {outcome:?}"
        );
        assert!(!outcome.stderr.contains("panicked at"), "{outcome:?}");
        outcome
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Neither matters to a program that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// How the program ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// None: killed by a signal.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// It must have succeeded.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// It must have failed with this code and one message that has all of `facts`.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, facts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stderr.matches("error: ").count(), 1, "{self:?}");
        for fact in facts {
            assert!(self.stderr.contains(fact), "no {fact:?} in {self:?}");
        }
    }

    /// Standard output, which must be one line with one JSON object.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// Names of the entries that a report says could not be restored.
    #[track_caller]
    pub(crate) fn failures(&self) -> Vec<String> {
        let report = self.json();
        let failures = report["failures"].as_array().unwrap().iter();
        let name = |failure: &Value| {
            let fact = |key: &str| failure[key].as_str().unwrap().to_owned();
            format!("{} {}", fact("desc"), fact("tag"))
        };
        failures.map(name).collect()
    }
}
