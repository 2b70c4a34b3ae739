//! Rows that archives of stock `pg_dump` keep as statements (`--inserts`).

use crate::databases::{Dumped, assert_equal};
use crate::program::{Program, restored};
use crate::support::cluster::{Database, cluster};

/// Rows with everything that could be mistaken for the end of a statement.
fn source() -> Database<'static> {
    let database = cluster().create_database("inserted");
    database.psql(
        r#"CREATE TABLE "we;ird""(" ("a;""b" int PRIMARY KEY, "it's" text, made int GENERATED ALWAYS AS ("a;""b" + 1) STORED);
           INSERT INTO "we;ird""(" VALUES (1, ''), (2, ''';'), (3, E'\\'), (4, E'\\'';\n;'), (5, '"'), (6, '";'), (7, NULL),
             (8, '-- no remark'';'), (9, '/* nor'), (10, '$$;$$'), (11, E'\\.\n'), (12, 'ä;ü');
           INSERT INTO "we;ird""(" SELECT i, repeat(''';"', 20) FROM generate_series(100, 6000) AS i;
           INSERT INTO "we;ird""(" VALUES (9999, repeat(''';"', 50000));
           CREATE TABLE bytes (id int GENERATED ALWAYS AS IDENTITY, b bytea, d float8, a text[]);
           INSERT INTO bytes (b, d, a) SELECT decode(md5(i::text), 'hex'), i / 7.0, ARRAY['{;}', ''''] FROM generate_series(1, 200) AS i;
           INSERT INTO bytes (d) VALUES ('NaN'), ('-Infinity');
           CREATE TABLE columnless (); INSERT INTO columnless DEFAULT VALUES;
           CREATE TABLE empty (i int);
           CREATE TABLE parts (i int) PARTITION BY RANGE (i);
           CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
           INSERT INTO parts SELECT generate_series(1, 50);
           SELECT lo_from_bytea(0, 'large;''')"#,
    );
    database
}

#[test]
fn rows_kept_as_statements_come_back() {
    let source = source();
    for flags in [
        &["--inserts"][..],
        &["--column-inserts", "-Fd"],
        &["--rows-per-insert=7"],
        &["--inserts", "--on-conflict-do-nothing"],
        &["--inserts", "--quote-all-identifiers", "-Z6"],
    ] {
        let archive = Dumped::by_pg_dump(&source.url(), flags);
        for more in [&["-j1"][..], &["-j4"], &["-1"]] {
            let copy = restored(archive.path(), more);
            assert_equal(&source, &copy);
            copy.drop();
        }
    }
}

#[test]
fn statements_that_fail_leave_none_of_the_tables_rows() {
    let archive = Dumped::by_pg_dump(&source().url(), &["--inserts"]);
    let copy = cluster().create_database("restored");
    Program::restore(archive.path(), &copy)
        .args(["-s"])
        .run()
        .done();
    copy.psql(r#"ALTER TABLE "we;ird""(" ADD CHECK ("a;""b" <> 9999)"#);
    let outcome = Program::restore(archive.path(), &copy)
        .args(["-a", "--json"])
        .run();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert_eq!(outcome.failures(), ["TABLE DATA we;ird\"("]);
    assert_eq!(copy.psql(r#"SELECT count(*) FROM "we;ird""(""#), "0");
    assert_eq!(copy.psql("SELECT count(*) FROM bytes"), "202");
}

#[test]
fn conflicts_that_the_statements_allow_are_passed_over() {
    let source = cluster().create_database("inserted");
    source.psql("CREATE TABLE t (id int PRIMARY KEY, word text); INSERT INTO t VALUES (1, 'one'), (2, 'two')");
    let flags = ["--inserts", "--on-conflict-do-nothing"];
    let archive = Dumped::by_pg_dump(&source.url(), &flags);
    let copy = cluster().create_database("restored");
    copy.psql("CREATE TABLE t (id int PRIMARY KEY, word text); INSERT INTO t VALUES (1, 'mine')");
    Program::restore(archive.path(), &copy)
        .args(["-a"])
        .run()
        .done();
    assert_eq!(copy.psql("SELECT * FROM t ORDER BY 1"), "1|mine\n2|two");
}
