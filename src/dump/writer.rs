//! From the pipeline's steps to objects in the store.

use super::object::{Digests, ObjectWriter};
use crate::archive::{FileFacts, TOC_FILE};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::Step;
use crate::progress::Progress;
use crate::store::{DirectoryUpload, StoredObject};

/// Writes the objects of an archive, which appears as a whole or leaves nothing.
///
/// [`take`](Self::take) and [`flush`](Self::flush) may be cancelled by dropping
/// their futures; after that, and after an error, only [`abort`](Self::abort)
/// is left.
pub(super) struct ArchiveWriter {
    main: ObjectWriter,
    /// Where files go, and the main object with them.
    directory: Option<DirectoryUpload>,
    /// The file that is being written.
    file: Option<(String, ObjectWriter)>,
    files: Vec<FileFacts>,
    part_size: usize,
    progress: Progress,
}

/// What was written.
pub(super) struct Written {
    /// The main object.
    pub(super) object: StoredObject,
    /// Its digests.
    pub(super) digests: Digests,
    /// All files of a directory, the main one last; none of an archive that is one object.
    pub(super) files: Vec<FileFacts>,
}

impl ArchiveWriter {
    /// An archive that is the object `main`, or is in `directory` and `main` its main file.
    pub(super) fn new(
        main: ObjectWriter,
        directory: Option<DirectoryUpload>,
        part_size: usize,
        progress: &Progress,
    ) -> Self {
        Self {
            main,
            directory,
            file: None,
            files: Vec::new(),
            part_size,
            progress: progress.clone(),
        }
    }

    /// Takes one step.
    pub(super) async fn take(&mut self, step: Step) -> Result<()> {
        match step {
            Step::BeginFile(name) => {
                let upload = files_of(&mut self.directory)?.begin_file(&name, self.part_size)?;
                self.file = Some((name, ObjectWriter::new(upload, self.part_size)));
                Ok(())
            }
            Step::Write(bytes) => {
                self.object().write(&bytes).await?;
                self.progress.stored(bytes.len() as u64);
                Ok(())
            }
            Step::EndFile => self.end_file().await,
        }
    }

    /// Waits until everything is stored that can be before the archive appears.
    pub(super) async fn flush(&mut self) -> Result<()> {
        self.main.flush().await?;
        match &mut self.directory {
            Some(directory) => directory.flush().await,
            None => Ok(()),
        }
    }

    /// Waits until something on its way fails, and for ever if nothing does.
    pub(super) async fn failure(&mut self) -> Error {
        let object = match &mut self.file {
            Some((_, file)) => file,
            None => &mut self.main,
        };
        match &mut self.directory {
            Some(directory) => tokio::select! {
                error = object.failure() => error,
                error = directory.failure() => error,
            },
            None => object.failure().await,
        }
    }

    /// Makes the flushed archive appear. Of one that cannot, nothing is left.
    pub(super) async fn finish(self) -> Result<Written> {
        let (main, digests) = self.main.into_upload();
        let mut files = self.files;
        let object = match self.directory {
            None => main.finish().await?,
            Some(directory) => {
                let object = directory.finish(main).await?;
                files.push(FileFacts {
                    name: TOC_FILE.to_owned(),
                    size: object.size,
                    sha256: digests.sha256.clone(),
                });
                object
            }
        };
        Ok(Written {
            object,
            digests,
            files,
        })
    }

    /// Removes what was stored so far.
    pub(super) async fn abort(self) {
        if let Some((_, file)) = self.file {
            file.abort().await;
        }
        self.main.abort().await;
        if let Some(directory) = self.directory {
            directory.abort().await;
        }
    }

    /// The object that bytes go to.
    fn object(&mut self) -> &mut ObjectWriter {
        match &mut self.file {
            Some((_, file)) => file,
            None => &mut self.main,
        }
    }

    async fn end_file(&mut self) -> Result<()> {
        let directory = files_of(&mut self.directory)?;
        let Some((_, file)) = &mut self.file else {
            return Ok(());
        };
        file.flush().await?;
        directory.room_for(file.held()).await?;
        // From here on nothing waits, so that the file is always in somebody's care.
        if let Some((name, file)) = self.file.take() {
            let (upload, digests) = file.into_upload();
            self.files.push(FileFacts {
                name: name.clone(),
                size: upload.size(),
                sha256: digests.sha256,
            });
            directory.complete(&name, upload);
        }
        Ok(())
    }
}

fn files_of(directory: &mut Option<DirectoryUpload>) -> Result<&mut DirectoryUpload> {
    directory.as_mut().ok_or_else(|| {
        Error::new(
            ErrorKind::Internal,
            "an archive of one object was to get files",
        )
    })
}
