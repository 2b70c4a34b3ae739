-- Casts and transforms.

CREATE FUNCTION whole_of_text(text) RETURNS whole LANGUAGE sql STRICT AS 'SELECT $1::torture.whole';
CREATE FUNCTION text_of_whole(whole, integer, boolean) RETURNS text
LANGUAGE plpgsql STRICT AS 'BEGIN RETURN $2 || whole_out($1)::text; END';

CREATE CAST (whole AS integer) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (integer AS whole) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (text AS whole) WITH FUNCTION whole_of_text(text);
CREATE CAST (whole AS text) WITH FUNCTION text_of_whole(whole, integer, boolean) AS ASSIGNMENT;
CREATE CAST (composite AS varchar) WITH INOUT AS ASSIGNMENT;
CREATE CAST (mood AS varchar) WITH INOUT;
CREATE FUNCTION "Odd ""schema"" 🐘".relabel("Label", integer) RETURNS "Label"
LANGUAGE sql AS 'SELECT $1';
CREATE CAST ("Label" AS "Label") WITH FUNCTION "Odd ""schema"" 🐘".relabel("Label", integer);
COMMENT ON CAST (whole AS integer) IS 'in place';

-- Between types of the server alone: kept since the function is ours, and since it is
-- not of initdb.
CREATE FUNCTION boolean_of(money) RETURNS boolean LANGUAGE sql IMMUTABLE
AS 'SELECT $1 <> 0::pg_catalog.money';
CREATE CAST (money AS boolean) WITH FUNCTION boolean_of(money);
CREATE CAST (bigint AS date) WITH INOUT;

-- Functions of the server suit: they take internal. One way, the other, both.
CREATE TRANSFORM FOR whole LANGUAGE pltorture (
    FROM SQL WITH FUNCTION prsd_lextype(internal));
CREATE FUNCTION to_sql(internal) RETURNS "Label" LANGUAGE internal STABLE AS 'textrecv';
CREATE TRANSFORM FOR "Label" LANGUAGE "PL ""odd"" \" (
    TO SQL WITH FUNCTION to_sql(internal));
CREATE TRANSFORM FOR integer LANGUAGE sql (
    FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));
COMMENT ON TRANSFORM FOR whole LANGUAGE pltorture IS 'one way';

CREATE TRANSFORM FOR integer LANGUAGE pltorture (TO SQL WITH FUNCTION int4recv(internal));
CREATE FUNCTION transforming(w whole, i integer) RETURNS integer
TRANSFORM FOR TYPE whole, FOR TYPE integer LANGUAGE pltorture AS 'BEGIN RETURN 1; END';
