-- Privileges: of owners and others, with and without grant option, by several grantors,
-- on columns, on what initdb made, by default.

CREATE TABLE granted (a integer, "B ""b""" text, c integer);
ALTER TABLE granted OWNER TO torture_owner;
GRANT SELECT, INSERT ON granted TO torture_grantor WITH GRANT OPTION;
GRANT ALL ON granted TO "torture ""Röle"" 🐘 -- /* $$ % \";
GRANT SELECT (a, "B ""b"""), UPDATE (a) ON granted TO torture_writer WITH GRANT OPTION;
GRANT INSERT (c), REFERENCES (c) ON granted TO PUBLIC;
GRANT SELECT (ctid, tableoid, xmin) ON granted TO torture_reader;
SET ROLE torture_grantor;
GRANT SELECT ON torture.granted TO torture_reader WITH GRANT OPTION;
SET ROLE torture_reader;
GRANT SELECT ON torture.granted TO torture_writer, PUBLIC;
SET ROLE torture_writer;
GRANT SELECT (a) ON torture.granted TO torture_grantor;
RESET ROLE;
CREATE TABLE revoked_from_owner (a integer);
REVOKE ALL ON revoked_from_owner FROM CURRENT_USER;
CREATE TABLE partly_revoked (a integer);
REVOKE TRUNCATE, TRIGGER ON partly_revoked FROM CURRENT_USER;
GRANT SELECT ON partly_revoked TO CURRENT_USER WITH GRANT OPTION;
CREATE TABLE granted_and_revoked (a integer);
GRANT SELECT ON granted_and_revoked TO torture_reader;
REVOKE SELECT ON granted_and_revoked FROM torture_reader;
CREATE VIEW granted_view AS SELECT 1 AS n;
GRANT SELECT (n) ON granted_view TO torture_reader;

-- Of initdb.
GRANT SELECT ON pg_catalog.pg_authid TO torture_reader;
REVOKE SELECT ON pg_catalog.pg_proc FROM PUBLIC;
GRANT SELECT ON pg_catalog.pg_proc TO PUBLIC;
REVOKE SELECT ON pg_catalog.pg_settings FROM PUBLIC;
GRANT SELECT (rolname) ON pg_catalog.pg_authid TO torture_writer;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO torture_writer WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION pg_catalog.version() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.version() TO torture_reader;
GRANT EXECUTE ON FUNCTION pg_catalog.sum(integer) TO torture_reader;
REVOKE USAGE ON TYPE pg_catalog.money FROM PUBLIC;
GRANT USAGE ON LANGUAGE sql TO torture_reader;
GRANT USAGE ON SCHEMA information_schema TO torture_reader WITH GRANT OPTION;
GRANT SELECT ON information_schema.tables TO torture_reader;

-- To come.
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO torture_reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE torture_owner REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE torture_owner GRANT ALL ON SCHEMAS TO torture_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE torture_owner REVOKE ALL ON TABLES FROM torture_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE "torture ""Röle"" 🐘 -- /* $$ % \" IN SCHEMA "Odd ""schema"" 🐘", torture
GRANT USAGE ON SEQUENCES TO torture_writer, PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA torture GRANT EXECUTE ON ROUTINES TO torture_writer;
ALTER DEFAULT PRIVILEGES IN SCHEMA torture GRANT USAGE ON TYPES TO torture_writer;
ALTER DEFAULT PRIVILEGES IN SCHEMA torture GRANT INSERT, UPDATE ON TABLES TO torture_writer;
