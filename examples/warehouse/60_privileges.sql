-- Owners that differ from their schema's, and privileges on everything that takes them.

ALTER SCHEMA purchasing OWNER TO warehouse_accounting;
ALTER TABLE platform.text_samples OWNER TO warehouse_auditor;
ALTER TYPE app."JobState" OWNER TO warehouse_app;
ALTER DOMAIN app.percentage OWNER TO warehouse_accounting;
ALTER FUNCTION app.slugify(text) OWNER TO warehouse_app;
ALTER FUNCTION platform.write_audit() OWNER TO warehouse_auditor;
ALTER SEQUENCE platform.label_numbers OWNER TO warehouse_clerk;

-- Schemas.
GRANT USAGE ON SCHEMA platform, catalog, inventory, sales TO warehouse_app, warehouse_clerk, warehouse_auditor;
GRANT USAGE, CREATE ON SCHEMA sales TO warehouse_app WITH GRANT OPTION;
GRANT USAGE ON SCHEMA reporting, "Legacy Import" TO "warehouse_BI Übersicht";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO warehouse_app;
REVOKE CREATE ON SCHEMA "select" FROM "warehouse_BI Übersicht";

-- Tables.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA platform, catalog, inventory, sales TO warehouse_app;
GRANT SELECT ON ALL TABLES IN SCHEMA platform, catalog, inventory, sales, purchasing, accounting, reporting TO warehouse_auditor;
GRANT SELECT ON catalog.active_products TO PUBLIC;
GRANT ALL ON sales.coupons TO warehouse_clerk;
REVOKE TRUNCATE, DELETE ON sales.coupons FROM warehouse_owner;
REVOKE ALL ON platform.nightly_lock FROM warehouse_owner, warehouse_app, warehouse_auditor;
GRANT TRIGGER, REFERENCES ON "Legacy Import"."Kunden Stamm" TO "warehouse_BI Übersicht";
GRANT SELECT ON reporting.monthly_sales, reporting.best_months TO "warehouse_BI Übersicht";

-- Columns.
GRANT SELECT (id, name, region), UPDATE (name) ON sales.customers TO warehouse_clerk;
GRANT INSERT (id, name, region), REFERENCES (id) ON sales.customers TO "warehouse_BI Übersicht";
GRANT SELECT ("a""quote", "it's") ON "Legacy Import"."Kunden Stamm" TO warehouse_clerk;
GRANT SELECT (list_price) ON catalog.products TO PUBLIC;
GRANT SELECT (ctid, xmin) ON catalog.products TO warehouse_clerk;

-- Passed on: a view of ours in the accountants' schema, and what they let others do with it.
GRANT SELECT ON reporting.turnover TO warehouse_accounting WITH GRANT OPTION;
SET ROLE warehouse_accounting;
GRANT SELECT ON reporting.turnover TO "warehouse_BI Übersicht", warehouse_clerk;
RESET ROLE;
GRANT SELECT (month) ON reporting.turnover TO warehouse_accounting WITH GRANT OPTION;
SET ROLE warehouse_accounting;
GRANT SELECT (month) ON reporting.turnover TO warehouse_app;
RESET ROLE;

-- Sequences.
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA platform, sales TO warehouse_app;
GRANT UPDATE ON SEQUENCE platform.document_numbers TO warehouse_clerk WITH GRANT OPTION;

-- Functions.
REVOKE EXECUTE ON FUNCTION app.secret_digest(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.secret_digest(text, text) TO warehouse_app;
REVOKE ALL ON FUNCTION platform.write_audit() FROM PUBLIC;
REVOKE ALL ON PROCEDURE accounting.close_period(date, bigint) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE accounting.close_period(date, bigint) TO warehouse_auditor WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION app.weighted_avg(numeric, numeric) TO warehouse_clerk;
REVOKE ALL ON FUNCTION app.quantile(double precision, anyelement) FROM PUBLIC;
-- A member of an extension: only the change belongs into a dump.
REVOKE EXECUTE ON FUNCTION extensions.crypt(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION extensions.crypt(text, text) TO warehouse_app;

-- Types.
REVOKE USAGE ON TYPE app.order_status FROM PUBLIC;
GRANT USAGE ON TYPE app.order_status TO warehouse_app, warehouse_clerk, warehouse_accounting;
GRANT USAGE ON TYPE app.sku TO warehouse_clerk WITH GRANT OPTION;
REVOKE ALL ON TYPE "Legacy Import"."Ampelfarbe" FROM PUBLIC, warehouse_owner;

-- What the system catalogs show by default is too much for some, and too little for the auditor.
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO warehouse_auditor;
GRANT SELECT ON pg_catalog.pg_largeobject TO warehouse_auditor;
