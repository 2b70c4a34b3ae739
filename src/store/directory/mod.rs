//! Many files that appear together: a directory, or objects under a prefix.
//!
//! One of them, the *main file*, makes the others mean something: it comes last,
//! and without it the rest is nothing to anybody.
//!
//! | | S3 | local |
//! |---|---|---|
//! | until complete | objects under the prefix, the main file not among them | `<name>.partial/`, locked |
//! | small files | plain PUTs, several at a time | written as they come |
//! | a directory that holds something | refused, or replaced when the main file is | refused, or moved away for the new one |
//! | after a failure | what was stored is deleted, what was replaced is as it was | `.partial` removed |
//!
//! Only files that [`Contents::owns`] knows are ever replaced: a directory that
//! holds anything else is refused, lest `--overwrite` on `/home` be the end of it.

mod completions;
mod local;
mod prefix;

use std::fmt;
use std::path::PathBuf;

pub use completions::MAX_BYTES as MAX_COMPLETING_BYTES;

pub(super) use local::MemberFile;

use local::LocalUpload;
use prefix::{Prefix, PrefixUpload};

use super::s3::{self, S3Object};
use super::upload::{StoredObject, Upload};
use super::{Location, S3Options, Store, already_exists};
use crate::error::{Error, ErrorKind, Result};

/// What is kept in a directory.
#[derive(Clone, Copy, Debug)]
pub struct Contents {
    /// The file that is stored last.
    pub main: &'static str,
    /// Whether a file of this name, relative to the directory, is of the kind
    /// that is kept here.
    pub owns: fn(&str) -> bool,
}

/// The way to one directory. Opening it touches neither network nor disk.
pub struct Directory {
    location: Location,
    contents: Contents,
    backend: Backend,
}

enum Backend {
    S3(Prefix),
    Local(PathBuf),
}

/// What [`Directory::preflight`] found.
#[derive(Debug, Default)]
pub struct Site {
    /// What the names of files begin with, so that they lie beside those they
    /// replace: a number and `_`, or nothing. Only files that have one name go
    /// without.
    pub generation: String,
    /// What is there and will be replaced.
    replaced: Vec<String>,
}

impl Directory {
    /// A directory of files or a prefix of objects; a slash may end its name.
    /// `options` matter to S3 only.
    ///
    /// # Errors
    ///
    /// As [`Store::open`]; [`ErrorKind::InvalidInput`] for a stream.
    pub fn open(location: &Location, options: &S3Options, contents: Contents) -> Result<Self> {
        let location = location.without_slash();
        let backend = match &location {
            Location::S3 { bucket, key } => {
                let object = S3Object::new(bucket, key, options.clone())?;
                Backend::S3(Prefix::new(object, contents))
            }
            Location::File(path) => Backend::Local(path.clone()),
            Location::Stream => {
                return Err(
                    Error::new(ErrorKind::InvalidInput, "a stream (-) holds no directory")
                        .with_hint("Name a directory or s3://bucket/prefix."),
                );
            }
        };
        Ok(Self {
            location,
            contents,
            backend,
        })
    }

    /// Where this directory is, without a slash at the end.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The store of a companion object beside the directory: see [`Location::sibling`].
    pub fn sibling(&self, suffix: &str) -> Option<Store> {
        let location = self.location.sibling(suffix)?;
        let backend = match &self.backend {
            Backend::S3(prefix) => super::Backend::S3(prefix.object().sibling(suffix)),
            Backend::Local(path) => {
                super::Backend::File(super::location::with_suffix(path, suffix))
            }
        };
        Some(Store { location, backend })
    }

    /// Has at most so many parts on their way at a time, instead of
    /// [`S3Options::parts_in_flight`].
    pub fn limit_parts_in_flight(&mut self, most: usize) {
        if let Backend::S3(prefix) = &mut self.backend {
            prefix.limit_parts_in_flight(most);
        }
    }

    /// Finds out, before any work is done, whether an upload would succeed: as
    /// [`Store::preflight`], and that nothing is there, or nothing that may not
    /// be replaced.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::StorageExists`] if there is; the other storage kinds.
    pub async fn preflight(&self, overwrite: bool) -> Result<Site> {
        match &self.backend {
            Backend::S3(prefix) => prefix.preflight(overwrite).await,
            // What was begun goes when it is dropped.
            Backend::Local(path) => {
                LocalUpload::begin(path, self.contents, overwrite).map(|_| Site::default())
            }
        }
    }

