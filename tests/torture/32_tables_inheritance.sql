-- Inheritance: columns in another order than the parent's, several parents, defaults
-- and checks that are inherited, own, or both.

CREATE TABLE parent (
    a integer DEFAULT 1 NOT NULL, b text, gone integer, c numeric DEFAULT 1.5 CHECK (c > 0),
    CONSTRAINT "parent's" CHECK (a <> 13), CONSTRAINT alone CHECK (a <> 14) NO INHERIT);
CREATE TABLE "Second parent" (c numeric DEFAULT 2.5, d integer DEFAULT 3, b text NOT NULL);
INSERT INTO parent VALUES (1, 'parent', 0, 1);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE child_with_columns (e integer, b text DEFAULT 'own') INHERITS (parent);
CREATE TABLE of_two_parents (c numeric DEFAULT 4.5, f text) INHERITS ("Second parent", parent);
CREATE TABLE of_two_parents_turned (c numeric DEFAULT 4.5) INHERITS (parent, "Second parent");
CREATE TABLE grandchild (c numeric DEFAULT 5.5) INHERITS (of_two_parents, child);
ALTER TABLE parent DROP COLUMN gone;

-- One that no longer has a parent: all columns are its own again.
CREATE TABLE orphan (o integer, c numeric DEFAULT 6.5) INHERITS (parent, "Second parent");
ALTER TABLE orphan NO INHERIT parent;
ALTER TABLE orphan NO INHERIT "Second parent";

-- The parent has a default, the child has none; the parent's not null, the child's own.
CREATE TABLE without_default () INHERITS ("Second parent");
ALTER TABLE without_default ALTER d DROP DEFAULT, ALTER c SET DEFAULT NULL;
CREATE TABLE not_null_in_child (extra integer NOT NULL) INHERITS ("Second parent");
ALTER TABLE not_null_in_child ALTER d SET NOT NULL;
CREATE TABLE checked_alike (CONSTRAINT "parent's" CHECK (a <> 13)) INHERITS (parent);
CREATE TABLE columns_alike (a integer, b text, c numeric) INHERITS (parent);
CREATE TABLE tuned () INHERITS (parent) WITH (fillfactor = 50);
ALTER TABLE tuned ALTER b SET STATISTICS 7, ALTER b SET STORAGE EXTERNAL;
COMMENT ON COLUMN tuned.a IS 'inherited but noted';

-- A column that was added to the parent after the child's own of that name.
CREATE TABLE late_parent (a integer);
CREATE TABLE early_child (b text, c integer DEFAULT 1) INHERITS (late_parent);
ALTER TABLE late_parent ADD COLUMN b text, ADD COLUMN d integer DEFAULT 9;
ALTER TABLE ONLY late_parent DROP COLUMN d;
INSERT INTO early_child (a, b, c, d) VALUES (1, 'b', 2, 3);

-- Generated as the parent's.
CREATE TABLE generating (a integer, g integer GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE generating_too () INHERITS (generating);
INSERT INTO generating_too (a) VALUES (1);

-- Across schemas, foreign, unlogged.
CREATE TABLE "Odd ""schema"" 🐘"."Child ""\" () INHERITS (torture.parent);
CREATE FOREIGN TABLE foreign_child (x integer) INHERITS (parent) SERVER here;
CREATE UNLOGGED TABLE unlogged_child () INHERITS (parent);
INSERT INTO "Odd ""schema"" 🐘"."Child ""\" VALUES (7, 'seven', 7);
INSERT INTO grandchild (a, b, c, d, f) VALUES (1, 'two', 3, 4, 'five');

-- A long line.
CREATE TABLE level0 (a integer CHECK (a > 0));
SELECT format('CREATE TABLE level%s (c%s integer DEFAULT %s) INHERITS (level%s)', n, n, n, n - 1)
FROM generate_series(1, 30) AS n
\gexec
