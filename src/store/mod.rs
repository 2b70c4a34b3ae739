//! Where archives are kept: objects in S3, files, streams.
//!
//! A [`Location`] says where, a [`Store`] is the way there. An object goes in as
//! an [`Upload`], part by part, and appears complete or not at all; it is read
//! through a [`Reader`]. Small companions of an archive (its manifest, its
//! digest) are [siblings](Store::sibling), stored in [one piece](Store::put_small).
//!
//! | | S3 | file | stream |
//! |---|---|---|---|
//! | until complete | a multipart upload, unseen | `<name>.partial`, locked | read as it comes |
//! | one part or less | one plain PUT | the same | the same |
//! | an existing target | refused, or replaced at once | refused, or replaced at once | |
//! | after a failure | upload aborted | `.partial` removed | nothing can be done |
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("x.dump");
//! # let path = path.to_str().ok_or("odd path")?;
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use pgsluice::store::{S3Options, Store};
//!
//! let store = Store::open(&path.parse()?, &S3Options::default())?;
//! store.preflight(false).await?;
//! let mut upload = store.begin(8 << 20, false)?;
//! upload.put("an archive".into()).await?;
//! let stored = upload.finish().await?;
//! assert_eq!(stored.size, 10);
//! assert_eq!(store.reader().await?.read_range(3, 7).await?, "archive");
//! # Ok(())
//! # })
//! # }
//! ```

mod directory;
mod file;
mod location;
mod reader;
mod s3;
mod stream;
mod upload;

use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

pub use directory::{Contents, Directory, DirectoryUpload, MAX_COMPLETING_BYTES, Site};
pub use location::Location;
pub use reader::{ObjectVersion, Reader};
pub use s3::{CredentialSource, S3Options};
pub use upload::{StoredObject, StoredPart, Upload};

use file::FileUpload;
use s3::{S3Object, S3Upload};
use stream::StreamUpload;
use upload::Sink;

use crate::error::{Error, ErrorKind, Result};

/// The way to one location. Opening it touches neither network nor disk.
///
/// May be shared between threads and runtimes: every operation makes its own
/// connections.
pub struct Store {
    location: Location,
    backend: Backend,
}

enum Backend {
    S3(S3Object),
    File(PathBuf),
    /// Taken by the first upload.
    Stream(Mutex<Option<Box<dyn Write + Send>>>),
}

impl Store {
    /// The smallest part S3 takes, unless it is the last.
    pub const MIN_PART_SIZE: usize = 5 << 20;

    /// A store for an object or a file. `options` matter to S3 only.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if the options cannot be used, or for a
    /// stream, which [`Store::stream`] is for; [`ErrorKind::StorageDenied`] if
    /// there is nowhere to get credentials from.
    pub fn open(location: &Location, options: &S3Options) -> Result<Self> {
        location.check_names_object()?;
        let backend = match location {
            Location::S3 { bucket, key } => {
                Backend::S3(S3Object::new(bucket, key, options.clone())?)
            }
            Location::File(path) => Backend::File(path.clone()),
            Location::Stream => return Err(no_stream("is not opened by name")),
        };
        Ok(Self {
            location: location.clone(),
            backend,
        })
    }

    /// A store that writes one object to `writer`.
    pub fn stream(writer: Box<dyn Write + Send>) -> Self {
        Self {
            location: Location::Stream,
            backend: Backend::Stream(Mutex::new(Some(writer))),
        }
    }

    /// Where this store leads.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The store of a companion object: see [`Location::sibling`].
    pub fn sibling(&self, suffix: &str) -> Option<Self> {
        let location = self.location.sibling(suffix)?;
        let backend = match &self.backend {
            Backend::S3(object) => Backend::S3(object.sibling(suffix)),
            Backend::File(path) => Backend::File(location::with_suffix(path, suffix)),
            Backend::Stream(_) => return None,
        };
        Some(Self { location, backend })
    }

