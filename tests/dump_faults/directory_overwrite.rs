//! There is something where a directory archive is to go.

use std::collections::BTreeMap;
use std::fs;

use crate::directories::{FILES, PUTS, assert_restores, list_may_move, stock, to_prefix};
use crate::ledger::{Hold, held_copy, wait_for};
use crate::program::{NO_SERVER, Program};
use crate::support::cluster::cluster;
use crate::support::s3::{Effect, Op, S3Server};
use crate::traces::{BUCKET, Directory, PREFIX, PREFIX_TARGET, files, keys, store};

/// All objects in the bucket.
fn objects(server: &S3Server) -> BTreeMap<String, Vec<u8>> {
    let object = |key: String| {
        let bytes = server.object(BUCKET, &key).unwrap();
        (key, bytes)
    };
    keys(server).into_iter().map(object).collect()
}

#[test]
fn prefix_that_is_not_empty_is_refused_before_the_server_is_asked() {
    let server = store();
    server.plant_object(BUCKET, "shop/readme.txt", b"mine");
    // These are not in it.
    server.plant_object(BUCKET, "shopping/toc.dat", b"mine");
    server.plant_object(BUCKET, "shop.dump", b"mine");
    let dump = |target| {
        Program::dump(NO_SERVER, target)
            .args(["-Fd"])
            .storing_in(&server)
    };
    let outcome = dump(PREFIX_TARGET).run();
    outcome.failed(2, &[PREFIX_TARGET, "exists"]);
    outcome.hinted("--overwrite");
    let outcome = dump(PREFIX_TARGET).args(["--overwrite"]).run();
    outcome.failed(2, &["readme.txt", "no part of an archive"]);
    dump("s3://backups/sho").run().failed(1, &[]);
    assert_eq!(keys(&server).len(), 3);
}

#[test]
fn directory_that_exists_is_refused_before_the_server_is_asked() {
    let directory = Directory::new();
    let archive = directory.path().join(PREFIX);
    fs::create_dir(&archive).unwrap();
    let dump = || Program::dump(NO_SERVER, &directory.archive()).args(["-Fd"]);
    let outcome = dump().run();
    outcome.failed(2, &[&directory.archive(), "exists"]);
    outcome.hinted("--overwrite");
    fs::write(archive.join("readme.txt"), "mine").unwrap();
    let outcome = dump().args(["--overwrite"]).run();
    outcome.failed(2, &["readme.txt", "no part of an archive"]);
    assert_eq!(directory.names(), ["readme.txt"]);
}

#[test]
fn file_is_not_replaced_by_a_directory() {
    let directory = Directory::new();
    fs::write(directory.archive(), "mine").unwrap();
    let outcome = Program::dump(NO_SERVER, &directory.archive())
        .args(["-Fd", "--overwrite"])
        .run();
    outcome.failed(3, &[&directory.archive(), "not a directory"]);
    assert_eq!(directory.names(), [PREFIX]);
}

#[test]
fn overwrite_replaces_an_archive_in_s3_and_leaves_nothing_of_it() {
    let (database, server) = (stock(), store());
    to_prefix(&database, &server).run().done();
    let first = keys(&server);
    // As earlier versions named them.
    server.plant_object(BUCKET, "shop/2/7.dat.gz", b"old");
    server.plant_object(BUCKET, "shop/2/blobs_8.toc", b"old");
    database.psql(
        "UPDATE a SET code = 'new'; SELECT lo_put(oid, 0, 'new') FROM pg_largeobject_metadata",
    );
    for (codec, generation) in cluster().codecs().iter().zip(2..) {
        Program::dump(&database.url(), PREFIX_TARGET)
            .args(["-Fd", "--overwrite", "-Z", codec])
            .storing_in(&server)
            .run()
            .done();
        let now = keys(&server);
        assert_eq!(now.len(), first.len(), "{now:?}");
        let of_generation = format!("{PREFIX}/{generation}_");
        let others: Vec<&str> = now
            .iter()
            .filter(|key| !key.starts_with(&of_generation))
            .map(String::as_str)
            .collect();
        let mut expected = vec!["shop/toc.dat", "shop.manifest.json", "shop.sha256"];
        if !list_may_move() {
            expected.insert(0, "shop/blobs.toc");
        }
        assert_eq!(others, expected);
        assert_restores(&server.object_path(BUCKET, PREFIX), &database);
    }
}

