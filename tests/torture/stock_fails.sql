-- What pg_dump loses or keeps in such a way that pg_restore fails. Loaded after all
-- else; ours must come back.

SET search_path = torture;

-- pg_dump 13 and 14 lose the comment, 14 the privileges.
COMMENT ON SCHEMA public IS 'not the comment it came with';
GRANT USAGE ON SEQUENCE "Identity sequence ""\ " TO torture_reader;

-- Restored in parallel, the state of a partition's trigger may come before the trigger:
-- pg_dump has it wait for the parent's, which is a clone itself and has no entry.
ALTER TABLE triggered_tree_2_default ENABLE REPLICA TRIGGER cloned;

-- pg_dump does not quote the names of such constraints on columns that are inherited.
\if :since_18
CREATE TABLE quoted_null (a integer, b integer CONSTRAINT "b's ""NOT NULL""" NOT NULL);
CREATE TABLE quoted_null_child () INHERITS (quoted_null);
ALTER TABLE quoted_null_child ADD CONSTRAINT "a's ""NOT NULL""" NOT NULL a;
\endif
