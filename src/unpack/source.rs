//! The bytes of an archive from its beginning, as many at a time as asked for.

use std::io::{ErrorKind as IoErrorKind, Read};

use bytes::Bytes;

use crate::error::{Error, ErrorKind, Result};
use crate::store::Reader;

/// An archive that is read from its beginning on.
pub(super) enum Source {
    /// Stored: read in ranges.
    Stored { reader: Reader, offset: u64 },
    /// Read as it comes; none while a read is under way, or after one panicked.
    Stream(Option<Box<dyn Read + Send>>),
}

impl Source {
    pub(super) fn stored(reader: Reader) -> Self {
        Self::Stored { reader, offset: 0 }
    }

    pub(super) fn stream(reader: Box<dyn Read + Send>) -> Self {
        Self::Stream(Some(reader))
    }

    /// Reads up to `len` bytes; none at the end.
    pub(super) async fn next(&mut self, len: usize) -> Result<Bytes> {
        match self {
            Self::Stored { reader, offset } => {
                let bytes = reader.read_range(*offset, len).await?;
                *offset += bytes.len() as u64;
                Ok(bytes)
            }
            Self::Stream(slot) => {
                let Some(reader) = slot.take() else {
                    return Ok(Bytes::new());
                };
                // A pipe may stay silent for long: the caller's runtime must not wait for it.
                let reading = tokio::task::spawn_blocking(move || read_some(reader, len));
                let (reader, bytes) = reading.await.map_err(|error| {
                    Error::new(ErrorKind::Internal, "reading the stream").with_source(error)
                })??;
                *slot = Some(reader);
                Ok(bytes)
            }
        }
    }
}

type Stream = Box<dyn Read + Send>;

/// Reads once, so that what has arrived is looked at before more is waited for.
fn read_some(mut reader: Stream, len: usize) -> Result<(Stream, Bytes)> {
    let mut buffer = vec![0; len];
    loop {
        match reader.read(&mut buffer) {
            Ok(read) => {
                buffer.truncate(read);
                return Ok((reader, buffer.into()));
            }
            Err(error) if error.kind() == IoErrorKind::Interrupted => {}
            Err(error) => {
                return Err(Error::new(ErrorKind::Storage, "reading the stream").with_source(error));
            }
        }
    }
}
