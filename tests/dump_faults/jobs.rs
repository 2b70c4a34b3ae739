//! Several jobs: what happens to one must not happen to the dump.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;

use serde_json::Value;

use crate::ledger::{
    Hold, SMALL_PARTS, held_copy, ledger, sessions_of_the_dump, unread_copy, wait_for, wide,
};
use crate::program::{NO_SERVER, Program};
use crate::support::cluster::{Cluster, Database, PASSWORD, cluster};
use crate::support::s3::{Op, S3Server};
use crate::traces::{Directory, TARGET, assert_nothing_stored, store};

const TWO_JOBS: [&str; 2] = ["-j", "2"];

/// What a manifest says of every table: rows and their digests.
fn rows_in(server: &S3Server) -> Vec<(Value, Value, Value)> {
    let manifest = server.object("backups", "shop.dump.manifest.json").unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let data = manifest["data"].as_array().unwrap().iter();
    let facts = |entry: &Value| {
        let fact = |name: &str| entry[name].clone();
        (fact("name"), fact("rows"), fact("rows_xxh3_128"))
    };
    data.map(facts).collect()
}

/// Rows as one job reads them, whom nothing happens to.
fn undisturbed(database: &Database<'_>) -> Vec<(Value, Value, Value)> {
    let server = store();
    let dump = Program::dump(&database.url(), TARGET).storing_in(&server);
    dump.run().done();
    rows_in(&server)
}

/// The leader's session, which waits while the workers copy.
fn leader_of(database: &Database<'_>) -> String {
    database.psql(
        "SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'idle in transaction'
           AND application_name NOT LIKE 'psql%' AND query !~ 'COPY'",
    )
}

#[test]
fn worker_that_loses_its_connection_goes_on_where_it_was() {
    let (database, server) = (ledger(), store());
    let hold = Hold::of(&database);
    let dump = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .args(TWO_JOBS)
        .storing_in(&server)
        .start();
    let backend = held_copy(&database);
    wait_for("an upload", || {
        (server.requests(Op::UploadPart) > 0).then_some(())
    });
    database.psql(&format!("SELECT pg_terminate_backend({backend})"));
    wait_for("another session", || {
        (held_copy(&database) != backend).then_some(())
    });
    drop(hold);
    let outcome = dump.end().done();
    assert!(outcome.stderr.contains("connecting again"), "{outcome:?}");
    assert_eq!(rows_in(&server), undisturbed(&database));
}

#[test]
fn worker_that_loses_its_connection_reads_large_objects_on() {
    let (database, server) = (cluster().create_database("objects"), store());
    database.psql(
        "SELECT lo_from_bytea(0, convert_to(repeat(i::text, 200000), 'UTF8')) FROM generate_series(1, 60) AS i",
    );
    let dump = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .args(TWO_JOBS)
        .args(["--max-rate", "8MiB"])
        .storing_in(&server)
        .start();
    let backend = wait_for("a worker", || {
        let pid = database.psql(
            "SELECT pid FROM pg_stat_activity
             WHERE datname = current_database() AND query LIKE '%lo_get(%' AND pid <> pg_backend_pid() LIMIT 1",
        );
        (!pid.is_empty()).then_some(pid)
    });
    database.psql(&format!("SELECT pg_terminate_backend({backend})"));
    let outcome = dump.end().done();
    assert!(outcome.stderr.contains("connecting again"), "{outcome:?}");
    let archive = server.object_path("backups", "shop.dump");
    let copy = cluster().create_database("restored");
    let mut pg_restore = cluster().command("pg_restore");
    let restored = pg_restore
        .args(["--exit-on-error", "-d", &copy.url()])
        .arg(archive)
        .status();
    assert!(restored.unwrap().success());
    let sums = "SELECT string_agg(md5(lo_get(oid)), ' ' ORDER BY oid) FROM pg_largeobject_metadata";
    assert_eq!(database.psql(sums), copy.psql(sums));
}

#[test]
fn loss_of_the_session_with_the_snapshot_ends_the_dump() {
    let (database, server) = (ledger(), store());
    let _hold = Hold::of(&database);
    let dump = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .args(TWO_JOBS)
        .storing_in(&server)
        .start();
    held_copy(&database);
    let leader = leader_of(&database);
    database.psql(&format!("SELECT pg_terminate_backend({leader})"));
    let outcome = dump.end();
    outcome.failed(
        1,
        &["session that holds the snapshot", "terminating connection"],
    );
    outcome.hinted("Make the dump again");
    assert_nothing_stored(&server);
    assert_eq!(sessions_of_the_dump(&database), "");
}

/// A session that waits for an exclusive lock, until the dump has ended.
fn exclusive_lock(database: &Database<'_>, table: &str) -> Child {
    let sql = format!("ALTER TABLE {table} ADD COLUMN more int");
    let psql = cluster()
        .command("psql")
        .args(["-XAtq", "-d", &database.url(), "-c", &sql])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("a lock that is not granted", || {
        let waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'zebra'::regclass";
        (database.psql(&format!("SELECT count(*) FROM ({waiting}) AS w")) != "0").then_some(())
    });
    psql
}

