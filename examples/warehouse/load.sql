-- The sample application database of pgsluice: a wholesaler's inventory, sales and accounting system.
--
--   createdb warehouse
--   psql -X -v ON_ERROR_STOP=1 -d warehouse -f examples/warehouse/load.sql
--
-- Run it as a superuser in an empty UTF8 database of any name, PostgreSQL 15 or newer. Two loads hold the same
-- rows: everything is computed from row numbers, nothing from the clock or from random().

\set ON_ERROR_STOP on
\set QUIET on
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET search_path = public;
SET synchronous_commit = off;
-- psql must not print what \gexec and the maintenance functions return.
\pset tuples_only on
\o /dev/null

-- What this server can do.
SELECT current_setting('server_version_num')::int >= 150000 AS has_15,
       current_setting('server_version_num')::int >= 170000 AS has_17,
       current_setting('server_version_num')::int >= 180000 AS has_18,
       EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) AS has_lz4 \gset

\ir 00_roles.sql
\ir 01_schemas.sql
\ir 02_types.sql
\ir 03_functions.sql
\ir 04_aggregates.sql
\ir 10_platform.sql
\ir 11_catalog.sql
\ir 12_inventory.sql
\ir 13_sales.sql
\ir 14_purchasing.sql
\ir 15_accounting.sql
\ir 16_legacy.sql
\ir 20_rows.sql
\ir 21_odd_rows.sql
\ir 22_large_objects.sql
\ir 30_constraints.sql
\ir 31_indexes.sql
\ir 32_statistics.sql
\ir 40_routines.sql
\ir 41_views.sql
\ir 42_materialized_views.sql
\ir 43_rules.sql
\ir 44_triggers.sql
\ir 45_row_security.sql
\ir 50_newer_servers.sql
\ir 60_privileges.sql
\ir 61_default_privileges.sql
\ir 62_database.sql

ANALYZE;
\o