    /// Finds out, before any work is done, whether an upload would succeed: that
    /// the store answers, knows the credentials and lets them write; that bucket
    /// or directory exist; that the target does not, unless `overwrite`.
    ///
    /// At S3 this begins a multipart upload and aborts it.
    ///
    /// # Errors
    ///
    /// One of the storage kinds, the one a later upload would end with.
    pub async fn preflight(&self, overwrite: bool) -> Result<()> {
        match &self.backend {
            Backend::S3(object) => object.connect()?.preflight(overwrite).await,
            // The partial file goes when the upload is dropped.
            Backend::File(path) => FileUpload::begin(path, overwrite).map(drop),
            Backend::Stream(_) => Ok(()),
        }
    }

    /// Begins to store the object, in parts of `part_size` bytes. Without
    /// `overwrite` an existing object is left alone and is an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if S3 takes no parts of this size; the storage
    /// kinds for files; [`ErrorKind::Internal`] for a second upload into a stream.
    pub fn begin(&self, part_size: usize, overwrite: bool) -> Result<Upload> {
        if matches!(self.backend, Backend::S3(_)) {
            s3::check_part_size(part_size)?;
        }
        Ok(Upload::new(part_size, self.sink(part_size, overwrite)?))
    }

    /// Has at most so many parts of an upload on their way at a time, instead of
    /// [`S3Options::parts_in_flight`].
    pub fn limit_parts_in_flight(&mut self, most: usize) {
        if let Backend::S3(object) = &mut self.backend {
            object.limit_parts_in_flight(most);
        }
    }

    /// Stores a small object in one piece, atomically.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin) and [`Upload::finish`].
    pub async fn put_small(&self, bytes: Bytes, overwrite: bool) -> Result<StoredObject> {
        let mut upload = Upload::new(bytes.len(), self.sink(bytes.len(), overwrite)?);
        if !bytes.is_empty() {
            upload.put(bytes).await?;
        }
        upload.finish().await
    }

    /// Deletes the object. One that does not exist is no error.
    ///
    /// # Errors
    ///
    /// One of the storage kinds.
    pub async fn delete(&self) -> Result<()> {
        match &self.backend {
            Backend::S3(object) => object.connect()?.delete().await,
            Backend::File(path) => file::delete(path),
            Backend::Stream(_) => Ok(()),
        }
    }

    /// Opens the object for reading.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::StorageNotFound`] if there is none, and the other storage
    /// kinds; [`ErrorKind::InvalidInput`] for a stream, which has no ranges.
    pub async fn reader(&self) -> Result<Reader> {
        match &self.backend {
            Backend::S3(object) => Reader::open_s3(object.connect()?).await,
            Backend::File(path) => Reader::open_file(path),
            Backend::Stream(_) => Err(no_stream("cannot be read in ranges")),
        }
    }

    fn sink(&self, part_size: usize, overwrite: bool) -> Result<Sink> {
        match &self.backend {
            Backend::S3(object) => {
                let client = object.connect()?;
                let in_flight = object.parts_in_flight();
                let upload = S3Upload::new(client, part_size, in_flight, overwrite);
                Ok(Sink::S3(Box::new(upload)))
            }
            Backend::Stream(writer) => {
                let writer = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
                let writer = writer.ok_or_else(|| {
                    Error::new(ErrorKind::Internal, "a stream takes one upload only")
                })?;
                Ok(Sink::Stream(StreamUpload::new(writer)))
            }
            Backend::File(path) => Ok(Sink::File(FileUpload::begin(path, overwrite)?)),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.location).finish()
    }
}

/// Advice where the target exists.
const REPLACE_OR_RENAME: &str = "Choose another name, or replace it with overwrite (--overwrite).";

fn already_exists(name: impl fmt::Display) -> Error {
    Error::new(ErrorKind::StorageExists, format!("{name} exists")).with_hint(REPLACE_OR_RENAME)
}

fn no_stream(why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("a stream (-) {why}"))
        .with_hint("Name a file or an object.")
}
