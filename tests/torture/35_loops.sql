-- Objects that need each other: what cannot be made in any order has to be made in parts.

SET search_path = loops;

-- Two views that read each other, a view that reads itself.
CREATE VIEW egg AS SELECT 1 AS n, 'a'::varchar(5) COLLATE "C" AS t, '{}'::torture.mood[] AS m;
CREATE VIEW hen AS SELECT n, t, m FROM egg;
CREATE OR REPLACE VIEW egg AS SELECT n, t, m FROM hen;
CREATE VIEW ring1 WITH (security_barrier) AS SELECT 1 AS "it's";
CREATE VIEW ring2 AS SELECT * FROM ring1;
CREATE VIEW ring3 AS SELECT * FROM ring2;
CREATE OR REPLACE VIEW ring1 WITH (security_barrier) AS SELECT * FROM ring3 WITH LOCAL CHECK OPTION;
COMMENT ON VIEW egg IS 'of a hen';
GRANT SELECT ON egg TO torture_reader;

-- A view and its own rule; a table whose rule reads the view over it.
CREATE TABLE base (a integer, b text);
CREATE VIEW over_base AS SELECT * FROM base;
CREATE RULE insert_back AS ON INSERT TO over_base DO INSTEAD INSERT INTO base SELECT * FROM over_base;
CREATE RULE "read ""the"" view" AS ON DELETE TO base DO ALSO SELECT * FROM over_base;

-- Defaults and checks that call functions of the table's own row type.
CREATE TABLE self_described (a integer, b text);
CREATE FUNCTION described(self_described) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.b || $1.a';
CREATE FUNCTION next_of() RETURNS integer LANGUAGE plpgsql AS
'DECLARE r loops.self_described; BEGIN RETURN 5; END';
CREATE FUNCTION all_of() RETURNS SETOF self_described LANGUAGE sql AS 'SELECT * FROM loops.self_described';
ALTER TABLE self_described ADD CONSTRAINT described CHECK (described(self_described) <> 'x');
ALTER TABLE self_described ALTER a SET DEFAULT next_of();
CREATE FUNCTION count_of(self_described, integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 2';
ALTER TABLE self_described ALTER b SET DEFAULT count_of(NULL::self_described);
INSERT INTO self_described VALUES (1, 'one');
COMMENT ON CONSTRAINT described ON self_described IS 'by itself';

-- A table whose column is of another's row type, which has a default of the first.
CREATE TABLE left_row (a integer);
CREATE TABLE right_row (l left_row, ls left_row[]);
CREATE FUNCTION of_right() RETURNS right_row LANGUAGE sql AS 'SELECT NULL::loops.right_row';
CREATE FUNCTION number_of(right_row) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER TABLE left_row ALTER a SET DEFAULT number_of(of_right());
INSERT INTO left_row VALUES (2);
INSERT INTO right_row VALUES (ROW(1), ARRAY[ROW(2)::left_row]);

-- A domain that is checked by a function of its array, so that no check calls itself. No
-- check names the array itself: newer servers add none beside one that does.
CREATE DOMAIN checked AS integer;
CREATE FUNCTION nothing() RETURNS checked[] LANGUAGE sql IMMUTABLE AS $$SELECT '{}'::loops.checked[]$$;
CREATE FUNCTION is_good(integer, checked[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 IS NOT NULL';
ALTER DOMAIN checked ADD CONSTRAINT good CHECK (is_good(VALUE, nothing()));
ALTER DOMAIN checked ADD CONSTRAINT "also ""good""" CHECK (is_good(VALUE, nothing()) OR VALUE > 5);
COMMENT ON DOMAIN checked IS 'by itself';
CREATE TABLE of_checked (c checked);
INSERT INTO of_checked VALUES (1);

-- A composite that holds a domain over an array of a table of that composite.
CREATE TYPE inner_type AS (a integer);
CREATE TABLE of_inner (i inner_type);
CREATE DOMAIN array_of_inner AS of_inner[] CHECK (array_length(VALUE, 1) < 5);
ALTER TYPE inner_type ADD ATTRIBUTE b text;
CREATE TABLE deeper (d array_of_inner DEFAULT '{}');

-- Sequences, defaults and owners of each other's columns.
CREATE SEQUENCE left_sequence;
CREATE TABLE counted_left (a integer DEFAULT nextval('left_sequence'));
CREATE TABLE counted_right (a integer DEFAULT nextval('left_sequence'));
ALTER SEQUENCE left_sequence OWNED BY counted_right.a;
CREATE FUNCTION next_left() RETURNS bigint LANGUAGE sql AS 'SELECT nextval(''loops.left_sequence'')';

-- Partitions whose defaults, and parents whose checks, call functions of the tree.
CREATE TABLE tree (a integer, b integer) PARTITION BY LIST (a);
CREATE FUNCTION of_tree(tree) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1.a';
CREATE TABLE tree_1 PARTITION OF tree FOR VALUES IN (1);
CREATE FUNCTION of_branch(tree_1) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
ALTER TABLE tree ADD CONSTRAINT of_tree CHECK (of_tree(ROW(a, b)) > 0);
ALTER TABLE tree_1 ALTER b SET DEFAULT of_branch(NULL);
INSERT INTO tree VALUES (1);

SET search_path = torture;
