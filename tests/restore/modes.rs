//! How a restore goes about its work: making and dropping, all or nothing, going on or not.

use crate::databases::Dumped;
use crate::program::{Program, restored};
use crate::shop::{self, assert_alike, everything, shop};
use crate::sources::warehouse;
use crate::support::cluster::{Database, cluster};

/// Tables that a database has.
const TABLES: &str = "SELECT count(*) FROM pg_stat_user_tables";

/// A database in which the archive's table `nothing` cannot be made.
fn with_another_table() -> Database<'static> {
    let database = cluster().create_database("restored");
    database.psql("CREATE TABLE nothing (other text); INSERT INTO nothing VALUES ('theirs')");
    database
}

/// What could not be made is somebody else's, and so is what is in it.
#[test]
fn data_of_what_is_there_already_is_left_alone() {
    for (archive, jobs) in [(shop::ours(), "1"), (shop::stock(), "3")] {
        let target = cluster().create_database("restored");
        target.psql(
            "CREATE SEQUENCE numbers; SELECT setval('numbers', 9999);
             SELECT lo_from_bytea(70001, 'theirs');
             CREATE TABLE customers (id int); CREATE ROLE theirs; ALTER TABLE customers OWNER TO theirs",
        );
        let restore = Program::restore(archive.path(), &target);
        let outcome = restore.args(["--json", "-j", jobs]).run();
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert_eq!(target.psql("SELECT last_value FROM numbers"), "9999");
        let theirs = "SELECT convert_from(lo_get(70001), 'UTF8')";
        assert_eq!(target.psql(theirs), "theirs");
        let failures = outcome.failures().join("\n");
        // From 17 on several large objects are one entry.
        let object = match cluster().major() {
            17.. => "BLOB METADATA 70001",
            _ => "BLOB 70001",
        };
        for entry in ["SEQUENCE numbers", "SEQUENCE SET numbers", object] {
            assert!(failures.contains(entry), "{failures}");
        }
        assert_eq!(target.psql("SELECT count(*) FROM sales.orders"), "400");
        let table = "SELECT pg_get_userbyid(relowner), relacl IS NULL, relrowsecurity, relhasindex
                     FROM pg_class WHERE oid = 'customers'::regclass";
        assert_eq!(target.psql(table), "theirs|t|f|f");
        target.psql("DROP OWNED BY theirs; DROP ROLE theirs");
    }
}

#[test]
fn failures_are_told_even_if_nothing_else_is_to_be() {
    let (archive, target) = (shop::ours(), with_another_table());
    let restore = Program::restore(archive.path(), &target).args(["-q"]);
    let outcome = restore.run();
    assert_eq!((outcome.code, &*outcome.stdout), (Some(1), ""));
    for words in ["TABLE public.nothing", "could not be restored"] {
        assert!(outcome.stderr.contains(words), "{outcome:?}");
    }
}

#[test]
fn rows_without_a_table_keep_no_others_back() {
    for (archive, jobs) in [(shop::ours(), "1"), (shop::stock(), "3")] {
        let target = cluster().create_database("restored");
        Program::restore(archive.path(), &target)
            .args(["-s"])
            .run()
            .done();
        // The first of the data, and one in the middle. With several sessions rows come in
        // any order, those of the foreign key before what they refer to.
        target.psql(
            "DROP TABLE columnless, nothing; ALTER TABLE sales.orders DROP CONSTRAINT orders_customer_fkey",
        );
        let restore = Program::restore(archive.path(), &target).args(["-a", "--json", "-j", jobs]);
        let outcome = restore.run();
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        let report = outcome.json();
        assert_eq!(report["failures"].as_array().unwrap().len(), 2, "{report}");
        for failure in report["failures"].as_array().unwrap() {
            assert_eq!(failure["sqlstate"], "42P01", "{failure}");
        }
        let orders = target.psql("SELECT count(*) FROM sales.orders");
        assert_eq!(orders, "400");
    }
}

