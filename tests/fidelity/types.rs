//! Types, and what needs them while they need it.

use crate::archives::{assert_as_pg_dump, facts};
use crate::databases::{Dumped, assert_restores};
use crate::support::cluster::{Database, cluster};

/// Base types whose functions are in schemas that sort before and after theirs.
const BASE_TYPES: &str = r#"
    CREATE SCHEMA "My schema"; CREATE SCHEMA a; CREATE SCHEMA z;
    CREATE TYPE "My schema"."Odd (type";
    CREATE FUNCTION a."In"(cstring) RETURNS "My schema"."Odd (type" LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
    CREATE FUNCTION z.out("My schema"."Odd (type") RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
    CREATE FUNCTION z."receive("(internal) RETURNS "My schema"."Odd (type" LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
    CREATE FUNCTION a.send("My schema"."Odd (type") RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
    CREATE FUNCTION z.modifier_in(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
    CREATE FUNCTION z.modifier_out(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
    CREATE TYPE "My schema"."Odd (type" (
        INPUT = a."In", OUTPUT = z.out, RECEIVE = z."receive(", SEND = a.send, TYPMOD_IN = z.modifier_in,
        TYPMOD_OUT = z.modifier_out, ANALYZE = pg_catalog.array_typanalyze, INTERNALLENGTH = 4, PASSEDBYVALUE,
        ALIGNMENT = int4, STORAGE = plain, CATEGORY = '''', PREFERRED = true, DEFAULT = '42', DELIMITER = ';');
    COMMENT ON TYPE "My schema"."Odd (type" IS 'it''s \ odd';
    GRANT USAGE ON TYPE "My schema"."Odd (type" TO pg_monitor WITH GRANT OPTION;
    REVOKE USAGE ON TYPE "My schema"."Odd (type" FROM PUBLIC;

    CREATE TYPE a.variable;
    CREATE FUNCTION a.variable_in(cstring) RETURNS a.variable LANGUAGE internal IMMUTABLE STRICT AS 'textin';
    CREATE FUNCTION a.variable_out(a.variable) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
    CREATE TYPE a.variable (INPUT = a.variable_in, OUTPUT = a.variable_out, LIKE = text,
        COLLATABLE = true, DEFAULT = E'it''s \\ mine\n');

    CREATE TYPE a.aligned;
    CREATE FUNCTION a.aligned_in(cstring) RETURNS a.aligned LANGUAGE internal IMMUTABLE STRICT AS 'point_in';
    CREATE FUNCTION a.aligned_out(a.aligned) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'point_out';
    CREATE TYPE a.aligned (INPUT = a.aligned_in, OUTPUT = a.aligned_out, INTERNALLENGTH = 16, ALIGNMENT = double);

    CREATE FUNCTION a.of_array("My schema"."Odd (type"[], VARIADIC a.variable[]) RETURNS integer LANGUAGE sql AS 'SELECT 1';
    CREATE TABLE a.t (o "My schema"."Odd (type", v a.variable, arrays "My schema"."Odd (type"[]);
    INSERT INTO a.t VALUES ('5', 'x', '{1;2}')"#;

/// Servers from 14 on can be told how to subscript a base type.
const SUBSCRIPTED: &str = "
    CREATE TYPE a.subscripted;
    CREATE FUNCTION a.subscripted_in(cstring) RETURNS a.subscripted LANGUAGE internal IMMUTABLE STRICT AS 'point_in';
    CREATE FUNCTION a.subscripted_out(a.subscripted) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'point_out';
    CREATE TYPE a.subscripted (INPUT = a.subscripted_in, OUTPUT = a.subscripted_out, INTERNALLENGTH = 16, ALIGNMENT = double,
        SUBSCRIPT = raw_array_subscript_handler, ELEMENT = double precision)";

#[test]
fn base_types_come_back_after_their_shells_and_functions() {
    let source = with(BASE_TYPES);
    if cluster().major() >= 14 {
        source.psql(SUBSCRIPTED);
    }
    assert_comes_back(&source);
    let listed = facts(&Dumped::by_pgsluice(&source.url(), &[]).path());
    let place = |name: &str| listed.iter().position(|entry| entry.name == name).unwrap();
    let shell = place("SHELL TYPE My schema Odd (type");
    let function = place("FUNCTION z out(\"My schema\".\"Odd (type\")");
    assert!(shell < function && function < place("TYPE My schema Odd (type"));
}

#[test]
fn selection_keeps_a_shell_with_the_functions_that_need_it() {
    let source = with(BASE_TYPES);
    for flags in [
        &["-n", "\"My schema\""][..],
        &["-n", "\"My schema\"", "-n", "z"],
        &["-n", "a"],
        &["-N", "\"My schema\""],
        &["-t", "a.t"],
        &["-s", "-x"],
        &["-a"],
    ] {
        assert_as_pg_dump(&source.url(), flags);
    }
}

#[test]
fn types_that_were_only_announced_come_back() {
    assert_comes_back(&with(
        r#"CREATE TYPE announced; COMMENT ON TYPE announced IS 'never defined';
           CREATE SCHEMA "S"; CREATE TYPE "S"."select""#,
    ));
}

#[test]
fn range_with_a_canonical_function_comes_back() {
    assert_comes_back(&with(
        r#"CREATE SCHEMA a; CREATE SCHEMA z;
           CREATE TYPE a."Range";
           CREATE FUNCTION z.canonical(a."Range") RETURNS a."Range" LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
           CREATE FUNCTION z.difference(integer, integer) RETURNS double precision LANGUAGE internal IMMUTABLE STRICT AS 'int4range_subdiff';
           CREATE TYPE a."Range" AS RANGE (SUBTYPE = integer, CANONICAL = z.canonical, SUBTYPE_DIFF = z.difference);
           CREATE TYPE a.simple AS RANGE (SUBTYPE = double precision);
           CREATE TABLE z.t (r a."Range"); INSERT INTO z.t VALUES ('[1,3]');
           CREATE FUNCTION z.width(a."Range"[]) RETURNS integer LANGUAGE sql AS 'SELECT 1'"#,
    ));
}

#[test]
fn view_over_its_own_row_type_comes_back() {
    assert_comes_back(&with(
        "CREATE VIEW v AS SELECT 1 AS a;
         CREATE OR REPLACE VIEW v AS SELECT 1 AS a WHERE NULL::v IS NULL",
    ));
}

#[test]
fn default_of_its_tables_own_row_type_comes_back() {
    assert_comes_back(&with(
        "CREATE TABLE t (a integer, b integer);
         ALTER TABLE t ALTER b SET DEFAULT (ROW(1, 2)::t).a;
         INSERT INTO t (a) VALUES (7)",
    ));
}

#[test]
fn domain_that_looks_into_a_composite_type_comes_back() {
    assert_comes_back(&with(
        "CREATE DOMAIN z_name AS text CHECK (VALUE <> '');
         CREATE TYPE pair AS (a integer, b z_name[]);
         CREATE DOMAIN a_pair AS pair CHECK ((VALUE).a > 0 AND (VALUE).b IS NOT NULL);
         CREATE DOMAIN pairs AS a_pair[];
         CREATE TABLE t (p pairs)",
    ));
}

fn with(sql: &str) -> Database<'static> {
    let database = cluster().create_database("types");
    database.psql(sql);
    database
}

fn assert_comes_back(source: &Database<'_>) {
    assert_as_pg_dump(&source.url(), &[]);
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(source, &dumped.path(), &[]);
    assert_restores(source, &dumped.path(), &["--jobs=4"]);
}
