//! What nobody may read: not in the output, the manifest or the process list.

use std::fs;

use crate::ledger::{Hold, SMALL_PARTS, held_copy, ledger};
use crate::program::Program;
use crate::support::cluster::{PASSWORD, cluster};
use crate::support::s3::SECRET_KEY;
use crate::traces::{BUCKET, KEY, TARGET, store};

#[track_caller]
fn assert_no_secret(place: &str, text: &str) {
    for secret in [PASSWORD, "s3cret", SECRET_KEY] {
        assert!(!text.contains(secret), "{place}: {text}");
    }
}

#[test]
fn secrets_are_in_no_output_and_no_manifest() {
    let (database, server) = (ledger(), store());
    let source = cluster().tcp_url("postgres", PASSWORD, database.name());
    let outcome = Program::dump(&source, TARGET)
        .args(["-vv", "--json", "--label", "why=nightly"])
        .storing_in(&server)
        .env("RUST_LOG", "trace")
        .run()
        .done();
    assert_no_secret("standard output", &outcome.stdout);
    assert_no_secret("standard error", &outcome.stderr);
    for suffix in [".sha256", ".manifest.json"] {
        let stored = server.object(BUCKET, &format!("{KEY}{suffix}")).unwrap();
        assert_no_secret(suffix, std::str::from_utf8(&stored).unwrap());
    }
    let archive = server.object(BUCKET, KEY).unwrap();
    assert_no_secret("archive", &String::from_utf8_lossy(&archive));
}

#[test]
fn manifest_does_not_say_how_to_reach_the_server_or_the_store() {
    let (database, server) = (ledger(), store());
    let source = cluster().tcp_url("postgres", PASSWORD, database.name());
    Program::dump(&source, TARGET)
        .storing_in(&server)
        .run()
        .done();
    let manifest = server
        .object(BUCKET, &format!("{KEY}.manifest.json"))
        .unwrap();
    let manifest = String::from_utf8(manifest).unwrap();
    let port = cluster().port().to_string();
    for fact in ["127.0.0.1", &port, BUCKET, &server.endpoint()] {
        assert!(!manifest.contains(fact), "{fact} in {manifest}");
    }
}

#[test]
fn process_list_shows_what_the_user_typed_and_no_more() {
    let (database, server) = (ledger(), store());
    let _hold = Hold::of(&database);
    let source = format!(
        "host=127.0.0.1 port={} user=postgres dbname={}",
        cluster().port(),
        database.name()
    );
    let dump = Program::dump(&source, TARGET)
        .args(SMALL_PARTS)
        .storing_in(&server)
        .env("PGPASSWORD", PASSWORD)
        .start();
    held_copy(&database);
    let shown = fs::read(format!("/proc/{}/cmdline", dump.child.id())).unwrap();
    let mut typed = vec![env!("CARGO_BIN_EXE_pgsluice"), "dump", &source, TARGET];
    typed.extend(SMALL_PARTS);
    assert_eq!(String::from_utf8(shown).unwrap(), typed.join("\0") + "\0");
    let known = database.psql("SELECT application_name, query FROM pg_stat_activity");
    assert_no_secret("pg_stat_activity", &known);
}
