//! Listing an archive: reading what it says it holds, and nothing of its data; and
//! reading the manifest beside it.
//!
//! Header and table of contents stand at the beginning of an archive. They are
//! read in pieces that grow until the table is complete, so that a small
//! archive costs one request and a huge one few; what follows is never read.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! use pgsluice::archive::Listing;
//! use pgsluice::cancel::Cancel;
//! use pgsluice::list::{List, ListOptions};
//!
//! let options = ListOptions::new("-".parse()?);
//! let list = List::new(options)?.with_reader(Box::new(&b"-- SQL"[..]));
//! let error = list.run(&Cancel::new()).await.map(|archive| Listing::new(&archive).text("UTC"));
//! assert!(error.is_err_and(|error| error.full().contains("is not an archive")));
//! # Ok(())
//! # })
//! # }
//! ```

mod manifest;

use std::fmt;
use std::io::Read;

pub use manifest::ReadManifest;
use serde::{Deserialize, Serialize};

use crate::archive::Archive;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::store::{Location, S3Options};
use crate::unpack::{OpenArchive, OpenOptions};

/// The options of a listing. Field names are the same in JSON and in every binding.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ListOptions {
    /// The archive: `s3://bucket/key`, a path, or `-` for a reader. Of a directory
    /// archive, its directory or prefix.
    pub archive: Location,
    /// How to reach the object store, for an `s3://` archive.
    #[serde(default)]
    pub s3: S3Options,
}

impl ListOptions {
    /// Options to list `archive`.
    pub fn new(archive: Location) -> Self {
        Self {
            archive,
            s3: S3Options::default(),
        }
    }
}

/// A listing that has not begun.
pub struct List {
    options: ListOptions,
    reader: Option<Box<dyn Read + Send>>,
}

impl List {
    /// Prepares a listing. Nothing is opened yet.
    ///
    /// # Errors
    ///
    /// None yet: as for every job, options that do not go together would be refused here.
    pub fn new(options: ListOptions) -> Result<Self> {
        Ok(Self {
            options,
            reader: None,
        })
    }

    /// Reads the archive from `reader`, for an archive that is called `-`.
    #[must_use]
    pub fn with_reader(mut self, reader: Box<dyn Read + Send>) -> Self {
        self.reader = Some(reader);
        self
    }

    /// Reads header and table of contents. [`Listing`](crate::archive::Listing)
    /// puts them into the form of `pg_restore -l`.
    ///
    /// Runs on the caller's tokio runtime; the reader of a `-` archive is read
    /// on a blocking thread.
    ///
    /// # Errors
    ///
    /// The storage kinds; [`ErrorKind::CorruptArchive`](crate::ErrorKind::CorruptArchive) if it is no archive or a
    /// damaged one; [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for archive versions this release
    /// does not know; [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    pub async fn run(self, cancel: &Cancel) -> Result<Archive> {
        let open = OpenArchive::open(OpenOptions {
            location: &self.options.archive,
            s3: &self.options.s3,
            stream: self.reader,
        });
        Ok(cancel.guard(open).await?.archive)
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
