//! Foreign-data wrappers, servers, user mappings and foreign tables.

use crate::archives::assert_as_pg_dump;
use crate::databases::{Dumped, WAYS, assert_restores, restore};
use crate::support::cluster::{Database, cluster};
use crate::support::program::{pgsluice, succeed};

/// What no output, log or manifest may say.
const PASSWORD: &str = "hunter2";

/// Servers of a wrapper that does nothing, so that options may be anything.
const SERVERS: &str = r#"
    CREATE ROLE "Odd User"; CREATE ROLE server_owner SUPERUSER;
    CREATE SCHEMA kinds;
    CREATE EXTENSION postgres_fdw;
    CREATE FUNCTION kinds.validate(text[], oid) RETURNS void LANGUAGE c
        AS '$libdir/postgres_fdw', 'postgres_fdw_validator';
    CREATE FUNCTION kinds.handle() RETURNS fdw_handler LANGUAGE c
        AS '$libdir/postgres_fdw', 'postgres_fdw_handler';
    CREATE FOREIGN DATA WRAPPER "Whole" HANDLER kinds.handle VALIDATOR kinds.validate;
    CREATE FOREIGN DATA WRAPPER useless OPTIONS (z 'it''s', "Odd key" 'back\slash', a '');
    COMMENT ON FOREIGN DATA WRAPPER useless IS 'of no use';
    ALTER FOREIGN DATA WRAPPER useless OWNER TO server_owner;
    GRANT USAGE ON FOREIGN DATA WRAPPER useless TO PUBLIC;
    GRANT USAGE ON FOREIGN DATA WRAPPER useless TO "Odd User" WITH GRANT OPTION;
    GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO "Odd User";
    CREATE SERVER "Server 1" TYPE 'it''s' VERSION '1.0' FOREIGN DATA WRAPPER useless
        OPTIONS (host 'db', "Port" '1');
    CREATE SERVER bare FOREIGN DATA WRAPPER useless;
    CREATE SERVER of_extension FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'localhost');
    COMMENT ON SERVER "Server 1" IS 'the first';
    ALTER SERVER "Server 1" OWNER TO server_owner;
    GRANT USAGE ON FOREIGN SERVER "Server 1" TO "Odd User";
    CREATE USER MAPPING FOR PUBLIC SERVER "Server 1" OPTIONS (user 'x', password 'hunter2''\');
    CREATE USER MAPPING FOR "Odd User" SERVER "Server 1";
    CREATE USER MAPPING FOR server_owner SERVER "Server 1" OPTIONS (password 'hunter2');
    CREATE USER MAPPING FOR CURRENT_USER SERVER bare"#;

const TABLES: &str = r#"
    CREATE FOREIGN TABLE kinds."Table" (
        "Id" integer OPTIONS ("Key" 'v''1', b 'x') NOT NULL,
        name text OPTIONS (c '\') COLLATE "C" DEFAULT 'it''s',
        gone integer,
        n numeric(10, 2) CHECK (n > 0)
    ) SERVER "Server 1" OPTIONS (schema_name 'S', "Table" 't''s');
    ALTER FOREIGN TABLE kinds."Table" DROP COLUMN gone;
    ALTER FOREIGN TABLE kinds."Table" ALTER name SET STATISTICS 77, ALTER name SET STORAGE EXTERNAL,
        ALTER name SET (n_distinct = 5), ADD CONSTRAINT later CHECK (length(name) > 1) NOT VALID;
    COMMENT ON FOREIGN TABLE kinds."Table" IS 'elsewhere';
    COMMENT ON COLUMN kinds."Table"."Id" IS 'its number';
    COMMENT ON CONSTRAINT later ON kinds."Table" IS 'some day';
    GRANT SELECT ON kinds."Table" TO "Odd User";
    GRANT UPDATE (name) ON kinds."Table" TO "Odd User";
    ALTER FOREIGN TABLE kinds."Table" OWNER TO server_owner;
    CREATE FUNCTION kinds.pass() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER "Pass" BEFORE INSERT ON kinds."Table" FOR EACH ROW EXECUTE FUNCTION kinds.pass();
    ALTER FOREIGN TABLE kinds."Table" DISABLE TRIGGER "Pass";
    CREATE FOREIGN TABLE nothing () SERVER bare;
    CREATE TABLE parent (a integer NOT NULL, b text DEFAULT 'p');
    CREATE FOREIGN TABLE child (c integer) INHERITS (parent) SERVER bare;
    ALTER FOREIGN TABLE child ALTER b SET DEFAULT 'mine', ALTER b SET NOT NULL;
    CREATE TABLE parted (k integer, v text) PARTITION BY LIST (k);
    CREATE FOREIGN TABLE parted_1 PARTITION OF parted FOR VALUES IN (1) SERVER bare OPTIONS (x 'y');
    CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
    CREATE VIEW seen AS SELECT * FROM kinds."Table""#;

#[test]
fn foreign_objects_come_back() {
    let source = cluster().create_database("foreign");
    source.psql(SERVERS);
    source.psql(TABLES);
    for flags in [
        &[][..],
        &["-n", "kinds"],
        &["-N", "kinds"],
        &["-t", "kinds.\"Table\""],
        &["-T", "kinds.\"Table\"", "-T", "seen"],
        &["-x", "--no-comments", "-s"],
        &["-a"],
    ] {
        assert_as_pg_dump(&source.url(), flags);
    }
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    for way in WAYS {
        assert_restores(&source, &dumped.path(), way);
    }
    passwords_are_in_the_archive_alone(&source);
}

fn passwords_are_in_the_archive_alone(source: &Database<'_>) {
    let directory = tempfile::tempdir().unwrap();
    let archive = directory.path().join("x.dump");
    let mut dump = pgsluice(&["dump", &source.url(), archive.to_str().unwrap(), "-vv"]);
    dump.args(["--json", "-Z", "none"])
        .env("PGSLUICE_LOG", "trace");
    let output = succeed(&mut dump);
    let manifest = std::fs::read(directory.path().join("x.dump.manifest.json")).unwrap();
    for text in [output.stdout, output.stderr, manifest] {
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains(PASSWORD), "{text}");
    }
    let archive = std::fs::read(archive).unwrap();
    assert!(String::from_utf8_lossy(&archive).contains(PASSWORD));
}

#[test]
fn options_that_the_role_may_not_see_are_missing_with_a_warning() {
    let source = cluster().create_database("hidden");
    source.psql(
        "CREATE ROLE onlooker LOGIN;
         CREATE FOREIGN DATA WRAPPER useless;
         CREATE SERVER theirs FOREIGN DATA WRAPPER useless;
         GRANT USAGE ON FOREIGN SERVER theirs TO onlooker;
         CREATE USER MAPPING FOR PUBLIC SERVER theirs OPTIONS (password 'hunter2');
         CREATE USER MAPPING FOR onlooker SERVER theirs OPTIONS (password 'mine')",
    );
    let url = source.url().replace("postgres@", "onlooker@");
    assert_as_pg_dump(&url, &[]);
    let output = succeed(&mut pgsluice(&["dump", &url, "-", "-Z", "none"]));
    let archive = String::from_utf8_lossy(&output.stdout);
    assert!(archive.contains("'mine'") && !archive.contains(PASSWORD));
    let messages = String::from_utf8(output.stderr).unwrap();
    assert!(
        messages.contains("user mapping public on server theirs"),
        "{messages}"
    );
    assert!(!messages.contains("user mapping onlooker"), "{messages}");
}

/// What a server keeps somewhere else, with a foreign table of it here.
fn with_remote_table() -> (Database<'static>, Database<'static>) {
    let remote = cluster().create_database("remote");
    remote.psql(
        r#"CREATE TABLE "Far" (n integer, "a b" text, gone text);
           INSERT INTO "Far" SELECT n, 'row ' || n FROM generate_series(1, 1000) AS n"#,
    );
    let source = cluster().create_database("near");
    let log = cluster().file("log");
    source.psql(&format!(
        r#"CREATE EXTENSION postgres_fdw;
           CREATE SERVER "Far away" FOREIGN DATA WRAPPER postgres_fdw
               OPTIONS (host '{}', port '{}', dbname '{}');
           CREATE SERVER unreachable FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '/nowhere');
           CREATE USER MAPPING FOR CURRENT_USER SERVER "Far away" OPTIONS (user 'postgres');
           CREATE USER MAPPING FOR CURRENT_USER SERVER unreachable;
           CREATE FOREIGN TABLE far (n integer, dropped text, "a b" text, double integer)
               SERVER "Far away" OPTIONS (table_name 'Far');
           ALTER FOREIGN TABLE far DROP COLUMN dropped, DROP COLUMN double;
           CREATE FOREIGN TABLE unread (n integer) SERVER unreachable;
           CREATE TABLE here AS SELECT 1 AS n"#,
        log.parent().unwrap().display(),
        cluster().port(),
        remote.name(),
    ));
    (remote, source)
}

