//! Where an archive goes in these tests, and what a failed dump may not leave there.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::s3::S3Server;

pub(crate) const BUCKET: &str = "backups";
pub(crate) const KEY: &str = "shop.dump";
pub(crate) const TARGET: &str = "s3://backups/shop.dump";

/// A store with the bucket.
pub(crate) fn store() -> S3Server {
    let server = S3Server::start();
    server.create_bucket(BUCKET);
    server
}

/// A prefix for a directory archive.
pub(crate) const PREFIX: &str = "shop";
pub(crate) const PREFIX_TARGET: &str = "s3://backups/shop";

/// The keys in the bucket.
pub(crate) fn keys(server: &S3Server) -> Vec<String> {
    let bucket = server.object_path(BUCKET, "");
    let key = |path: PathBuf| {
        let key = path.strip_prefix(&bucket).unwrap();
        key.to_str().unwrap().to_owned()
    };
    files(&bucket).into_iter().map(key).collect()
}

/// Neither objects nor parts of any.
#[track_caller]
pub(crate) fn assert_nothing_stored(server: &S3Server) {
    assert_eq!(server.unfinished_uploads(), Vec::<String>::new());
    let bucket = server.object_path(BUCKET, "");
    assert_eq!(files(&bucket), Vec::<PathBuf>::new());
}

/// A directory for an archive.
pub(crate) struct Directory(TempDir);

impl Directory {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The archive's path, as an argument.
    pub(crate) fn target(&self) -> String {
        let path = self.0.path().join(KEY);
        path.to_str().unwrap().to_owned()
    }

    /// A path for a directory archive, as an argument.
    pub(crate) fn archive(&self) -> String {
        let path = self.0.path().join(PREFIX);
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Neither an archive nor a `.partial`.
    #[track_caller]
    pub(crate) fn assert_empty(&self) {
        assert_eq!(files(self.0.path()), Vec::<PathBuf>::new());
    }

    /// The names of the files in it.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        files(self.0.path()).into_iter().map(name).collect()
    }
}

/// All files below a directory, in order.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}