#[test]
fn failed_overwrite_leaves_the_archive_in_s3_as_it_was() {
    let (database, server) = (stock(), store());
    to_prefix(&database, &server).run().done();
    let before = objects(&server);
    database.psql(
        "UPDATE a SET code = 'new'; SELECT lo_put(oid, 0, 'new') FROM pg_largeobject_metadata",
    );
    // A file; the list that takes the old one's place; the table of contents.
    for spared in [20, PUTS - 2, PUTS - 1] {
        server.fail_after(Op::Put, spared, 1, Effect::Refuse("AccessDenied"));
        let outcome = to_prefix(&database, &server).args(["--overwrite"]).run();
        outcome.failed(2, &[PREFIX_TARGET, "access is denied"]);
        assert!(objects(&server) == before, "{:?}", keys(&server));
        assert!(server.unfinished_uploads().is_empty());
    }
}

#[test]
fn nothing_is_deleted_while_nobody_knows_which_archive_is_there() {
    let (database, server) = (stock(), store());
    to_prefix(&database, &server).run().done();
    let before = keys(&server);
    server.fail_after(
        Op::Put,
        PUTS - 1,
        usize::MAX,
        Effect::Refuse("AccessDenied"),
    );
    let outcome = to_prefix(&database, &server).args(["--overwrite"]).run();
    outcome.failed(2, &["shop/toc.dat", "restoring what was replaced"]);
    let now = keys(&server);
    assert!(before.iter().all(|key| now.contains(key)), "{now:?}");
    let new = |key: &&String| key.starts_with("shop/2_");
    // The table of contents is in its place, and so is a list that may not move.
    let elsewhere = if list_may_move() { 1 } else { 2 };
    assert_eq!(now.iter().filter(new).count(), FILES - elsewhere);
}

#[test]
fn overwrite_replaces_a_directory_of_files() {
    let (database, directory) = (stock(), Directory::new());
    let dump = || {
        Program::dump(&database.url(), &directory.archive()).args(["-Fd", "-Znone", "--overwrite"])
    };
    dump().run().done();
    let first = directory.names();
    let archive = directory.path().join(PREFIX);
    // As a copy of an archive that an earlier version replaced in S3 has them.
    fs::create_dir(archive.join("2")).unwrap();
    fs::write(archive.join("2/7.dat"), "old").unwrap();
    database.psql("UPDATE a SET code = 'new'");
    dump().run().done();
    assert_eq!(directory.names(), first);
    assert_restores(&archive, &database);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3);
}

#[test]
fn stopped_overwrite_leaves_the_directory_as_it_was() {
    let (database, directory) = (stock(), Directory::new());
    let dump = |more: &[&str]| {
        Program::dump(&database.url(), &directory.archive())
            .args(["-Fd", "-Znone"])
            .args(more)
    };
    dump(&[]).run().done();
    let before = directory.names();
    let hold = Hold::of(&database);
    let overwriting = dump(&["--overwrite"]).start();
    held_copy(&database);
    overwriting.signal("INT");
    overwriting.end().failed(130, &["cancelled"]);
    drop(hold);
    assert_eq!(directory.names(), before);
    assert_restores(&directory.path().join(PREFIX), &database);
}

#[test]
fn directory_that_appears_meanwhile_is_not_replaced() {
    let (database, directory, server) = (stock(), Directory::new(), store());
    let archive = directory.path().join(PREFIX);
    let hold = Hold::of(&database);
    let to_files = Program::dump(&database.url(), &directory.archive())
        .args(["-Fd"])
        .start();
    let to_s3 = to_prefix(&database, &server).start();
    wait_for("a stored part", || server.received_parts().first().copied());
    // An empty one may be a trial, made before the dump and gone again.
    wait_for("a file in the partial directory", || {
        let mut files = fs::read_dir(directory.path().join("shop.partial")).ok()?;
        files.next()?.ok()
    });
    fs::create_dir(&archive).unwrap();
    fs::write(archive.join("toc.dat"), "theirs").unwrap();
    server.plant_object(BUCKET, "shop/toc.dat", b"theirs");
    drop(hold);
    to_files.end().failed(2, &[&directory.archive(), "exists"]);
    assert_eq!(files(directory.path()), [archive.join("toc.dat")]);
    to_s3.end().failed(2, &["shop/toc.dat", "exists"]);
    assert_eq!(keys(&server), ["shop/toc.dat"]);
    assert_eq!(server.object(BUCKET, "shop/toc.dat").unwrap(), b"theirs");
    assert!(server.unfinished_uploads().is_empty());
}
