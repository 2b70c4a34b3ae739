-- Base types over functions that the server brings along, and types that are
-- no more than a name.

CREATE TYPE shell;
COMMENT ON TYPE shell IS 'never to be filled';
CREATE TYPE "Odd shell ""\" ;

-- The type needs the functions and they need the type.
CREATE TYPE whole;
CREATE FUNCTION whole_in(cstring) RETURNS whole LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION whole_out(whole) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION whole_recv(internal) RETURNS whole LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
CREATE FUNCTION whole_send(whole) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
CREATE TYPE whole (
    INPUT = whole_in, OUTPUT = whole_out, RECEIVE = whole_recv, SEND = whole_send,
    INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4, STORAGE = plain,
    CATEGORY = 'N', PREFERRED = false, DEFAULT = '42', DELIMITER = ';');
ALTER TYPE whole OWNER TO torture_owner;
COMMENT ON TYPE whole IS 'integer by another name';
REVOKE USAGE ON TYPE whole FROM PUBLIC;
GRANT USAGE ON TYPE whole TO torture_writer WITH GRANT OPTION;

-- Of any length, with a modifier, a collation and a default that needs quotes.
CREATE TYPE "Label";
CREATE FUNCTION label_in(cstring, oid, integer) RETURNS "Label"
LANGUAGE internal IMMUTABLE STRICT AS 'varcharin';
CREATE FUNCTION label_out("Label") RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT AS 'varcharout';
CREATE FUNCTION label_typmod_in(cstring[]) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
CREATE FUNCTION label_typmod_out(integer) RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
-- It refuses what is not an array, so nobody can analyze a column of this type.
CREATE FUNCTION label_analyze(internal) RETURNS boolean
LANGUAGE internal STRICT AS 'array_typanalyze';
CREATE TYPE "Label" (
    INPUT = label_in, OUTPUT = label_out,
    TYPMOD_IN = label_typmod_in, TYPMOD_OUT = label_typmod_out, ANALYZE = label_analyze,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended, COLLATABLE = true,
    CATEGORY = 'S', PREFERRED = true, DEFAULT = 'it''s \');

-- Of a fixed length, made of elements.
CREATE TYPE pair;
CREATE FUNCTION pair_in(cstring) RETURNS pair LANGUAGE internal IMMUTABLE STRICT AS 'point_in';
CREATE FUNCTION pair_out(pair) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'point_out';
CREATE TYPE pair (
    INPUT = pair_in, OUTPUT = pair_out, LIKE = point, ELEMENT = double precision);

-- Each alignment and storage; a category of our own.
CREATE TYPE octet;
CREATE FUNCTION octet_in(cstring) RETURNS octet LANGUAGE internal IMMUTABLE STRICT AS 'charin';
CREATE FUNCTION octet_out(octet) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'charout';
CREATE TYPE octet (
    INPUT = octet_in, OUTPUT = octet_out, INTERNALLENGTH = 1, PASSEDBYVALUE,
    ALIGNMENT = char, STORAGE = plain, CATEGORY = 'x');
CREATE TYPE short;
CREATE FUNCTION short_in(cstring) RETURNS short LANGUAGE internal IMMUTABLE STRICT AS 'int2in';
CREATE FUNCTION short_out(short) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int2out';
CREATE TYPE short (
    INPUT = short_in, OUTPUT = short_out, INTERNALLENGTH = 2, PASSEDBYVALUE, ALIGNMENT = int2);
CREATE TYPE main_text;
CREATE FUNCTION main_text_in(cstring) RETURNS main_text
LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION main_text_out(main_text) RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE main_text (INPUT = main_text_in, OUTPUT = main_text_out, STORAGE = main);
CREATE TYPE external_text;
CREATE FUNCTION external_text_in(cstring) RETURNS external_text
LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION external_text_out(external_text) RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE external_text (
    INPUT = external_text_in, OUTPUT = external_text_out, STORAGE = external, ALIGNMENT = double);

CREATE TABLE of_base_types (
    a whole DEFAULT '7', b "Label"(5) COLLATE "C", c pair, d octet, e short,
    f main_text, g external_text, h whole[], i "Label"[]);
INSERT INTO of_base_types
VALUES ('1', 'ab', '(1,2)', 'x', '3', 'main', 'external', '{1;2}', '{"a","b\\"}');
