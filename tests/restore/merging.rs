//! Rows that are added to those that are there, and rows that triggers must not see.

use crate::databases::Dumped;
use crate::program::Program;
use crate::support::cluster::{Database, cluster};

const ORDERS: &str = "
    CREATE TABLE customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE);
    INSERT INTO customers (name) SELECT 'customer ' || i FROM generate_series(1, 100) AS i;
    CREATE TABLE \"or ders\" (id serial PRIMARY KEY, customer int, \"a b\" int,
        doubled int GENERATED ALWAYS AS (\"a b\" * 2) STORED);
    INSERT INTO \"or ders\" (customer, \"a b\") SELECT i, i FROM generate_series(1, 100) AS i;
    CREATE TABLE notes (note text UNIQUE);
    INSERT INTO notes VALUES ('kept');
    CREATE SEQUENCE down INCREMENT -1;
    SELECT setval('down', -50)";

/// A database, archives of it by both programs, and a copy of each.
fn sources() -> [(Dumped, Database<'static>); 2] {
    let source = cluster().create_database("merged");
    source.psql(ORDERS);
    [
        Dumped::by_pgsluice(&source.url(), &[]),
        Dumped::by_pg_dump(&source.url(), &[]),
    ]
    .map(|archive| {
        let copy = cluster().create_database("restored");
        Program::restore(archive.path(), &copy).run().done();
        (archive, copy)
    })
}

#[track_caller]
fn merge(archive: &Dumped, copy: &Database<'_>, more: &[&str]) {
    let restore = Program::restore(archive.path(), copy);
    let flags = ["--data-only", "--on-conflict-do-nothing"];
    restore.args(flags).args(more).run().done();
}

#[test]
fn merge_brings_back_what_is_missing_and_keeps_what_is_there() {
    for (archive, copy) in sources() {
        for jobs in ["1", "4"] {
            copy.psql(
                "DELETE FROM \"or ders\" WHERE id BETWEEN 10 AND 19 OR id > 100; DELETE FROM customers WHERE id IN (15, 101);
                 UPDATE customers SET name = 'renamed' WHERE id = 20;
                 INSERT INTO customers OVERRIDING SYSTEM VALUE VALUES (101, 'newer');
                 INSERT INTO \"or ders\" VALUES (101, 101, 7)",
            );
            merge(&archive, &copy, &["-j", jobs]);
            let found = copy.psql(
                "SELECT count(*), min(name) FILTER (WHERE id = 15), min(name) FILTER (WHERE id = 20),
                     min(name) FILTER (WHERE id = 101) FROM customers",
            );
            assert_eq!(found, "101|customer 15|renamed|newer");
            let found = copy.psql("SELECT count(*), sum(doubled) FROM \"or ders\"");
            assert_eq!(found, "101|10114");
        }
        assert_eq!(copy.psql("SELECT count(*) FROM notes"), "1");
    }
}

#[test]
fn merge_of_one_table_leaves_others_alone() {
    for (archive, copy) in sources() {
        copy.psql("DELETE FROM \"or ders\"; DELETE FROM customers WHERE id > 100");
        merge(&archive, &copy, &["-t", "or ders"]);
        assert_eq!(copy.psql("SELECT count(*) FROM \"or ders\""), "100");
        assert_eq!(copy.psql("SELECT count(*) FROM notes"), "1");
    }
}

#[test]
fn merge_moves_sequences_forward_only() {
    for (archive, copy) in sources() {
        copy.psql(
            "SELECT setval('customers_id_seq', 500), setval('\"or ders_id_seq\"', 3), setval('down', -20)",
        );
        merge(&archive, &copy, &[]);
        let next =
            "SELECT nextval('customers_id_seq'), nextval('\"or ders_id_seq\"'), nextval('down')";
        assert_eq!(copy.psql(next), "501|101|-51");
        copy.psql("SELECT setval('down', -70)");
        merge(&archive, &copy, &[]);
        assert_eq!(copy.psql(next), "502|102|-71");
    }
}

/// In the archive 1 has been taken; in the database it is still to come.
#[test]
fn merge_takes_the_first_value_of_a_sequence_as_taken() {
    let source = cluster().create_database("merged");
    source.psql(
        "CREATE TABLE t (id serial PRIMARY KEY, word text); INSERT INTO t (word) VALUES ('first')",
    );
    let archive = Dumped::by_pgsluice(&source.url(), &[]);
    let copy = cluster().create_database("restored");
    Program::restore(archive.path(), &copy)
        .args(["-s"])
        .run()
        .done();
    merge(&archive, &copy, &[]);
    copy.psql("INSERT INTO t (word) VALUES ('second')");
    assert_eq!(
        copy.psql("SELECT * FROM t ORDER BY id"),
        "1|first\n2|second"
    );
}

/// The value to come is the archive's, and has not been taken here either.
#[test]
fn merge_of_a_sequence_that_nobody_has_used_changes_nothing() {
    let source = cluster().create_database("merged");
    source.psql("CREATE SEQUENCE s START 10");
    let archive = Dumped::by_pgsluice(&source.url(), &[]);
    let copy = cluster().create_database("restored");
    Program::restore(archive.path(), &copy).run().done();
    for (taken, next) in [("", "10"), ("", "11"), ("SELECT setval('s', 30)", "31")] {
        copy.psql(taken);
        merge(&archive, &copy, &[]);
        assert_eq!(copy.psql("SELECT nextval('s')"), next);
    }
}

#[test]
fn merge_needs_data_only() {
    let copy = cluster().create_database("restored");
    let (archive, _) = &sources()[0];
    for flag in ["--on-conflict-do-nothing", "--disable-triggers"] {
        let restore = Program::restore(archive.path(), &copy).args([flag]);
        let name = flag.trim_start_matches("--").replace('-', "_");
        restore.run().failed(3, &[&name, "data_only"]);
    }
}

#[test]
fn disabled_triggers_see_no_rows_and_are_enabled_again() {
    for (archive, copy) in sources() {
        copy.psql(
            "DELETE FROM \"or ders\"; DELETE FROM customers; DELETE FROM notes;
             ALTER TABLE \"or ders\" ADD FOREIGN KEY (customer) REFERENCES customers;
             CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
             CREATE TRIGGER refusing BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION refuse()",
        );
        let restore = || Program::restore(archive.path(), &copy).args(["--data-only", "--json"]);
        let outcome = restore().run();
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        // Orders refer to customers, whose rows were not taken.
        assert_eq!(
            outcome.failures(),
            ["TABLE DATA customers", "TABLE DATA or ders"]
        );
        copy.psql("DELETE FROM notes");
        restore()
            .args(["--disable-triggers", "-j", "4"])
            .run()
            .done();
        let counts = "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM \"or ders\")";
        assert_eq!(copy.psql(counts), "100|100");
        let disabled = "SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'";
        assert_eq!(copy.psql(disabled), "0");
    }
}

#[test]
fn triggers_are_enabled_again_after_rows_that_fail() {
    let (archive, copy) = &sources()[0];
    let restore = Program::restore(archive.path(), copy).args(["--data-only", "--json"]);
    let outcome = restore
        .args(["--disable-triggers", "-t", "customers"])
        .run();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let disabled = "SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'";
    assert_eq!(copy.psql(disabled), "0");
    assert_eq!(copy.psql("SELECT count(*) FROM customers"), "100");
}

#[test]
fn rows_that_nothing_tells_apart_are_not_added_again() {
    let source = cluster().create_database("keyless");
    source.psql("CREATE TABLE keyless (note text); INSERT INTO keyless VALUES ('once')");
    for archive in [
        Dumped::by_pgsluice(&source.url(), &[]),
        Dumped::by_pg_dump(&source.url(), &[]),
    ] {
        let restore = Program::restore(archive.path(), &source).args(["-a"]);
        let outcome = restore.args(["--on-conflict-do-nothing"]).run();
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        for words in ["public.keyless", "no primary key or unique index"] {
            assert!(outcome.stdout.contains(words), "{outcome:?}");
        }
        assert_eq!(source.psql("SELECT count(*) FROM keyless"), "1");
        source.psql("DELETE FROM keyless");
        merge(&archive, &source, &[]);
        assert_eq!(source.psql("SELECT count(*) FROM keyless"), "1");
    }
}

#[test]
fn rows_that_were_added_are_counted() {
    for (archive, copy) in sources() {
        copy.psql("DELETE FROM customers WHERE id <= 7");
        let restore = Program::restore(archive.path(), &copy);
        let flags = [
            "-a",
            "-t",
            "customers",
            "--on-conflict-do-nothing",
            "--json",
        ];
        let report = restore.args(flags).run().done().json();
        assert_eq!(report["rows"], 7, "{report}");
    }
}
