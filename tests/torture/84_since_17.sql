-- What servers know since PostgreSQL 17.

\if :since_17

-- Domains keep the name of what forbids NULL.
CREATE DOMAIN never_null AS text CONSTRAINT "never ""NULL""" NOT NULL CHECK (VALUE <> '');
COMMENT ON CONSTRAINT "never ""NULL""" ON DOMAIN never_null IS 'named';
CREATE COLLATION builtin (PROVIDER = builtin, LOCALE = 'C.UTF-8');
COMMENT ON COLLATION builtin IS 'of no library';

-- Access methods of partitioned tables; identity columns of partitions; exclusion.
CREATE TABLE parted_method (a integer) PARTITION BY LIST (a) USING "Heap ""2""";
CREATE TABLE parted_method_1 PARTITION OF parted_method FOR VALUES IN (1);
CREATE TABLE parted_method_2 PARTITION OF parted_method FOR VALUES IN (2) USING heap;
CREATE TABLE parted_identity (a integer GENERATED ALWAYS AS IDENTITY, b integer) PARTITION BY LIST (b);
CREATE TABLE parted_identity_1 PARTITION OF parted_identity FOR VALUES IN (1);
INSERT INTO parted_identity (b) VALUES (1), (1);
CREATE TABLE parted_exclusion (a integer, b integer, EXCLUDE USING btree (a WITH =, b WITH =)) PARTITION BY LIST (a);
CREATE TABLE parted_exclusion_1 PARTITION OF parted_exclusion FOR VALUES IN (1);
INSERT INTO parted_exclusion VALUES (1, 2);

GRANT MAINTAIN ON granted TO torture_reader WITH GRANT OPTION;
REVOKE MAINTAIN ON partly_revoked FROM CURRENT_USER;
ALTER TABLE granted ALTER a SET STATISTICS DEFAULT;
CREATE EVENT TRIGGER at_login ON login EXECUTE FUNCTION refuses();
ALTER EVENT TRIGGER at_login DISABLE;
CREATE FUNCTION restricted_path() RETURNS integer LANGUAGE sql SET transaction_timeout = '1min' AS 'SELECT 1';
ALTER STATISTICS all_kinds SET STATISTICS DEFAULT;

INSERT INTO times (i) VALUES ('infinity'), ('-infinity');
CREATE VIEW elaborate_since_17 AS
SELECT j.*, JSON_VALUE(jsonb '{"a": 1}', '$.a' RETURNING integer DEFAULT 5 ON EMPTY ERROR ON ERROR) AS value,
       JSON_EXISTS(jsonb '{}', '$.a' PASSING 1 AS x UNKNOWN ON ERROR) AS exists,
       JSON_QUERY(jsonb '[]', 'strict $' WITH CONDITIONAL WRAPPER NULL ON EMPTY) AS query,
       now() AT LOCAL AS local
FROM JSON_TABLE('[{"a": "it''s", "b": [1, 2]}]'::jsonb, '$[*]' AS path PASSING 'x' AS y COLUMNS (
    n FOR ORDINALITY, a text PATH '$.a' DEFAULT 'none' ON EMPTY, e boolean EXISTS PATH '$.e',
    NESTED PATH '$.b[*]' AS inside COLUMNS (b integer PATH '$'))) AS j;
SET client_min_messages = error;
CREATE SUBSCRIPTION of_17 CONNECTION 'dbname=nowhere' PUBLICATION one
WITH (connect = false, slot_name = NONE, failover = true);
SET client_min_messages = warning;

\endif
