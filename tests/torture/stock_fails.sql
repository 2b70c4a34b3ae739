-- What pg_dump keeps in such a way that pg_restore fails. Loaded after all else.

SET search_path = torture;

-- Restored in parallel, the state of a partition's trigger may come before the trigger:
-- pg_dump has it wait for the parent's, which is a clone itself and has no entry.
ALTER TABLE triggered_tree_2_default ENABLE REPLICA TRIGGER cloned;

-- The server prints the marks of a cycle with casts, which its grammar does not take.
\if :since_14
CREATE VIEW marking_cycles AS
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5)
    CYCLE n SET is_cycle TO 'yes' DEFAULT 'no' USING path
SELECT n, is_cycle FROM t;
\endif
