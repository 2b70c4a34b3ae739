-- Triggers.

CREATE TABLE triggered (a integer, b text, "C ""c""" integer, PRIMARY KEY (a));
CREATE VIEW triggered_view AS SELECT * FROM triggered;
CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';

CREATE TRIGGER "Before ""\ " BEFORE INSERT OR UPDATE ON triggered
FOR EACH ROW EXECUTE FUNCTION fires('it''s \', 'a', '', '1');
CREATE TRIGGER after_columns AFTER UPDATE OF b, "C ""c""" ON triggered
FOR EACH ROW WHEN (OLD.b IS DISTINCT FROM NEW.b AND NEW."C ""c""" > 0) EXECUTE FUNCTION fires();
CREATE TRIGGER each_statement AFTER INSERT OR DELETE OR TRUNCATE ON triggered EXECUTE FUNCTION fires();
CREATE TRIGGER transition AFTER UPDATE ON triggered
REFERENCING OLD TABLE AS "Old ""rows""" NEW TABLE AS new_rows EXECUTE FUNCTION fires();
CREATE CONSTRAINT TRIGGER at_once AFTER INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION fires();
CREATE CONSTRAINT TRIGGER "at ""the"" end" AFTER INSERT OR UPDATE OF a ON triggered
FROM indexed DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.a > 0) EXECUTE FUNCTION fires();
CREATE TRIGGER disabled BEFORE DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION fires();
CREATE TRIGGER on_replicas BEFORE DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION fires();
CREATE TRIGGER always BEFORE DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION fires();
ALTER TABLE triggered DISABLE TRIGGER disabled, ENABLE REPLICA TRIGGER on_replicas, ENABLE ALWAYS TRIGGER always;
CREATE TRIGGER instead INSTEAD OF INSERT OR UPDATE OR DELETE ON triggered_view
FOR EACH ROW EXECUTE FUNCTION fires('view');
CREATE TRIGGER of_view AFTER INSERT ON triggered_view EXECUTE FUNCTION fires();
CREATE TRIGGER of_foreign AFTER INSERT ON "Foreign ""2"" \" FOR EACH ROW EXECUTE FUNCTION fires();
COMMENT ON TRIGGER "Before ""\ " ON triggered IS 'it''s a trigger';
COMMENT ON TRIGGER disabled ON triggered IS 'disabled';
INSERT INTO triggered VALUES (1, 'b', 2);

-- Those of partitioned tables have clones, some of which are in another state.
CREATE TABLE triggered_tree (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE triggered_tree_1 PARTITION OF triggered_tree FOR VALUES IN (1);
CREATE TABLE triggered_tree_2 PARTITION OF triggered_tree FOR VALUES IN (2) PARTITION BY LIST (b);
CREATE TABLE triggered_tree_2_default PARTITION OF triggered_tree_2 DEFAULT;
CREATE TRIGGER cloned AFTER INSERT ON triggered_tree FOR EACH ROW EXECUTE FUNCTION fires('tree');
CREATE TRIGGER cloned_disabled AFTER UPDATE ON triggered_tree FOR EACH ROW EXECUTE FUNCTION fires();
CREATE TRIGGER cloned_always AFTER DELETE ON triggered_tree FOR EACH ROW EXECUTE FUNCTION fires();
CREATE TRIGGER not_cloned AFTER INSERT ON triggered_tree EXECUTE FUNCTION fires();
CREATE TRIGGER of_one_alone AFTER INSERT ON triggered_tree_1 FOR EACH ROW EXECUTE FUNCTION fires();
ALTER TABLE triggered_tree_1 DISABLE TRIGGER cloned;
ALTER TABLE ONLY triggered_tree DISABLE TRIGGER cloned_disabled;
ALTER TABLE triggered_tree ENABLE ALWAYS TRIGGER cloned_always;
COMMENT ON TRIGGER cloned ON triggered_tree IS 'of all partitions';
COMMENT ON TRIGGER cloned ON triggered_tree_1 IS 'of one partition';
