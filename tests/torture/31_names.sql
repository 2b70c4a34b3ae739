-- Names that could be taken for something else.

SELECT format('CREATE TABLE %I (%I integer, %I text)', name, name, 'other ' || left(name, 50)),
       format('INSERT INTO %I VALUES (1, %L)', name, name),
       format('CREATE INDEX ON %I (%I)', name, name),
       format('COMMENT ON TABLE %I IS %L', name, name),
       format('COMMENT ON COLUMN %I.%I IS %L', name, name, name)
FROM unnest(ARRAY[
    '--', '-- comment', '/*', '/* comment */', '$$', '$1', '%', '%s %I %L %%', '--option', '-t',
    '\', '\.', '\connect', '\\', ':variable', ':''variable''', '{}', '${VARIABLE}', '`command`',
    ' ', ' leading', 'trailing ', 'two  spaces', E'tab\there', E'new\nline', E'carriage\rreturn',
    E'\x01\x1b[31m', '"', '""', '''', ';', 'a;b', 'a,b', 'a.b', '(a)', '[a]', '*', '?', '<a>', '&amp;',
    'UPPER', 'MixedCase', '0digit', '_', 'é', 'ñandú', '日本語', '🐘🐘', E'e\u0301', E'\u202Ertl',
    E'\uFEFFbom', 'user', 'table', 'SELECT', 'authorization', 'between', 'values', 'public',
    'pg_catalog', 'oid', 'ctid ', 'NULL', 'true', 'sixty-three bytes are all that a table''s name may have: now ove',
    'sechzig Bytes und drei mehr hat dieser Name, der mit äöü end']) AS name
\gexec
-- A statement of several lines in the header of each entry.
CREATE TABLE "schema
of two lines"."table
of two lines; DROP TABLE x; --" ("column
of two lines" integer DEFAULT 1);
COMMENT ON TABLE "schema
of two lines"."table
of two lines; DROP TABLE x; --" IS E'comment\r\nof two lines';
CREATE TABLE "sixty-three bytes are all that a name may have of them, no more".
    "sixty-three bytes are all that a name may have of them, no more" (
    "sixty-three bytes are all that a name may have of them, no more" serial PRIMARY KEY);
CREATE TABLE "--option"."--option" ("--option" integer);
CREATE TABLE "select"."select" ("select" integer, "from" integer GENERATED ALWAYS AS ("select") STORED);
