//! Nothing is restored by mistake, and nothing secret is told.

use std::process::{Command, Stdio};

use crate::databases::Dumped;
use crate::ledger::Hold;
use crate::program::{Outcome, Program};
use crate::shop::{self, everything};
use crate::support::cluster::{Database, PASSWORD, cluster};
use crate::support::s3::SECRET_KEY;
use crate::traces::{BUCKET, Directory, KEY, TARGET, store};

/// A database with something to lose.
fn precious() -> Database<'static> {
    let database = cluster().create_database("precious");
    database.psql("CREATE TABLE customers (id int); INSERT INTO customers VALUES (7)");
    database
}

/// Runs a restore that must be refused with these facts, and must not have done anything.
#[track_caller]
fn assert_refused(database: &Database<'_>, restore: Program, facts: &[&str]) {
    let before = everything(database);
    let outcome = restore.args(["-c", "--if-exists"]).run();
    outcome.failed(3, facts);
    assert!(outcome.stderr.contains("\nhint: "), "{outcome:?}");
    assert_eq!(outcome.stdout, "");
    assert!(everything(database) == before);
}

fn tcp_url(database: &Database<'_>) -> String {
    cluster().tcp_url("postgres", PASSWORD, database.name())
}

#[test]
fn restore_that_nobody_can_confirm_is_refused() {
    let (database, archive) = (precious(), shop::ours());
    let port = cluster().port().to_string();
    let socket = cluster().file("");
    let socket = socket.to_str().unwrap().trim_end_matches('/');
    let restore = Program::unforced(archive.path(), &database.url());
    assert_refused(&database, restore, &[database.name(), socket, &port]);
    let restore = Program::unforced(archive.path(), &tcp_url(&database));
    assert_refused(
        &database,
        restore,
        &[database.name(), "127.0.0.1", &port, "dropping"],
    );
    // What is piped in is no answer.
    let mut echo = Command::new("echo")
        .arg("yes")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let restore = Program::unforced(archive.path(), &database.url());
    let restore = restore.stdin(echo.stdout.take().unwrap());
    assert_refused(&database, restore, &[database.name(), "--force"]);
    echo.wait().unwrap();
}

#[test]
fn restore_without_consent_keeps_no_dump_of_the_target_either() {
    let (database, directory) = (precious(), Directory::new());
    let archive = shop::ours();
    let restore = Program::unforced(archive.path(), &database.url());
    let restore = restore.args(["--pre-restore-dump", &directory.target()]);
    assert_refused(&database, restore, &[database.name()]);
    directory.assert_empty();
}

#[test]
fn protected_database_is_refused_even_by_force() {
    let (database, archive) = (precious(), shop::ours());
    for pattern in ["precious*", "*", database.name(), "pr?cious_*"] {
        let restore = Program::restore(archive.path(), &database).args(["--protect", pattern]);
        assert_refused(&database, restore, &[database.name(), "protected", pattern]);
    }
}

#[test]
fn protection_comes_from_the_environment_as_well() {
    let (database, archive) = (precious(), shop::ours());
    for patterns in [database.name(), "prod, precious_*,staging", "a,*prec*"] {
        let restore = Program::restore(archive.path(), &database);
        let restore = restore
            .env("PGSLUICE_PROTECT", patterns)
            .args(["--protect", "other"]);
        assert_refused(&database, restore, &[database.name(), "protected"]);
    }
}

#[test]
fn protected_host_is_refused() {
    let (database, archive) = (precious(), shop::ours());
    let restore = || Program::unforced(archive.path(), &tcp_url(&database)).args(["--force"]);
    assert_refused(
        &database,
        restore().args(["--protect", "127.0.0.*"]),
        &["127.0.0.1", "protected"],
    );
    assert_refused(
        &database,
        restore().env("PGSLUICE_PROTECT", "127.0.0.1"),
        &["127.0.0.1"],
    );
}

