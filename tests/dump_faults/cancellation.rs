//! Somebody stops the dump: exit code 130, and nothing left anywhere.

use std::fs;
use std::time::Duration;

use pgsluice::ErrorKind;
use pgsluice::cancel::Cancel;
use pgsluice::dump::{Dump, DumpOptions};
use pgsluice::progress::Progress;

use crate::ledger::{
    Hold, SMALL_PARTS, held_copy, ledger, sessions_of_the_dump, unread_copy, wait_for, wide,
};
use crate::program::Program;
use crate::support::cluster::Database;
use crate::support::s3::{Effect, Op, S3Server};
use crate::support::sessions::conninfo;
use crate::traces::{Directory, TARGET, assert_nothing_stored, store};

/// Stops the dump of a held ledger, which has stored a part by then.
fn interrupted_upload(signal: &str) {
    let (database, server) = (ledger(), store());
    let _hold = Hold::of(&database);
    let dump = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .storing_in(&server)
        .start();
    held_copy(&database);
    wait_for("a stored part", || server.received_parts().first().copied());
    dump.signal(signal);
    dump.end().failed(130, &["cancelled"]);
    assert_nothing_stored(&server);
    assert_eq!(server.requests(Op::CompleteUpload), 0);
    assert_eq!(sessions_of_the_dump(&database), "");
}

#[test]
fn ctrl_c_aborts_upload_and_copy() {
    interrupted_upload("INT");
}

#[test]
fn sigterm_aborts_upload_and_copy() {
    interrupted_upload("TERM");
}

#[test]
fn ctrl_c_removes_the_partial_file() {
    let (database, directory) = (ledger(), Directory::new());
    let _hold = Hold::of(&database);
    let dump = Program::dump(&database.url(), &directory.target())
        .args(["-Znone"])
        .start();
    held_copy(&database);
    let partial = format!("{}.partial", directory.target());
    wait_for("a partial file", || {
        (fs::metadata(&partial).ok()?.len() > 0).then_some(())
    });
    dump.signal("INT");
    dump.end().failed(130, &["cancelled"]);
    directory.assert_empty();
    assert_eq!(sessions_of_the_dump(&database), "");
}

#[test]
fn ctrl_c_ends_a_dump_to_standard_output() {
    let (database, directory) = (ledger(), Directory::new());
    let _hold = Hold::of(&database);
    let file = fs::File::create(directory.path().join("piped")).unwrap();
    let dump = Program::dump(&database.url(), "-").stdout(file);
    held_copy(&database);
    dump.signal("INT");
    dump.end().failed(130, &["cancelled"]);
    assert_eq!(directory.names(), ["piped"]);
    assert_eq!(sessions_of_the_dump(&database), "");
}

/// Nothing can stop a write to a pipe that is full, but the end of the process.
#[test]
fn second_signal_ends_a_dump_whose_reader_reads_nothing() {
    let database = wide();
    let dump = Program::dump(&database.url(), "-").args(["-Znone"]).start();
    unread_copy(&database);
    // Equal ones could arrive as one.
    dump.signal("INT");
    dump.signal("TERM");
    assert_eq!(dump.end_unread().code, Some(130));
    wait_for("the end of the session", || {
        sessions_of_the_dump(&database).is_empty().then_some(())
    });
}

#[test]
fn ctrl_c_ends_the_wait_for_a_lock() {
    let (database, directory) = (ledger(), Directory::new());
    let _hold = Hold::with(&database, "LOCK TABLE ledger IN ACCESS EXCLUSIVE MODE");
    let dump = Program::dump(&database.url(), &directory.target()).start();
    wait_for("a lock that is waited for", || {
        let waiting = database.psql("SELECT pid FROM pg_locks WHERE NOT granted");
        (!waiting.is_empty()).then_some(())
    });
    dump.signal("INT");
    dump.end().failed(130, &["cancelled"]);
    directory.assert_empty();
    assert_eq!(sessions_of_the_dump(&database), "");
}

/// The server waits for pgsluice, and pgsluice for the store.
#[test]
fn ctrl_c_ends_a_dump_that_waits_for_a_slow_store() {
    let (database, server) = (wide(), store());
    server.fail_always(Op::UploadPart, Effect::Delay(Duration::from_secs(3600)));
    let dump = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .storing_in(&server)
        .start();
    unread_copy(&database);
    wait_for("a part on its way", || {
        (server.requests(Op::UploadPart) > 0).then_some(())
    });
    dump.signal("INT");
    dump.end().failed(130, &["cancelled"]);
    assert_nothing_stored(&server);
    assert_eq!(sessions_of_the_dump(&database), "");
}

/// A dump by the library, on a runtime of the caller.
fn library_dump(database: &Database<'_>, server: &S3Server) -> Dump {
    Dump::new(DumpOptions {
        s3: server.options(),
        compression: Some("none".parse().unwrap()),
        part_size: Some(5 << 20),
        ..DumpOptions::new(conninfo(&database.url()), TARGET.parse().unwrap())
    })
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn token_cancels_and_everything_is_gone_when_the_dump_returns() {
    let (database, server) = (ledger(), store());
    let _hold = Hold::of(&database);
    let (dump, cancel) = (library_dump(&database, &server), Cancel::new());
    let running = tokio::spawn({
        let cancel = cancel.clone();
        async move { dump.run(&cancel, &Progress::new()).await }
    });
    held_copy(&database);
    wait_for("a stored part", || server.received_parts().first().copied());
    cancel.cancel();
    let error = running.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_nothing_stored(&server);
    assert_eq!(sessions_of_the_dump(&database), "");
}

#[tokio::test]
async fn token_cancelled_before_the_start_stores_nothing() {
    let (database, server) = (ledger(), store());
    let cancel = Cancel::new();
    cancel.cancel();
    let dump = library_dump(&database, &server);
    let error = dump.run(&cancel, &Progress::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_nothing_stored(&server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn dropped_future_tidies_up_in_the_background() {
    let (database, server) = (ledger(), store());
    let _hold = Hold::of(&database);
    let dump = library_dump(&database, &server);
    let running = tokio::spawn(async move { dump.run(&Cancel::new(), &Progress::new()).await });
    held_copy(&database);
    wait_for("a stored part", || server.received_parts().first().copied());
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    wait_for("the end of the upload", || {
        server.unfinished_uploads().is_empty().then_some(())
    });
    wait_for("the end of the session", || {
        sessions_of_the_dump(&database).is_empty().then_some(())
    });
    assert_nothing_stored(&server);
}
