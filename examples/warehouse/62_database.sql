-- Properties of the database itself, whatever its name is.

DO $$
DECLARE
  statement text;
BEGIN
  FOREACH statement IN ARRAY ARRAY[
    'COMMENT ON DATABASE %I IS ''Warehouse, sales and accounting; don''''t edit by hand''',
    'ALTER DATABASE %I OWNER TO warehouse_owner',
    'ALTER DATABASE %I CONNECTION LIMIT 180',
    'ALTER DATABASE %I SET search_path TO sales, inventory, "Legacy Import", public, extensions',
    'ALTER DATABASE %I SET DateStyle TO ''ISO, DMY''',
    'ALTER DATABASE %I SET IntervalStyle TO ''iso_8601''',
    'ALTER DATABASE %I SET bytea_output TO ''escape''',
    'ALTER DATABASE %I SET "app.motto" TO ''it''''s "all" \ there, äh''',
    'ALTER ROLE warehouse_app IN DATABASE %I SET statement_timeout TO ''30s''',
    'ALTER ROLE warehouse_app IN DATABASE %I SET search_path TO app, catalog, public',
    'ALTER ROLE warehouse_app IN DATABASE %I SET TimeZone TO ''Europe/Berlin''',
    'ALTER ROLE "warehouse_BI Übersicht" IN DATABASE %I SET default_transaction_read_only TO on',
    'ALTER ROLE "warehouse_BI Übersicht" IN DATABASE %I SET work_mem TO ''64MB''',
    'REVOKE ALL ON DATABASE %I FROM PUBLIC',
    'GRANT CONNECT ON DATABASE %I TO warehouse_app, warehouse_clerk, "warehouse_BI Übersicht"',
    'GRANT CREATE, TEMPORARY ON DATABASE %I TO warehouse_accounting WITH GRANT OPTION'
  ] LOOP
    EXECUTE format(statement, current_database());
  END LOOP;
END
$$;
