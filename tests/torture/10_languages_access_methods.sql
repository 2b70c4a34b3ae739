-- Languages over plpgsql's handlers, access methods over those that are built in.

CREATE FUNCTION "call handler"() RETURNS language_handler
LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION inline_handler(internal) RETURNS void STRICT
LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION validator(oid) RETURNS void STRICT
LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_validator';

CREATE TRUSTED LANGUAGE pltorture HANDLER "call handler" INLINE inline_handler VALIDATOR validator;
ALTER LANGUAGE pltorture OWNER TO torture_owner;
-- Only a handler, not trusted.
CREATE LANGUAGE "PL ""odd"" \" HANDLER "call handler";

COMMENT ON LANGUAGE pltorture IS 'plpgsql by another name';
REVOKE USAGE ON LANGUAGE pltorture FROM PUBLIC;
GRANT USAGE ON LANGUAGE pltorture TO torture_writer WITH GRANT OPTION;

CREATE FUNCTION in_own_language(n integer) RETURNS integer
LANGUAGE pltorture AS 'BEGIN RETURN n + 1; END';
CREATE FUNCTION in_odd_language(n integer) RETURNS integer
LANGUAGE "PL ""odd"" \" AS $$BEGIN RETURN n - 1; END$$;

CREATE ACCESS METHOD "Heap ""2""" TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD btree2 TYPE INDEX HANDLER bthandler;
COMMENT ON ACCESS METHOD "Heap ""2""" IS 'as heap';

CREATE TABLE in_own_access_method (id integer, note text) USING "Heap ""2""";
INSERT INTO in_own_access_method VALUES (1, 'one'), (2, 'two');
CREATE MATERIALIZED VIEW matview_in_own_access_method USING "Heap ""2"""
AS SELECT id FROM in_own_access_method;
