//! Operators and what is built of them, casts, transforms, access methods.

use crate::archives::assert_as_pg_dump;
use crate::databases::{Dumped, assert_restores};
use crate::support::cluster::{Database, cluster};

/// Operators on a type of their own, in a schema with an odd name. Those of one
/// name are made in the order of their types: `pg_dump` up to 13.21 lists them by OID.
const OPERATORS: &str = r#"
    CREATE SCHEMA "My schema"; CREATE SCHEMA a;
    CREATE TYPE "My schema"."Pair" AS (x integer, y integer);
    CREATE FUNCTION a."compare (two)"("My schema"."Pair", "My schema"."Pair") RETURNS integer LANGUAGE sql IMMUTABLE STRICT
        AS 'SELECT btint4cmp(($1).x, ($2).x)';
    CREATE FUNCTION a.eq("My schema"."Pair", "My schema"."Pair") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x = ($2).x';
    CREATE FUNCTION a.ne("My schema"."Pair", "My schema"."Pair") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x <> ($2).x';
    CREATE FUNCTION a.lt("My schema"."Pair", "My schema"."Pair") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x < ($2).x';
    CREATE FUNCTION a."less (or) equal"("My schema"."Pair", "My schema"."Pair") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x <= ($2).x';
    CREATE FUNCTION a.gt("My schema"."Pair", "My schema"."Pair") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x > ($2).x';
    CREATE FUNCTION a.ge("My schema"."Pair", "My schema"."Pair") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT ($1).x >= ($2).x';
    CREATE FUNCTION a.hash("My schema"."Pair") RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT hashint4(($1).x)';
    CREATE FUNCTION a.minus("My schema"."Pair") RETURNS "My schema"."Pair" LANGUAGE sql IMMUTABLE AS 'SELECT $1';
    CREATE OPERATOR "My schema".= (FUNCTION = a.eq, LEFTARG = "My schema"."Pair", RIGHTARG = "My schema"."Pair",
        COMMUTATOR = OPERATOR("My schema".=), NEGATOR = OPERATOR("My schema".<>), MERGES, HASHES, RESTRICT = eqsel, JOIN = eqjoinsel);
    CREATE OPERATOR "My schema".<> (FUNCTION = a.ne, LEFTARG = "My schema"."Pair", RIGHTARG = "My schema"."Pair",
        COMMUTATOR = OPERATOR("My schema".<>), NEGATOR = OPERATOR("My schema".=), RESTRICT = neqsel, JOIN = neqjoinsel);
    CREATE OPERATOR "My schema".< (FUNCTION = a.lt, LEFTARG = "My schema"."Pair", RIGHTARG = "My schema"."Pair",
        COMMUTATOR = OPERATOR("My schema".>), NEGATOR = OPERATOR("My schema".>=));
    CREATE OPERATOR "My schema".> (FUNCTION = a.gt, LEFTARG = "My schema"."Pair", RIGHTARG = "My schema"."Pair",
        COMMUTATOR = OPERATOR("My schema".<), NEGATOR = OPERATOR("My schema".<=));
    CREATE OPERATOR "My schema".<= (FUNCTION = a."less (or) equal", LEFTARG = "My schema"."Pair", RIGHTARG = "My schema"."Pair",
        COMMUTATOR = OPERATOR("My schema".>=), NEGATOR = OPERATOR("My schema".>));
    CREATE OPERATOR "My schema".>= (FUNCTION = a.ge, LEFTARG = "My schema"."Pair", RIGHTARG = "My schema"."Pair");
    CREATE OPERATOR a.- (FUNCTION = a.minus, RIGHTARG = "My schema"."Pair");
    CREATE OPERATOR a.- (FUNCTION = pg_catalog.int4mi, LEFTARG = integer, RIGHTARG = integer);
    CREATE OPERATOR a.- (FUNCTION = pg_catalog.int84mi, LEFTARG = bigint, RIGHTARG = integer);
    CREATE OPERATOR a.@#@ (FUNCTION = pg_catalog.abs, RIGHTARG = integer);
    CREATE OPERATOR a.=== (FUNCTION = pg_catalog.int4eq, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(a.====));
    ALTER OPERATOR a.- (bigint, integer) OWNER TO pg_monitor;
    COMMENT ON OPERATOR a.- (NONE, "My schema"."Pair") IS 'it''s \ mine';
    COMMENT ON OPERATOR a.- (integer, integer) IS 'another of the name'"#;

