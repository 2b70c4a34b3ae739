-- What does not come back as it was, whoever dumps it. Loaded after all else; only the
-- archives are compared.

SET search_path = torture;

-- Enumerations hash by OID, which another database has not: rows go by way of the root,
-- and end in other partitions.
CREATE TABLE by_hash_of_enum (m mood, n integer) PARTITION BY HASH (m);
CREATE TABLE by_hash_of_enum_0 PARTITION OF by_hash_of_enum FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE by_hash_of_enum_1 PARTITION OF by_hash_of_enum FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE by_hash_of_enum_2 PARTITION OF by_hash_of_enum FOR VALUES WITH (MODULUS 3, REMAINDER 2)
PARTITION BY LIST (n);
CREATE TABLE by_hash_of_enum_2_default PARTITION OF by_hash_of_enum_2 DEFAULT;
INSERT INTO by_hash_of_enum
SELECT m, n FROM unnest(enum_range(NULL::mood)) AS m, generate_series(1, 3) AS n;

-- A column order of its own: the parent came later. A child that is created by
-- CREATE TABLE … INHERITS has its parent's columns first.
CREATE TABLE came_first (
    z text, c numeric CHECK (c > 0), gone text, b text, a integer DEFAULT 5 NOT NULL, d integer,
    CONSTRAINT "parent's" CHECK (a <> 13));
ALTER TABLE came_first DROP COLUMN gone;
ALTER TABLE came_first RENAME CONSTRAINT came_first_c_check TO parent_c_check;
INSERT INTO came_first VALUES ('z', 1, 'b', 2, 3);
ALTER TABLE came_first INHERIT parent;

-- The server prints the marks of a cycle with casts, which its grammar does not take.
\if :since_14
CREATE VIEW marking_cycles AS
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5)
    CYCLE n SET is_cycle TO 'yes' DEFAULT 'no' USING path
SELECT n, is_cycle FROM t;
\endif

-- PostgreSQL's packages have no provider of labels, which could be asked for them.
INSERT INTO pg_seclabel
SELECT oid, tableoid, 0, 'My provider', 'it''s \ secret' FROM pg_class WHERE oid = 'parent'::regclass;
INSERT INTO pg_shseclabel
SELECT oid, tableoid, 'My provider', 'ours' FROM pg_database WHERE datname = current_database();
