//! Dumping a database, restoring it with stock `pg_restore`, comparing the two.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::cluster::{Database, cluster};
use crate::support::program::{pgsluice, succeed};

/// How `pg_restore` is run: in one session, and as the impatient run it.
pub(crate) const WAYS: [&[&str]; 2] = [&[], &["--jobs=4"]];

/// An archive in a directory of its own.
pub(crate) struct Dumped {
    directory: TempDir,
}

impl Dumped {
    /// Dumps the database to a file.
    pub(crate) fn by_pgsluice(url: &str, options: &[&str]) -> Self {
        let dumped = Self::nowhere();
        let path = dumped.path();
        let target = path.to_str().unwrap();
        succeed(pgsluice(&["dump", url, target, "--quiet"]).args(options));
        dumped
    }

    /// What stock `pg_dump` makes of the same.
    pub(crate) fn by_pg_dump(url: &str, options: &[&str]) -> Self {
        let dumped = Self::nowhere();
        let mut pg_dump = cluster().command("pg_dump");
        pg_dump
            .args(["--format=custom", "--compress=0", "--dbname", url])
            .arg("--file")
            .arg(dumped.path());
        succeed(pg_dump.args(options));
        dumped
    }

    /// The archive's file.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("x.dump")
    }

    fn nowhere() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { directory }
    }
}

/// Restores an archive into a new database. Any error of `pg_restore` ends the test.
pub(crate) fn restore(archive: &Path, options: &[&str]) -> Database<'static> {
    let database = cluster().create_database("restored");
    restore_into(&database, archive, options);
    database
}

/// The same, into a database that is there.
pub(crate) fn restore_into(database: &Database<'_>, archive: &Path, options: &[&str]) {
    let mut pg_restore = cluster().command("pg_restore");
    pg_restore
        .args(["--exit-on-error", "--dbname", &database.url()])
        .args(options)
        .arg(archive);
    succeed(&mut pg_restore);
}

/// The lines of an archive as a script, but not those that say who made the archive, nor
/// the keys by which newer minors restrict psql.
pub(crate) fn script(archive: &Path, options: &[&str]) -> Vec<Vec<u8>> {
    let mut pg_restore = cluster().command("pg_restore");
    let output = succeed(pg_restore.arg("--file=-").args(options).arg(archive));
    let incidental = [&b"-- Dumped by"[..], b"\\restrict ", b"\\unrestrict "];
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !incidental.iter().any(|start| line.starts_with(start)))
        .map(<[u8]>::to_vec)
        .collect()
}

/// Runs `writer | reader`. Both must succeed.
pub(crate) fn pipe(writer: &mut Command, reader: &mut Command) -> Output {
    let mut writing = writer.stdout(Stdio::piped()).spawn().unwrap();
    let output = succeed(reader.stdin(writing.stdout.take().unwrap()));
    assert!(writing.wait().unwrap().success(), "{writer:?}");
    output
}

/// Restores the archive and compares what comes of it with its source.
pub(crate) fn assert_restores(source: &Database<'_>, archive: &Path, options: &[&str]) {
    let copy = restore(archive, options);
    assert_equal(source, &copy);
    copy.drop();
}

/// Compares schema, rows, sequences and large objects.
pub(crate) fn assert_equal(source: &Database<'_>, copy: &Database<'_>) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/compare-databases.sh");
    let psql = cluster().bin("psql");
    let mut compare = Command::new(script);
    compare
        .args([source.url(), copy.url()])
        .env("PG_BIN", psql.parent().unwrap());
    succeed(&mut compare);
}
