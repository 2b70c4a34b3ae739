//! An archive in a file: written beside its name, moved into place when complete.
//!
//! While it grows the archive is `<name>.partial`, locked. So a reader never sees
//! half an archive under its name, two dumps into one name do not mix, and what
//! a crashed dump left behind is written over by the next. The lock is the
//! operating system's and ends with the process.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::already_exists;
use super::location::with_suffix;
use crate::error::{Error, ErrorKind, Result};

/// A file on its way. Dropping it removes the `.partial`.
pub(super) struct FileUpload {
    target: PathBuf,
    partial: PathBuf,
    file: File,
    overwrite: bool,
}

impl FileUpload {
    /// Creates and locks the `.partial`, after making sure that the target's
    /// name is free or may be replaced.
    pub(super) fn begin(target: &Path, overwrite: bool) -> Result<Self> {
        check_target(target, overwrite)?;
        let partial = with_suffix(target, ".partial");
        Ok(Self {
            file: create_locked(&partial, target, open_or_create, claim)?,
            target: target.to_owned(),
            partial,
            overwrite,
        })
    }

    pub(super) fn put(&mut self, part: &[u8]) -> Result<()> {
        let written = self.file.write_all(part);
        written.map_err(|error| io_error("writing", &self.partial, error))
    }

    /// Makes the file appear under its name, on disk for good.
    pub(super) fn finish(self) -> Result<()> {
        let synced = self.file.sync_all();
        synced.map_err(|error| io_error("writing", &self.partial, error))?;
        if self.overwrite {
            let moved = fs::rename(&self.partial, &self.target);
            moved.map_err(|error| io_error("replacing", &self.target, error))?;
        } else {
            self.place()?;
        }
        let target = self.target.clone();
        drop(self);
        sync_parent(&target);
        Ok(())
    }

    /// Gives the file its name unless the name is taken, in one step: a rename
    /// would replace, a link does not.
    fn place(&self) -> Result<()> {
        let placed = match fs::hard_link(&self.partial, &self.target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // FAT and some network file systems have no links.
            Err(_) if !self.target.exists() => fs::rename(&self.partial, &self.target),
            outcome => outcome,
        };
        placed.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => already_exists(self.target.display()),
            _ => io_error("creating", &self.target, error),
        })
    }
}

impl Drop for FileUpload {
    fn drop(&mut self) {
        // Under the lock, which goes with the file only after this; and not if
        // the name is somebody else's by now.
        let removed = match is_named(&self.file, &self.partial) {
            Ok(true) => fs::remove_file(&self.partial),
            outcome => outcome.map(drop),
        };
        if let Err(error) = removed {
            tracing::warn!(path = %self.partial.display(), "removing a partial file: {error}");
        }
    }
}

/// Refuses a name that is taken, and anything that is not a plain file: moving
/// an archive over `/dev/null` would be the end of it.
fn check_target(target: &Path, overwrite: bool) -> Result<()> {
    match fs::metadata(target) {
        Ok(metadata) if !metadata.is_file() => Err(Error::new(
            ErrorKind::InvalidInput,
            format!("{} is not a plain file", target.display()),
        )
        .with_hint("Name a file, or write to - and redirect it.")),
        Ok(_) if !overwrite => Err(already_exists(target.display())),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io_error("checking", target, error)),
    }
}

fn open_or_create(partial: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(partial)
}

/// Locks `partial`, which `open` opens or creates, for a dump to `target`.
/// `claim` says whether what has been locked will do.
pub(super) fn create_locked(
    partial: &Path,
    target: &Path,
    open: impl Fn(&Path) -> io::Result<File>,
    claim: impl Fn(&File, &Path) -> io::Result<bool>,
) -> Result<File> {
    // Each round is lost to another dump that came or went just now.
    for _ in 0..10 {
        let file = open(partial).map_err(|error| io_error("creating", partial, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => break,
            // Some network file systems have no locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(io_error("locking", partial, error)),
        }
        let claimed = claim(&file, partial);
        if claimed.map_err(|error| io_error("creating", partial, error))? {
            return Ok(file);
        }
    }
    Err(Error::new(
        ErrorKind::StorageExists,
        format!("another dump is writing {}", target.display()),
    )
    .with_hint("Wait until it has ended, or choose another name."))
}

/// Empties the locked file, unless it has become somebody's archive: whoever held
/// the lock before may have given it its final name, or died between doing so and
/// removing this one.
fn claim(file: &File, partial: &Path) -> io::Result<bool> {
    if !is_named(file, partial)? {
        return Ok(false);
    }
    if has_other_names(file)? {
        fs::remove_file(partial)?;
        return Ok(false);
    }
    file.set_len(0)?;
    Ok(true)
}

/// Whether `path` is a name of this open file, and not of a link to it.
pub(super) fn is_named(file: &File, path: &Path) -> io::Result<bool> {
    let open = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (open.dev(), open.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn has_other_names(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.nlink() > 1)
}

/// Makes the name in the directory last: a power cut could take it away again.
/// The archive is complete by now, so a file system that cannot is no reason to fail.
pub(super) fn sync_parent(path: &Path) {
    let directory = directory(path);
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    if let Err(error) = synced {
        tracing::warn!(path = %directory.display(), "syncing a directory: {error}");
    }
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Deletes a file; one that does not exist is no error.
pub(super) fn delete(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io_error("deleting", path, error))
        }
        _ => Ok(()),
    }
}

/// The error of an operation on a file or directory.
pub(super) fn io_error(doing: &str, path: &Path, error: io::Error) -> Error {
    use io::ErrorKind as Io;
    let (kind, hint) = match error.kind() {
        Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => (
            ErrorKind::StorageFull,
            "Make room, or choose another place.",
        ),
        Io::NotFound => (
            ErrorKind::StorageNotFound,
            "Create the directory, or correct the path.",
        ),
        Io::NotADirectory => (ErrorKind::StorageNotFound, "Correct the path."),
        Io::PermissionDenied | Io::ReadOnlyFilesystem => (
            ErrorKind::StorageDenied,
            "Choose a place this user may write to.",
        ),
        _ => (ErrorKind::Storage, ""),
    };
    let context = format!("{doing} {}", path.display());
    let report = Error::new(kind, context).with_source(error);
    match hint {
        "" => report,
        hint => report.with_hint(hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_disk_is_told_with_the_path() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("x.dump");
        let mut upload = FileUpload::begin(&target, false).unwrap();
        upload.file = File::options().write(true).open("/dev/full").unwrap();
        let error = upload.put(b"bytes").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert!(error.to_string().contains("x.dump.partial"));
    }
}
