//! Level restore: a server makes the database again, and nothing of it stays.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::shop::{Stored, by_pg_dump, by_pgsluice, message, verify};
use crate::support::cluster::cluster;

fn verify_restored(stored: &Stored, arguments: &[&str]) -> (i32, serde_json::Value) {
    let server = cluster().url("postgres");
    let mut all = vec!["--level", "restore", "--server", &server];
    all.extend(arguments);
    verify(&stored.path(), &all)
}

/// Waits until no scratch database is left: other tests of this file may be at work, and
/// have some of theirs.
#[track_caller]
fn assert_no_scratch_database_stays() {
    let left = "SELECT datname FROM pg_database WHERE datname LIKE 'pgsluice_verify%'";
    let begin = Instant::now();
    while !cluster().psql("postgres", left).is_empty() {
        assert!(begin.elapsed() < DEADLINE, "a scratch database stays");
        sleep(Duration::from_millis(50));
    }
}

/// No test of this file takes that long.
const DEADLINE: Duration = Duration::from_secs(120);

#[test]
fn every_table_is_digested_and_every_key_checked() {
    for arguments in [&["-Z", "none"][..], &["-Fd"], &["-j", "2"]] {
        let stored = by_pgsluice(arguments);
        let (code, outcome) = verify_restored(&stored, &["-j", "2"]);
        assert_eq!(code, 0, "{outcome}");
        let restored = &outcome["restored"];
        assert_eq!(restored["tables_counted"], 5, "{outcome}");
        assert_eq!(restored["tables_digested"], 5, "{outcome}");
        assert_eq!(restored["foreign_keys"], 1, "{outcome}");
    }
}

#[test]
fn rows_of_pg_dump_are_counted() {
    let stored = by_pg_dump(&["-Fc"]);
    let (code, outcome) = verify_restored(&stored, &[]);
    assert_eq!(code, 0, "{outcome}");
    assert_eq!(outcome["restored"]["tables_counted"], 5, "{outcome}");
    assert_eq!(outcome["restored"]["tables_digested"], 0, "{outcome}");
}

#[test]
fn partial_archive_restores_but_for_what_assertions_miss() {
    let stored = by_pgsluice(&["-s"]);
    let path = stored.path().with_extension("sql");
    fs::write(
        &path,
        "SELECT 1 = 1; SELECT count(*) = 400 FROM sales.orders;",
    )
    .unwrap();
    let (code, outcome) = verify_restored(&stored, &["--assertions", path.to_str().unwrap()]);
    assert_eq!(code, 4, "{outcome}");
    assert!(message(&outcome).contains("assertion 2 of 2"), "{outcome}");
}

#[test]
fn assertions_that_hold_are_counted() {
    let stored = by_pgsluice(&[]);
    let path = stored.path().with_extension("sql");
    fs::write(
        &path,
        "SELECT count(*) = 400 FROM sales.orders;\nSELECT true",
    )
    .unwrap();
    let (code, outcome) = verify_restored(&stored, &["--assertions", path.to_str().unwrap()]);
    assert_eq!(
        (code, &outcome["restored"]["assertions"]),
        (0, &2.into()),
        "{outcome}"
    );
}

#[test]
fn scratch_database_goes_also_after_a_failure() {
    let stored = by_pgsluice(&[]);
    let path = stored.path().with_extension("sql");
    fs::write(&path, "SELECT * FROM no_such_table").unwrap();
    let (code, outcome) = verify_restored(&stored, &["--assertions", path.to_str().unwrap()]);
    assert_eq!(code, 1, "{outcome}");
    assert!(message(&outcome).contains("no_such_table"), "{outcome}");
    assert_no_scratch_database_stays();
}

#[test]
fn archive_without_any_entry_does_not_pass() {
    let empty = cluster().create_database("empty");
    let stored = by_pgsluice(&[]);
    let mut dump = crate::support::program::pgsluice(&["dump", "--overwrite", "-q"]);
    dump.arg(empty.url()).arg(stored.path());
    crate::support::program::succeed(&mut dump);
    let (code, outcome) = verify_restored(&stored, &[]);
    assert_eq!(code, 4, "{outcome}");
    assert!(message(&outcome).contains("nothing"), "{outcome}");
}
