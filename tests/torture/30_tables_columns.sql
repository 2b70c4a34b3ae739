-- Tables: columns of every attribute, options, names.

CREATE TABLE without_columns ();
INSERT INTO without_columns DEFAULT VALUES;
INSERT INTO without_columns DEFAULT VALUES;
CREATE TABLE without_columns_left (a integer, b text);
INSERT INTO without_columns_left VALUES (1, 'a'), (2, 'b'), (3, 'c');
ALTER TABLE without_columns_left DROP COLUMN a, DROP COLUMN b;

SELECT format('CREATE TABLE widest (%s)', string_agg(format('c%s "char"', n), ', ' ORDER BY n))
FROM generate_series(1, 1600) AS n
\gexec
INSERT INTO widest (c1, c800, c1600) VALUES ('a', '\', 'z');

CREATE TABLE dropped_columns (
    gone1 integer, a integer NOT NULL, gone2 text, "B ""2""" text DEFAULT 'it''s \', gone3 mood,
    c numeric(10, 2) DEFAULT 1.50 NOT NULL);
INSERT INTO dropped_columns VALUES (1, 2, 'three', 'four', 'ok', 5);
ALTER TABLE dropped_columns DROP COLUMN gone1, DROP COLUMN gone2, DROP COLUMN gone3;
ALTER TABLE dropped_columns ADD COLUMN d integer DEFAULT 7;
INSERT INTO dropped_columns VALUES (3, NULL, 6, 8);

CREATE TABLE "Everything of a table ""\" (
    a integer CONSTRAINT "a's check" CHECK (a > 0),
    b text COLLATE "C" DEFAULT E'it''s \\ a\ndefault' NOT NULL,
    c bytea, d varchar(20), e integer[] DEFAULT '{1,2}', f timestamp(3) DEFAULT now(),
    g text GENERATED ALWAYS AS (d || a::text) STORED, "select" boolean DEFAULT (1 > 2),
    h interval year to month, i bit(3) DEFAULT B'101', j bit varying(9), k char(4), l numeric(5, 0),
    m time(0) with time zone, n double precision DEFAULT 'NaN', o json DEFAULT '{"a": [1, "b\\"]}',
    CHECK (a < 100 OR b <> 'it''s'), CONSTRAINT unenforced_by_children CHECK (a <> 13) NO INHERIT)
WITH (fillfactor = 70, autovacuum_enabled = false, parallel_workers = 0,
      toast.autovacuum_enabled = off, toast.autovacuum_vacuum_threshold = 5);
ALTER TABLE "Everything of a table ""\"
    OWNER TO torture_owner,
    ALTER b SET STATISTICS 250, ALTER c SET STATISTICS 0, ALTER c SET STORAGE EXTERNAL,
    ALTER d SET STORAGE MAIN, ALTER e SET STORAGE PLAIN,
    ALTER a SET (n_distinct = 5, n_distinct_inherited = -0.5), ALTER b SET (n_distinct = -1),
    REPLICA IDENTITY FULL;
ALTER TABLE "Everything of a table ""\"
    ADD CONSTRAINT later CHECK (b <> 'later') NOT VALID;
INSERT INTO "Everything of a table ""\" (a, c, d, h, j, k, l, m)
VALUES (1, '\x00ff', 'one', '1 year 2 months', B'1', 'k', 12345, '04:05:06+01');
COMMENT ON TABLE "Everything of a table ""\" IS E'it''s \\ everything\n-- of a table';
COMMENT ON COLUMN "Everything of a table ""\".b IS 'the second';
COMMENT ON COLUMN "Everything of a table ""\"."select" IS '';
COMMENT ON COLUMN "Everything of a table ""\"."select" IS 'reserved';
COMMENT ON CONSTRAINT "a's check" ON "Everything of a table ""\" IS 'of a';
COMMENT ON CONSTRAINT later ON "Everything of a table ""\" IS 'not validated';

CREATE UNLOGGED TABLE unlogged (a integer PRIMARY KEY, b text);
INSERT INTO unlogged VALUES (1, 'kept as long as nothing fails');
CREATE TEMPORARY TABLE temporary (a integer);
INSERT INTO temporary VALUES (1);

CREATE TABLE of_type OF composite (first DEFAULT 5 NOT NULL, "it's" WITH OPTIONS CHECK ("it's" <> 'sad'));
CREATE TABLE of_type_bare OF nested;
INSERT INTO of_type VALUES (1, 'two', 'three', '{4}', 'ok', '5 days');
CREATE TYPE of_no_column_of_its_own AS (a integer);
CREATE TABLE of_dropped OF of_no_column_of_its_own (PRIMARY KEY (a));

CREATE TABLE replica_identity_nothing (a integer);
ALTER TABLE replica_identity_nothing REPLICA IDENTITY NOTHING;
CREATE TABLE replica_identity_index (a integer NOT NULL, b integer NOT NULL UNIQUE);
CREATE UNIQUE INDEX "Identity ""\" ON replica_identity_index (a);
ALTER TABLE replica_identity_index REPLICA IDENTITY USING INDEX "Identity ""\";

-- Generated columns do not come in COPY, wherever they stand.
CREATE TABLE generated (
    g1 integer GENERATED ALWAYS AS (a * 2) STORED, a integer, g2 text GENERATED ALWAYS AS ('x') STORED,
    b text);
INSERT INTO generated (a, b) VALUES (1, 'one'), (NULL, NULL);
CREATE TABLE generated_alone (g integer GENERATED ALWAYS AS (1 + 1) STORED);
INSERT INTO generated_alone DEFAULT VALUES;

CREATE TABLE in_own_space (a integer PRIMARY KEY USING INDEX TABLESPACE "Torture space", b text)
TABLESPACE "Torture space";
INSERT INTO in_own_space VALUES (1, 'elsewhere');
CREATE INDEX in_default_space ON in_own_space (b);
CREATE INDEX in_own_space_too ON in_own_space (b) TABLESPACE "Torture space";

-- The second reads defaults and checks of the first.
CREATE TABLE likewise (LIKE "Everything of a table ""\" INCLUDING ALL);