/// Families with members of all sorts.
const FAMILIES: &str = r#"
    CREATE OPERATOR FAMILY a."Family" USING btree;
    COMMENT ON OPERATOR FAMILY a."Family" USING btree IS 'it''s \ mine';
    CREATE OPERATOR CLASS a."Class" DEFAULT FOR TYPE "My schema"."Pair" USING btree FAMILY a."Family" AS
        OPERATOR 1 "My schema".<, OPERATOR 2 "My schema".<=, OPERATOR 3 "My schema".=, OPERATOR 4 "My schema".>=,
        OPERATOR 5 "My schema".>, FUNCTION 1 a."compare (two)"("My schema"."Pair", "My schema"."Pair");
    COMMENT ON OPERATOR CLASS a."Class" USING btree IS 'it''s \ mine';
    CREATE OPERATOR CLASS a."Class" DEFAULT FOR TYPE "My schema"."Pair" USING hash AS
        OPERATOR 1 "My schema".=, FUNCTION 1 a.hash("My schema"."Pair");
    CREATE OPERATOR CLASS a.empty FOR TYPE integer USING btree AS STORAGE integer;
    CREATE OPERATOR FAMILY a.nothing USING gin;
    CREATE OPERATOR FAMILY a.loose USING btree;
    ALTER OPERATOR FAMILY a.loose USING btree ADD
        OPERATOR 1 < (integer, bigint), OPERATOR 2 <= (integer, bigint), OPERATOR 3 = (integer, bigint),
        OPERATOR 4 >= (integer, bigint), OPERATOR 5 > (integer, bigint),
        FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint), FUNCTION 2 (integer, integer) btint4sortsupport(internal);
    CREATE OPERATOR CLASS a.points FOR TYPE point USING gist AS
        OPERATOR 15 <->(point, point) FOR ORDER BY pg_catalog.float_ops,
        FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal),
        FUNCTION 3 gist_point_compress(internal), FUNCTION 5 gist_box_penalty(internal, internal, internal),
        FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal), STORAGE box;
    CREATE TABLE a.t (p "My schema"."Pair", q point);
    INSERT INTO a.t VALUES ((1, 2), '(3,4)');
    CREATE INDEX ON a.t (p); CREATE INDEX ON a.t USING gist (q a.points);
    CREATE INDEX ON a.t (p) WHERE p OPERATOR("My schema".<) ROW(9, 9)::"My schema"."Pair""#;

/// Casts of each method in each context, transforms with one function and with two.
const CASTS: &str = r#"
    CREATE FUNCTION a."to (text)"("My schema"."Pair", integer, boolean) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT 1::text';
    CREATE CAST ("My schema"."Pair" AS text) WITH FUNCTION a."to (text)"("My schema"."Pair", integer, boolean) AS ASSIGNMENT;
    CREATE CAST (json AS "My schema"."Pair") WITH INOUT;
    CREATE CAST (date AS oid) WITHOUT FUNCTION AS IMPLICIT;
    CREATE CAST (text AS oid) WITH FUNCTION pg_catalog.to_regclass(text);
    COMMENT ON CAST (json AS "My schema"."Pair") IS 'it''s \ mine';
    CREATE FUNCTION a.to_sql(internal) RETURNS "My schema"."Pair" LANGUAGE internal IMMUTABLE STRICT AS 'record_recv';
    CREATE TRANSFORM FOR "My schema"."Pair" LANGUAGE sql
        (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION a.to_sql(internal));
    CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
    COMMENT ON TRANSFORM FOR integer LANGUAGE sql IS 'it''s \ mine';
    CREATE FUNCTION a.transformed("My schema"."Pair") RETURNS integer LANGUAGE sql TRANSFORM FOR TYPE "My schema"."Pair" AS 'SELECT 1'"#;

