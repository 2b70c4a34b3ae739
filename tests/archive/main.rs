//! Archives made here are read by stock `pg_restore`; archives that stock
//! `pg_dump` made are read here.
//!
//! `pg_restore` comes from the directory `PG_BIN`, or from where `pg_config`
//! says; no server is needed. Archives of real databases come from
//! `fixtures/` below `PGSLUICE_SHARED`, by default `../shared`.

#![allow(clippy::unwrap_used, reason = "a failure ends the test")]

mod hand_made;
mod walk;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pgsluice::archive::{Archive, Listing, Version};
use pgsluice::codec::Compression;
use pgsluice::ids::{DumpId, Oid};

use hand_made::{END_OF_COPY, LARGE_OBJECTS, hand_made, large_object, rows};
use walk::{Stream, walk};

const CODECS: [Compression; 4] = [
    Compression::None,
    Compression::GZIP,
    Compression::ZSTD,
    Compression::Lz4,
];

#[test]
fn pg_restore_reads_joined_pieces_from_version_1_14() {
    for compression in [Compression::None, Compression::GZIP] {
        assert_pg_restore_reads(Version::V1_14, compression);
    }
}

#[test]
#[ignore = "needs the pg_restore of PostgreSQL 17 or newer in PG_BIN"]
fn pg_restore_reads_joined_pieces_of_every_codec() {
    for compression in CODECS {
        for version in [Version::V1_15, Version::V1_16] {
            assert_pg_restore_reads(version, compression);
        }
    }
}

#[test]
fn archive_made_here_is_read_here() {
    for compression in CODECS {
        let bytes = hand_made(Version::V1_16, compression);
        let mut streams = Vec::new();
        walk(&bytes, 4_097, |stream, raw| streams.push((stream, raw)));
        let mut expected = vec![
            (
                Stream::Rows(DumpId(7)),
                [rows(), END_OF_COPY.to_vec()].concat(),
            ),
            (Stream::Rows(DumpId(8)), END_OF_COPY.to_vec()),
        ];
        let objects = LARGE_OBJECTS.map(|oid| (Stream::LargeObject(oid), large_object(oid)));
        expected.extend(objects);
        assert!(streams == expected, "{compression}");
    }
}

#[test]
fn archives_of_pg_dump_are_read_to_the_last_block() {
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        let archive = Archive::parse(&bytes).unwrap();
        let with_data = archive
            .entries
            .iter()
            .filter(|parsed| parsed.entry.has_data);
        let expected: Vec<_> = with_data.map(|parsed| parsed.entry.dump_id).collect();
        for step in [997, bytes.len()] {
            let blocks = walk(&bytes, step, |stream, raw| {
                if let Stream::Rows(_) = stream {
                    assert!(raw.ends_with(END_OF_COPY), "{}", path.display());
                }
            });
            assert_eq!(blocks, expected, "{}", path.display());
        }
    }
}

#[test]
#[ignore = "needs the pg_restore of PostgreSQL 17 or newer in PG_BIN"]
fn listing_of_a_fixture_is_that_of_pg_restore() {
    for path in fixtures() {
        let archive = Archive::parse(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(
            Listing::new(&archive).text("UTC"),
            pg_restore(&["-l"], &path)
        );
    }
}

#[test]
fn archive_of_pg_dump_cut_anywhere_in_its_table_of_contents_is_corrupt() {
    let path = fixtures()
        .into_iter()
        .min_by_key(|path| fs::metadata(path).unwrap().len());
    let bytes = fs::read(path.unwrap()).unwrap();
    let toc_len = Archive::parse(&bytes).unwrap().data_offset as usize;
    for len in (0..toc_len).step_by(61) {
        let error = Archive::parse(&bytes[..len]).unwrap_err();
        assert_eq!(error.kind(), pgsluice::ErrorKind::CorruptArchive);
    }
}

/// Has `pg_restore` list the archive and turn it into a script, and compares both.
fn assert_pg_restore_reads(version: Version, compression: Compression) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hand_made.dump");
    let bytes = hand_made(version, compression);
    fs::write(&path, &bytes).unwrap();

    let listed = pg_restore(&["-l"], &path);
    let ours = Listing::new(&Archive::parse(&bytes).unwrap()).text("UTC");
    assert_eq!(entry_lines(&ours), entry_lines(&listed));

    let script = pg_restore(&["-f", "-"], &path);
    let rows = String::from_utf8(rows()).unwrap();
    for (table, rows) in [("item", rows.as_str()), ("empty", "")] {
        let copy = format!("COPY public.{table} (id, note) FROM stdin;\n{rows}\\.\n");
        assert!(script.contains(&copy), "{table}, {version}, {compression}");
    }
    for oid in LARGE_OBJECTS {
        let written = written_to_large_object(&script, oid);
        assert!(
            written == hex(&large_object(oid)),
            "{oid}, {version}, {compression}"
        );
    }
}

fn entry_lines(listing: &str) -> Vec<&str> {
    listing
        .lines()
        .filter(|line| !line.starts_with(';'))
        .collect()
}

/// The hexadecimal digits that a script writes to a large object.
fn written_to_large_object(script: &str, oid: Oid) -> String {
    let open = format!("SELECT pg_catalog.lo_open('{oid}', 131072);\n");
    let (_, writes) = script
        .split_once(&open)
        .expect("the script opens the large object");
    let (writes, _) = writes.split_once("SELECT pg_catalog.lo_close(0);").unwrap();
    writes
        .split("'\\x")
        .skip(1)
        .map(|literal| literal.split_once('\'').unwrap().0)
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pg_restore(options: &[&str], archive: &Path) -> String {
    let program = pg_bin().join("pg_restore");
    let output = Command::new(&program)
        .args(options)
        .arg(archive)
        .env("TZ", "UTC")
        .output()
        .unwrap_or_else(|error| panic!("cannot run {}: {error}", program.display()));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pg_restore {options:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn pg_bin() -> PathBuf {
    if let Some(dir) = env::var_os("PG_BIN") {
        return dir.into();
    }
    let output = Command::new("pg_config")
        .arg("--bindir")
        .output()
        .expect("no pg_config found: set PG_BIN to the directory of pg_restore");
    String::from_utf8(output.stdout).unwrap().trim().into()
}

fn fixtures() -> Vec<PathBuf> {
    let shared = match env::var_os("PGSLUICE_SHARED") {
        Some(dir) => dir.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let dir = shared.join("fixtures");
    let found = fs::read_dir(&dir).unwrap_or_else(|error| {
        panic!(
            "no fixtures in {}: {error}; set PGSLUICE_SHARED",
            dir.display()
        )
    });
    let paths: Vec<PathBuf> = found
        .map(|file| file.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "dump")
        })
        .collect();
    assert!(!paths.is_empty(), "{} holds no *.dump", dir.display());
    paths
}
