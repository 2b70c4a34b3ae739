//! What can be done before the first change: look (`--dry-run`), keep what is there
//! (`--pre-restore-dump`), and make room (`--terminate-sessions`).

use std::fs;
use std::process::Stdio;

use crate::databases::{Dumped, assert_equal, restore};
use crate::ledger::{Hold, sessions_of_the_dump, wait_for};
use crate::program::{Program, restored, text};
use crate::shop::{self, assert_alike, everything, shop};
use crate::sources::{torture, warehouse};
use crate::support::cluster::{Database, cluster};
use crate::support::program::succeed;
use crate::traces::{Directory, TARGET, store};

fn with_a_table() -> Database<'static> {
    let database = cluster().create_database("restored");
    database.psql("CREATE TABLE mine (i int); INSERT INTO mine VALUES (1), (2); CREATE TABLE nothing (i text)");
    database
}

/// Runs a script as `psql` does, up to its first error.
fn run_script(database: &Database<'_>, script: &str) {
    let directory = Directory::new();
    fs::write(directory.target(), script).unwrap();
    let mut psql = cluster().command("psql");
    psql.args(["-Xq", "-v", "ON_ERROR_STOP=1", "-d", &database.url(), "-f"]);
    succeed(psql.arg(directory.target()).stdin(Stdio::null()));
}

#[test]
fn dry_run_changes_nothing() {
    let copy = with_a_table();
    let before = everything(&copy);
    for dumped in [shop::ours(), shop::stock()] {
        for flags in [
            &["--dry-run"][..],
            &["--dry-run=list", "-c", "--if-exists", "-j4"],
            &["--dry-run=sql"],
            &["--dry-run=sql", "--clean", "--terminate-sessions"],
            &["--dry-run=sql", "--create"],
        ] {
            // It does not ask, either.
            let outcome = Program::unforced(dumped.path(), &copy.url())
                .args(flags)
                .run()
                .done();
            assert!(outcome.stdout.contains("customers"), "{outcome:?}");
            assert!(everything(&copy) == before, "{flags:?}");
        }
    }
    assert_eq!(sessions_of_the_dump(&copy), "");
}

#[test]
fn list_of_a_dry_run_is_one_to_restore_by() {
    for dumped in [shop::ours(), shop::stock()] {
        for flags in [&[][..], &["-n", "public"], &["-s"], &["-x"]] {
            let (one, other) = (
                cluster().create_database("one"),
                cluster().create_database("other"),
            );
            let dry_run = Program::unforced(dumped.path(), &one.url()).args(["--dry-run"]);
            let listed = dry_run.args(flags).run().done().stdout;
            let directory = Directory::new();
            fs::write(directory.target(), listed).unwrap();
            let definitions = if flags == ["-s"] { flags } else { &[] };
            let by_list = Program::restore(dumped.path(), &one).args(definitions);
            by_list.args(["-L", &directory.target()]).run().done();
            Program::restore(dumped.path(), &other)
                .args(flags)
                .run()
                .done();
            assert_alike(&one, &other, &format!("{flags:?}"));
        }
    }
}

#[test]
fn sql_of_a_dry_run_makes_the_same_definitions() {
    let copy = cluster().create_database("restored");
    for dumped in [shop::ours(), shop::stock()] {
        let (one, other) = (
            cluster().create_database("one"),
            cluster().create_database("other"),
        );
        let flags = ["-s", "-n", "public"];
        let dry_run = Program::unforced(dumped.path(), &copy.url()).args(flags);
        run_script(&one, &dry_run.args(["--dry-run=sql"]).run().done().stdout);
        Program::restore(dumped.path(), &other)
            .args(flags)
            .run()
            .done();
        assert_alike(&one, &other, "shop");
    }
    for source in [warehouse(), torture()].into_iter().flatten() {
        let dumped = Dumped::by_pgsluice(&source.url(), &["-s"]);
        let dry_run = Program::unforced(dumped.path(), &copy.url());
        let script = dry_run.args(["--dry-run=sql"]).run().done().stdout;
        let made = cluster().create_database("made");
        run_script(&made, &script);
        assert_alike(&made, &restored(dumped.path(), &[]), source.name());
    }
}

