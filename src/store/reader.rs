//! Reading ranges of a stored object.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::file::io_error;
use super::s3::S3Client;
use crate::error::{Error, ErrorKind, Result};

/// A stored object, open for reading.
///
/// All ranges come from the same object: one that is replaced meanwhile is an
/// error, not a mixture. Must be used on the tokio runtime it was opened on.
pub struct Reader {
    size: u64,
    source: Source,
}

enum Source {
    S3 {
        client: S3Client,
        e_tag: Option<String>,
    },
    File {
        path: PathBuf,
        file: Mutex<File>,
    },
}

/// What tells a stored object from one that has taken its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectVersion {
    /// Bytes.
    pub size: u64,
    /// Of an object in S3, if the store tells one that can be compared.
    pub e_tag: Option<String>,
}

impl Reader {
    pub(super) async fn open_s3(client: S3Client) -> Result<Self> {
        let meta = client.stat().await?;
        Ok(Self {
            size: meta.size,
            source: Source::S3 {
                client,
                // Weak tags never match (RFC 9110, 13.1.1).
                e_tag: meta.e_tag.filter(|tag| !tag.starts_with("W/")),
            },
        })
    }

    pub(super) fn open_file(path: &Path) -> Result<Self> {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::new(
                ErrorKind::StorageNotFound,
                format!("{} does not exist", path.display()),
            )
            .with_hint("Correct the path."),
            _ => io_error("opening", path, error),
        })?;
        if !metadata.is_file() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!("{} is not a plain file", path.display()),
            ));
        }
        Ok(Self {
            size: metadata.len(),
            source: Source::File {
                path: path.to_owned(),
                file: Mutex::new(file),
            },
        })
    }

    /// The version of the object that is read.
    pub fn version(&self) -> ObjectVersion {
        ObjectVersion {
            size: self.size,
            e_tag: match &self.source {
                Source::S3 { e_tag, .. } => e_tag.clone(),
                Source::File { .. } => None,
            },
        }
    }

    /// Size of the object in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Reads `len` bytes from `offset`; fewer only where the object ends.
    ///
    /// # Errors
    ///
    /// One of the storage kinds.
    pub async fn read_range(&self, offset: u64, len: usize) -> Result<Bytes> {
        let end = self.size.min(offset.saturating_add(len as u64));
        if offset >= end {
            return Ok(Bytes::new());
        }
        match &self.source {
            Source::S3 { client, e_tag } => client.get_range(offset..end, e_tag.as_deref()).await,
            Source::File { path, file } => {
                // A panic between seek and read leaves nothing that the next seek does not mend.
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let mut bytes = vec![0; (end - offset) as usize];
                file.seek(SeekFrom::Start(offset))
                    .and_then(|_| file.read_exact(&mut bytes))
                    .map_err(|error| io_error("reading", path, error))?;
                Ok(bytes.into())
            }
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
