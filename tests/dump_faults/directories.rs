//! A directory archive: all of its files, or none.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use pgsluice::archive::{Archive, DataLocation, Manifest};

use crate::ledger::{Hold, SMALL_PARTS, held_copy, sessions_of_the_dump, wait_for};
use crate::program::{NO_SERVER, Program};
use crate::support::cluster::{Database, cluster};
use crate::support::program::succeed;
use crate::support::s3::{Effect, Op, S3Server};
use crate::traces::{BUCKET, Directory, PREFIX, PREFIX_TARGET, assert_nothing_stored, keys, store};

/// A database with small tables, large objects, and last a table `ledger` of
/// three parts. The last row of that one alone has a value of the type `note`.
pub(crate) fn stock() -> Database<'static> {
    let database = cluster().create_database("stock");
    database.psql(
        "CREATE TABLE a AS SELECT i AS id, md5(i::text) AS code FROM generate_series(1, 1000) AS i;
         CREATE TABLE b (nothing int);
         CREATE TYPE note AS (word text);
         CREATE TABLE ledger (id int, line text, note note);
         INSERT INTO ledger
         SELECT i, repeat('x', 1900), CASE WHEN i = 7000 THEN ROW('end')::note END
         FROM generate_series(1, 7000) AS i;
         SELECT lo_from_bytea(0, convert_to(repeat('large', i), 'UTF8'))
         FROM generate_series(0, 99) AS i",
    );
    database
}

/// Files of an archive of [`stock`]: three tables, 100 large objects, their
/// list, the table of contents.
pub(crate) const FILES: usize = 3 + 100 + 1 + 1;

/// Of these, those that are put in one piece.
pub(crate) const PUTS: usize = FILES - 1;

/// Whether the list of large objects has a name that readers take from the
/// table of contents: from archive version 1.16 on.
pub(crate) fn list_may_move() -> bool {
    cluster().major() >= 17
}

/// Dumps to the prefix, in small parts.
pub(crate) fn to_prefix(database: &Database<'_>, server: &S3Server) -> Program {
    Program::dump(&database.url(), PREFIX_TARGET)
        .args(["-Fd"])
        .args(SMALL_PARTS)
        .storing_in(server)
}

/// Compares what a restore makes of the archive with its source.
#[track_caller]
pub(crate) fn assert_restores(archive: &Path, source: &Database<'_>) {
    let copy = cluster().create_database("restored");
    let mut pg_restore = cluster().command("pg_restore");
    pg_restore.args(["--exit-on-error", "--format=directory", "--jobs=4", "-d"]);
    succeed(pg_restore.arg(copy.url()).arg(archive));
    for facts in [
        "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM a AS t",
        "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM ledger AS t",
        "SELECT md5(string_agg(oid || lo_get(oid)::text, ',' ORDER BY oid)) FROM pg_largeobject_metadata",
    ] {
        assert_eq!(copy.psql(facts), source.psql(facts), "{facts}");
    }
}

/// The digests beside an archive are those of all of its files.
#[track_caller]
fn assert_digests_agree(archive: &Path) {
    let beside = archive.parent().unwrap();
    let sums = beside.join(format!("{PREFIX}.sha256"));
    let mut sha256sum = Command::new("sha256sum");
    sha256sum.args(["--check", "--strict"]).arg(&sums);
    succeed(sha256sum.current_dir(beside));
    let lines = fs::read_to_string(sums).unwrap();
    assert_eq!(lines.lines().count(), FILES);
}

/// The manifest names every file of the archive, and for each entry its own.
#[track_caller]
fn assert_manifest_agrees(archive: &Path) {
    let beside = archive.parent().unwrap();
    let manifest = fs::read(beside.join(format!("{PREFIX}.manifest.json"))).unwrap();
    let manifest: Manifest = serde_json::from_slice(&manifest).unwrap();
    let facts = &manifest.archive;
    assert_eq!((&*facts.name, &*facts.format), (PREFIX, "directory"));
    let size = |name: &str| fs::metadata(archive.join(name)).unwrap().len();
    for file in &facts.files {
        assert_eq!(file.size, size(&file.name), "{file:?}");
    }
    assert_eq!(facts.files.len(), FILES);
    assert_eq!(facts.files.last().unwrap().name, "toc.dat");
    let sum: u64 = facts.files.iter().map(|file| file.size).sum();
    assert_eq!(facts.size, sum);
    assert_eq!(facts.toc_bytes, size("toc.dat"));

    let toc = Archive::parse(&fs::read(archive.join("toc.dat")).unwrap()).unwrap();
    for data in &manifest.data {
        let entry = toc
            .entries
            .iter()
            .find(|parsed| parsed.entry.dump_id.0 == data.dump_id);
        let file = DataLocation::File(data.file.clone().unwrap());
        assert_eq!(entry.unwrap().data, file, "{data:?}");
        assert_eq!(data.offset, 0);
        if data.schema.is_some() {
            assert_eq!(data.stored_bytes, size(data.file.as_ref().unwrap()));
        }
    }
}

