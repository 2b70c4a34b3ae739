//! Where an archive goes: one object, or a directory of them.

use std::io::Write;

use super::object::ObjectWriter;
use super::storage::StoredArchive;
use super::writer::ArchiveWriter;
use super::{DumpFormat, DumpOptions, companions};
use crate::archive::{TOC_FILE, is_archive_file};
use crate::error::Result;
use crate::progress::Progress;
use crate::store::{Contents, Directory, Location, Site, Store};

/// The place of an archive that is to be written.
pub(super) enum Target {
    Object(Store),
    Directory(Directory),
}

/// What a directory archive is made of.
const ARCHIVE: Contents = Contents {
    main: TOC_FILE,
    owns: is_archive_file,
};

impl Target {
    /// The target that the options name; `writer` is for the target `-`.
    pub(super) fn open(
        options: &DumpOptions,
        writer: Option<Box<dyn Write + Send>>,
    ) -> Result<Self> {
        let target = &options.target;
        if options.format == DumpFormat::Directory {
            let directory = Directory::open(target, &options.s3, ARCHIVE)?;
            return Ok(Self::Directory(directory));
        }
        Ok(Self::Object(match (target, writer) {
            (Location::Stream, Some(writer)) => Store::stream(writer),
            (target, _) => Store::open(target, &options.s3)?,
        }))
    }

    pub(super) fn location(&self) -> &Location {
        match self {
            Self::Object(store) => store.location(),
            Self::Directory(directory) => directory.location(),
        }
    }

    /// The store of a companion, beside the archive.
    pub(super) fn sibling(&self, suffix: &str) -> Option<Store> {
        match self {
            Self::Object(store) => store.sibling(suffix),
            Self::Directory(directory) => directory.sibling(suffix),
        }
    }

    /// Has at most so many parts on their way to the store at a time.
    pub(super) fn limit_parts_in_flight(&mut self, most: usize) {
        match self {
            Self::Object(store) => store.limit_parts_in_flight(most),
            Self::Directory(directory) => directory.limit_parts_in_flight(most),
        }
    }

    /// Finds out whether an archive could be written.
    pub(super) async fn preflight(&self, overwrite: bool) -> Result<Site> {
        match self {
            Self::Object(store) => store.preflight(overwrite).await.map(|()| Site::default()),
            Self::Directory(directory) => directory.preflight(overwrite).await,
        }
    }

    /// Begins to write an archive where the preflight found room.
    pub(super) fn begin(
        &self,
        site: Site,
        part_size: usize,
        overwrite: bool,
        progress: &Progress,
    ) -> Result<ArchiveWriter> {
        let (main, directory) = match self {
            Self::Object(store) => (store.begin(part_size, overwrite)?, None),
            Self::Directory(directory) => {
                let mut upload = directory.begin(site, overwrite)?;
                (upload.begin_file(TOC_FILE, part_size)?, Some(upload))
            }
        };
        let main = ObjectWriter::new(main, part_size);
        Ok(ArchiveWriter::new(main, directory, part_size, progress))
    }

    /// Removes an archive that was stored; what cannot be removed is logged.
    pub(super) async fn remove(&self, archive: &StoredArchive) {
        match self {
            Self::Object(store) => companions::remove(store).await,
            Self::Directory(directory) => {
                let files = archive.files.iter().map(|file| file.name.clone());
                directory.delete(files.collect()).await;
            }
        }
    }
}
