//! An archive written to a stream, such as standard output.
//!
//! What is written is gone: nothing can be taken back, so a reader must look at
//! the exit code before it trusts what it read.

use std::io::{self, Write};

use crate::error::{Error, ErrorKind, Result};

/// A stream on its way.
pub(super) struct StreamUpload(Box<dyn Write + Send>);

impl StreamUpload {
    pub(super) fn new(writer: Box<dyn Write + Send>) -> Self {
        Self(writer)
    }

    pub(super) fn put(&mut self, part: &[u8]) -> Result<()> {
        self.0.write_all(part).map_err(stream_error)
    }

    pub(super) fn finish(mut self) -> Result<()> {
        self.0.flush().map_err(stream_error)
    }
}

fn stream_error(error: io::Error) -> Error {
    let (kind, context) = match error.kind() {
        io::ErrorKind::BrokenPipe => (
            ErrorKind::Storage,
            "writing to the stream: its reader went away",
        ),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
            ErrorKind::StorageFull,
            "writing to the stream: there is no room left",
        ),
        _ => (ErrorKind::Storage, "writing to the stream"),
    };
    Error::new(kind, context).with_source(error)
}