#[test]
fn table_for_which_somebody_waits_is_read_by_the_leader() {
    let (database, server) = (ledger(), store());
    database.psql(
        "CREATE TABLE ledger_2 AS SELECT * FROM ledger WHERE id > 6990;
         CREATE TABLE zebra AS SELECT i FROM generate_series(1, 1000) AS i",
    );
    let before = undisturbed(&database);
    let hold = Hold::of(&database);
    let dump = Program::dump(&database.url(), TARGET)
        .args(TWO_JOBS)
        .storing_in(&server)
        .start();
    // Both workers wait; the table `zebra` is still to come.
    wait_for("two COPYs that wait", || {
        let waiting = "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND query ~ 'COPY .*ledger' AND wait_event_type = 'Lock'";
        (database.psql(waiting) == "2").then_some(())
    });
    let mut impatient = exclusive_lock(&database, "zebra");
    drop(hold);
    dump.end().done();
    assert!(impatient.wait().unwrap().success());
    assert_eq!(rows_in(&server), before);
}

#[test]
fn more_jobs_than_connections_are_an_error_or_a_warning() {
    let database = cluster().create_database("shop");
    database.psql(&format!(
        "CREATE ROLE few_connections LOGIN PASSWORD '{PASSWORD}' CONNECTION LIMIT 2;
         CREATE TABLE t AS SELECT i FROM generate_series(1, 10) AS i;
         GRANT SELECT ON t TO few_connections"
    ));
    let url = cluster().tcp_url("few_connections", PASSWORD, database.name());
    let directory = Directory::new();
    let dump = || Program::dump(&url, &directory.target()).args(["-j", "3", "--json"]);
    let outcome = dump().run();
    outcome.failed(1, &["too many connections"]);
    outcome.hinted("Use fewer jobs");
    directory.assert_empty();
    let report = dump().args(["--fall-back-to-one-job"]).run().done().json();
    assert_eq!((&report["jobs"], &report["rows"]), (&1.into(), &10.into()));
    let warning = report["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("one job instead of 3: ") && warning.contains("too many connections"),
        "{warning}"
    );
}

/// A port behind which the first connection meets one server and all others another,
/// as behind a load balancer.
fn balancer(first: u16, others: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for (i, client) in listener.incoming().enumerate() {
            let client = client.unwrap();
            let server = TcpStream::connect(("127.0.0.1", if i == 0 { first } else { others }));
            let server = server.unwrap();
            for (mut from, mut to) in [
                (client.try_clone().unwrap(), server.try_clone().unwrap()),
                (server, client),
            ] {
                thread::spawn(move || std::io::copy(&mut from, &mut to));
            }
        }
    });
    port
}

#[test]
fn servers_that_do_not_share_a_snapshot_are_found_out_before_anything_is_stored() {
    let (database, server) = (cluster().create_database("shop"), store());
    database.psql("CREATE TABLE t ()");
    let other = Cluster::start();
    other.psql(
        "postgres",
        &format!("CREATE DATABASE \"{}\"", database.name()),
    );
    let port = balancer(cluster().port(), other.port());
    let url = format!(
        "host=127.0.0.1 port={port} user=postgres password='{PASSWORD}' dbname={} sslmode=disable",
        database.name()
    );
    let outcome = Program::dump(&url, TARGET)
        .args(TWO_JOBS)
        .storing_in(&server)
        .run();
    outcome.failed(1, &["taking over the snapshot in a second session"]);
    outcome.hinted("pooler or load balancer");
    assert_nothing_stored(&server);
    assert_eq!(server.requests(Op::UploadPart), 0);
}

#[test]
fn ctrl_c_stops_all_workers() {
    let (database, server) = (wide(), store());
    let dump = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .args(["-j", "3", "--max-rate", "4MiB"])
        .storing_in(&server)
        .start();
    unread_copy(&database);
    dump.signal("INT");
    dump.end().failed(130, &["cancelled"]);
    assert_nothing_stored(&server);
    assert_eq!(sessions_of_the_dump(&database), "");
}

#[test]
fn error_of_one_worker_is_the_dumps() {
    let (database, directory) = (cluster().create_database("shop"), Directory::new());
    database.psql(&format!(
        "CREATE ROLE half_reader LOGIN PASSWORD '{PASSWORD}';
         CREATE TABLE a AS SELECT repeat('x', 1000) FROM generate_series(1, 20000);
         CREATE TABLE b (i int); CREATE TABLE c (i int);
         ALTER TABLE b ENABLE ROW LEVEL SECURITY;
         GRANT SELECT ON a, b, c TO half_reader"
    ));
    let url = cluster().tcp_url("half_reader", PASSWORD, database.name());
    let outcome = Program::dump(&url, &directory.target())
        .args(TWO_JOBS)
        .run();
    outcome.failed(1, &["copying table public.b", "row-level security"]);
    directory.assert_empty();
    assert_eq!(sessions_of_the_dump(&database), "");
}

#[test]
fn impossible_numbers_are_refused() {
    let directory = Directory::new();
    let refused = |args: &[&str], fact: &str| {
        let dump = Program::dump(NO_SERVER, &directory.target());
        dump.args(args).run().failed(3, &[fact]);
    };
    refused(&["-j", "0"], "jobs is 0, expected 1 to 64");
    refused(&["-j", "65"], "jobs is 65");
    refused(&["--max-rate", "0"], "max_rate is 0");
    refused(&["--max-memory", "10MiB"], "expected");
    refused(&["-j8", "-Zzstd:19"], "8 jobs with zstd:19");
    directory.assert_empty();
}