    /// Begins to store files where [`preflight`](Self::preflight) found room.
    ///
    /// # Errors
    ///
    /// The storage kinds.
    pub fn begin(&self, site: Site, overwrite: bool) -> Result<DirectoryUpload> {
        Ok(DirectoryUpload(match &self.backend {
            Backend::S3(prefix) => Files::S3(Box::new(prefix.begin(site.replaced, overwrite)?)),
            Backend::Local(path) => {
                Files::Local(LocalUpload::begin(path, self.contents, overwrite)?)
            }
        }))
    }

    /// Deletes these files, the main one first. What cannot be deleted is logged.
    pub async fn delete(&self, files: Vec<String>) {
        match &self.backend {
            Backend::S3(prefix) => prefix.delete(files).await,
            Backend::Local(path) => local::delete(path, self.contents),
        }
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Directory").field(&self.location).finish()
    }
}

/// A directory that is being filled. It appears when [`finish`](Self::finish)
/// returns, and not before.
///
/// Must be used on the tokio runtime it was begun on. Any call but `finish` may
/// be cancelled by dropping its future; after that, and after an error,
/// [`abort`](Self::abort) is the only call left.
pub struct DirectoryUpload(Files);

enum Files {
    S3(Box<PrefixUpload>),
    Local(LocalUpload),
}

impl DirectoryUpload {
    /// Begins a file. Once its parts are flushed it goes to
    /// [`complete`](Self::complete), or the main file to [`finish`](Self::finish).
    ///
    /// # Errors
    ///
    /// As [`Store::begin`].
    pub fn begin_file(&mut self, name: &str, part_size: usize) -> Result<Upload> {
        match &mut self.0 {
            Files::S3(upload) => {
                s3::check_part_size(part_size)?;
                Ok(upload.begin_file(name, part_size))
            }
            Files::Local(upload) => upload.begin_file(name, part_size),
        }
    }

    /// Waits until there is room for one more file that holds `bytes` in memory.
    ///
    /// # Errors
    ///
    /// One of the storage kinds, for a file completed earlier.
    pub async fn room_for(&mut self, bytes: usize) -> Result<()> {
        match &mut self.0 {
            Files::S3(upload) => upload.room_for(bytes).await,
            Files::Local(_) => Ok(()),
        }
    }

    /// Completes a flushed file, in the background.
    pub fn complete(&mut self, name: &str, upload: Upload) {
        match &mut self.0 {
            Files::S3(files) => files.complete(name, upload),
            // It is written; the directory sees to it that it lasts.
            Files::Local(_) => drop(upload),
        }
    }

    /// Waits until all files are complete.
    ///
    /// # Errors
    ///
    /// One of the storage kinds.
    pub async fn flush(&mut self) -> Result<()> {
        match &mut self.0 {
            Files::S3(upload) => upload.flush().await,
            Files::Local(_) => Ok(()),
        }
    }

    /// Waits until the completion of a file fails, and for ever if none does.
    pub async fn failure(&mut self) -> Error {
        match &mut self.0 {
            Files::S3(upload) => upload.failure().await,
            Files::Local(_) => std::future::pending().await,
        }
    }

    /// Makes the directory appear, once flushed, with its main file. On failure
    /// whatever was stored is removed.
    ///
    /// # Errors
    ///
    /// One of the storage kinds; [`ErrorKind::StorageExists`] if somebody else
    /// put a directory there meanwhile and overwriting was not asked for.
    pub async fn finish(self, main: Upload) -> Result<StoredObject> {
        match self.0 {
            Files::S3(upload) => upload.finish(main).await,
            Files::Local(upload) => {
                let stored = main.finish().await?;
                upload.finish()?;
                Ok(stored)
            }
        }
    }

    /// Removes what was stored so far, but for uploads of files that were not
    /// completed, which have an abort of their own. A failure is logged, since
    /// the caller has an error to report already.
    pub async fn abort(self) {
        match self.0 {
            Files::S3(upload) => upload.abort().await,
            // Dropping removes the partial directory.
            Files::Local(_) => {}
        }
    }
}

impl fmt::Debug for DirectoryUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DirectoryUpload").finish_non_exhaustive()
    }
}

fn not_empty(name: impl fmt::Display) -> Error {
    already_exists(format!("something in {name}"))
}

/// Refuses to replace what is not ours to replace.
fn refuse_foreign(name: impl fmt::Display, found: &[String], contents: Contents) -> Result<()> {
    let Some(foreign) = found.iter().find(|file| !(contents.owns)(file)) else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::StorageExists,
        format!("{name} holds {foreign:?}, which is no part of an archive"),
    )
    .with_hint("Choose another place: overwrite (--overwrite) replaces archives and nothing else."))
}
