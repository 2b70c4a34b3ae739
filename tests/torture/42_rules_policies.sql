-- Rules and row-level security.

CREATE TABLE ruled (a integer, b text);
CREATE TABLE rule_log (what text, a integer);
CREATE RULE "Rule ""\ " AS ON INSERT TO ruled WHERE NEW.a > 10
DO ALSO (INSERT INTO rule_log VALUES ('it''s \', NEW.a); UPDATE rule_log SET a = a + 1 WHERE false);
CREATE RULE nothing AS ON DELETE TO ruled DO INSTEAD NOTHING;
CREATE RULE notifies AS ON UPDATE TO ruled DO ALSO NOTIFY "Channel ""\";
CREATE RULE rule_disabled AS ON UPDATE TO ruled WHERE OLD.a = 1 DO INSTEAD SELECT 1;
CREATE RULE rule_on_replicas AS ON UPDATE TO ruled DO ALSO SELECT 2;
CREATE RULE rule_always AS ON UPDATE TO ruled DO ALSO SELECT 3;
ALTER TABLE ruled DISABLE RULE rule_disabled, ENABLE REPLICA RULE rule_on_replicas, ENABLE ALWAYS RULE rule_always;
CREATE RULE returning_rows AS ON INSERT TO triggered_view DO INSTEAD
INSERT INTO triggered VALUES (NEW.a, NEW.b) RETURNING a, b, 0;
COMMENT ON RULE "Rule ""\ " ON ruled IS 'it''s a rule';
COMMENT ON RULE "_RETURN" ON triggered_view IS 'of a view';
INSERT INTO rule_log VALUES ('before', 1);

CREATE TABLE secured (a integer, owner name DEFAULT CURRENT_USER, b text);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Policy ""\ " ON secured USING (owner = CURRENT_USER AND b <> 'it''s \')
WITH CHECK (a > (SELECT count(*) FROM ruled));
CREATE POLICY selecting ON secured FOR SELECT TO torture_reader, "torture ""Röle"" 🐘 -- /* $$ % \"
USING (true);
CREATE POLICY inserting ON secured AS RESTRICTIVE FOR INSERT TO PUBLIC WITH CHECK (a IS NOT NULL);
CREATE POLICY updating ON secured FOR UPDATE TO CURRENT_USER USING (a = 1) WITH CHECK (a = 2);
CREATE POLICY deleting ON secured AS RESTRICTIVE FOR DELETE TO torture_writer USING (false);
COMMENT ON POLICY "Policy ""\ " ON secured IS 'it''s a policy';
INSERT INTO secured VALUES (1, 'somebody', 'b'), (2, 'torture_reader', 'c');
CREATE TABLE secured_by_force (a integer);
ALTER TABLE secured_by_force ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
INSERT INTO secured_by_force VALUES (1);
CREATE TABLE forced_alone (a integer);
ALTER TABLE forced_alone FORCE ROW LEVEL SECURITY;
CREATE POLICY not_enabled ON forced_alone USING (a > 0);
CREATE TABLE secured_tree (a integer) PARTITION BY LIST (a);
CREATE TABLE secured_tree_1 PARTITION OF secured_tree FOR VALUES IN (1);
ALTER TABLE secured_tree ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_tree ON secured_tree USING (a = 1);
CREATE POLICY of_leaf ON secured_tree_1 FOR SELECT USING (a < 5);
