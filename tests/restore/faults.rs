//! The server or the store fails: tables have all of their rows or none, and no session stays.

use std::fs;
use std::time::Duration;

use crate::databases::{Dumped, assert_equal};
use crate::ledger::{Hold, ledger, sessions_of_the_dump, wait_for};
use crate::program::{Program, restored};
use crate::sources::{SMALL_SEGMENTS, large};
use crate::support::cluster::{Database, cluster};
use crate::support::s3::{Effect, Op, S3Server};
use crate::traces::{BUCKET, KEY, TARGET, store};

/// A database with the ledger's table, whose COPY waits for the [`Hold`] at row 3000 of
/// 7000, when the sockets are full.
pub(crate) fn held_ledger(archive: &Dumped) -> (Database<'static>, Hold) {
    let copy = restored(archive.path(), &["-s"]);
    copy.psql(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(42); RETURN NEW; END $$;
         CREATE TRIGGER waits BEFORE INSERT ON ledger FOR EACH ROW WHEN (NEW.id = 3000) EXECUTE FUNCTION wait()",
    );
    let hold = Hold::with(&copy, "DO 'BEGIN PERFORM pg_advisory_lock(42); END'");
    (copy, hold)
}

/// Waits for a COPY in the database. Returns the backend's process id.
pub(crate) fn copying(database: &Database<'_>, condition: &str) -> String {
    let backend = format!(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()
         AND query ~ '^COPY .* FROM' AND state = 'active' AND {condition} LIMIT 1"
    );
    wait_for("a COPY", || {
        let pid = database.psql(&backend);
        (!pid.is_empty()).then_some(pid)
    })
}

pub(crate) const WAITS_FOR_LOCK: &str = "wait_event_type = 'Lock'";
pub(crate) const WAITS_FOR_US: &str = "wait_event = 'ClientRead'";

#[track_caller]
pub(crate) fn assert_clean(copy: &Database<'_>, table: &str) {
    assert_eq!(copy.psql(&format!("SELECT count(*) FROM {table}")), "0");
    wait_for("the end of all sessions", || {
        sessions_of_the_dump(copy).is_empty().then_some(())
    });
}

/// Of the large tables, those that are there.
#[track_caller]
pub(crate) fn assert_whole_or_empty(copy: &Database<'_>) {
    for (table, rows) in [
        ("wide", "40000"),
        ("toasted", "600"),
        ("measured_2024", "12000"),
    ] {
        let is_missing = copy
            .psql(&format!("SELECT to_regclass('{table}')"))
            .is_empty();
        let found = match is_missing {
            false => copy.psql(&format!("SELECT count(*) FROM {table}")),
            true => "0".to_owned(),
        };
        assert!(["0", rows].contains(&&*found), "{found} rows of {table}");
    }
}

/// What the server says to a session that somebody ends.
const TERMINATED: &str = "terminating connection due to administrator command";

fn terminate(copy: &Database<'_>, pid: &str) {
    copy.psql(&format!("SELECT pg_terminate_backend({pid})"));
}

/// A store with an archive of the large tables, in segments.
pub(crate) fn stored() -> S3Server {
    let flags = [&SMALL_SEGMENTS[..], &["-Znone"]].concat();
    let dumped = Dumped::by_pgsluice(&large().url(), &flags);
    let server = store();
    server.plant_object(BUCKET, KEY, &fs::read(dumped.path()).unwrap());
    let manifest = format!("{}.manifest.json", dumped.path().display());
    let manifest = fs::read(manifest).unwrap();
    server.plant_object(BUCKET, "shop.dump.manifest.json", &manifest);
    server
}

pub(crate) fn from_store(server: &S3Server, copy: &Database<'_>, jobs: &str) -> Program {
    let restore = Program::restore(TARGET, copy).reading_from(server);
    // Little enough memory for many requests.
    restore.args(["-j", jobs, "--max-memory", "64MiB"])
}

#[test]
fn session_lost_in_mid_copy_is_told_and_leaves_no_rows() {
    let archive = Dumped::by_pgsluice(&ledger().url(), &["-Znone"]);
    for jobs in ["1", "2"] {
        for more in [&[][..], &["--on-conflict-do-nothing"]] {
            let (copy, hold) = held_ledger(&archive);
            let restore = Program::restore(archive.path(), &copy).args(["-a", "-j", jobs]);
            let running = restore.args(more).start();
            let pid = match more {
                [] => copying(&copy, WAITS_FOR_LOCK),
                _ => wait_for("an INSERT that waits", || {
                    let waiting = "SELECT pid FROM pg_stat_activity WHERE query ~ 'pgsluice_merge'
                        AND datname = current_database() AND wait_event_type = 'Lock'";
                    let pid = copy.psql(waiting);
                    (!pid.is_empty()).then_some(pid)
                }),
            };
            terminate(&copy, &pid);
            running.end().failed(1, &["ledger", TERMINATED]);
            drop(hold);
            assert_clean(&copy, "ledger");
        }
    }
}

