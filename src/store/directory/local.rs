//! A directory of files: filled beside its name, moved into place when complete.
//!
//! It is the directory's `.partial` that is locked, as a file's is; what a
//! crashed dump left in it is removed by the next. A directory cannot take the
//! place of another in one step, so one that is replaced goes aside as `.old`
//! first: whoever is killed between the two moves finds it there.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;

use super::{Contents, not_empty, refuse_foreign};
use crate::error::{Error, ErrorKind, Result};
use crate::store::file::{self, io_error};
use crate::store::location::with_suffix;
use crate::store::upload::{Sink, Upload};

/// A directory on its way. Dropping it removes the `.partial`.
pub(super) struct LocalUpload {
    target: PathBuf,
    partial: PathBuf,
    /// The open directory, which is locked.
    lock: File,
    contents: Contents,
    overwrite: bool,
}

impl LocalUpload {
    /// Creates and locks the `.partial`, after making sure that the target's
    /// name is free or may be replaced.
    pub(super) fn begin(target: &Path, contents: Contents, overwrite: bool) -> Result<Self> {
        check_target(target, contents, overwrite)?;
        let partial = with_suffix(target, ".partial");
        let lock = file::create_locked(&partial, target, open_or_create, file::is_named)?;
        let upload = Self {
            target: target.to_owned(),
            partial,
            lock,
            contents,
            overwrite,
        };
        upload.empty()?;
        Ok(upload)
    }

    pub(super) fn begin_file(&self, name: &str, part_size: usize) -> Result<Upload> {
        let file = MemberFile::create(self.partial.join(name))?;
        Ok(Upload::new(part_size, Sink::Member(file)))
    }

    /// Makes the directory appear under its name, on disk for good.
    pub(super) fn finish(self) -> Result<()> {
        self.sync()?;
        if self.overwrite && self.target.exists() {
            self.replace()?;
        } else {
            self.place()?;
        }
        let target = self.target.clone();
        drop(self);
        file::sync_parent(&target);
        Ok(())
    }

    /// Brings every file to the disk. Only now, since by the end most of them
    /// have got there by themselves; and several at a time, since a file system
    /// waits once for all it is asked for meanwhile.
    fn sync(&self) -> Result<()> {
        const THREADS: usize = 8;
        let names = self.files()?;
        let share = names.len().div_ceil(THREADS).max(1);
        thread::scope(|scope| {
            let sync_all = |names: &[String]| {
                names
                    .iter()
                    .try_for_each(|name| sync(&self.partial.join(name)))
            };
            let threads: Vec<_> = names
                .chunks(share)
                .map(|names| scope.spawn(move || sync_all(names)))
                .collect();
            threads.into_iter().try_for_each(|thread| {
                let broken = |_| Err(Error::new(ErrorKind::Internal, "syncing files broke off"));
                thread.join().unwrap_or_else(broken)
            })
        })?;
        sync(&self.partial)
    }

    /// Moves the directory to its name. The move fails if something is there by
    /// now, unless that is a directory without files.
    fn place(&self) -> Result<()> {
        fs::rename(&self.partial, &self.target).map_err(|error| match error.kind() {
            io::ErrorKind::DirectoryNotEmpty
            | io::ErrorKind::AlreadyExists
            | io::ErrorKind::NotADirectory => not_empty(self.target.display()),
            _ => io_error("creating", &self.target, error),
        })
    }

    fn replace(&self) -> Result<()> {
        let old = old_name(&self.target);
        let moved = fs::rename(&self.target, &old);
        moved.map_err(|error| io_error("moving away", &self.target, error))?;
        if let Err(error) = self.place() {
            if let Err(error) = fs::rename(&old, &self.target) {
                tracing::warn!(path = %old.display(), "moving it back: {error}");
            }
            return Err(error);
        }
        delete(&old, self.contents);
        Ok(())
    }

    /// Removes what a dump that was killed has left.
    fn empty(&self) -> Result<()> {
        let left = self.files()?;
        refuse_foreign(self.partial.display(), &left, self.contents)?;
        remove_files(&self.partial, &left)
            .map_err(|error| io_error("emptying", &self.partial, error))
    }

