-- What servers know since PostgreSQL 16.

\if :since_16

-- A child may generate a column in its own way.
CREATE TABLE generating_otherwise (g integer GENERATED ALWAYS AS (a + 100) STORED)
INHERITS (generating);
INSERT INTO generating_otherwise (a) VALUES (1);

\if :with_icu
CREATE COLLATION ruled_by_us (PROVIDER = icu, LOCALE = 'und', RULES = '&V << w <<< W < ''\''');
COMMENT ON COLLATION ruled_by_us IS 'with rules';
\endif

CREATE TABLE stored_as (a text STORAGE EXTERNAL, b text STORAGE DEFAULT, c text STORAGE MAIN);
INSERT INTO stored_as VALUES (repeat('a', 5000), 'b', 'c');
CREATE VIEW elaborate_since_16 AS
SELECT a.n, any_value(a.t) AS any_value, 0xFF_FF AS hexadecimal, JSON_ARRAY(1, NULL NULL ON NULL) AS array,
       JSON_OBJECT('it''s': 1, 'b': '{}' FORMAT JSON ABSENT ON NULL WITH UNIQUE KEYS) AS object,
       JSON_ARRAYAGG(a.n ORDER BY a.n DESC RETURNING jsonb) AS aggregated, '{}' IS JSON OBJECT WITH UNIQUE KEYS AS is_json,
       XMLSERIALIZE(CONTENT '<a/>'::xml AS text INDENT) AS indented
FROM (SELECT 1 AS n, 't' AS t) AS a GROUP BY a.n;
CREATE VIEW subquery_without_alias AS SELECT x FROM (SELECT 1 AS x);

SET client_min_messages = error;
CREATE SUBSCRIPTION of_16 CONNECTION 'dbname=nowhere' PUBLICATION one
WITH (connect = false, slot_name = NONE, password_required = false, run_as_owner = true,
      origin = none, streaming = parallel);
SET client_min_messages = warning;

\endif