#[test]
fn pre_restore_dump_keeps_the_target_as_it_was() {
    let (directory, server) = (Directory::new(), store());
    for (kept, jobs) in [(directory.target(), "1"), (TARGET.to_owned(), "4")] {
        let target = with_a_table();
        let before = everything(&target);
        let archive = shop::ours();
        let restore = Program::restore(archive.path(), &target).reading_from(&server);
        let flags = [
            "-c",
            "--if-exists",
            "-j",
            jobs,
            "--pre-restore-dump",
            &kept,
            "--json",
        ];
        restore.args(flags).run().done().json();
        assert_eq!(target.psql("SELECT count(*) FROM sales.orders"), "400");
        let copy = cluster().create_database("kept");
        Program::restore(&kept, &copy)
            .reading_from(&server)
            .run()
            .done();
        assert!(everything(&copy) == before, "{kept}");
    }
    // Stock pg_restore takes it as well.
    let copy = restore(directory.target().as_ref(), &[]);
    assert_eq!(copy.psql("SELECT count(*) FROM mine"), "2");
}

#[test]
fn nothing_is_restored_where_the_dump_before_fails() {
    let (target, directory) = (with_a_table(), Directory::new());
    let before = everything(&target);
    fs::write(directory.target(), "an archive of last night").unwrap();
    for kept in [directory.target(), "/nonexistent/x.dump".to_owned()] {
        let archive = shop::ours();
        let restore = Program::restore(archive.path(), &target).args(["-c", "--if-exists"]);
        let outcome = restore.args(["--pre-restore-dump", &kept]).run();
        outcome.failed(2, &[&kept]);
        assert!(everything(&target) == before, "{kept}");
    }
    let text = fs::read_to_string(directory.target()).unwrap();
    assert_eq!(text, "an archive of last night");
}

#[test]
fn sessions_of_others_are_ended_first() {
    let target = restored(shop::ours().path(), &[]);
    let other = cluster().create_database("bystander");
    let hold = Hold::with(&target, "LOCK TABLE customers IN ACCESS EXCLUSIVE MODE");
    let bystander = Hold::with(&other, "DO 'BEGIN END'");
    let sessions = |database: &Database<'_>| {
        let name = database.name();
        let count = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND state = 'idle in transaction'"
        );
        cluster().psql("postgres", &count)
    };
    assert_eq!(sessions(&target), "1");
    let archive = shop::ours();
    let restore = Program::restore(archive.path(), &target);
    let flags = ["-c", "--if-exists", "--terminate-sessions", "-j", "4"];
    restore.args(flags).run().done();
    assert_alike(&target, shop(), "--terminate-sessions");
    wait_for("the end of the session", || {
        (sessions(&target) == "0").then_some(())
    });
    assert_eq!(sessions(&other), "1");
    drop((hold, bystander));
}

#[test]
fn sessions_in_a_database_that_is_made_anew_are_ended_first() {
    let source = cluster().create_database("remade");
    source.psql("CREATE TABLE t (i int); INSERT INTO t VALUES (1)");
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    source.psql("DELETE FROM t");
    let hold = Hold::with(&source, "DO 'BEGIN END'");
    let restore = Program::unforced(dumped.path(), &cluster().url("postgres")).args(["--force"]);
    let flags = ["-C", "-c", "--if-exists", "--terminate-sessions"];
    restore.args(flags).run().done();
    assert_eq!(source.psql("SELECT count(*) FROM t"), "1");
    drop(hold);
}

#[test]
fn restore_leaves_no_session_behind() {
    let copy = cluster().create_database("restored");
    let dumped = Dumped::by_pgsluice(&shop().url(), &[]);
    Program::restore(text(&dumped.path()), &copy)
        .args(["-j4"])
        .run()
        .done();
    assert_eq!(sessions_of_the_dump(&copy), "");
    assert_equal(shop(), &copy);
}