#[test]
fn directory_in_s3_is_whole_and_restores() {
    let (database, server) = (stock(), store());
    let dump = to_prefix(&database, &server).args(["--json"]);
    let report = dump.run().done().json();
    assert_eq!(report["format"], "directory");
    assert_eq!(report["files"], FILES);
    let archive = server.object_path(BUCKET, PREFIX);
    assert_digests_agree(&archive);
    assert_manifest_agrees(&archive);
    assert_restores(&archive, &database);
    assert!(server.unfinished_uploads().is_empty());
    assert_eq!(keys(&server).len(), FILES + 2);
    // And the digests, and the manifest.
    assert_eq!(server.requests(Op::Put), PUTS + 2);
}

#[test]
fn directory_of_files_is_whole_and_restores() {
    let (database, directory) = (stock(), Directory::new());
    let target = format!("{}/", directory.archive());
    let dump = Program::dump(&database.url(), &target).args(["-Fd", "-Znone"]);
    dump.run().done();
    let archive = directory.path().join(PREFIX);
    assert_digests_agree(&archive);
    assert_manifest_agrees(&archive);
    assert_restores(&archive, &database);
    assert_eq!(directory.names().len(), FILES + 2);
}

#[test]
fn directory_is_listed_by_its_name() {
    let (server, directory) = (store(), Directory::new());
    let url = cluster().url("postgres");
    for target in [PREFIX_TARGET, &directory.archive()] {
        let dump = Program::dump(&url, target).args(["-Fd"]);
        dump.storing_in(&server).run().done();
        for name in [target.to_owned(), format!("{target}/")] {
            let listed = Program::list(&name).storing_in(&server).run().done();
            assert!(listed.stdout.contains("Format: DIRECTORY"), "{listed:?}");
        }
    }
    let missing = Program::list("s3://backups/nothing").storing_in(&server);
    missing.run().failed(2, &["s3://backups/nothing"]);
}

#[test]
fn file_refused_a_few_times_is_sent_again() {
    let (database, server) = (stock(), store());
    server.fail_next(Op::Put, 2, Effect::Refuse("SlowDown"));
    server.fail_next(Op::Put, 2, Effect::Reset);
    server.fail_next(Op::Put, 2, Effect::LoseAnswer);
    to_prefix(&database, &server).run().done();
    assert_restores(&server.object_path(BUCKET, PREFIX), &database);
}

#[test]
fn file_refused_for_good_leaves_nothing() {
    let (database, server) = (stock(), store());
    server.fail_after(Op::Put, 20, usize::MAX, Effect::Refuse("AccessDenied"));
    let outcome = to_prefix(&database, &server).run();
    outcome.failed(2, &[PREFIX_TARGET, "access is denied"]);
    assert_nothing_stored(&server);
    assert_eq!(sessions_of_the_dump(&database), "");
}

#[test]
fn part_of_a_file_refused_for_good_leaves_nothing() {
    let (database, server) = (stock(), store());
    server.fail_part(2, usize::MAX, Effect::Refuse("AccessDenied"));
    let outcome = to_prefix(&database, &server).run();
    outcome.failed(2, &["part 2", PREFIX_TARGET, "access is denied"]);
    assert_nothing_stored(&server);
}

#[test]
fn completion_of_a_file_refused_for_good_leaves_nothing() {
    let (database, server) = (stock(), store());
    server.fail_always(Op::CompleteUpload, Effect::Refuse("AccessDenied"));
    let outcome = to_prefix(&database, &server).run();
    outcome.failed(2, &[PREFIX_TARGET, "access is denied"]);
    assert_nothing_stored(&server);
}

#[test]
fn table_of_contents_refused_for_good_leaves_nothing() {
    let (database, server) = (stock(), store());
    server.fail_after(
        Op::Put,
        PUTS - 1,
        usize::MAX,
        Effect::Refuse("AccessDenied"),
    );
    let outcome = to_prefix(&database, &server).run();
    outcome.failed(2, &["s3://backups/shop/toc.dat", "access is denied"]);
    assert_nothing_stored(&server);
}

