//! Parts of tables: what depends on what, and what has to be said apart from the table.

use crate::archives::{assert_as_pg_dump, facts};
use crate::databases::{Dumped, WAYS, assert_restores};
use crate::support::cluster::{Database, cluster};

#[test]
fn defaults_and_checks_that_mention_their_own_table_come_back() {
    assert_comes_back(
        "CREATE TABLE lots (id integer, code text);
         ALTER TABLE lots ALTER code SET DEFAULT (NULL::lots IS NULL)::text;
         ALTER TABLE lots ADD CHECK (ROW(id, code)::lots IS NOT NULL OR NULL::lots[] IS NULL);
         CREATE FUNCTION next_lot(lots) RETURNS integer LANGUAGE sql AS 'SELECT 7';
         ALTER TABLE lots ALTER id SET DEFAULT next_lot(NULL);
         CREATE DOMAIN odd AS integer;
         ALTER DOMAIN odd ADD CHECK (VALUE <> ALL (COALESCE(NULL::odd[], '{4}')));
         INSERT INTO lots DEFAULT VALUES",
    );
}

#[test]
fn columns_that_use_parts_of_composite_and_multirange_types_come_back() {
    let ranges = if cluster().major() >= 14 {
        "CREATE TYPE shop.span AS RANGE (subtype = numeric, multirange_type_name = shop.spans);
         CREATE TABLE shop.prices (valid shop.spans, valids shop.spans[])"
    } else {
        ""
    };
    assert_comes_back(&format!(
        "CREATE SCHEMA shop;
         CREATE DOMAIN shop.sku AS text CHECK (VALUE <> '');
         CREATE TYPE shop.line AS (sku shop.sku, amount integer);
         CREATE DOMAIN shop.real_line AS shop.line CHECK ((VALUE).amount > 0);
         CREATE TABLE orders (line shop.line, lines shop.line[]);
         CREATE INDEX by_sku ON orders (((line).sku));
         CREATE VIEW skus AS SELECT (line).sku FROM orders;
         {ranges}"
    ));
}

#[test]
fn nested_partitions_with_indexes_and_references_come_back() {
    // pg_dump 13 writes DROP INDEX for attached indexes, which the server refuses.
    let index = if cluster().major() >= 14 {
        "CREATE INDEX ON p (n); COMMENT ON INDEX p11_n_idx IS 'its own'"
    } else {
        ""
    };
    assert_comes_back(&format!(
        "CREATE TABLE p (id integer PRIMARY KEY, n integer) PARTITION BY RANGE (id);
         CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100) PARTITION BY LIST (id);
         CREATE TABLE p11 PARTITION OF p1 FOR VALUES IN (1);
         CREATE TABLE p12 PARTITION OF p1 DEFAULT;
         COMMENT ON INDEX p11_pkey IS 'of a constraint';
         CREATE TABLE r (p integer REFERENCES p);
         CREATE RULE quiet AS ON DELETE TO p DO INSTEAD NOTHING;
         CREATE RULE loud AS ON UPDATE TO r DO ALSO NOTIFY loud;
         INSERT INTO p VALUES (1, 1), (2, 2); INSERT INTO r VALUES (1), (2);
         {index}"
    ));
}

#[test]
fn defaults_that_partitions_do_without_come_back() {
    assert_comes_back(
        "CREATE TABLE p (a integer DEFAULT 1, b integer) PARTITION BY LIST (b);
         CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (a);
         ALTER TABLE p1 ALTER a DROP DEFAULT; ALTER TABLE ONLY p ALTER b SET DEFAULT 5;
         CREATE TABLE p11 PARTITION OF p1 FOR VALUES IN (1);
         CREATE TABLE parent (a integer DEFAULT 1, b integer);
         CREATE TABLE child () INHERITS (parent); ALTER TABLE child ALTER a DROP DEFAULT",
    );
}

/// An archive of `pg_dump` from 16 on brings the grandchildren's defaults back.
#[test]
fn defaults_that_grandchildren_do_without_stay_away() {
    let source = cluster().create_database("without");
    source.psql(
        "CREATE TABLE parent (a integer DEFAULT 1, b integer);
         CREATE TABLE child () INHERITS (parent); ALTER TABLE child ALTER a DROP DEFAULT;
         CREATE TABLE grandchild (a integer) INHERITS (child);
         CREATE TABLE later () INHERITS (grandchild);
         CREATE TABLE other () INHERITS (child)",
    );
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(&source, &dumped.path(), &[]);
}

#[test]
fn large_objects_of_chosen_numbers_come_back_with_their_comments() {
    let source = assert_comes_back(
        "SELECT lo_from_bytea(7, 'seven'), lo_from_bytea(4294967294, 'many');
         COMMENT ON LARGE OBJECT 7 IS 'below the numbers of users';
         COMMENT ON LARGE OBJECT 4294967294 IS 'a large number'",
    );
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    let entries = facts(&dumped.path());
    let comments = entries.iter().filter(|e| e.name.contains("LARGE OBJECT"));
    assert_eq!(comments.count(), 2);
}

#[test]
fn constraints_that_rows_of_descendants_violate_come_back() {
    // One row to load after the constraint would be enough to fail.
    let rows = "SELECT -n, repeat('x', 500) FROM generate_series(1, 20000) AS n";
    let not_null = if cluster().major() >= 18 {
        "ALTER TABLE parent ADD CONSTRAINT known NOT NULL b NOT VALID; INSERT INTO parent VALUES (1, 'b')"
    } else {
        ""
    };
    assert_comes_back(&format!(
        "CREATE TABLE parent (a integer, b text);
         CREATE TABLE child () INHERITS (parent); CREATE TABLE grandchild () INHERITS (child);
         INSERT INTO grandchild {rows}; INSERT INTO child VALUES (NULL, NULL);
         ALTER TABLE parent ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
         CREATE TABLE p (a integer, b text) PARTITION BY RANGE (a);
         CREATE TABLE p1 PARTITION OF p DEFAULT;
         INSERT INTO p {rows};
         ALTER TABLE p ADD CONSTRAINT also_positive CHECK (a > 0) NOT VALID;
         {not_null}"
    ));
}

/// Makes a database by `sql` and checks that its archive is that of `pg_dump`, and restores.
fn assert_comes_back(sql: &str) -> Database<'static> {
    let source = cluster().create_database("parts");
    source.psql(sql);
    assert_as_pg_dump(&source.url(), &[]);
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    for way in WAYS {
        assert_restores(&source, &dumped.path(), way);
    }
    source
}
