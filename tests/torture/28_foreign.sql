-- Foreign data that no extension handles.

CREATE FOREIGN DATA WRAPPER bare;
CREATE FOREIGN DATA WRAPPER "Wrapper ""2"" \" VALIDATOR postgresql_fdw_validator;
CREATE FUNCTION checks_nothing(text[], oid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
-- Refuses to be called.
CREATE FUNCTION handles_nothing() RETURNS fdw_handler LANGUAGE internal AS 'fdw_handler_in';
CREATE FOREIGN DATA WRAPPER handled HANDLER handles_nothing VALIDATOR checks_nothing
    OPTIONS ("Odd ""option"" \" 'it''s \ "odd"', empty '');
ALTER FOREIGN DATA WRAPPER bare OWNER TO CURRENT_USER;
COMMENT ON FOREIGN DATA WRAPPER bare IS 'neither handler nor validator';
GRANT USAGE ON FOREIGN DATA WRAPPER bare TO torture_owner WITH GRANT OPTION;

CREATE SERVER here FOREIGN DATA WRAPPER bare;
CREATE SERVER "Server ""2"" \" TYPE 'it''s \' VERSION '1.0 "beta"'
    FOREIGN DATA WRAPPER handled OPTIONS ("Host ""name""" 'it''s \', empty '');
ALTER SERVER here OWNER TO torture_owner;
COMMENT ON SERVER here IS 'nowhere';
GRANT USAGE ON FOREIGN SERVER here TO torture_reader;

CREATE USER MAPPING FOR PUBLIC SERVER here;
CREATE USER MAPPING FOR torture_reader SERVER here OPTIONS ("user" 'it''s', password '\"secret"');
CREATE USER MAPPING FOR "torture ""Röle"" 🐘 -- /* $$ % \" SERVER "Server ""2"" \";

CREATE FOREIGN TABLE far_away () SERVER here;
CREATE FOREIGN TABLE "Foreign ""2"" \" (
    a integer OPTIONS ("Column name" 'it''s \', n '1') NOT NULL,
    "B" text COLLATE "C" DEFAULT 'it''s', gone integer, c integer CHECK (c > 0))
SERVER "Server ""2"" \" OPTIONS ("Table ""name""" 'it''s \', schema_name '');
ALTER FOREIGN TABLE "Foreign ""2"" \" DROP COLUMN gone;
ALTER FOREIGN TABLE "Foreign ""2"" \" ALTER a SET STATISTICS 55;
ALTER FOREIGN TABLE "Foreign ""2"" \" ALTER "B" SET STORAGE EXTERNAL;
ALTER FOREIGN TABLE "Foreign ""2"" \" OWNER TO torture_owner;
COMMENT ON FOREIGN TABLE "Foreign ""2"" \" IS 'of three columns';
COMMENT ON COLUMN "Foreign ""2"" \"."B" IS 'b''s';
GRANT SELECT ON "Foreign ""2"" \" TO torture_reader;
CREATE VIEW over_foreign AS SELECT a FROM "Foreign ""2"" \";
