-- What servers know since PostgreSQL 14.

\if :since_14

-- Before, pg_dump comments on such constraints ahead of making them.
COMMENT ON CONSTRAINT not_validated ON DOMAIN later_checked IS 'not looked at yet';
COMMENT ON CONSTRAINT good ON DOMAIN loops.checked IS 'as the function says';

-- Before, pg_dump drops indexes of partitions one by one, which the server refuses.
CREATE INDEX keyed_b ON keyed (b DESC) WHERE b <> '';
CREATE INDEX keyed_not_everywhere ON ONLY keyed (c);
CREATE INDEX keyed_1_c ON keyed_1 (c);
ALTER INDEX keyed_not_everywhere ATTACH PARTITION keyed_1_c;
COMMENT ON INDEX keyed_b IS 'of a partitioned table';
COMMENT ON INDEX keyed_1_b_idx IS 'of a partition';

CREATE TABLE compressed (a text COMPRESSION pglz, b text, c bytea COMPRESSION pglz);
INSERT INTO compressed VALUES (repeat('a', 10000), repeat('b', 10000), repeat('c', 10000)::bytea);

-- Multiranges have names, and types may be subscripted.
CREATE TYPE named_multirange AS RANGE (SUBTYPE = numeric, MULTIRANGE_TYPE_NAME = "Multirange ""\ ");
CREATE TABLE of_multiranges (
    a "Multirange ""\ ", b int4multirange DEFAULT '{[1,5),[7,9)}', c datemultirange[]);
INSERT INTO of_multiranges
VALUES ('{(,1.5],[2.50,NaN)}', '{}', '{"{[2000-01-01,infinity)}","{}",NULL}'), (NULL, NULL, NULL);
GRANT USAGE ON TYPE named_multirange TO torture_reader;
COMMENT ON TYPE named_multirange IS 'with a multirange';
CREATE FUNCTION of_compatible(anycompatiblemultirange, anycompatible) RETURNS anycompatiblerange
LANGUAGE sql AS 'SELECT range_merge($1)';
CREATE TYPE subscripted;
CREATE FUNCTION subscripted_in(cstring) RETURNS subscripted LANGUAGE internal IMMUTABLE STRICT AS 'point_in';
CREATE FUNCTION subscripted_out(subscripted) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'point_out';
CREATE TYPE subscripted (
    INPUT = subscripted_in, OUTPUT = subscripted_out, INTERNALLENGTH = 16, ALIGNMENT = double,
    ELEMENT = double precision, SUBSCRIPT = raw_array_subscript_handler);

-- Bodies of SQL, parsed once and for all; arguments that only come out of procedures.
CREATE FUNCTION parsed(n integer DEFAULT 5) RETURNS integer STABLE
RETURN n + (SELECT count(*)::integer FROM parent WHERE b <> 'it''s \');
CREATE FUNCTION "parsed ""atomic"""("it's" text, OUT b text, OUT "C ""c""" integer) RETURNS SETOF record LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO rule_log VALUES ("it's", 1);
    SELECT p.b, p.a FROM parent AS p WHERE p.b = "it's";
END;
CREATE PROCEDURE parsed_procedure(IN a integer, INOUT c text, OUT b integer) LANGUAGE sql
BEGIN ATOMIC
    SELECT c, a;
END;
CREATE FUNCTION parsed_empty() RETURNS void LANGUAGE sql BEGIN ATOMIC END;
-- One that reads a view that waits for a primary key waits with it.
CREATE FUNCTION loops.reads_postponed() RETURNS bigint LANGUAGE sql RETURN (SELECT max(n) FROM loops.by_key);
CREATE FUNCTION loops.groups_by_key() RETURNS SETOF text LANGUAGE sql
BEGIN ATOMIC
    SELECT name FROM loops.grouped GROUP BY id;
END;
COMMENT ON FUNCTION loops.groups_by_key() IS 'waits, too';
REVOKE EXECUTE ON FUNCTION loops.groups_by_key() FROM PUBLIC;
CREATE VIEW loops.of_waiting_function AS SELECT * FROM loops.groups_by_key() AS name;
CREATE FUNCTION loops.of_sequence() RETURNS bigint RETURN nextval('loops.left_sequence');

-- Parts of rows, indexes and statistics.
CREATE TABLE ranges_of_brin (a integer, b timestamptz, c inet);
CREATE INDEX ON ranges_of_brin USING brin (
    a int4_minmax_multi_ops (values_per_range = 16), b timestamptz_bloom_ops (false_positive_rate = 0.05), c inet_minmax_multi_ops);
CREATE STATISTICS on_expressions ON (a + b), (c || 'it''s \'), a FROM measured;
CREATE STATISTICS on_one_expression ON (a * 2) FROM measured;
CREATE VIEW elaborate_since_14 AS
WITH RECURSIVE t (n, m) AS (SELECT 1, 2 UNION ALL SELECT n + 1, m FROM t WHERE n < 5)
    SEARCH BREADTH FIRST BY n SET ordering CYCLE n SET is_cycle TO true DEFAULT false USING path
SELECT n, ordering = ordering AS ordered, is_cycle, date_bin('15 minutes', now(), '2000-01-01') AS bin,
       extract(epoch FROM now()) AS epoch
FROM t JOIN LATERAL (SELECT 1 AS x) AS l ON true JOIN (SELECT 1 AS n, 2 AS m) AS j USING (n) AS joined_by
GROUP BY DISTINCT ROLLUP (n, ordering = ordering), ROLLUP (n), is_cycle;
CREATE PROCEDURE only_out(OUT integer, OUT "named ""\ " text) LANGUAGE plpgsql AS 'BEGIN END';

SET client_min_messages = error;
CREATE SUBSCRIPTION binary_subscription CONNECTION 'dbname=nowhere' PUBLICATION one
WITH (connect = false, slot_name = NONE, binary = true, streaming = true);
SET client_min_messages = warning;

\endif
