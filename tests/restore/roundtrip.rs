//! Whole databases, there and back: by stock `pg_dump` and by pgsluice into archives of
//! every codec and format, and by `pgsluice restore` with one job and with four into
//! databases that equal their source.
//!
//! Every database takes its turn of the combinations, so that together all of them occur.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::databases::{Dumped, assert_equal};
use crate::program::Program;
use crate::sources::{SMALL_SEGMENTS, fixture, large, torture, warehouse};
use crate::support::cluster::{Database, cluster, skip};
use crate::support::program::{pgsluice, succeed};
use crate::support::s3::S3Server;
use crate::traces::{TARGET, store};

/// Databases that take turns, and how many of pgsluice's 24 combinations each gets: large
/// ones few. The sample and the torture schema come first, since together they have every
/// codec, place and number of jobs once at least.
const TURNS: [usize; 8] = [2, 3, 7, 4, 2, 4, 1, 1];

const JOBS: [&str; 2] = ["1", "4"];

/// Codecs of pgsluice, whatever the server's release is.
const CODECS: [&str; 4] = ["gzip", "none", "zstd", "lz4"];

/// Where pgsluice puts an archive.
#[derive(Clone, Copy, Debug)]
enum Place {
    File,
    Object,
    Prefix,
}

const PLACES: [Place; 3] = [Place::File, Place::Object, Place::Prefix];

/// The codec, place and jobs of pgsluice for a turn.
fn our_ways(turn: usize) -> impl Iterator<Item = (&'static str, Place, &'static str)> {
    let first: usize = TURNS[..turn].iter().sum();
    (first..first + TURNS[turn]).map(|way| (CODECS[way % 4], PLACES[way % 3], JOBS[way / 4 % 2]))
}

/// The codec, format and jobs of `pg_dump` for a turn: all in as many as there are.
fn stock_ways(turn: usize) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let codecs = cluster().codecs();
    let (count, all) = (codecs.len(), codecs.len() * 4);
    (all * turn / TURNS.len()..all * (turn + 1) / TURNS.len()).map(move |way| {
        let format = ["-Fc", "-Fd"][(way / count + way) % 2];
        let jobs = JOBS[(way / count / 2 + way) % 2];
        (codecs[way % count], format, jobs)
    })
}

#[test]
fn sample_comes_back() {
    if let Some(source) = warehouse() {
        assert_comes_back(source, 0);
    }
}

#[test]
fn every_kind_of_object_comes_back() {
    if let Some(source) = torture() {
        assert_comes_back(source, 1);
    }
}

#[test]
fn chinook_comes_back() {
    assert_fixture_comes_back("chinook", 2);
}

#[test]
fn pagila_comes_back() {
    assert_fixture_comes_back("pagila", 3);
}

#[test]
fn kitchen_sink_comes_back() {
    if !cluster().has(15, "unlogged sequences") {
        return;
    }
    if cluster().major() >= 17 {
        return skip("an argument is named json, which needs quotes since PostgreSQL 17");
    }
    assert_fixture_comes_back("kitchen_sink", 4);
}

#[test]
fn supabase_auth_comes_back() {
    assert_fixture_comes_back("supabase_auth", 5);
}

#[test]
fn pgadmin_source_comes_back() {
    if cluster().major() >= 17 {
        return skip("the extension adminpack went with PostgreSQL 17");
    }
    assert_fixture_comes_back("pgadmin_source", 6);
}

#[test]
fn regression_database_comes_back() {
    match cluster().major() {
        15 => assert_fixture_comes_back("regression15", 7),
        17 => assert_fixture_comes_back("regression17", 7),
        major => skip(&format!("no regression database of {major}")),
    }
}

fn assert_fixture_comes_back(name: &str, turn: usize) {
    if let Some(source) = fixture(name) {
        assert_comes_back(&source, turn);
    }
}

fn assert_comes_back(source: &Database<'_>, turn: usize) {
    for (codec, format, jobs) in stock_ways(turn) {
        let archive = by_pg_dump(source, codec, format);
        let report = assert_restores(source, &archive.path(), None, jobs);
        assert_eq!(report["checked"], false, "{codec} {format}: {report}");
    }
    for (codec, place, jobs) in our_ways(turn) {
        let report = there_and_back(source, codec, place, jobs);
        assert_eq!(report["checked"], true, "{codec} {place:?}: {report}");
    }
}

fn by_pg_dump(source: &Database<'_>, codec: &str, format: &str) -> Dumped {
    let compress = match codec {
        "none" => "-Z0".to_owned(),
        "gzip" => "-Z6".to_owned(),
        codec => format!("-Z{codec}"),
    };
    Dumped::by_pg_dump(&source.url(), &[format, &compress])
}

/// Dumps with pgsluice, restores with as many jobs, and compares.
fn there_and_back(source: &Database<'_>, codec: &str, place: Place, jobs: &str) -> Value {
    let (server, directory) = (store(), tempfile::tempdir().unwrap());
    let (archive, format): (PathBuf, _) = match place {
        Place::File => (directory.path().join("x.dump"), "-Fc"),
        Place::Object => (TARGET.into(), "-Fc"),
        Place::Prefix => ("s3://backups/prefix/".into(), "-Fd"),
    };
    let mut dump = pgsluice(&["dump", &source.url(), archive.to_str().unwrap(), "-q"]);
    succeed(dump.args([format, "-Z", codec]).envs(server.env()));
    assert_restores(source, &archive, Some(&server), jobs)
}

/// Restores into a new database, which must equal the source. Returns the report.
fn assert_restores(
    source: &Database<'_>,
    archive: &Path,
    server: Option<&S3Server>,
    jobs: &str,
) -> Value {
    let copy = cluster().create_database("restored");
    let mut restore = Program::restore(archive, &copy).args(["--json", "-j", jobs]);
    if let Some(server) = server {
        restore = restore.reading_from(server);
    }
    let outcome = restore.run();
    assert_eq!(outcome.code, Some(0), "{}: {outcome:?}", archive.display());
    assert_equal(source, &copy);
    assert_eq!(large_objects(&copy), large_objects(source));
    // It stays if it has subscriptions: such a database cannot be dropped.
    if !has_subscriptions(&copy) {
        copy.drop();
    }
    outcome.json()
}

fn has_subscriptions(database: &Database<'_>) -> bool {
    let here =
        "SELECT count(*) > 0 FROM pg_subscription AS s JOIN pg_database AS d ON d.oid = subdbid
                WHERE datname = current_database()";
    database.psql(here) == "t"
}

/// What is known of large objects but their contents.
fn large_objects(database: &Database<'_>) -> String {
    database.psql(
        "SELECT oid, lomowner::regrole, lomacl, obj_description(oid, 'pg_largeobject')
         FROM pg_largeobject_metadata ORDER BY oid",
    )
}

#[test]
fn large_tables_come_back_from_their_segments() {
    for (codec, jobs) in CODECS.into_iter().zip(["4", "2"].into_iter().cycle()) {
        let flags = [&SMALL_SEGMENTS[..], &["-Z", codec]].concat();
        let dumped = Dumped::by_pgsluice(&large().url(), &flags);
        let report = assert_restores(large(), &dumped.path(), None, jobs);
        assert_eq!(report["rows"], 40_000 + 600 + 12_000, "{codec} {report}");
    }
}

#[test]
fn large_tables_come_back_from_segments_of_files() {
    let flags = [&SMALL_SEGMENTS[..], &["-Fd"]].concat();
    let dumped = Dumped::by_pgsluice(&large().url(), &flags);
    assert_restores(large(), &dumped.path(), None, "4");
}