#[test]
fn session_of_a_team_that_is_lost_leaves_no_rows_of_the_others() {
    let (server, copy) = (stored(), cluster().create_database("restored"));
    // Contents and manifest are read by then.
    server.fail_after(Op::Get, 8, 12, Effect::Delay(Duration::from_secs(2)));
    let running = from_store(&server, &copy, "3").start();
    let pid = copying(&copy, &format!("query ~ 'wide' AND {WAITS_FOR_US}"));
    terminate(&copy, &pid);
    running.end().failed(1, &["wide", TERMINATED]);
    assert_clean(&copy, "wide");
}

#[test]
fn one_large_table_is_loaded_by_several_sessions() {
    let (server, copy) = (stored(), cluster().create_database("restored"));
    server.fail_after(Op::Get, 8, 12, Effect::Delay(Duration::from_secs(1)));
    let restore = from_store(&server, &copy, "3").args(["-t", "wide"]);
    let running = restore.start();
    let loading =
        "(SELECT count(*) FROM pg_stat_activity WHERE query ~ '^COPY public.wide.*FORMAT binary')";
    copying(&copy, &format!("query ~ 'wide' AND {loading} = 3"));
    running.end().done();
    assert_eq!(copy.psql("SELECT count(*) > 0 FROM wide"), "t");
}

#[test]
fn server_that_is_not_there_is_named() {
    let archive = Dumped::by_pgsluice(&large().url(), &["-s"]);
    let url = "postgresql://postgres@127.0.0.1:1/shop";
    let restore = Program::unforced(archive.path(), url).args(["--force"]);
    restore.run().failed(1, &["127.0.0.1", "refused"]);
}

#[test]
fn archive_that_is_not_there_is_named() {
    let (server, copy) = (store(), cluster().create_database("restored"));
    for archive in [
        TARGET,
        "s3://nowhere/x.dump",
        "/nonexistent/x.dump",
        "s3://backups/prefix/",
    ] {
        let restore = Program::restore(archive, &copy).reading_from(&server);
        restore.run().failed(2, &[archive.trim_end_matches('/')]);
    }
}

#[test]
fn reads_that_fail_for_a_while_are_repeated() {
    let server = stored();
    for jobs in ["1", "4"] {
        let copy = cluster().create_database("restored");
        server.fail_next(Op::Get, 1, Effect::Refuse("SlowDown"));
        server.fail_after(Op::Get, 2, 2, Effect::Reset);
        server.fail_after(Op::Get, 2, 2, Effect::Refuse("InternalError"));
        server.fail_after(Op::Get, 3, 1, Effect::LoseAnswer);
        from_store(&server, &copy, jobs).run().done();
        assert_equal(large(), &copy);
        server.heal();
    }
}

#[test]
fn reads_that_are_slow_are_waited_for() {
    let (server, copy) = (stored(), cluster().create_database("restored"));
    server.fail_next(Op::Get, 20, Effect::Delay(Duration::from_millis(300)));
    from_store(&server, &copy, "2").run().done();
    assert_equal(large(), &copy);
}

#[test]
fn read_that_is_refused_for_good_is_told_and_leaves_no_rows() {
    let server = stored();
    for (refusal, fact) in [
        ("AccessDenied", "access is denied"),
        ("NoSuchKey", "does not exist"),
    ] {
        for (jobs, spared) in [("1", 0), ("1", 4), ("4", 4)] {
            let copy = cluster().create_database("restored");
            server.fail_after(Op::Get, spared, usize::MAX, Effect::Refuse(refusal));
            let outcome = from_store(&server, &copy, jobs).run();
            outcome.failed(2, &[TARGET, fact]);
            server.heal();
            assert_whole_or_empty(&copy);
            assert_eq!(sessions_of_the_dump(&copy), "");
        }
    }
}

#[test]
fn archive_that_is_replaced_meanwhile_is_not_mixed_with_the_other() {
    let (server, copy) = (stored(), cluster().create_database("restored"));
    server.fail_after(Op::Get, 5, 4, Effect::Delay(Duration::from_secs(2)));
    let running = from_store(&server, &copy, "1").start();
    copying(&copy, WAITS_FOR_US);
    let mut other = server.object(BUCKET, KEY).unwrap();
    other.reverse();
    server.plant_object(BUCKET, KEY, &other);
    running.end().failed(2, &[TARGET, "replaced"]);
    assert_clean(&copy, "wide");
}
