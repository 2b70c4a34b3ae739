-- Schemas by subject, and the extensions the application needs.

-- `prisma migrate` keeps its books in public.
GRANT USAGE, CREATE ON SCHEMA public TO warehouse_owner;

CREATE SCHEMA app AUTHORIZATION warehouse_owner;
COMMENT ON SCHEMA app IS 'Types and functions that every part of the application shares';

CREATE SCHEMA platform AUTHORIZATION warehouse_owner;
COMMENT ON SCHEMA platform IS 'Users, queues, audit trail, documents: nothing about the business itself';

CREATE SCHEMA catalog AUTHORIZATION warehouse_owner;
COMMENT ON SCHEMA catalog IS 'What we sell';

CREATE SCHEMA inventory AUTHORIZATION warehouse_owner;
CREATE SCHEMA sales AUTHORIZATION warehouse_owner;
CREATE SCHEMA purchasing AUTHORIZATION warehouse_owner;

CREATE SCHEMA accounting AUTHORIZATION warehouse_accounting;
COMMENT ON SCHEMA accounting IS 'Double-entry ledger, invoices, payments.
Owned by the finance team; rows of closed periods never change.';

CREATE SCHEMA reporting AUTHORIZATION warehouse_accounting;
GRANT USAGE, CREATE ON SCHEMA reporting TO warehouse_owner;
COMMENT ON SCHEMA reporting IS E'Views for the month''s end; path C:\\reports\\';

-- Imported from the predecessor, a German desktop program. Nobody dares to rename anything.
CREATE SCHEMA "Legacy Import" AUTHORIZATION warehouse_owner;
COMMENT ON SCHEMA "Legacy Import" IS 'Übernahme aus »Lagerfix 3.1«';
CREATE SCHEMA "select" AUTHORIZATION "warehouse_BI Übersicht";
GRANT USAGE, CREATE ON SCHEMA "select" TO warehouse_owner;

GRANT USAGE ON SCHEMA app TO PUBLIC;
GRANT USAGE ON SCHEMA platform, catalog, inventory, sales, purchasing TO warehouse_accounting;

CREATE SCHEMA extensions;
COMMENT ON SCHEMA extensions IS 'Keeps extension objects out of the application''s schemas';

GRANT USAGE ON SCHEMA extensions TO PUBLIC;

CREATE EXTENSION citext WITH SCHEMA extensions;
CREATE EXTENSION pg_trgm WITH SCHEMA extensions;
CREATE EXTENSION btree_gist WITH SCHEMA extensions;
CREATE EXTENSION hstore WITH SCHEMA extensions;
CREATE EXTENSION ltree WITH SCHEMA extensions;
CREATE EXTENSION pgcrypto WITH SCHEMA extensions;
CREATE EXTENSION bloom WITH SCHEMA "Legacy Import";
COMMENT ON EXTENSION hstore IS 'Free-form product attributes';
