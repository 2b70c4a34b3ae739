-- Extensions that come with the server, if they are installed, and what was changed
-- of theirs.

SELECT count(*) FILTER (WHERE name = 'citext') = 1 AS with_citext,
       count(*) FILTER (WHERE name = 'hstore') = 1 AS with_hstore,
       count(*) FILTER (WHERE name = 'btree_gist') = 1 AS with_btree_gist,
       count(*) FILTER (WHERE name = 'postgres_fdw') = 1 AS with_postgres_fdw
FROM pg_available_extensions
\gset
\if :with_citext
CREATE EXTENSION citext SCHEMA "Odd ""schema"" 🐘";
COMMENT ON EXTENSION citext IS 'not the comment it came with';
CREATE TABLE of_citext (a "Odd ""schema"" 🐘".citext PRIMARY KEY, b "Odd ""schema"" 🐘".citext[] DEFAULT '{A,b}');
INSERT INTO of_citext VALUES ('MiXed');
REVOKE EXECUTE ON FUNCTION "Odd ""schema"" 🐘".citext_eq FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "Odd ""schema"" 🐘".citext_eq TO torture_reader WITH GRANT OPTION;
REVOKE USAGE ON TYPE "Odd ""schema"" 🐘".citext FROM PUBLIC;
\endif
\if :with_hstore
CREATE EXTENSION hstore SCHEMA torture;
CREATE TABLE of_hstore (h hstore DEFAULT 'a=>"b \\ c"', g hstore GENERATED ALWAYS AS (h || 'x=>y') STORED);
CREATE INDEX ON of_hstore USING gin (h);
INSERT INTO of_hstore VALUES (DEFAULT), ('"it''s"=>NULL');
CREATE FUNCTION of_an_extension() RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION of_an_extension() DEPENDS ON EXTENSION hstore;
CREATE MATERIALIZED VIEW matview_of_an_extension AS SELECT 1 AS n;
ALTER MATERIALIZED VIEW matview_of_an_extension DEPENDS ON EXTENSION hstore;
CREATE INDEX index_of_an_extension ON of_hstore ((h -> 'a'));
ALTER INDEX index_of_an_extension DEPENDS ON EXTENSION hstore;
CREATE TRIGGER trigger_of_an_extension BEFORE INSERT ON of_hstore FOR EACH ROW EXECUTE FUNCTION fires();
ALTER TRIGGER trigger_of_an_extension ON of_hstore DEPENDS ON EXTENSION hstore;
\endif
\if :with_btree_gist
CREATE EXTENSION btree_gist SCHEMA public;
CREATE TABLE of_btree_gist (a integer, b tsrange, EXCLUDE USING gist (a WITH =, b WITH &&));
\endif
\if :with_postgres_fdw
CREATE EXTENSION postgres_fdw SCHEMA "select";
GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO torture_reader;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere', dbname 'it''s');
CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere OPTIONS (password 'secret');
CREATE FOREIGN TABLE over_there (a integer OPTIONS (column_name 'A')) SERVER elsewhere OPTIONS (table_name 'T');
\endif
GRANT USAGE ON LANGUAGE plpgsql TO torture_reader WITH GRANT OPTION;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
COMMENT ON EXTENSION plpgsql IS 'changed, too';
