//! Rows that are hard to carry.

use crate::archives::assert_as_pg_dump;
use crate::databases::{Dumped, assert_equal, assert_restores, restore_into};
use crate::plain::assert_script_as_pg_dump;
use crate::support::cluster::cluster;

#[test]
fn text_that_copy_must_escape_comes_back() {
    let source = cluster().create_database("escapes");
    source.psql(
        r"CREATE TABLE texts (id integer, value text);
          INSERT INTO texts VALUES
            (1, E'tab\there'), (2, E'line\nfeed'), (3, E'carriage\r\nreturn'), (4, E'back\\slash'),
            (5, '\.'), (6, '\N'), (7, NULL), (8, ''), (9, E'\\\n\\.\n'), (10, E'\x01\x08\x0b\x0c\x1b\x7f'),
            (11, 'ümlaut 日本 🐘'), (12, E'\x41 \\101 \\b'), (13, E'trailing\\');
          INSERT INTO texts SELECT n, chr(n) || chr(n) FROM generate_series(14, 700) AS n;
          CREATE TABLE bytes AS SELECT n, decode(repeat(to_hex(n % 16), n * 2), 'hex') AS value FROM generate_series(0, 255) AS n;
          CREATE TABLE one_empty_text AS SELECT ''::text AS value;
          CREATE TABLE one_null AS SELECT NULL::text AS value;
          CREATE TABLE one_end_of_copy AS SELECT '\.'::text AS value",
    );
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(&source, &dumped.path(), &[]);
}

#[test]
fn tables_without_columns_or_with_dropped_ones_come_back() {
    let source = cluster().create_database("columns");
    source.psql(
        "CREATE TABLE nothing (); INSERT INTO nothing SELECT FROM generate_series(1, 3);
         CREATE TABLE emptied (a integer); INSERT INTO emptied VALUES (1), (2); ALTER TABLE emptied DROP COLUMN a;
         CREATE TABLE changed (a integer, b text, c integer); INSERT INTO changed VALUES (1, 'b', 3);
         ALTER TABLE changed DROP COLUMN b; ALTER TABLE changed ADD COLUMN d text DEFAULT 'new';
         CREATE TABLE computed (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED, c integer GENERATED ALWAYS AS IDENTITY);
         INSERT INTO computed (a) VALUES (1), (2);
         CREATE TABLE only_computed (b integer GENERATED ALWAYS AS (42) STORED);
         INSERT INTO only_computed SELECT FROM generate_series(1, 3);
         CREATE UNLOGGED TABLE unlogged AS SELECT 1 AS a",
    );
    assert_as_pg_dump(&source.url(), &[]);
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(&source, &dumped.path(), &[]);
}

#[test]
fn rows_print_as_the_database_has_it() {
    let source = cluster().create_database("settings");
    let name = source.psql("SELECT quote_ident(current_database())");
    source.psql(&format!(
        "ALTER DATABASE {name} SET timezone = 'Asia/Kolkata';
         ALTER DATABASE {name} SET bytea_output = escape;
         ALTER DATABASE {name} SET datestyle = 'German, DMY';
         ALTER DATABASE {name} SET intervalstyle = iso_8601;
         ALTER DATABASE {name} SET extra_float_digits = 0"
    ));
    source.psql(
        r"CREATE TABLE printed (at timestamptz, bytes bytea, day date, span interval, number float8);
          INSERT INTO printed VALUES
            ('2000-01-01 00:00+00', '\x0041ff', '1999-12-31', '1 day 2 hours', 0.1),
            ('1900-01-01 00:00+00', '\x5c0a', '0044-03-15 BC', '-1 month', 1e-300)",
    );
    assert_script_as_pg_dump(&source.url(), &[]);
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(&source, &dumped.path(), &[]);
}

#[test]
fn value_of_50_megabytes_comes_back() {
    let source = cluster().create_database("big_value");
    source.psql(
        "CREATE TABLE big (value text);
         ALTER TABLE big ALTER COLUMN value SET STORAGE EXTERNAL;
         INSERT INTO big SELECT repeat(string_agg(md5(n::text), ''), 50) FROM generate_series(1, 32768) AS n",
    );
    assert_eq!(source.psql("SELECT length(value) FROM big"), "52428800");
    let dumped = Dumped::by_pgsluice(&source.url(), &["-Z", "none"]);
    assert_restores(&source, &dumped.path(), &[]);
}

#[test]
fn rows_of_a_database_in_latin1_come_back() {
    let source = cluster().create_database_with("latin1", "ENCODING 'LATIN1'");
    source.psql(
        "CREATE TABLE \"Größe\" (\"Maß\" text);
         INSERT INTO \"Größe\" VALUES ('Übergröße'), ('naïve café'), (E'tab\\t');
         COMMENT ON TABLE \"Größe\" IS 'größer als nötig'",
    );
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    let copy = cluster().create_database_with("latin1_restored", "ENCODING 'LATIN1'");
    restore_into(&copy, &dumped.path(), &[]);
    assert_equal(&source, &copy);
    // It may become a database of another encoding, too.
    let copy = cluster().create_database("utf8_restored");
    restore_into(&copy, &dumped.path(), &[]);
    let rows = "SELECT string_agg(\"Maß\", ',') FROM \"Größe\"";
    assert_eq!(copy.psql(rows), source.psql(rows));
}

#[test]
fn bytes_of_a_database_without_an_encoding_come_back() {
    let source = cluster().create_database_with("ascii", "ENCODING 'SQL_ASCII'");
    source.psql(
        "CREATE TABLE mixed (value text);
         INSERT INTO mixed VALUES (E'latin \\xe9'), (E'utf-8 \\xc3\\xa9'), (E'neither \\xff\\xfe'), ('plain')",
    );
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    let copy = cluster().create_database_with("ascii_restored", "ENCODING 'SQL_ASCII'");
    restore_into(&copy, &dumped.path(), &[]);
    let rows = "SELECT encode(value::bytea, 'hex') FROM mixed";
    assert_eq!(copy.psql(rows), source.psql(rows));
}