#[test]
fn rows_of_foreign_tables_are_copied_only_on_request() {
    let (remote, source) = with_remote_table();
    let url = source.url();
    assert_as_pg_dump(&url, &[]);
    for flags in [
        &["--include-foreign-data", "\"Far away\""][..],
        &["--include-foreign-data=*away", "-a"],
        &["--include-foreign-data=*", "--exclude-table-data=unread"],
        &["--include-foreign-data=*", "-t", "far"],
    ] {
        assert_as_pg_dump(&url, flags);
    }
    let dumped = Dumped::by_pgsluice(&url, &["--include-foreign-data", "\"Far away\""]);
    restore(&dumped.path(), &[]);
    let rows = remote.psql(r#"SELECT count(*), count(DISTINCT (n, "a b")) FROM "Far""#);
    assert_eq!(rows, "2000|1000", "restored into the table they come from");
}

#[test]
fn foreign_server_that_no_pattern_matches_is_an_error() {
    let (_, source) = with_remote_table();
    for (flag, message) in [
        ("Far away", "no foreign server matches the pattern"),
        ("a.b", "expected at most 1"),
    ] {
        let mut dump = pgsluice(&["dump", &source.url(), "-", "--include-foreign-data", flag]);
        let output = dump.output().unwrap();
        let messages = String::from_utf8(output.stderr).unwrap();
        assert!(
            !output.status.success() && messages.contains(message),
            "{messages}"
        );
    }
}
