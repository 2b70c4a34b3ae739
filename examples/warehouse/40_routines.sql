-- Functions and procedures that work on tables.

SET ROLE warehouse_owner;

CREATE FUNCTION inventory.stock_on(warehouse smallint, "day" date DEFAULT CURRENT_DATE)
  RETURNS TABLE (product_id integer, sku extensions.citext, quantity numeric)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 2000 ROWS 5000
BEGIN ATOMIC
  SELECT s.product_id, p.sku, s.on_hand - coalesce(sum(m.quantity) FILTER (WHERE m.moved_at >= "day"), 0::numeric)
    FROM inventory.stock_levels AS s
    JOIN catalog.products AS p ON p.id = s.product_id
    LEFT JOIN inventory.stock_movements AS m ON m.product_id = s.product_id
   WHERE s.warehouse_id = warehouse
   GROUP BY s.product_id, p.sku, s.on_hand;
END;
COMMENT ON FUNCTION inventory.stock_on(smallint, date) IS 'Stock of a warehouse at the start of a day';

-- Groups by a primary key, so it can exist only after that key does.
CREATE FUNCTION catalog.bundle_prices() RETURNS TABLE (name text, price numeric)
  LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT p.name, sum(b.quantity * p.list_price) AS price
    FROM catalog.products AS p JOIN catalog.bundle_items AS b ON b.bundle_id = p.id
   GROUP BY p.id;
END;

CREATE FUNCTION catalog.products_like(pattern text) RETURNS SETOF catalog.products
  LANGUAGE sql STABLE
  AS $$ SELECT * FROM catalog.products WHERE name ILIKE '%' || pattern || '%' $$;

CREATE FUNCTION sales.open_orders(customer integer, OUT order_id bigint, OUT total app.amount) RETURNS SETOF record
  LANGUAGE plpgsql STABLE ROWS 20
  SET search_path TO 'sales', 'Legacy Import', 'pg_temp'
  SET work_mem TO '16MB'
  SET DateStyle TO 'ISO', 'DMY'
  SET enable_seqscan TO off
AS $function$
BEGIN
  RETURN QUERY SELECT o.id, o.total FROM orders AS o WHERE o.customer_id = customer AND o.status < 'shipped';
END
$function$;

-- A computed column of the table, as PostGraphile finds them.
CREATE FUNCTION sales.customers_display_name(customer sales.customers) RETURNS text
  LANGUAGE sql STABLE
  AS $$ SELECT customer.name || coalesce(' <' || customer.email || '>', '') $$;

CREATE FUNCTION platform.job_state_count(state app."JobState") RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path TO ''
  RETURN (SELECT count(*) FROM platform.jobs AS j WHERE j.state = job_state_count.state);

CREATE PROCEDURE platform.purge_jobs(older_than interval DEFAULT '30 days'::interval, INOUT purged integer DEFAULT 0)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path TO pg_catalog, platform, pg_temp
AS $procedure$
BEGIN
  DELETE FROM platform.jobs WHERE state = 'completed' AND updated_at < now() - older_than;
  GET DIAGNOSTICS purged = ROW_COUNT;
  RAISE NOTICE E'purged % jobs\n', purged;
END
$procedure$;

CREATE PROCEDURE inventory.move_stock(product integer, source smallint, destination smallint, quantity numeric)
  LANGUAGE sql
BEGIN ATOMIC
  UPDATE inventory.stock_levels SET on_hand = stock_levels.on_hand - move_stock.quantity WHERE product_id = product AND warehouse_id = source;
  INSERT INTO inventory.stock_levels (warehouse_id, product_id, on_hand) VALUES (destination, product, quantity)
    ON CONFLICT (warehouse_id, product_id) DO UPDATE SET on_hand = stock_levels.on_hand + excluded.on_hand;
END;
COMMENT ON PROCEDURE inventory.move_stock(integer, smallint, smallint, numeric) IS 'Moves stock between warehouses';

-- Trigger functions.

CREATE FUNCTION platform.write_audit() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path TO ''
AS $$
BEGIN
  INSERT INTO platform.audit_log (happened_at, actor, action, relation, old_row, new_row)
  VALUES (pg_catalog.clock_timestamp(), app.current_actor(), pg_catalog.lower(TG_OP), TG_RELID,
          CASE WHEN TG_OP <> 'INSERT' THEN pg_catalog.to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN pg_catalog.to_jsonb(NEW) END);
  RETURN NULL;
END
$$;

CREATE FUNCTION inventory.count_moved() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  UPDATE inventory.stock_levels AS s SET counted_at = CURRENT_TIMESTAMP
    FROM (SELECT DISTINCT product_id FROM moved) AS m WHERE s.product_id = m.product_id;
  RETURN NULL;
END
$$;

CREATE FUNCTION sales.check_order_total() RETURNS trigger
  LANGUAGE plpgsql
AS $$
DECLARE
  lines numeric := (SELECT sum(line_total) FROM sales.order_lines WHERE order_id = NEW.order_id);
BEGIN
  IF lines > 1e9 THEN
    RAISE EXCEPTION 'order %: % is more than we can ship', NEW.order_id, lines;
  END IF;
  RETURN NULL;
END
$$;

RESET ROLE;
SET ROLE warehouse_accounting;

CREATE FUNCTION accounting.balance(account_number text, on_day date DEFAULT 'infinity'::date) RETURNS numeric
  LANGUAGE sql STABLE PARALLEL RESTRICTED
  RETURN (SELECT coalesce(sum((l.debit)::numeric - (l.credit)::numeric), 0::numeric)
            FROM accounting.journal_lines AS l WHERE (l.account)::text = account_number AND l.booked_on <= on_day);

CREATE PROCEDURE accounting.close_period(IN period date, INOUT closed_entries bigint DEFAULT NULL::bigint)
  LANGUAGE plpgsql
AS $$
BEGIN
  UPDATE accounting.fiscal_periods SET closed_by = CURRENT_USER, closed_at = now() WHERE first_day = period;
  SELECT count(*) INTO closed_entries FROM accounting.journal_entries WHERE booked_on >= period AND booked_on < period + interval '1 month';
  COMMIT;
END
$$;

RESET ROLE;

-- A parameter that no module has defined: superusers only.
ALTER FUNCTION sales.open_orders(integer) SET "app.purpose" TO 'it''s a \ test';
