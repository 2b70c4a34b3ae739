-- What servers know since PostgreSQL 18.

\if :since_18

-- Constraints against NULL: named, noted, of one table alone, not validated, inherited.
CREATE TABLE never_nulls (
    a integer CONSTRAINT of_a NOT NULL, b integer NOT NULL NO INHERIT, c integer NOT NULL, d text, e text,
    CONSTRAINT of_c_no_more CHECK (c > 0) NOT ENFORCED);
ALTER TABLE never_nulls ADD CONSTRAINT not_validated NOT NULL d NOT VALID;
ALTER TABLE never_nulls ADD CONSTRAINT e_not_null NOT NULL e NO INHERIT;
INSERT INTO never_nulls VALUES (1, 2, 3, 'd', 'e');
COMMENT ON CONSTRAINT of_a ON never_nulls IS 'named';
COMMENT ON CONSTRAINT never_nulls_c_not_null ON never_nulls IS 'called as it would be anyway';
COMMENT ON CONSTRAINT not_validated ON never_nulls IS 'not validated';
COMMENT ON CONSTRAINT of_c_no_more ON never_nulls IS 'not enforced';
CREATE TABLE never_nulls_child (c integer CONSTRAINT of_child NOT NULL) INHERITS (never_nulls);
CREATE TABLE never_nulls_child_bare () INHERITS (never_nulls);
ALTER TABLE never_nulls_child_bare ADD CONSTRAINT own_of_child NOT NULL b;
CREATE TABLE never_nulls_grandchild () INHERITS (never_nulls_child);
CREATE TABLE never_nulls_tree (a integer, b integer CONSTRAINT "of tree" NOT NULL) PARTITION BY LIST (a);
CREATE TABLE never_nulls_tree_1 (a integer CONSTRAINT only_here NOT NULL, b integer CONSTRAINT otherwise NOT NULL);
ALTER TABLE never_nulls_tree ATTACH PARTITION never_nulls_tree_1 FOR VALUES IN (1);
ALTER TABLE never_nulls_tree ADD CONSTRAINT late NOT NULL a NOT VALID;
CREATE TABLE "never ""\ " ("a ""\ " integer CONSTRAINT "of ""\ " NOT NULL, b integer);
ALTER TABLE "never ""\ " ADD CONSTRAINT "not validated" NOT NULL b NOT VALID;
COMMENT ON CONSTRAINT "of ""\ " ON "never ""\ " IS 'odd';
CREATE TABLE key_and_null (a integer, b integer, PRIMARY KEY (a, b));
ALTER TABLE key_and_null RENAME CONSTRAINT key_and_null_a_not_null TO "renamed ""\ ";

-- Columns that are generated when they are read.
CREATE TABLE virtual (
    a integer, g integer GENERATED ALWAYS AS (a * 2), h text GENERATED ALWAYS AS ('it''s \' || a) VIRTUAL,
    s integer GENERATED ALWAYS AS (a + 1) STORED, b text);
INSERT INTO virtual (a, b) VALUES (1, 'one'), (NULL, NULL);
CREATE TABLE virtual_child (g integer GENERATED ALWAYS AS (a * 3) VIRTUAL) INHERITS (virtual);
INSERT INTO virtual_child (a) VALUES (5);
CREATE TABLE virtual_tree (a integer, g integer GENERATED ALWAYS AS (a + 1) VIRTUAL) PARTITION BY LIST (a);
CREATE TABLE virtual_tree_1 PARTITION OF virtual_tree FOR VALUES IN (1);
INSERT INTO virtual_tree VALUES (1);

-- Keys of time, foreign keys that are not enforced.
CREATE TABLE of_time (
    id int4range, valid daterange, note text, CONSTRAINT "key of ""time""" PRIMARY KEY (id, valid WITHOUT OVERLAPS));
CREATE TABLE in_time (
    id int4range, valid daterange, other int4range, UNIQUE (id, valid WITHOUT OVERLAPS) DEFERRABLE,
    FOREIGN KEY (other, PERIOD valid) REFERENCES of_time (id, PERIOD valid));
INSERT INTO of_time VALUES ('[1,2)', '[2000-01-01,2001-01-01)', 'one'), ('[1,2)', '[2001-01-01,)', 'later');
INSERT INTO in_time VALUES ('[5,6)', '[2000-06-01,2001-06-01)', '[1,2)');
CREATE TABLE not_enforced (
    a integer, FOREIGN KEY (a) REFERENCES triggered NOT ENFORCED,
    CONSTRAINT "check ""not enforced""" CHECK (a <> 5) NOT ENFORCED);
INSERT INTO not_enforced VALUES (404), (5);
CREATE TABLE not_valid_tree (a integer) PARTITION BY LIST (a);
CREATE TABLE not_valid_tree_1 PARTITION OF not_valid_tree FOR VALUES IN (1);
ALTER TABLE not_valid_tree ADD CONSTRAINT not_valid_key FOREIGN KEY (a) REFERENCES triggered NOT VALID;

-- Indexes that other methods' operators order.
CREATE INDEX in_own_access_method_id ON in_own_access_method USING btree2 (id in_own_method);

GRANT SELECT, UPDATE ON LARGE OBJECT 16384001 TO torture_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE torture_owner GRANT SELECT ON LARGE OBJECTS TO torture_reader WITH GRANT OPTION;
SET client_min_messages = error;
CREATE PUBLICATION with_generated FOR TABLE generated, virtual WITH (publish_generated_columns = stored);
CREATE PUBLICATION of_generated_column FOR TABLE generated (g1, a) WITH (publish_generated_columns = none);
CREATE SUBSCRIPTION of_18 CONNECTION 'dbname=nowhere' PUBLICATION one
WITH (connect = false, slot_name = NONE, two_phase = false, streaming = off);
SET client_min_messages = warning;
CREATE VIEW elaborate_since_18 AS SELECT uuidv7() AS uuid, casefold('İ' COLLATE builtin) AS folded, array_sort(ARRAY[2, 1]) AS sorted;
CREATE DOMAIN noted_not_null AS integer NOT NULL;
COMMENT ON CONSTRAINT noted_not_null_not_null ON DOMAIN noted_not_null IS 'called as it would be';

\endif
