-- What servers know since PostgreSQL 15.

\if :since_15

-- Before, pg_dump loses these.
COMMENT ON SCHEMA public IS 'not the comment it came with';
GRANT USAGE ON SEQUENCE "Identity sequence ""\ " TO torture_reader;

CREATE VIEW invoking WITH (security_invoker = true, security_barrier = false) AS SELECT a FROM parent;
CREATE TABLE nulls_alike (a integer UNIQUE NULLS NOT DISTINCT, b integer, CONSTRAINT "b's" UNIQUE NULLS NOT DISTINCT (b) INCLUDE (a));
CREATE UNIQUE INDEX nulls_alike_index ON nulls_alike (a, b) NULLS NOT DISTINCT WHERE a > 0;
CREATE TABLE sets_some_null (
    a integer, c integer, FOREIGN KEY (a, c) REFERENCES keyed ON DELETE SET NULL (c),
    CONSTRAINT by_default FOREIGN KEY (c, a) REFERENCES keyed (c, a) ON DELETE SET DEFAULT (a));

-- Sequences that are unlogged though their tables are not, and the reverse.
CREATE UNLOGGED SEQUENCE unlogged_sequence;
SELECT nextval('unlogged_sequence');
CREATE TABLE logged_otherwise (a integer GENERATED ALWAYS AS IDENTITY, b integer GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE logged_otherwise_a_seq SET UNLOGGED;
CREATE UNLOGGED TABLE unlogged_otherwise (a integer GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE unlogged_otherwise_a_seq SET LOGGED;

-- Compression and access methods of materialized views.
CREATE MATERIALIZED VIEW matview_compressed AS SELECT a, b FROM compressed;
ALTER MATERIALIZED VIEW matview_compressed ALTER a SET COMPRESSION pglz;
ALTER MATERIALIZED VIEW matview_in_own_access_method SET ACCESS METHOD heap;

-- Publications of parts of tables and of schemas.
SET client_min_messages = error;
CREATE PUBLICATION of_columns FOR TABLE
    dropped_columns ("B ""2""", a), indexed (a) WHERE (b <> 'it''s \' AND a > 0), ONLY parent WHERE (a IS NOT NULL);
CREATE PUBLICATION of_schemas FOR TABLES IN SCHEMA "Odd ""schema"" 🐘", empty;
CREATE PUBLICATION of_schema_and_table FOR TABLES IN SCHEMA "select", TABLE measured WHERE (a = 1);
CREATE SUBSCRIPTION two_phases CONNECTION 'dbname=nowhere' PUBLICATION one
WITH (connect = false, slot_name = NONE, two_phase = true, disable_on_error = true);
SET client_min_messages = warning;

-- Rows with the minus that numeric did not take before, and infinities.
CREATE TABLE numerics_since_15 (n numeric, scaled numeric(3, -2), small numeric(2, 5));
INSERT INTO numerics_since_15 VALUES ('Infinity', 12345, 0.00012), ('-Infinity', -99900, -0.00099);

CREATE VIEW elaborate_since_15 AS
SELECT regexp_count('it''s', 's') AS counted, range_agg(r) AS merged, unnest(array_agg(m)) AS apart
FROM (VALUES ('[1,2)'::int4range, 1)) AS v (r, m);
\if :with_icu
CREATE COLLATION "Since ""15"" \" (PROVIDER = icu, LOCALE = 'und-u-ks-level1', DETERMINISTIC = false);
\endif
\endif
