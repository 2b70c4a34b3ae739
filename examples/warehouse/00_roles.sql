-- Roles belong to the cluster, not to the database: they are made when missing and never dropped here.

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[
    'warehouse_owner',        -- owns the application's schemas and most objects
    'warehouse_accounting',   -- owns the ledger and the reports
    'warehouse_app',          -- what the Node API connects as
    'warehouse_clerk',        -- people on the floor
    'warehouse_auditor',      -- reads everything, changes nothing
    'warehouse_BI Übersicht'  -- the reporting tool; its name was chosen by the reporting team
  ] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I', role_name);
    END IF;
  END LOOP;
END
$$;
