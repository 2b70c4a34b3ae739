-- A database with a large catalog and hardly any rows, as many small tenants make one: 20,000 tables in 20 schemas,
-- 5,000 functions, 50,000 large objects. psql variables scale it: tables_per_schema, functions_per_schema, large_objects.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE ROLE catalog_reader;
CREATE TYPE public.state AS ENUM ('open', 'paid', 'sent', 'closed');
CREATE DOMAIN public.amount AS numeric(12, 2) CHECK (VALUE >= 0);

SELECT set_config('bench.tables', :'tables_per_schema', false), set_config('bench.functions', :'functions_per_schema', false),
       set_config('bench.large_objects', :'large_objects', false) \g /dev/null

-- Every table has a primary key, a unique constraint, two indexes (one partial, on an expression), four defaults and a
-- CHECK; all but the first of a schema refer to the one before. A transaction of 250 tables stays within the lock table.
DO $$
DECLARE
  schema text;
  tables integer := current_setting('bench.tables');
BEGIN
  FOR s IN 1 .. 20 LOOP
    schema := format('tenant_%s', to_char(s, 'FM00'));
    EXECUTE format('CREATE SCHEMA %I', schema);
    FOR t IN 1 .. tables LOOP
      EXECUTE format($ddl$
        CREATE TABLE %1$I.%2$I (
          id bigint PRIMARY KEY,
          code character varying(40) NOT NULL UNIQUE,
          state public.state DEFAULT 'open' NOT NULL,
          total public.amount DEFAULT 0,
          tags text[] DEFAULT '{}',
          created_at timestamp with time zone DEFAULT now() NOT NULL,
          note text,
          previous bigint,
          CONSTRAINT %3$I CHECK (total < 1000000 OR note IS NOT NULL)
        );
        CREATE INDEX ON %1$I.%2$I (created_at DESC, state);
        CREATE INDEX ON %1$I.%2$I (lower(note)) WHERE note IS NOT NULL;
      $ddl$, schema, 'document_' || t, 'document_' || t || '_note_when_large');
      IF t > 1 THEN
        EXECUTE format('ALTER TABLE %1$I.%2$I ADD FOREIGN KEY (previous) REFERENCES %1$I.%3$I ON DELETE SET NULL',
                       schema, 'document_' || t, 'document_' || t - 1);
      END IF;
      IF t % 10 = 0 THEN
        EXECUTE format('COMMENT ON TABLE %1$I.%2$I IS %3$L; GRANT SELECT ON %1$I.%2$I TO catalog_reader',
                       schema, 'document_' || t, 'Documents of kind ' || t);
      END IF;
      IF t % 250 = 0 THEN
        COMMIT;
      END IF;
    END LOOP;
    COMMIT;
  END LOOP;
END
$$;

-- Half of the functions are PL/pgSQL, half SQL.
DO $$
DECLARE
  schema text;
  functions integer := current_setting('bench.functions');
BEGIN
  FOR s IN 1 .. 20 LOOP
    schema := format('tenant_%s', to_char(s, 'FM00'));
    FOR f IN 1 .. functions LOOP
      IF f % 2 = 0 THEN
        EXECUTE format($ddl$
          CREATE FUNCTION %1$I.%2$I(document bigint, factor numeric DEFAULT 1.0) RETURNS numeric
            LANGUAGE plpgsql STABLE STRICT AS $body$
          DECLARE
            result numeric;
          BEGIN
            SELECT d.total * factor INTO result FROM %1$I.document_1 AS d WHERE d.id = document;
            RETURN coalesce(result, 0);
          END
          $body$ $ddl$, schema, 'total_of_' || f);
      ELSE
        EXECUTE format($ddl$
          CREATE FUNCTION %1$I.%2$I(VARIADIC words text[]) RETURNS text
            LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT array_to_string(words, ' ') $body$
        $ddl$, schema, 'join_' || f);
      END IF;
    END LOOP;
    COMMIT;
  END LOOP;
END
$$;

-- Large objects of some hundred bytes, in transactions that stay within the lock table.
DO $$
DECLARE
  objects integer := current_setting('bench.large_objects');
BEGIN
  FOR written IN 0 .. objects - 1 BY 1000 LOOP
    PERFORM lo_from_bytea(0, convert_to(repeat('page ' || written + i || '; ', 20), 'UTF8'))
       FROM generate_series(1, least(1000, objects - written)) AS i;
    COMMIT;
  END LOOP;
END
$$;
ANALYZE;