#[test]
fn directory_without_its_manifest_does_not_stay() {
    for spared in [PUTS, PUTS + 1] {
        let (database, server) = (stock(), store());
        server.fail_after(Op::Put, spared, usize::MAX, Effect::Refuse("AccessDenied"));
        let outcome = to_prefix(&database, &server).run();
        outcome.failed(2, &["access is denied"]);
        assert_nothing_stored(&server);
    }
}

#[test]
fn failure_to_tidy_up_does_not_hide_the_first_error() {
    let (database, server) = (stock(), store());
    server.fail_part(2, usize::MAX, Effect::Refuse("AccessDenied"));
    server.fail_always(Op::Delete, Effect::Refuse("InternalError"));
    let outcome = to_prefix(&database, &server).run();
    outcome.failed(2, &["part 2", "may be left under s3://backups/shop/"]);
    assert!(server.object(BUCKET, "shop/toc.dat").is_none());
}

#[test]
fn lost_session_leaves_nothing() {
    let (database, server, directory) = (stock(), store(), Directory::new());
    for target in [PREFIX_TARGET, &directory.archive()] {
        let _hold = Hold::of(&database);
        let dump = Program::dump(&database.url(), target)
            .args(["-Fd"])
            .args(SMALL_PARTS)
            .storing_in(&server)
            .start();
        let pid = held_copy(&database);
        database.psql(&format!("SELECT pg_terminate_backend({pid})"));
        dump.end().failed(1, &["ledger"]);
    }
    assert_nothing_stored(&server);
    directory.assert_empty();
}

#[test]
fn ctrl_c_removes_what_was_stored() {
    let (database, server) = (stock(), store());
    let _hold = Hold::of(&database);
    let dump = to_prefix(&database, &server).start();
    held_copy(&database);
    wait_for("a stored file", || keys(&server).first().cloned());
    wait_for("a stored part", || server.received_parts().first().copied());
    dump.signal("INT");
    dump.end().failed(130, &["cancelled"]);
    assert_nothing_stored(&server);
    assert_eq!(sessions_of_the_dump(&database), "");
}

#[test]
fn ctrl_c_ends_a_dump_whose_files_the_store_is_slow_to_take() {
    let (database, server) = (stock(), store());
    let _hold = Hold::of(&database);
    server.fail_always(Op::Put, Effect::Delay(Duration::from_secs(3600)));
    let dump = to_prefix(&database, &server).start();
    wait_for("files on their way", || {
        (server.requests(Op::Put) > 0).then_some(())
    });
    dump.signal("INT");
    dump.end().failed(130, &["cancelled"]);
    assert_nothing_stored(&server);
}

#[test]
fn ctrl_c_removes_the_partial_directory() {
    let (database, directory) = (stock(), Directory::new());
    let _hold = Hold::of(&database);
    let dump = Program::dump(&database.url(), &directory.archive())
        .args(["-Fd", "-Znone"])
        .start();
    held_copy(&database);
    assert!(directory.path().join("shop.partial").is_dir());
    dump.signal("INT");
    dump.end().failed(130, &["cancelled"]);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn partial_directory_of_a_crashed_dump_is_emptied() {
    let (database, directory) = (stock(), Directory::new());
    let hold = Hold::of(&database);
    let dump = |target: &str| Program::dump(&database.url(), target).args(["-Fd", "-Znone"]);
    let mut crashed = dump(&directory.archive()).start();
    held_copy(&database);
    dump(&directory.archive())
        .run()
        .failed(2, &["another dump is writing", &directory.archive()]);
    crashed.child.kill().unwrap();
    crashed.child.wait().unwrap();
    drop(hold);
    let partial = directory.path().join("shop.partial");
    fs::write(partial.join("4000000.dat"), "left").unwrap();
    dump(&directory.archive()).run().done();
    assert_eq!(directory.names().len(), FILES + 2);
    assert!(!partial.exists());
}

#[test]
fn standard_output_takes_no_directory() {
    let outcome = Program::dump(NO_SERVER, "-").args(["-Fd"]).run();
    outcome.failed(3, &["a directory archive is many files"]);
    outcome.hinted("custom");
}

#[test]
fn one_object_is_not_written_to_a_directory() {
    for target in ["s3://backups/shop/", "/tmp/shop/"] {
        let outcome = Program::dump(NO_SERVER, target).run();
        outcome.failed(3, &[target, "names a directory"]);
        outcome.hinted("Add a name");
    }
}
