//! Where results and errors are printed, and in which form.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

/// The stream that a command's results go to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Results {
    json: bool,
    to_stderr: bool,
}

impl Results {
    /// Results on standard output.
    pub(super) fn to_stdout(json: bool) -> Self {
        Self {
            json,
            to_stderr: false,
        }
    }

    /// Results on standard error: standard output is taken.
    pub(super) fn to_stderr(json: bool) -> Self {
        Self {
            json,
            to_stderr: true,
        }
    }

    /// Whether one JSON object is wanted.
    pub(super) fn json(self) -> bool {
        self.json
    }

    /// Prints text that ends in a line feed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if it cannot be written, a closed pipe included.
    pub(super) fn print(self, text: &str) -> Result<()> {
        let (name, written) = if self.to_stderr {
            ("standard error", write_all(io::stderr().lock(), text))
        } else {
            ("standard output", write_all(io::stdout().lock(), text))
        };
        written.map_err(|error| {
            let kind = match error.kind() {
                io::ErrorKind::StorageFull => ErrorKind::StorageFull,
                _ => ErrorKind::Storage,
            };
            Error::new(kind, format!("writing to {name}")).with_source(error)
        })
    }

    /// Prints `value` as one line of JSON.
    ///
    /// # Errors
    ///
    /// As [`print`](Self::print).
    pub(super) fn print_json(self, value: &impl Serialize) -> Result<()> {
        let json = serde_json::to_string(value)
            .map_err(|error| Error::new(ErrorKind::Internal, "writing JSON").with_source(error))?;
        self.print(&(json + "\n"))
    }

    /// Prints an error, for people to standard error and with `--json` for
    /// programs too. Returns the exit code.
    pub(super) fn failure(self, error: &Error) -> ExitCode {
        // Nobody is left to be told if this fails.
        let _ = write_all(io::stderr().lock(), &error_text(error));
        if self.json {
            let _ = self.print_error_json(error);
        }
        ExitCode::from(error.kind().exit_code())
    }

    /// Prints an error for programs.
    ///
    /// # Errors
    ///
    /// As [`print`](Self::print).
    pub(super) fn print_error_json(self, error: &Error) -> Result<()> {
        self.print_json(&ErrorReport { error })
    }
}

fn write_all(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// An error for people: what happened, and on the next line what to do about it.
fn error_text(error: &Error) -> String {
    let mut text = format!("pgsluice: error: {}\n", error.full());
    if let Some(hint) = error.hint() {
        text.push_str(&format!("hint: {hint}\n"));
    }
    text
}

/// An error for programs: `{"error":{…}}`.
#[derive(Serialize)]
struct ErrorReport<'a> {
    error: &'a Error,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> Error {
        Error::new(ErrorKind::Permission, "permission denied for table t")
            .with_hint("Grant SELECT on it.")
            .with_sqlstate("42501")
            .context("copying \"public\".\"t\"")
    }

    #[test]
    fn error_text_has_the_whole_chain_and_the_hint() {
        assert_eq!(
            error_text(&refused()),
            "pgsluice: error: copying \"public\".\"t\": permission denied for table t\n\
             hint: Grant SELECT on it.\n"
        );
    }

    #[test]
    fn error_without_hint_is_one_line() {
        let error = Error::new(ErrorKind::Cancelled, "cancelled");
        assert_eq!(error_text(&error), "pgsluice: error: cancelled\n");
    }
}
