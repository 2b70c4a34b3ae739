-- Triggers.

SET ROLE warehouse_owner;

CREATE TRIGGER touch BEFORE UPDATE ON catalog.products FOR EACH ROW WHEN (OLD.list_price IS DISTINCT FROM NEW.list_price OR OLD.name <> NEW.name) EXECUTE FUNCTION app.touch_updated_at();
CREATE TRIGGER touch BEFORE UPDATE OF name, email ON sales.customers FOR EACH ROW EXECUTE FUNCTION app.touch_updated_at();
COMMENT ON TRIGGER touch ON sales.customers IS 'Only what the customer sees counts as a change';
CREATE TRIGGER "really changed" AFTER UPDATE ON sales.customers FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION platform.write_audit();

-- Arguments with everything a trigger argument may hold.
CREATE TRIGGER "keep it" BEFORE DELETE OR TRUNCATE ON catalog.tax_rates
  FOR EACH STATEMENT EXECUTE FUNCTION app.reject_change('it''s the "law"', E'C:\\tax\\\n$1 \ttab', '', 'ümlaut');

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON catalog.currencies FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
ALTER TABLE catalog.currencies ENABLE ALWAYS TRIGGER audit;
CREATE TRIGGER audit AFTER UPDATE ON platform.feature_flags FOR EACH ROW WHEN (OLD.enabled IS NOT TRUE AND NEW.enabled) EXECUTE FUNCTION platform.write_audit();
ALTER TABLE platform.feature_flags ENABLE REPLICA TRIGGER audit;
CREATE TRIGGER audit AFTER INSERT ON platform.webhooks FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
ALTER TABLE platform.webhooks DISABLE TRIGGER audit;

-- On partitioned tables; one partition's clone is switched off, another's is always on.
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON sales.orders FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
ALTER TABLE sales.orders_east DISABLE TRIGGER audit;
ALTER TABLE sales.orders_rest ENABLE ALWAYS TRIGGER audit;
CREATE TRIGGER only_here BEFORE INSERT ON inventory.stock_movements_later FOR EACH ROW EXECUTE FUNCTION app.reject_change('no partition for this month');
ALTER TABLE inventory.stock_movements_later DISABLE TRIGGER only_here;

-- Transition tables.
CREATE TRIGGER counted AFTER INSERT ON inventory.stock_movements REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION inventory.count_moved();
CREATE TRIGGER uncounted AFTER UPDATE ON inventory.lots REFERENCING OLD TABLE AS "old lots" NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION inventory.count_moved();

-- Checked when the transaction ends.
CREATE CONSTRAINT TRIGGER order_total AFTER INSERT OR UPDATE OF quantity, unit_price ON sales.order_lines
  FROM sales.orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.quantity > 0) EXECUTE FUNCTION sales.check_order_total();
COMMENT ON TRIGGER order_total ON sales.order_lines IS 'Deferred: lines come before the total';
CREATE CONSTRAINT TRIGGER order_total_now AFTER DELETE ON sales.coupons DEFERRABLE FOR EACH ROW EXECUTE FUNCTION app.reject_change('coupons stay');

-- Instead of, on a view.
CREATE FUNCTION inventory.rename_warehouse() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  UPDATE inventory.warehouses SET name = NEW.name WHERE id = OLD.id;
  RETURN NEW;
END
$$;
CREATE TRIGGER rename INSTEAD OF UPDATE ON inventory.warehouse_load FOR EACH ROW EXECUTE FUNCTION inventory.rename_warehouse('view');

CREATE TRIGGER "Größe geändert" AFTER UPDATE OF "a""quote", "Name 1" ON "Legacy Import"."Kunden Stamm"
  FOR EACH ROW WHEN (OLD."it's" <> NEW."it's") EXECUTE FUNCTION platform.write_audit();

RESET ROLE;

-- Trigger of a contrib extension, dropped with it.
CREATE TRIGGER hashed AFTER UPDATE ON platform.api_keys FOR EACH ROW EXECUTE FUNCTION platform.write_audit();
ALTER TRIGGER hashed ON platform.api_keys DEPENDS ON EXTENSION pgcrypto;