#[test]
fn create_makes_the_database_with_its_properties() {
    const PROPERTIES: &str =
        "SELECT pg_encoding_to_char(encoding), datcollate, datconnlimit, datacl, setconfig,
             shobj_description(d.oid, 'pg_database')
         FROM pg_database AS d LEFT JOIN pg_db_role_setting ON setdatabase = d.oid
         WHERE datname = 'to be made'";
    let source = cluster().create_database_with("to be made", "ENCODING 'LATIN1'");
    source.psql(
        r#"ALTER DATABASE "to be made" SET work_mem = '5MB';
           ALTER DATABASE "to be made" CONNECTION LIMIT 7;
           COMMENT ON DATABASE "to be made" IS 'of old';
           GRANT TEMPORARY ON DATABASE "to be made" TO pg_monitor;
           CREATE TABLE t (id int PRIMARY KEY, word text);
           INSERT INTO t VALUES (1, 'äöü'), (2, NULL)"#,
    );
    let properties = cluster().psql("postgres", PROPERTIES);
    let archives = [
        Dumped::by_pgsluice(&source.url(), &[]),
        Dumped::by_pg_dump(&source.url(), &[]),
    ];
    let before = everything(&source);
    for (archive, jobs) in archives.iter().zip(["4", "1"]) {
        cluster().psql("postgres", "DROP DATABASE \"to be made\"");
        let first = cluster().url("postgres");
        let restore = Program::unforced(archive.path(), &first).args(["--force", "--json"]);
        let report = restore.args(["--create", "-j", jobs]).run().done().json();
        assert_eq!(report["database"], "to be made");
        assert!(everything(&source) == before, "{jobs} jobs");
        assert_eq!(cluster().psql("postgres", PROPERTIES), properties);
    }
    let restore = Program::unforced(archives[0].path(), &cluster().url("postgres"));
    let outcome = restore.args(["--force", "--create"]).run();
    outcome.failed(1, &["to be made", "already exists"]);
    let restore = Program::unforced(archives[0].path(), &cluster().url("postgres"));
    restore
        .args(["--force", "-C", "-c", "--if-exists"])
        .run()
        .done();
    assert!(everything(&source) == before);
}

#[test]
fn clean_restores_over_the_same_database_as_often_as_one_likes() {
    for dumped in [shop::ours(), shop::stock()] {
        let copy = cluster().create_database("restored");
        for jobs in ["1", "4", "1"] {
            let restore = Program::restore(dumped.path(), &copy).args(["--json", "-j", jobs]);
            let outcome = restore.args(["--clean", "--if-exists"]).run().done();
            assert_eq!(outcome.failures(), Vec::<String>::new());
            assert_alike(&copy, shop(), jobs);
        }
    }
}

#[test]
fn clean_without_if_exists_restores_over_the_same_database() {
    for dumped in [shop::ours(), shop::stock()] {
        let copy = restored(dumped.path(), &[]);
        Program::restore(dumped.path(), &copy)
            .args(["-c"])
            .run()
            .done();
        assert_alike(&copy, shop(), "-c");
    }
}

/// Stock `pg_restore` cannot: keys of partitions are not dropped by themselves.
#[test]
fn clean_restores_over_the_definitions_of_the_sample() {
    let Some(source) = warehouse() else {
        return;
    };
    let dumped = Dumped::by_pg_dump(&source.url(), &["-s"]);
    let (copy, other) = (
        restored(dumped.path(), &["-j4"]),
        restored(dumped.path(), &[]),
    );
    for jobs in ["1", "4"] {
        let restore = Program::restore(dumped.path(), &copy);
        restore.args(["-c", "--if-exists", "-j", jobs]).run().done();
        assert_alike(&copy, &other, jobs);
    }
}

#[test]
fn clean_leaves_what_the_archive_does_not_make() {
    let copy = with_another_table();
    copy.psql("CREATE TABLE newer (i int); CREATE VIEW newer_still AS SELECT i FROM newer");
    let archive = shop::ours();
    let restore = Program::restore(archive.path(), &copy);
    restore
        .args(["-c", "--if-exists", "-t", "nothing"])
        .run()
        .done();
    assert_eq!(copy.psql("SELECT count(*) FROM nothing"), "0");
    assert_eq!(
        copy.psql("SELECT to_regclass('newer_still')"),
        "newer_still"
    );
}

#[test]
fn if_exists_without_clean_is_refused() {
    let copy = cluster().create_database("restored");
    let archive = shop::ours();
    let restore = Program::restore(archive.path(), &copy);
    restore.args(["--if-exists"]).run().failed(3, &["clean"]);
}

#[test]
fn single_transaction_leaves_nothing_after_a_failure() {
    let copy = with_another_table();
    let before = everything(&copy);
    for dumped in [shop::ours(), shop::stock()] {
        let restore = Program::restore(dumped.path(), &copy);
        let outcome = restore.args(["--single-transaction"]).run();
        outcome.failed(1, &["nothing", "already exists"]);
        assert!(everything(&copy) == before);
    }
}

/// The last of all that is made.
#[test]
fn single_transaction_takes_back_rows_and_large_objects_too() {
    let copy = cluster().create_database("restored");
    copy.psql(
        "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no policies here'; END $$;
         CREATE EVENT TRIGGER refusing ON ddl_command_start WHEN TAG IN ('CREATE POLICY') EXECUTE FUNCTION refuse()",
    );
    let before = everything(&copy);
    let archive = shop::ours();
    let restore = Program::restore(archive.path(), &copy).args(["-1"]);
    restore.run().failed(1, &["own", "no policies here"]);
    assert!(everything(&copy) == before);
}

