-- Schemas: owners, privileges, comments, names.

CREATE SCHEMA torture AUTHORIZATION torture_owner;
CREATE SCHEMA "select";
CREATE SCHEMA "Odd ""schema"" 🐘" AUTHORIZATION "torture ""Röle"" 🐘 -- /* $$ % \";
CREATE SCHEMA "it's a \ schema";
CREATE SCHEMA "schema
of two lines";
CREATE SCHEMA "--option";
CREATE SCHEMA "sixty-three bytes are all that a name may have of them, no more";
CREATE SCHEMA empty;
CREATE SCHEMA loops;

GRANT USAGE ON SCHEMA torture TO torture_grantor, torture_reader, torture_writer WITH GRANT OPTION;
GRANT CREATE ON SCHEMA torture TO "torture ""Röle"" 🐘 -- /* $$ % \";
-- The owner's own privileges are not what they were.
REVOKE CREATE ON SCHEMA "it's a \ schema" FROM CURRENT_USER;
GRANT ALL ON SCHEMA "it's a \ schema" TO PUBLIC;
-- Nobody is left with any.
REVOKE ALL ON SCHEMA empty FROM CURRENT_USER;

-- The schema of initdb, changed.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO torture_reader;

COMMENT ON SCHEMA torture IS 'all kinds of objects';
COMMENT ON SCHEMA "Odd ""schema"" 🐘" IS E'it''s \\ "odd"\n\tindented 🐘';

-- What follows is made here unless it says otherwise.
SET search_path = torture;
