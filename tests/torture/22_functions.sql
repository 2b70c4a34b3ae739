-- Functions and procedures: each attribute, arguments of every mode, bodies that
-- need other quotes.

CREATE FUNCTION plain() RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION "Everything but the defaults"(
    IN a integer, INOUT "B ""2""" text DEFAULT 'it''s \', OUT c numeric,
    VARIADIC d timestamp(3)[] DEFAULT ARRAY[]::timestamp[])
RETURNS SETOF record
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER LEAKPROOF PARALLEL RESTRICTED COST 7.5 ROWS 13
SET search_path = torture, pg_temp, "Odd ""schema"" 🐘"
SET work_mem = '6MB'
SET torture.setting = 'it''s \ "mine"'
SET DateStyle = 'ISO, DMY'
SET temp_tablespaces = ''
AS $f$BEGIN RETURN NEXT; END$f$;
ALTER FUNCTION "Everything but the defaults" OWNER TO torture_owner;
COMMENT ON FUNCTION "Everything but the defaults" IS 'all at once';
REVOKE EXECUTE ON FUNCTION "Everything but the defaults" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "Everything but the defaults" TO torture_reader WITH GRANT OPTION;

CREATE FUNCTION overloaded(integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT $1';
CREATE FUNCTION overloaded(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
AS 'SELECT $1';
CREATE FUNCTION overloaded(integer, VARIADIC "any") RETURNS integer LANGUAGE internal
AS 'pg_num_nonnulls';
COMMENT ON FUNCTION overloaded(text) IS 'of text';

CREATE FUNCTION table_of(n integer, OUT x integer, OUT "Y" text) RETURNS SETOF record
LANGUAGE sql ROWS 5 AS 'SELECT $1, ''y''';
CREATE FUNCTION rows_of(n integer = 1) RETURNS TABLE (a integer, "b c" mood[])
LANGUAGE sql AS 'SELECT n, ARRAY[''ok'']::torture.mood[]';
CREATE FUNCTION any_of(anyelement, anyarray) RETURNS anyarray
LANGUAGE sql AS 'SELECT $2 || $1';
CREATE FUNCTION set_of_type() RETURNS SETOF composite LANGUAGE sql AS 'SELECT NULL::torture.composite';

-- What a body holds decides what stands around it.
CREATE FUNCTION quoted_by_dollars() RETURNS text LANGUAGE sql AS 'SELECT $$it''s$$::text';
CREATE FUNCTION quoted_by_more_dollars() RETURNS text
LANGUAGE sql AS 'SELECT $$it''s$$ || $_$\$_$ || $__$a$__$';
CREATE FUNCTION "ends in a dollar"() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN 1; END; -- $';
CREATE FUNCTION with_comments() RETURNS text LANGUAGE sql AS E'-- it''s\n\tSELECT /* \\ */ \'\\\\\' ;\n';
CREATE FUNCTION carriage_returns() RETURNS text LANGUAGE sql AS E'SELECT\r\n''a\rb''\r\n';
CREATE FUNCTION internal_quoted(double precision) RETURNS double precision
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'dsqrt';

-- Window functions and those that the planner asks about.
CREATE FUNCTION own_row_number() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE
SUPPORT pg_catalog.generate_series_int8_support AS 'window_row_number';
CREATE FUNCTION own_series(bigint, bigint) RETURNS SETOF bigint LANGUAGE internal STRICT
ROWS 100 SUPPORT pg_catalog.generate_series_int8_support AS 'generate_series_int8';

CREATE PROCEDURE act(a integer, INOUT b text DEFAULT NULL)
LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '1s' AS $$BEGIN COMMIT; END$$;
CREATE PROCEDURE act(VARIADIC text[]) LANGUAGE sql AS 'SELECT 1';
COMMENT ON PROCEDURE act(text[]) IS 'variadic';
REVOKE ALL ON PROCEDURE act(text[]) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE act(text[]) TO torture_writer;

-- In another schema under names that need quotes.
CREATE FUNCTION "Odd ""schema"" 🐘"."f(); -- $$ % /* \
"("a, ""b""" mood, "select" "Label") RETURNS integer LANGUAGE sql AS 'SELECT 1';
