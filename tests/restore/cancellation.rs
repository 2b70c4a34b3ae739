//! Somebody stops the restore: exit code 130, no half of a table, no session.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::databases::Dumped;
use crate::faults::{
    WAITS_FOR_LOCK, WAITS_FOR_US, assert_clean, assert_whole_or_empty, copying, from_store,
    held_ledger, stored,
};
use crate::ledger::{Hold, ledger, sessions_of_the_dump, wait_for};
use crate::program::{Program, Running, restored};
use crate::sources::large;
use crate::support::cluster::{Database, cluster};
use crate::support::s3::{Effect, Op};

/// Longer than any test takes.
const FOREVER: Duration = Duration::from_secs(3600);

/// Ends a restore that is in the middle of something.
fn interrupt(running: Running, signal: &str, copy: &Database<'_>) {
    running.signal(signal);
    running.end().failed(130, &["cancelled"]);
    wait_for("the end of all sessions", || {
        sessions_of_the_dump(copy).is_empty().then_some(())
    });
}

#[test]
fn ctrl_c_ends_a_copy_that_the_server_does_not_take() {
    let archive = Dumped::by_pgsluice(&ledger().url(), &["-Znone"]);
    for (signal, more) in [("INT", &["-j1"][..]), ("TERM", &["-j2"]), ("INT", &["-1"])] {
        let (copy, hold) = held_ledger(&archive);
        let restore = Program::restore(archive.path(), &copy).args(["-a"]);
        let running = restore.args(more).start();
        copying(&copy, WAITS_FOR_LOCK);
        interrupt(running, signal, &copy);
        drop(hold);
        assert_clean(&copy, "ledger");
    }
}

#[test]
fn ctrl_c_ends_the_wait_for_a_store() {
    for jobs in ["1", "3"] {
        let (server, copy) = (stored(), cluster().create_database("restored"));
        server.fail_after(Op::Get, 8, usize::MAX, Effect::Delay(FOREVER));
        let running = from_store(&server, &copy, jobs).start();
        copying(&copy, WAITS_FOR_US);
        interrupt(running, "INT", &copy);
        assert_whole_or_empty(&copy);
    }
}

#[test]
fn ctrl_c_ends_the_wait_for_a_lock() {
    let archive = Dumped::by_pgsluice(&large().url(), &["-s"]);
    for jobs in ["1", "4"] {
        let copy = restored(archive.path(), &[]);
        let hold = Hold::with(&copy, "LOCK TABLE wide IN ACCESS SHARE MODE");
        let restore = Program::restore(archive.path(), &copy);
        let running = restore.args(["-c", "--if-exists", "-j", jobs]).start();
        wait_for("a lock that is waited for", || {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            (copy.psql(waiting) != "0").then_some(())
        });
        interrupt(running, "INT", &copy);
        drop(hold);
        assert_eq!(copy.psql("SELECT to_regclass('wide')"), "wide");
    }
}

/// A restore of what somebody never writes.
fn waiting_for_input(copy: &Database<'_>) -> (Running, Child) {
    let mut silent = Command::new("sleep")
        .arg("8")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = silent.stdout.take().unwrap();
    let running = Program::restore("-", copy).stdin(input).start();
    // Nothing tells when it has begun to read.
    thread::sleep(Duration::from_secs(1));
    (running, silent)
}

fn is_silent_still(mut silent: Child) -> bool {
    let is_still = silent.try_wait().unwrap().is_none();
    silent.kill().unwrap();
    silent.wait().unwrap();
    is_still
}

#[test]
fn ctrl_c_ends_the_wait_for_standard_input() {
    let copy = cluster().create_database("restored");
    let (running, silent) = waiting_for_input(&copy);
    interrupt(running, "INT", &copy);
    assert!(is_silent_still(silent));
}

#[test]
fn second_signal_ends_the_wait_for_standard_input() {
    let copy = cluster().create_database("restored");
    let (running, silent) = waiting_for_input(&copy);
    // Equal ones could arrive as one.
    running.signal("INT");
    running.signal("TERM");
    assert_eq!(running.end().code, Some(130));
    assert!(is_silent_still(silent));
}
