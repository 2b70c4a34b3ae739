-- Rules. New code uses triggers; these have been here for long.

SET ROLE warehouse_owner;

CREATE RULE insert_product AS ON INSERT TO catalog.cheap_products DO INSTEAD
  INSERT INTO catalog.products (id, sku, name, list_price) VALUES (NEW.id, NEW.sku, NEW.name, least(NEW.list_price, 19.99)) RETURNING id, sku, name, list_price;
CREATE RULE never_delete AS ON DELETE TO catalog.currencies DO INSTEAD NOTHING;
COMMENT ON RULE never_delete ON catalog.currencies IS 'Old invoices refer to every currency';
CREATE RULE log_rollout AS ON UPDATE TO platform.feature_flags WHERE OLD.rollout IS DISTINCT FROM NEW.rollout DO ALSO (
  INSERT INTO platform.text_samples (id, label, value) VALUES (-1, NEW.name, OLD.rollout || ' → ' || NEW.rollout);
  DELETE FROM platform.text_samples WHERE id = -2;
);
CREATE RULE tell AS ON UPDATE TO platform.feature_flags DO NOTIFY feature_flags, 'it''s "changed"';
CREATE RULE "mirror 'coupons'" AS ON INSERT TO sales.coupons WHERE NEW.percent > 90 DO ALSO
  INSERT INTO platform.jobs (name, data) VALUES ('coupon-alarm', jsonb_build_object('code', NEW.code));
ALTER TABLE sales.coupons DISABLE RULE "mirror 'coupons'";
CREATE RULE replicate_labels AS ON INSERT TO inventory.scans DO ALSO NOTHING;
ALTER TABLE inventory.scans ENABLE REPLICA RULE replicate_labels;
CREATE RULE always_log AS ON DELETE TO platform.webhooks DO ALSO NOTIFY webhooks;
ALTER TABLE platform.webhooks ENABLE ALWAYS RULE always_log;

RESET ROLE;