const ACCESS_METHODS: &str = r#"
    CREATE ACCESS METHOD "Heap 2" TYPE TABLE HANDLER heap_tableam_handler;
    CREATE ACCESS METHOD btree2 TYPE INDEX HANDLER bthandler;
    COMMENT ON ACCESS METHOD "Heap 2" IS 'it''s \ mine';
    CREATE OPERATOR CLASS a.other FOR TYPE integer USING btree2 AS
        OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
    CREATE TABLE a.stored (n integer) USING "Heap 2";
    INSERT INTO a.stored VALUES (1)"#;

/// Uses of what extensions bring: it has no entries, but dependencies lead through it.
const EXTENSIONS: &str = "
    CREATE SCHEMA e;
    CREATE EXTENSION btree_gist SCHEMA e; CREATE EXTENSION hstore SCHEMA e; CREATE EXTENSION citext; CREATE EXTENSION cube;
    GRANT USAGE ON TYPE e.hstore TO pg_monitor; REVOKE EXECUTE ON FUNCTION e.hstore_in(cstring) FROM PUBLIC;
    CREATE TABLE t (h e.hstore, c citext[], d cube, n integer, EXCLUDE USING gist (n e.gist_int4_ops WITH =));
    CREATE INDEX ON t USING gin (h e.gin_hstore_ops); CREATE INDEX ON t USING gist (d gist_cube_ops);
    CREATE VIEW v AS SELECT h OPERATOR(e.->) 'x' AS x FROM t WHERE h::json IS NOT NULL;
    CREATE FUNCTION f(e.hstore, citext[]) RETURNS cube LANGUAGE sql AS 'SELECT NULL::cube';
    CREATE OPERATOR <<>> (FUNCTION = e.exist, LEFTARG = e.hstore, RIGHTARG = text);
    CREATE CAST (e.hstore AS citext) WITH INOUT;
    CREATE OPERATOR FAMILY mixed USING btree;
    ALTER OPERATOR FAMILY mixed USING btree ADD OPERATOR 1 < (citext, citext)";

#[test]
fn operators_come_back() {
    assert_comes_back(&with(&[OPERATORS]));
}

#[test]
fn operator_classes_and_families_come_back() {
    assert_comes_back(&with(&[OPERATORS, FAMILIES]));
}

#[test]
fn casts_and_transforms_come_back() {
    assert_comes_back(&with(&[OPERATORS, CASTS]));
}

#[test]
fn access_methods_come_back() {
    assert_comes_back(&with(&["CREATE SCHEMA a", ACCESS_METHODS]));
}

#[test]
fn uses_of_what_extensions_bring_come_back() {
    assert_comes_back(&with(&[EXTENSIONS]));
}

#[test]
fn selection_takes_operators_by_their_schema_and_casts_with_all() {
    let source = with(&[OPERATORS, FAMILIES, CASTS, ACCESS_METHODS]);
    for flags in [
        &["-n", "a"][..],
        &["-n", "\"My schema\""],
        &["-N", "a"],
        &["-t", "a.t"],
        &["-s"],
        &["--no-comments"],
        &["-a"],
    ] {
        assert_as_pg_dump(&source.url(), flags);
    }
}

fn with(statements: &[&str]) -> Database<'static> {
    let database = cluster().create_database("operators");
    for sql in statements {
        database.psql(sql);
    }
    database
}

fn assert_comes_back(source: &Database<'_>) {
    assert_as_pg_dump(&source.url(), &[]);
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(source, &dumped.path(), &[]);
    assert_restores(source, &dumped.path(), &["--jobs=4"]);
}
