//! Outcomes as JSON that JavaScript reads without losing a digit.

use std::io::{self, Write};

use pgsluice::{Error, ErrorKind, Result};
use serde::Serialize;
use serde_json::ser::Formatter;

/// `{"report": …}` or `{"error": …}`.
pub(crate) fn outcome<T: Serialize>(ended: Result<T>) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Outcome<T> {
        Report(T),
        Error(Error),
    }
    let outcome = match ended {
        Ok(report) => Outcome::Report(report),
        Err(error) => Outcome::Error(error),
    };
    json(&outcome).unwrap_or_else(|cause| {
        let error = Error::new(ErrorKind::Internal, "writing the outcome as JSON");
        // An error is five short fields: it can be written if anything can.
        json(&Outcome::<()>::Error(error.with_source(cause))).unwrap_or_default()
    })
}

/// A value as JSON, with integers above [`MAX_SAFE_INTEGER`] [marked](Exact).
///
/// # Errors
///
/// Whatever keeps serde from writing the value; nothing does with reports.
pub(crate) fn json<T: Serialize>(value: &T) -> serde_json::Result<String> {
    let mut text = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut text, Exact,
    ))?;
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

/// The largest integer up to which a JavaScript number holds every one: 2^53 - 1.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Writes larger integers as strings that begin with half of a surrogate pair, which no
/// text of Rust's can hold: JavaScript knows them by it, and makes a `bigint` of them.
struct Exact;

impl Formatter for Exact {
    fn write_u64<W: ?Sized + Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        if value <= MAX_SAFE_INTEGER {
            write!(writer, "{value}")
        } else {
            write!(writer, "\"\\ud800{value}\"")
        }
    }
}
