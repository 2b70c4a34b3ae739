//! Databases and objects with names that need care.

use crate::archives::assert_as_pg_dump;
use crate::databases::{Dumped, assert_restores};
use crate::support::cluster::cluster;
use crate::support::program::succeed;

#[test]
fn empty_database_comes_back() {
    let source = cluster().create_database("empty");
    assert_as_pg_dump(&source.url(), &[]);
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(&source, &dumped.path(), &[]);
}

#[test]
fn database_is_created_with_its_odd_name_and_properties() {
    let name = r#"It's "My" Database \ 100% ä"#;
    let source = cluster().create_database_with(name, "CONNECTION LIMIT 7");
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    source.psql(&format!(
        "CREATE TABLE t AS SELECT 1 AS n;
         ALTER DATABASE {quoted} SET work_mem TO '5MB';
         COMMENT ON DATABASE {quoted} IS 'it''s \\ mine'"
    ));
    assert_as_pg_dump(&source.url(), &[]);
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);

    // The archive names the database, so its source has to make room.
    cluster().psql(
        "postgres",
        &format!("ALTER DATABASE {quoted} RENAME TO before"),
    );
    let mut pg_restore = cluster().command("pg_restore");
    pg_restore.args([
        "--exit-on-error",
        "--create",
        "--dbname",
        &cluster().url("postgres"),
    ]);
    succeed(pg_restore.arg(dumped.path()));
    let properties = |database: &str| {
        let properties = "SELECT datconnlimit, setconfig, shobj_description(d.oid, 'pg_database')
             FROM pg_database d JOIN pg_db_role_setting ON setdatabase = d.oid
             WHERE datname = current_database()";
        (
            cluster().psql(database, properties),
            cluster().psql(database, "TABLE t"),
        )
    };
    assert_eq!(properties(name), properties("before"));
}

#[test]
fn names_that_need_quoting_come_back() {
    let source = cluster().create_database("quoted");
    source.psql(
        r#"CREATE SCHEMA "select"; CREATE SCHEMA "with ""quotes""";
           CREATE TABLE "select"."Table" ("Column" integer PRIMARY KEY, "a""b" text, "it's" text, " " text, "user" text);
           CREATE TABLE "with ""quotes"""."new
line" ("tab	tab" integer, "back\slash" text DEFAULT 'C:\', "a,b" text, "(c)" text);
           INSERT INTO "select"."Table" VALUES (1, 'x', 'y', 'z', 'u');
           INSERT INTO "with ""quotes"""."new
line" VALUES (1, '\', ',', ')');
           CREATE INDEX "index of ""Table""" ON "select"."Table" ("a""b");
           CREATE VIEW "select"."from" AS SELECT * FROM "select"."Table";
           COMMENT ON COLUMN "select"."Table"."it's" IS 'it''s \ a "comment"
-- of two lines';
           CREATE TYPE "Mood" AS ENUM ('it''s', 'so "so"', 'a\b');
           CREATE FUNCTION "Fn"("Arg" "Mood" DEFAULT 'it''s') RETURNS text LANGUAGE sql AS 'SELECT $$it''s$$';
           CREATE SEQUENCE "Seq" START 5; SELECT nextval('"Seq"')"#,
    );
    assert_as_pg_dump(&source.url(), &[]);
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(&source, &dumped.path(), &[]);
}