#[test]
fn protected_database_is_not_made_anew() {
    let (database, first) = (precious(), cluster().url("postgres"));
    let archive = Dumped::by_pgsluice(&database.url(), &[]);
    let restore = Program::unforced(archive.path(), &first).args(["--force", "--create"]);
    let restore = restore.args(["--protect", database.name()]);
    assert_refused(&database, restore, &[database.name(), "protected"]);
}

/// Whatever would be lost: nothing happens to the target, a dump before included.
#[test]
fn protection_comes_before_anything_is_done() {
    let (database, directory) = (precious(), Directory::new());
    let hold = Hold::with(&database, "DO 'BEGIN END'");
    let archive = shop::ours();
    let restore = Program::restore(archive.path(), &database).args(["--terminate-sessions"]);
    let restore = restore.args([
        "--protect",
        "precious*",
        "--pre-restore-dump",
        &directory.target(),
    ]);
    assert_refused(&database, restore, &["protected"]);
    // The server may not have noticed yet that the pg_dump which looked at it is gone.
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                    AND state = 'idle in transaction' AND application_name <> 'pg_dump'";
    assert_eq!(database.psql(sessions), "1");
    directory.assert_empty();
    drop(hold);
}

#[test]
fn other_databases_are_not_protected() {
    let database = precious();
    let archive = shop::ours();
    let restore = Program::restore(archive.path(), &database);
    let restore = restore.env("PGSLUICE_PROTECT", "preciou, recious*,,PRECIOUS*");
    restore.args(["-c", "--if-exists"]).run().done();
}

#[track_caller]
fn assert_no_secret(outcome: &Outcome, secrets: &[&str]) {
    for secret in secrets {
        assert!(!outcome.stdout.contains(secret), "{secret} in {outcome:?}");
        assert!(!outcome.stderr.contains(secret), "{secret} in {outcome:?}");
    }
}

#[test]
fn no_output_has_a_password() {
    let (database, server) = (cluster().create_database("restored"), store());
    let archive = std::fs::read(shop::ours().path()).unwrap();
    server.plant_object(BUCKET, KEY, &archive);
    let url = tcp_url(&database);
    let encoded = url
        .split_once("postgres:")
        .unwrap()
        .1
        .split_once('@')
        .unwrap()
        .0
        .to_owned();
    let secrets = [PASSWORD, "s3cret", &encoded, SECRET_KEY];
    for (flags, code) in [
        (&["--force"][..], 0),
        // Everything is there: failures are listed.
        (&["--force"], 1),
        (&["--force", "-e"], 1),
        (&["--force", "-c", "--if-exists", "-j4"], 0),
        (&["--dry-run=sql"], 0),
        (&[], 3),
        (&["--force", "--protect", "*"], 3),
        (&["--force", "--pre-restore-dump", TARGET], 2),
    ] {
        for form in [&["-vv"][..], &["--json"]] {
            let restore = Program::unforced(TARGET, &url).reading_from(&server);
            let restore = restore.env("RUST_LOG", "trace").args(flags);
            let outcome = restore.args(form).run();
            // The first restores, the same once more finds all of it there.
            if flags != ["--force"] {
                assert_eq!(outcome.code, Some(code), "{flags:?}: {outcome:?}");
            }
            assert_no_secret(&outcome, &secrets);
        }
    }
}

#[test]
fn wrong_password_is_told_and_not_shown() {
    let database = precious();
    let url = cluster().tcp_url("postgres", "hunter2", database.name());
    let archive = shop::ours();
    let restore = Program::unforced(archive.path(), &url).args(["--force", "-vv"]);
    let outcome = restore.env("RUST_LOG", "trace").run();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(
        outcome.stderr.contains("password authentication failed"),
        "{outcome:?}"
    );
    assert_no_secret(&outcome, &["hunter2"]);
}

/// As a variable that is not set leaves it.
#[test]
fn target_that_names_no_database_is_refused() {
    let archive = shop::ours();
    for target in [
        "",
        "postgresql://postgres@127.0.0.1",
        "host=127.0.0.1 user=postgres",
    ] {
        let outcome = Program::unforced(archive.path(), target)
            .env("PGUSER", "postgres")
            .args(["--force"])
            .run();
        outcome.failed(3, &["which database"]);
    }
}
