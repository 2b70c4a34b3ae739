//! The store fails: exit code 2.

use std::fs::File;
use std::process::Command;

use pgsluice::ErrorKind;
use pgsluice::cancel::Cancel;
use pgsluice::dump::{Dump, DumpOptions};
use pgsluice::progress::Progress;
use pgsluice::store::S3Options;

use crate::ledger::{Hold, SMALL_PARTS, ledger, sessions_of_the_dump};
use crate::program::{NO_SERVER, Outcome, Program};
use crate::support::cluster::cluster;
use crate::support::s3::{Effect, Op, S3Server, SECRET_KEY};
use crate::support::sessions::conninfo;
use crate::traces::{BUCKET, Directory, KEY, TARGET, assert_nothing_stored, store};

/// Dumps the ledger in three parts.
fn dump_in_parts(server: &S3Server) -> Outcome {
    Program::dump(&ledger().url(), TARGET)
        .args(SMALL_PARTS)
        .storing_in(server)
        .run()
}

#[test]
fn missing_bucket_is_found_before_the_server_is_asked() {
    let server = S3Server::start();
    let outcome = Program::dump(NO_SERVER, TARGET).storing_in(&server).run();
    outcome.failed(2, &[TARGET, "the bucket does not exist"]);
    outcome.hinted("Create the bucket");
}

#[test]
fn missing_directory_is_found_before_the_server_is_asked() {
    let target = Directory::new().target();
    let outcome = Program::dump(NO_SERVER, &target).run();
    outcome.failed(2, &[&target]);
    outcome.hinted("Create the directory");
}

#[test]
fn rejected_credentials_are_told_and_not_shown() {
    let server = store();
    for (name, wrong, fact) in [
        ("AWS_SECRET_ACCESS_KEY", "hunter2", "secret access key"),
        ("AWS_ACCESS_KEY_ID", "AKIDSTRANGER", "access key"),
    ] {
        let outcome = Program::dump(NO_SERVER, TARGET)
            .storing_in(&server)
            .env(name, wrong)
            .run();
        outcome.failed(2, &[TARGET, fact]);
        outcome.hinted(name);
        for secret in ["hunter2", SECRET_KEY] {
            assert!(!outcome.stderr.contains(secret), "{outcome:?}");
        }
    }
}

#[test]
fn clock_that_is_wrong_is_told() {
    let server = store();
    server.fail_always(Op::List, Effect::Refuse("RequestTimeTooSkewed"));
    let outcome = Program::dump(NO_SERVER, TARGET).storing_in(&server).run();
    outcome.failed(2, &["clock"]);
    outcome.hinted("Set the clock");
}

#[test]
fn part_refused_a_few_times_is_sent_again() {
    let server = store();
    server.fail_part(1, 2, Effect::Refuse("SlowDown"));
    server.fail_part(2, 2, Effect::Reset);
    server.fail_part(3, 1, Effect::LoseAnswer);
    dump_in_parts(&server).done();
    assert_eq!(server.requests(Op::UploadPart), 3 + 2 + 2 + 1);
    assert!(server.unfinished_uploads().is_empty());
    assert!(server.object(BUCKET, KEY).is_some());
}

#[test]
fn part_refused_for_good_leaves_nothing() {
    let server = store();
    server.fail_part(2, usize::MAX, Effect::Refuse("AccessDenied"));
    let outcome = dump_in_parts(&server);
    outcome.failed(2, &["part 2", TARGET, "access is denied"]);
    assert_nothing_stored(&server);
}

#[test]
fn refusal_ends_the_dump_although_the_server_keeps_it_waiting() {
    let (database, server) = (ledger(), store());
    server.fail_part(2, usize::MAX, Effect::Refuse("AccessDenied"));
    let _hold = Hold::of(&database);
    let outcome = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .storing_in(&server)
        .run();
    outcome.failed(2, &["part 2", TARGET]);
    assert_eq!(sessions_of_the_dump(&database), "");
    assert_nothing_stored(&server);
}

#[tokio::test]
async fn part_refused_until_patience_ends_leaves_nothing() {
    let server = store();
    server.fail_part(2, usize::MAX, Effect::Refuse("InternalError"));
    let database = ledger();
    let options = DumpOptions {
        s3: S3Options {
            max_retries: 2,
            ..server.options()
        },
        compression: Some("none".parse().unwrap()),
        part_size: Some(5 << 20),
        ..DumpOptions::new(conninfo(&database.url()), TARGET.parse().unwrap())
    };
    let dump = Dump::new(options).unwrap();
    let error = dump
        .run(&Cancel::new(), &Progress::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    for fact in ["part 2", "3 attempts", "InternalError"] {
        assert!(error.full().contains(fact), "{error:?}");
    }
    assert_nothing_stored(&server);
}

#[test]
fn completion_refused_for_good_leaves_nothing() {
    let server = store();
    server.fail_always(Op::CompleteUpload, Effect::Refuse("AccessDenied"));
    dump_in_parts(&server).failed(2, &[TARGET, "access is denied"]);
    assert_nothing_stored(&server);
}

#[test]
fn archive_without_its_manifest_does_not_stay() {
    let server = store();
    server.fail_always(Op::Put, Effect::Refuse("AccessDenied"));
    dump_in_parts(&server).failed(2, &["shop.dump.sha256"]);
    assert_nothing_stored(&server);
}

#[test]
fn full_disk_is_told_with_the_path() {
    let database = ledger();
    let directory = Directory::new();
    let target = directory.target();
    let program = Program::dump(&database.url(), &target).args(["-Znone"]);
    let (wrapper, limit) = small_disk(&directory);
    let outcome = program.behind(wrapper, &limit).run();
    outcome.failed(2, &["writing", &target]);
    outcome.hinted("Make room");
    assert!(!outcome.stderr.contains("still there"), "{outcome:?}");
    directory.assert_empty();
}

/// What to run a program behind so that `directory` has room for 1 MB of an
/// archive: a file system of its own, which needs privileges, or else a limit
/// on the size of files. Afterwards it complains about what is still there.
fn small_disk(directory: &Directory) -> (Command, String) {
    let path = directory.path().display();
    let mount = format!("mount -t tmpfs -o size=1m tmpfs '{path}'");
    for namespace in [&["--mount"][..], &["--mount", "--map-root-user"]] {
        let mut unshare = Command::new("unshare");
        unshare.args(namespace);
        let tried = Command::new("unshare")
            .args(namespace)
            .args(["sh", "-c", &mount])
            .output();
        if tried.is_ok_and(|output| output.status.success()) {
            let script = format!(
                "{mount}; \"$@\"; code=$?; ls -A '{path}' | sed 's/$/ still there/' >&2; exit $code"
            );
            return (unshare, script);
        }
    }
    let script = "trap '' XFSZ; ulimit -f 1024; exec \"$@\"";
    (Command::new("env"), script.to_owned())
}

#[test]
fn full_disk_behind_standard_output_is_told() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let outcome = Program::dump(&cluster().url("postgres"), "-")
        .stdout(full)
        .end();
    outcome.failed(2, &["writing to the stream: there is no room left"]);
}

#[test]
fn reader_of_standard_output_that_goes_away_is_told() {
    let mut dump = Program::dump(&ledger().url(), "-").args(["-Znone"]).start();
    drop(dump.child.stdout.take());
    dump.end().failed(2, &["its reader went away"]);
}
