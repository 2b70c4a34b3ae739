//! Running the command line program as its users do: as a process.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::s3::S3Server;

/// Nothing takes that long; whatever does, hangs.
const DEADLINE: Duration = Duration::from_secs(120);

/// Whoever looks for a server there finds none: what fails without naming it has
/// failed before.
pub(crate) const NO_SERVER: &str = "postgresql://postgres@127.0.0.1:1/shop";

/// The program with its arguments, and none of the caller's settings.
pub(crate) struct Program(Command);

impl Program {
    /// `pgsluice dump SOURCE TARGET`
    pub(crate) fn dump(source: &str, target: &str) -> Self {
        Self::with_args(Command::new(env!("CARGO_BIN_EXE_pgsluice")), "dump").args([source, target])
    }

    /// `pgsluice list ARCHIVE`
    pub(crate) fn list(archive: &str) -> Self {
        Self::with_args(Command::new(env!("CARGO_BIN_EXE_pgsluice")), "list").args([archive])
    }

    /// The same as a shell command, after which the program comes as `"$@"`.
    pub(crate) fn behind(mut self, mut wrapper: Command, script: &str) -> Self {
        wrapper.args(["sh", "-c", script, "sh"]);
        wrapper.arg(self.0.get_program()).args(self.0.get_args());
        for (name, value) in self.0.get_envs() {
            match value {
                Some(value) => wrapper.env(name, value),
                None => wrapper.env_remove(name),
            };
        }
        self.0 = wrapper;
        self
    }

    fn with_args(mut command: Command, job: &str) -> Self {
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if ["PG", "AWS_", "RUST_LOG"]
                .iter()
                .any(|own| name.starts_with(own))
            {
                command.env_remove(&name);
            }
        }
        command.arg(job);
        Self(command)
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
    pub(crate) fn storing_in(mut self, server: &S3Server) -> Self {
        self.0.envs(server.env());
        self
    }

    /// In this working directory.
    pub(crate) fn within(mut self, directory: &Path) -> Self {
        self.0.current_dir(directory);
        self
    }

    /// With standard output in this file instead of a pipe to the test.
    pub(crate) fn stdout(self, stdout: impl Into<Stdio>) -> Running {
        self.spawn(stdout.into())
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Outcome {
        self.start().end()
    }

    /// Starts it.
    pub(crate) fn start(self) -> Running {
        self.spawn(Stdio::piped())
    }

    fn spawn(mut self, stdout: Stdio) -> Running {
        let mut child = self
            .0
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Running {
            stderr: Some(collect(child.stderr.take().unwrap())),
            child,
        }
    }
}

/// The program while it runs. Dropping it kills it.
pub(crate) struct Running {
    pub(crate) child: Child,
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
    pub(crate) fn end(mut self) -> Outcome {
        let stdout = self.child.stdout.take().map(collect);
        let mut outcome = self.end_unread();
        outcome.stdout = stdout.map_or_else(String::new, |thread| thread.join().unwrap());
        outcome
    }

    /// The same without reading its standard output.
    pub(crate) fn end_unread(mut self) -> Outcome {
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begin.elapsed() < DEADLINE, "the program hangs");
            thread::sleep(Duration::from_millis(10));
        };
        Outcome {
            code: status.code(),
            stdout: String::new(),
            stderr: self.stderr.take().unwrap().join().unwrap(),
        }
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

    /// Advice was given, and it says this.
    #[track_caller]
    pub(crate) fn hinted(&self, advice: &str) {
        let (_, hint) = self.stderr.split_once("\nhint: ").expect("a hint");
        assert!(hint.contains(advice), "no {advice:?} in {self:?}");
    }

    /// Standard output, which must be one line with one JSON object.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }
}