#[test]
fn single_transaction_restores_everything() {
    for dumped in [shop::ours(), shop::stock()] {
        let copy = restored(dumped.path(), &["-1"]);
        let restore = Program::restore(dumped.path(), &copy);
        restore.args(["-1", "-c", "--if-exists"]).run().done();
        assert_alike(&copy, shop(), "-1");
    }
}

#[test]
fn single_transaction_refuses_what_cannot_be_in_one() {
    for flags in [["-1", "-j2"], ["-1", "-C"]] {
        let restore = Program::unforced("x.dump", &cluster().url("postgres"));
        let outcome = restore.args(["--force"]).args(flags).run();
        outcome.failed(3, &["single_transaction"]);
    }
}

#[test]
fn failures_are_collected_and_everything_else_is_restored() {
    for jobs in ["1", "4"] {
        for dumped in [shop::ours(), shop::stock()] {
            let copy = with_another_table();
            let restore = Program::restore(dumped.path(), &copy);
            let outcome = restore.args(["--json", "-j", jobs]).run();
            assert_eq!(outcome.code, Some(1), "{outcome:?}");
            assert_eq!(outcome.failures(), ["TABLE nothing", "TABLE DATA nothing"]);
            let report = outcome.json();
            assert_eq!(report["failures"][0]["sqlstate"], "42P07", "{report}");
            assert_eq!(report["failures"][0]["namespace"], "public", "{report}");
            // What was there is as it was; the rest is what it would have been.
            assert_eq!(copy.psql("SELECT other FROM nothing"), "theirs");
            copy.psql("DROP TABLE nothing; CREATE TABLE nothing (i int)");
            assert_alike(&copy, shop(), jobs);
        }
    }
}

#[test]
fn failures_are_told_to_people_as_well() {
    let copy = with_another_table();
    let archive = shop::ours();
    let outcome = Program::restore(archive.path(), &copy).run();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    for fact in [
        "public.nothing",
        "already exists",
        "2 entries could not be restored",
    ] {
        assert!(outcome.stdout.contains(fact), "{outcome:?}");
    }
}

#[test]
fn rows_that_a_table_does_not_take_are_a_failure_of_their_own() {
    let copy = cluster().create_database("restored");
    let archive = shop::ours();
    Program::restore(archive.path(), &copy)
        .args(["-s"])
        .run()
        .done();
    copy.psql("ALTER TABLE sales.orders ADD CHECK (id <> 399)");
    for jobs in ["1", "4"] {
        let restore = Program::restore(archive.path(), &copy);
        let outcome = restore
            .args(["-a", "--json", "-t", "orders", "-j", jobs])
            .run();
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert_eq!(outcome.failures(), ["TABLE DATA orders"]);
        assert_eq!(outcome.json()["failures"][0]["sqlstate"], "23514");
        assert_eq!(copy.psql("SELECT count(*) FROM sales.orders"), "0");
    }
}

#[test]
fn exit_on_error_ends_at_the_first_failure() {
    for jobs in ["1", "4"] {
        let copy = with_another_table();
        let archive = shop::ours();
        let restore = Program::restore(archive.path(), &copy);
        let outcome = restore
            .args(["--exit-on-error", "--json", "-j", jobs])
            .run();
        outcome.failed(1, &["public.nothing", "already exists"]);
        let error = &outcome.json()["error"];
        assert_eq!(error["sqlstate"], "42P07", "{error}");
        // Its schema comes later, and rows after all tables.
        assert_eq!(copy.psql("SELECT to_regclass('sales.orders')"), "");
        assert_eq!(copy.psql("SELECT count(*) FROM customers"), "0");
    }
}

#[test]
fn report_says_what_was_restored() {
    let copy = cluster().create_database("restored");
    for (flags, rows, tables) in [(["-j1", "-c"], 427, 6), (["-j4", "-c"], 427, 6)] {
        let archive = shop::ours();
        let restore = Program::restore(archive.path(), &copy);
        let outcome = restore
            .args(["--if-exists", "--json"])
            .args(flags)
            .run()
            .done();
        let report = outcome.json();
        assert_eq!(report["rows"], rows, "{report}");
        assert_eq!(report["tables"], tables, "{report}");
        assert_eq!(report["large_objects"], 2, "{report}");
        assert_eq!(report["database"], copy.name(), "{report}");
    }
    assert_ne!(copy.psql(TABLES), "0");
}
