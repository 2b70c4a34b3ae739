//! There is an archive of that name already.

use std::fs;

use crate::ledger::{Hold, SMALL_PARTS, held_copy, ledger, wait_for};
use crate::program::{NO_SERVER, Program};
use crate::support::cluster::cluster;
use crate::support::s3::{Effect, Op};
use crate::traces::{BUCKET, Directory, KEY, TARGET, store};

/// What was there before.
const OLD: &[u8] = b"an archive of last night";

#[test]
fn existing_object_is_refused_before_the_server_is_asked() {
    let server = store();
    server.plant_object(BUCKET, KEY, OLD);
    let outcome = Program::dump(NO_SERVER, TARGET).storing_in(&server).run();
    outcome.failed(2, &[TARGET, "exists"]);
    outcome.hinted("--overwrite");
    assert_eq!(server.object(BUCKET, KEY).unwrap(), OLD);
}

#[test]
fn existing_file_is_refused_before_the_server_is_asked() {
    let directory = Directory::new();
    fs::write(directory.target(), OLD).unwrap();
    let outcome = Program::dump(NO_SERVER, &directory.target()).run();
    outcome.failed(2, &[&directory.target(), "exists"]);
    outcome.hinted("--overwrite");
    assert_eq!(fs::read(directory.target()).unwrap(), OLD);
    assert_eq!(directory.names(), [KEY]);
}

#[test]
fn overwrite_replaces_object_and_companions() {
    let (database, server) = (ledger(), store());
    for name in ["", ".sha256", ".manifest.json"] {
        server.plant_object(BUCKET, &format!("{KEY}{name}"), OLD);
    }
    Program::dump(&database.url(), TARGET)
        .args(["--overwrite"])
        .storing_in(&server)
        .run()
        .done();
    for name in ["", ".sha256", ".manifest.json"] {
        let object = server.object(BUCKET, &format!("{KEY}{name}")).unwrap();
        assert_ne!(object, OLD, "{name}");
    }
}

#[test]
fn archive_that_replaced_another_stays_although_it_cannot_be_described() {
    let (database, server) = (ledger(), store());
    server.plant_object(BUCKET, KEY, OLD);
    server.fail_always(Op::Put, Effect::Refuse("AccessDenied"));
    Program::dump(&database.url(), TARGET)
        .args(["--overwrite"])
        .args(SMALL_PARTS)
        .storing_in(&server)
        .run()
        .failed(2, &[TARGET, "complete and stays", "shop.dump.sha256"]);
    assert!(server.object(BUCKET, KEY).unwrap().starts_with(b"PGDMP"));
    assert!(server.object(BUCKET, "shop.dump.manifest.json").is_none());
}

#[test]
fn overwrite_replaces_a_file() {
    let directory = Directory::new();
    fs::write(directory.target(), OLD).unwrap();
    Program::dump(&cluster().url("postgres"), &directory.target())
        .args(["--overwrite"])
        .run()
        .done();
    assert!(fs::read(directory.target()).unwrap().starts_with(b"PGDMP"));
    let names = ["shop.dump", "shop.dump.manifest.json", "shop.dump.sha256"];
    assert_eq!(directory.names(), names);
}

#[test]
fn dump_that_fails_leaves_the_object_it_was_to_overwrite() {
    let (database, server) = (ledger(), store());
    server.plant_object(BUCKET, KEY, OLD);
    server.fail_part(2, usize::MAX, Effect::Refuse("AccessDenied"));
    let outcome = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .args(["--overwrite"])
        .storing_in(&server)
        .run();
    outcome.failed(2, &["part 2"]);
    assert_eq!(server.object(BUCKET, KEY).unwrap(), OLD);
    assert!(server.unfinished_uploads().is_empty());
}

#[test]
fn dump_that_is_stopped_leaves_the_file_it_was_to_overwrite() {
    let (database, directory) = (ledger(), Directory::new());
    fs::write(directory.target(), OLD).unwrap();
    let _hold = Hold::of(&database);
    let dump = Program::dump(&database.url(), &directory.target())
        .args(["--overwrite"])
        .start();
    held_copy(&database);
    dump.signal("INT");
    dump.end().failed(130, &["cancelled"]);
    assert_eq!(fs::read(directory.target()).unwrap(), OLD);
    assert_eq!(directory.names(), [KEY]);
}

#[test]
fn object_that_appears_meanwhile_is_not_replaced() {
    let (database, server) = (ledger(), store());
    let hold = Hold::of(&database);
    let dump = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .storing_in(&server)
        .start();
    held_copy(&database);
    wait_for("a part", || {
        (server.requests(Op::UploadPart) > 0).then_some(())
    });
    server.plant_object(BUCKET, KEY, OLD);
    drop(hold);
    dump.end().failed(2, &[TARGET, "exists"]);
    assert_eq!(server.object(BUCKET, KEY).unwrap(), OLD);
    assert!(server.unfinished_uploads().is_empty());
}
