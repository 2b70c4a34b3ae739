-- What pg_dump keeps in such a way that pg_restore fails. Loaded after all else.

SET search_path = torture;

-- Restored in parallel, the state of a partition's trigger may come before the trigger:
-- pg_dump has it wait for the parent's, which is a clone itself and has no entry.
ALTER TABLE triggered_tree_2_default ENABLE REPLICA TRIGGER cloned;