    fn files(&self) -> Result<Vec<String>> {
        files_in(&self.partial).map_err(|error| io_error("reading", &self.partial, error))
    }
}

impl Drop for LocalUpload {
    fn drop(&mut self) {
        // Under the lock, and not if the name is somebody else's by now.
        if file::is_named(&self.lock, &self.partial).unwrap_or(false) {
            delete(&self.partial, self.contents);
        }
    }
}

/// A file in a directory that is being filled.
pub(in crate::store) struct MemberFile {
    path: PathBuf,
    file: File,
}

impl MemberFile {
    fn create(path: PathBuf) -> Result<Self> {
        let created = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = created.map_err(|error| io_error("creating", &path, error))?;
        Ok(Self { path, file })
    }

    pub(in crate::store) fn put(&mut self, part: &[u8]) -> Result<()> {
        let written = self.file.write_all(part);
        written.map_err(|error| io_error("writing", &self.path, error))
    }
}

fn sync(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| io_error("writing", path, error))
}

/// Deletes the archive in a directory, and the directory with it if it holds
/// nothing else. A failure is logged.
pub(super) fn delete(path: &Path, contents: Contents) {
    let removed = files_in(path).and_then(|mut files| {
        files.retain(|name| (contents.owns)(name));
        // First what makes the others an archive.
        files.sort_by_key(|name| name != contents.main);
        remove_files(path, &files)?;
        fs::remove_dir(path)
    });
    if let Err(error) = removed {
        tracing::warn!(path = %path.display(), "removing a directory: {error}");
    }
}

/// Where a directory that is replaced goes aside.
fn old_name(target: &Path) -> PathBuf {
    with_suffix(target, ".old")
}

/// Refuses a name that is taken; to replace, anything but an archive.
fn check_target(target: &Path, contents: Contents, overwrite: bool) -> Result<()> {
    match fs::metadata(target) {
        Ok(metadata) if !metadata.is_dir() => Err(Error::new(
            ErrorKind::InvalidInput,
            format!("{} is not a directory", target.display()),
        )
        .with_hint("Name a directory that does not exist yet.")),
        Ok(_) if !overwrite => Err(super::already_exists(target.display())),
        Ok(_) => check_replaced(target, contents),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io_error("checking", target, error)),
    }
}

fn check_replaced(target: &Path, contents: Contents) -> Result<()> {
    let found = files_in(target).map_err(|error| io_error("reading", target, error))?;
    refuse_foreign(target.display(), &found, contents)?;
    let old = old_name(target);
    if old.exists() {
        return Err(Error::new(
            ErrorKind::StorageExists,
            format!("{} exists, where what is replaced has to go", old.display()),
        )
        .with_hint("A dump that was killed has left it. Remove it."));
    }
    Ok(())
}

fn open_or_create(path: &Path) -> io::Result<File> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    File::open(path)
}

/// The files in a directory, and in those within it, by their relative names.
/// A directory without files counts as one, with a slash behind its name.
fn files_in(path: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut open = vec![String::new()];
    while let Some(within) = open.pop() {
        let before = files.len() + open.len();
        for entry in fs::read_dir(path.join(&within))? {
            let entry = entry?;
            let name = format!("{within}{}", entry.file_name().to_string_lossy());
            match entry.file_type()?.is_dir() {
                true => open.push(name + "/"),
                false => files.push(name),
            }
        }
        let is_empty = files.len() + open.len() == before;
        if is_empty && !within.is_empty() {
            files.push(within);
        }
    }
    Ok(files)
}

/// Removes files, and the folders they lie in once these are empty.
fn remove_files(path: &Path, files: &[String]) -> io::Result<()> {
    for name in files {
        fs::remove_file(path.join(name))?;
    }
    let folder = |name: &String| Some(name.rsplit_once('/')?.0.to_owned());
    let folders: BTreeSet<String> = files.iter().filter_map(folder).collect();
    for folder in folders {
        fs::remove_dir(path.join(folder))?;
    }
    Ok(())
}
