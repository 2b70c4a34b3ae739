-- What belongs to the cluster: roles and a tablespace, made unless they are there.
-- The database's own settings, limits, comment and privileges.

SELECT current_setting('server_version_num')::integer >= 140000 AS since_14,
       current_setting('server_version_num')::integer >= 150000 AS since_15,
       current_setting('server_version_num')::integer >= 160000 AS since_16,
       current_setting('server_version_num')::integer >= 170000 AS since_17,
       current_setting('server_version_num')::integer >= 180000 AS since_18
\gset

SET client_min_messages = warning;
SET check_function_bodies = on;

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['torture_owner', 'torture_reader', 'torture_writer', 'torture_grantor',
                  'torture "Röle" 🐘 -- /* $$ % \']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- In place: the directory is the server's own, so no path has to be known here.
SET allow_in_place_tablespaces = on;
SELECT format('CREATE TABLESPACE %I LOCATION %L', 'Torture space', '')
WHERE NOT EXISTS (SELECT FROM pg_tablespace WHERE spcname = 'Torture space')
\gexec
GRANT CREATE ON TABLESPACE "Torture space" TO torture_owner;

SELECT current_database() AS database
\gset
ALTER DATABASE :"database" CONNECTION LIMIT 20;
ALTER DATABASE :"database" SET work_mem = '5MB';
ALTER DATABASE :"database" SET search_path = "$user", "Odd ""schema"" 🐘", public;
ALTER DATABASE :"database" SET temp_tablespaces = 'Torture space', '';
ALTER DATABASE :"database" SET torture.setting = 'it''s \ "mine"';
ALTER DATABASE :"database" SET torture.empty = '';
ALTER DATABASE :"database" SET statement_timeout = '1h';
ALTER ROLE torture_reader IN DATABASE :"database" SET application_name = 'reader''s';
ALTER ROLE torture_reader IN DATABASE :"database" SET search_path = 'torture', 'a, b';
ALTER ROLE "torture ""Röle"" 🐘 -- /* $$ % \" IN DATABASE :"database" SET DateStyle = 'German, DMY';
COMMENT ON DATABASE :"database" IS E'the database''s \\ comment\nof two lines -- %';
REVOKE TEMPORARY ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO torture_owner WITH GRANT OPTION;
GRANT CREATE ON DATABASE :"database" TO torture_owner, torture_writer;
