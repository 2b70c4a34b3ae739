//! A small database with objects of many kinds, which tests restore all or parts of.

use std::sync::LazyLock;

use crate::databases::Dumped;
use crate::support::cluster::{Database, cluster};
use crate::support::program::succeed;

const SHOP: &str = r#"
    CREATE ROLE shop_clerk;
    CREATE SCHEMA sales;
    GRANT USAGE ON SCHEMA sales TO shop_clerk;
    CREATE TYPE sales.state AS ENUM ('open', 'paid');
    CREATE TABLE customers (id int PRIMARY KEY, name text, seen timestamptz DEFAULT '2026-01-01 12:00+00');
    COMMENT ON TABLE customers IS 'whoever buys';
    COMMENT ON COLUMN customers.name IS 'as they write it';
    GRANT SELECT ON customers TO shop_clerk;
    GRANT UPDATE (name) ON customers TO shop_clerk;
    INSERT INTO customers VALUES (1, E'tab\tline\nslash\\'), (2, NULL), (3, '\.'), (4, 'O''Neil; "x"');
    CREATE INDEX customers_name ON customers (name);
    CREATE TABLE sales.orders (id serial PRIMARY KEY, customer int REFERENCES customers, code bytea, state sales.state DEFAULT 'open');
    ALTER TABLE sales.orders OWNER TO shop_clerk;
    INSERT INTO sales.orders (customer, code)
    SELECT 1 + i % 3, decode(md5(i::text), 'hex') FROM generate_series(1, 400) AS i;
    CREATE INDEX orders_code ON sales.orders (code);
    COMMENT ON INDEX sales.orders_code IS 'to find one';
    CREATE FUNCTION sales.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER stamped BEFORE UPDATE ON sales.orders FOR EACH ROW EXECUTE FUNCTION sales.stamp();
    CREATE TRIGGER counted BEFORE UPDATE ON sales.orders FOR EACH ROW EXECUTE FUNCTION sales.stamp();
    CREATE FUNCTION total(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 + 1';
    CREATE FUNCTION total(text, integer) RETURNS integer LANGUAGE sql AS 'SELECT $2';
    COMMENT ON FUNCTION total(integer) IS 'of one';
    REVOKE ALL ON FUNCTION total(integer) FROM PUBLIC;
    CREATE VIEW sales.open_orders AS SELECT id, customer FROM sales.orders WHERE state = 'open';
    CREATE MATERIALIZED VIEW sales.counts AS SELECT customer, count(*) FROM sales.orders GROUP BY customer;
    CREATE TABLE nothing (i int);
    CREATE TABLE columnless ();
    INSERT INTO columnless DEFAULT VALUES;
    CREATE TABLE measured (region text, value numeric, PRIMARY KEY (region, value)) PARTITION BY LIST (region);
    CREATE TABLE measured_north PARTITION OF measured FOR VALUES IN ('north');
    INSERT INTO measured SELECT 'north', i / 7.0 FROM generate_series(1, 20) AS i;
    CREATE TABLE "Odd ""name; (x)" ("a b" int, "c""d)" text DEFAULT 'ü;');
    INSERT INTO "Odd ""name; (x)" VALUES (1, 'ä'), (2, NULL);
    CREATE SEQUENCE numbers INCREMENT 5;
    SELECT setval('numbers', 4711);
    ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON customers TO shop_clerk USING (name = current_user);
    ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO shop_clerk;
    SELECT lo_from_bytea(70001, convert_to(repeat('large', 3000), 'UTF8'));
    SELECT lo_from_bytea(70002, '');
    COMMENT ON LARGE OBJECT 70001 IS 'a large one';
    GRANT SELECT ON LARGE OBJECT 70001 TO shop_clerk"#;

/// The database, which no test changes.
pub(crate) fn shop() -> &'static Database<'static> {
    static LOADED: LazyLock<Database<'static>> = LazyLock::new(|| {
        let database = cluster().create_database("shop");
        database.psql(SHOP);
        database
    });
    &LOADED
}

/// An archive of it by pgsluice, uncompressed, with its manifest.
pub(crate) fn ours() -> Dumped {
    Dumped::by_pgsluice(&shop().url(), &["-Znone"])
}

/// An archive of it by stock `pg_dump`.
pub(crate) fn stock() -> Dumped {
    Dumped::by_pg_dump(&shop().url(), &[])
}

/// Everything in a database as stock `pg_dump` prints it, rows and large objects included,
/// but not the keys by which newer minors restrict psql.
pub(crate) fn everything(database: &Database<'_>) -> Vec<String> {
    let mut pg_dump = cluster().command("pg_dump");
    let output = succeed(pg_dump.args(["-b", "-E", "UTF8", "-d", &database.url()]));
    let text = String::from_utf8(output.stdout).unwrap();
    let incidental = ["\\restrict ", "\\unrestrict "];
    text.lines()
        .filter(|line| !incidental.iter().any(|start| line.starts_with(start)))
        .map(str::to_owned)
        .collect()
}

/// Compares two databases by [`everything`]. Panics with the lines that differ.
#[track_caller]
pub(crate) fn assert_alike(one: &Database<'_>, other: &Database<'_>, context: &str) {
    let (one, other) = (everything(one), everything(other));
    if one == other {
        return;
    }
    let only = |these: &[String], those: &[String]| {
        let lines = these.iter().filter(|line| !those.contains(line)).take(20);
        lines.cloned().collect::<Vec<_>>().join("\n  ")
    };
    panic!(
        "{context}: differing databases\nonly in the first:\n  {}\nonly in the second:\n  {}",
        only(&one, &other),
        only(&other, &one)
    );
}
