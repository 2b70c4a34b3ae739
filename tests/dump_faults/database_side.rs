//! The server fails, or has something that cannot be dumped: exit code 1.

use crate::ledger::{Hold, SMALL_PARTS, held_copy, ledger, wait_for};
use crate::program::{NO_SERVER, Outcome, Program};
use crate::support::cluster::{Cluster, Database, PASSWORD, cluster};
use crate::support::s3::Op;
use crate::traces::{Directory, TARGET, assert_nothing_stored, store};

/// The outcome of a dump that must fail without leaving a trace.
#[track_caller]
fn refused(source: &str, more: &[&str]) -> Outcome {
    let directory = Directory::new();
    let outcome = Program::dump(source, &directory.target()).args(more).run();
    directory.assert_empty();
    assert_eq!(outcome.stdout, "", "{outcome:?}");
    outcome
}

/// A database, and a role `name` that may log in and owns nothing in it.
fn database_and_role(name: &str) -> (Database<'static>, String) {
    let database = cluster().create_database("shop");
    database.psql(&format!("CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'"));
    let url = cluster().tcp_url(name, PASSWORD, database.name());
    (database, url)
}

#[test]
fn wrong_password_names_role_and_server_but_no_secret() {
    let source = cluster().tcp_url("postgres", "hunter2", "postgres");
    let outcome = refused(&source, &[]);
    let server = format!("127.0.0.1:{}", cluster().port());
    outcome.failed(
        1,
        &["\"postgres\"", &server, "password authentication failed"],
    );
    outcome.hinted("PGPASSWORD");
    assert!(!outcome.stderr.contains("hunter2"), "{outcome:?}");
}

#[test]
fn unknown_database_is_named() {
    let outcome = refused(&cluster().url("no such database"), &[]);
    outcome.failed(1, &["\"no such database\" does not exist"]);
    outcome.hinted("psql -l");
}

#[test]
fn server_that_does_not_listen_is_named() {
    let outcome = refused(NO_SERVER, &[]);
    outcome.failed(1, &["127.0.0.1", "refused"]);
}

#[test]
fn server_gone_in_mid_copy_leaves_nothing() {
    let (database, server) = (ledger(), store());
    let hold = Hold::of(&database);
    let dump = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .storing_in(&server)
        .start();
    let backend = held_copy(&database);
    wait_for("an upload", || {
        (server.requests(Op::UploadPart) > 0).then_some(())
    });
    database.psql(&format!("SELECT pg_terminate_backend({backend})"));
    dump.end().failed(
        1,
        &[
            "copying table public.ledger after",
            "terminating connection",
        ],
    );
    drop(hold);
    assert_nothing_stored(&server);
}

#[test]
fn table_locked_by_someone_else_is_named_after_the_timeout() {
    let database = cluster().create_database("shop");
    database.psql("CREATE TABLE a (); CREATE TABLE \"B\" (); CREATE TABLE c ()");
    let _hold = Hold::with(&database, "LOCK TABLE \"B\" IN ACCESS EXCLUSIVE MODE");
    let outcome = refused(&database.url(), &["--lock-wait-timeout", "200ms"]);
    outcome.failed(1, &["public.\"B\"", "200 ms"]);
    outcome.hinted("pg_locks");
    assert!(!outcome.stderr.contains("public.a"), "{outcome:?}");
}

#[test]
fn table_the_role_may_not_read_is_named() {
    let (database, source) = database_and_role("reader");
    database.psql(
        "CREATE TABLE open (i int); GRANT SELECT ON open TO reader;
         CREATE TABLE closed (i int);",
    );
    let outcome = refused(&source, &[]);
    outcome.failed(1, &["permission denied", "closed"]);
    outcome.hinted("SELECT");
    let directory = Directory::new();
    Program::dump(&source, &directory.target())
        .args(["-t", "open"])
        .run()
        .done();
}

#[test]
fn row_security_is_not_worked_around() {
    let (database, source) = database_and_role("tenant");
    database.psql(
        "CREATE TABLE orders (tenant text);
         INSERT INTO orders VALUES ('tenant'), ('another');
         ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
         CREATE POLICY own ON orders USING (tenant = current_user);
         GRANT SELECT ON orders TO tenant;",
    );
    let outcome = refused(&source, &[]);
    outcome.failed(1, &["public.orders", "row-level security"]);
    outcome.hinted("BYPASSRLS");
    database.psql("ALTER ROLE tenant BYPASSRLS");
    let directory = Directory::new();
    let report = Program::dump(&source, &directory.target())
        .args(["--json"])
        .run()
        .done()
        .json();
    assert_eq!(report["rows"], 2);
}

#[test]
fn pattern_without_a_match_is_named() {
    let database = cluster().create_database("shop");
    database.psql("CREATE TABLE orders ()");
    for arguments in [["-n", "audit*"], ["-t", "public.customer?"]] {
        let outcome = refused(&database.url(), &arguments);
        outcome.failed(3, &[arguments[1]]);
    }
}

#[test]
fn what_cannot_be_kept_is_named_or_listed() {
    let (database, url) = database_and_role("not_superuser");
    database.psql(
        "CREATE SUBSCRIPTION news CONNECTION 'password=hunter2' PUBLICATION p WITH (connect = false, slot_name = NONE);
         CREATE SUBSCRIPTION \"Old news\" CONNECTION '' PUBLICATION p WITH (connect = false, slot_name = NONE);
         CREATE TABLE kept (i int); GRANT SELECT ON kept TO not_superuser",
    );
    let names = ["\"Old news\"", "news"];
    let outcome = refused(&url, &[]);
    outcome.failed(1, &["subscription"]);
    outcome.failed(1, &names);
    outcome.hinted("superuser");
    outcome.hinted("--skip-unsupported");
    assert_eq!(skipped(&url, "--skip-unsupported"), names);
    assert!(skipped(&url, "--no-subscriptions").is_empty());
}

/// The names of the subscriptions that a dump with this option lists as left out.
fn skipped(source: &str, option: &str) -> Vec<String> {
    let directory = Directory::new();
    let target = directory.target();
    let report = Program::dump(source, &target)
        .args([option, "--json"])
        .run()
        .done()
        .json();
    let manifest = std::fs::read(format!("{target}.manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(report["skipped"], manifest["skipped"]);
    let name = |object: &serde_json::Value| {
        assert_eq!(object["kind"], "subscription");
        object["name"].as_str().unwrap().to_owned()
    };
    report["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(name)
        .collect()
}

#[test]
fn lock_table_too_small_says_what_it_must_hold() {
    let cluster = Cluster::start_with_settings("max_locks_per_transaction = 10");
    let database = cluster.create_database("wide");
    database.psql(
        "DO $$ BEGIN
           FOR i IN 2000 .. 7999 LOOP
             EXECUTE format('CREATE TABLE t%s ()', i);
             IF i % 50 = 0 THEN COMMIT; END IF;
           END LOOP;
         END $$",
    );
    let outcome = refused(&database.url(), &[]);
    outcome.failed(1, &["locking 6000 tables", "lock table is full"]);
    // 50 sessions may come.
    outcome.hinted("Raise max_locks_per_transaction from 10 to 130 or more");
    // It has room for these.
    let directory = Directory::new();
    let tables = ["--table", "t20*"];
    let dump = Program::dump(&database.url(), &directory.target());
    dump.args(tables).run().done();
}
