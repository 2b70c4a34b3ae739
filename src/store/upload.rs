//! One object on its way into a store, part by part.

use std::fmt;

use bytes::Bytes;
use serde::Serialize;

use super::directory::MemberFile;
use super::file::FileUpload;
use super::s3::S3Upload;
use super::stream::StreamUpload;
use crate::error::{Error, ErrorKind, Result};

/// An object that is being stored. It appears when [`finish`](Self::finish)
/// returns, and not before.
///
/// Must be used on the tokio runtime it was begun on. Of a file, dropping an
/// upload leaves nothing behind; of an S3 object, parts stay in the store and
/// cost money until [`abort`](Self::abort) removes them.
///
/// Any call but `finish` may be cancelled by dropping its future; after that,
/// and after an error, `abort` is the only call left.
pub struct Upload {
    part_size: usize,
    size: u64,
    parts: Vec<StoredPart>,
    sink: Sink,
}

pub(super) enum Sink {
    S3(Box<S3Upload>),
    File(FileUpload),
    /// A file of a directory, which appears with it.
    Member(MemberFile),
    Stream(StreamUpload),
}

/// What was stored.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct StoredObject {
    /// Size in bytes.
    pub size: u64,
    /// The store's tag for this content; files and streams have none.
    pub e_tag: Option<String>,
    /// Size of every part but the last, in bytes.
    pub part_size: usize,
    /// The parts in order.
    pub parts: Vec<StoredPart>,
}

/// One part of a stored object.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct StoredPart {
    /// Size in bytes.
    pub size: usize,
}

impl Upload {
    /// S3 takes no more parts than this in one upload.
    pub const MAX_PARTS: usize = 10_000;

    pub(super) fn new(part_size: usize, sink: Sink) -> Self {
        Self {
            part_size,
            size: 0,
            parts: Vec::new(),
            sink,
        }
    }

    /// Stores the next part. Every part must have the size the upload was begun
    /// with, except the last, which may be smaller but not empty.
    ///
    /// Returns before the part is stored, unless too many are on their way: at
    /// most [`parts_in_flight`](super::S3Options::parts_in_flight) and the one
    /// being handed over are in memory.
    ///
    /// # Errors
    ///
    /// One of the storage kinds, for this part or an earlier one;
    /// [`ErrorKind::Internal`] if the rule about sizes is broken.
    pub async fn put(&mut self, part: Bytes) -> Result<()> {
        self.admit(part.len())?;
        match &mut self.sink {
            Sink::S3(upload) => upload.put(part).await,
            Sink::File(upload) => upload.put(&part),
            Sink::Member(file) => file.put(&part),
            Sink::Stream(upload) => upload.put(&part),
        }
    }

    /// Waits until the parts handed over are stored. Unlike
    /// [`finish`](Self::finish), which does the same first, it may be cancelled.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    pub async fn flush(&mut self) -> Result<()> {
        match &mut self.sink {
            Sink::S3(upload) => upload.flush().await,
            Sink::File(_) | Sink::Member(_) | Sink::Stream(_) => Ok(()),
        }
    }

    /// Bytes put so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes in memory that only [`finish`](Self::finish) stores.
    pub fn held(&self) -> usize {
        match &self.sink {
            Sink::S3(upload) => upload.held(),
            Sink::File(_) | Sink::Member(_) | Sink::Stream(_) => 0,
        }
    }

    /// Waits until a part that was handed over fails, and for ever if none does:
    /// for whoever has to wait long for the next part.
    pub async fn failure(&mut self) -> Error {
        match &mut self.sink {
            Sink::S3(upload) => upload.failure().await,
            Sink::File(_) | Sink::Member(_) | Sink::Stream(_) => std::future::pending().await,
        }
    }

    /// Makes the object appear. On failure whatever was stored is removed.
    ///
    /// # Errors
    ///
    /// One of the storage kinds; [`ErrorKind::StorageExists`] if somebody else
    /// created the object meanwhile and overwriting was not asked for.
    pub async fn finish(self) -> Result<StoredObject> {
        let e_tag = match self.sink {
            Sink::S3(upload) => upload.finish(self.size).await?,
            Sink::File(upload) => upload.finish().map(|()| None)?,
            Sink::Member(_) => None,
            Sink::Stream(upload) => upload.finish().map(|()| None)?,
        };
        Ok(StoredObject {
            size: self.size,
            e_tag,
            part_size: self.part_size,
            parts: self.parts,
        })
    }

    /// Removes what was stored so far; what went into a stream cannot be taken
    /// back. A failure to do so is logged and not returned, since the caller has
    /// an error to report already. Takes at most half a minute.
    pub async fn abort(self) {
        match self.sink {
            Sink::S3(upload) => upload.abort().await,
            // Dropping removes the partial file.
            Sink::File(_) | Sink::Member(_) | Sink::Stream(_) => {}
        }
    }

    fn admit(&mut self, size: usize) -> Result<()> {
        let follows_short_part = self
            .parts
            .last()
            .is_some_and(|last| last.size < self.part_size);
        if size == 0 || size > self.part_size || follows_short_part {
            return Err(Error::new(
                ErrorKind::Internal,
                format!(
                    "part {} has {size} bytes, expected {}",
                    self.parts.len() + 1,
                    self.part_size
                ),
            ));
        }
        if matches!(self.sink, Sink::S3(_)) && self.parts.len() == Self::MAX_PARTS {
            return Err(Error::new(
                ErrorKind::Storage,
                format!(
                    "the archive needs more than {} parts of {} bytes, the most S3 takes",
                    Self::MAX_PARTS,
                    self.part_size
                ),
            )
            .with_hint("Choose a larger part size."));
        }
        self.parts.push(StoredPart { size });
        self.size += size as u64;
        Ok(())
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("part_size", &self.part_size)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
