-- What is made under default privileges: theirs, others, or those of before.

CREATE TABLE with_default_privileges (a integer);
CREATE TABLE without_default_privileges (a integer);
REVOKE ALL ON without_default_privileges FROM torture_reader, torture_writer;
CREATE FUNCTION not_for_public() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION for_public_again() RETURNS integer LANGUAGE sql AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION for_public_again() TO PUBLIC;
CREATE TYPE with_default_privileges_type AS ENUM ('a');
CREATE SCHEMA with_default_privileges_schema AUTHORIZATION torture_owner;
CREATE VIEW with_default_privileges_view AS SELECT 1 AS n;
