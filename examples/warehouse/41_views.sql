-- Views.

SET ROLE warehouse_owner;

CREATE VIEW catalog.active_products AS
  SELECT id, sku, name, list_price, tags FROM catalog.products WHERE NOT discontinued
  WITH CASCADED CHECK OPTION;
COMMENT ON VIEW catalog.active_products IS 'What the shop shows';
COMMENT ON COLUMN catalog.active_products.list_price IS 'Without tax';
ALTER VIEW catalog.active_products ALTER COLUMN list_price SET DEFAULT 9.99;
ALTER VIEW catalog.active_products ALTER COLUMN tags SET DEFAULT ARRAY['new'::text];

CREATE VIEW catalog.cheap_products WITH (check_option = local, security_barrier = true) AS
  SELECT id, sku, name, list_price FROM catalog.active_products WHERE list_price < 20;

CREATE VIEW catalog.category_tree ("Category", "Depth", "Path") AS
  WITH RECURSIVE tree(id, depth, path) AS (
    SELECT id, 0, name FROM catalog.categories WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, t.depth + 1, t.path || ' › ' || c.name FROM catalog.categories AS c JOIN tree AS t ON c.parent_id = t.id
  ) SEARCH DEPTH FIRST BY id SET visiting_order
  SELECT id, depth, path FROM tree ORDER BY visiting_order;

-- Grouped by a primary key: can be made only when that key exists.
CREATE VIEW inventory.warehouse_load AS
  SELECT w.id, w.name, w.address, count(b.*) AS bins, sum(b.capacity_kg) FILTER (WHERE b.capacity_kg < 'Infinity'::real) AS capacity_kg
    FROM inventory.warehouses AS w LEFT JOIN inventory.bins AS b ON b.warehouse_id = w.id
   GROUP BY w.id;
CREATE VIEW inventory.big_warehouses AS SELECT name, bins FROM inventory.warehouse_load WHERE bins > 100;

-- A view and a function that need each other: the function returns rows of the view, the view is made by the function.
CREATE VIEW inventory.low_stock AS SELECT product_id, warehouse_id, on_hand FROM inventory.stock_levels WHERE on_hand < 10;
CREATE FUNCTION inventory.find_low_stock(threshold numeric DEFAULT 20) RETURNS SETOF inventory.low_stock
  LANGUAGE sql STABLE
  AS 'SELECT product_id, warehouse_id, on_hand FROM inventory.stock_levels WHERE on_hand < threshold';
CREATE OR REPLACE VIEW inventory.low_stock AS
  SELECT product_id, warehouse_id, on_hand FROM inventory.find_low_stock(10) WHERE on_hand IS NOT NULL;

CREATE VIEW sales.customer_contacts WITH (security_barrier) AS
  SELECT c.id, c.name, k.name AS contact_name, k."e-mail"::text AS "e-mail", (k.addresses[1]).city, c.*::sales.customers IS NOT NULL AS complete
    FROM sales.customers AS c CROSS JOIN LATERAL unnest(c.contacts) WITH ORDINALITY AS k(name, "e-mail", addresses, position);
\if :has_15
CREATE VIEW sales.my_orders WITH (security_invoker = true, security_barrier = false) AS
  SELECT * FROM sales.orders WHERE tenant = nullif(current_setting('app.tenant', true), '')::uuid;
\endif

-- Over the union of two queries, with window functions, VALUES, DISTINCT ON, GROUPING SETS.
CREATE VIEW reporting.turnover AS
  SELECT o.region, date_trunc('month', o.placed_on::timestamp)::date AS month, sum(o.total) AS total, grouping(o.region) AS level,
         rank() OVER (PARTITION BY o.region ORDER BY sum(o.total) DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM sales.orders AS o
   GROUP BY GROUPING SETS ((o.region, date_trunc('month', o.placed_on::timestamp)), ())
  UNION ALL
  SELECT NULL, NULL, 0, v.level, 0 FROM (VALUES (-1), (-2)) AS v(level);
CREATE VIEW reporting."Umsatz (Monat)" AS
  SELECT DISTINCT ON (region) region AS "Region", month AS "Monat", app.format_money(total) AS "Umsatz €" FROM reporting.turnover WHERE level = 0 ORDER BY region, total DESC;
CREATE VIEW reporting.average_prices AS
  SELECT product_id, app.weighted_avg(unit_price, quantity) AS price, app.quantile(0.5) WITHIN GROUP (ORDER BY unit_price) AS median, app.first(region ORDER BY placed_on) AS first_region, app.tally(*) AS lines
    FROM sales.order_lines GROUP BY product_id;
COMMENT ON COLUMN reporting."Umsatz (Monat)"."Umsatz €" IS 'Formatted; not for arithmetic';

CREATE VIEW "Legacy Import"."select * from" AS
  SELECT "Kd-Nr" AS "select", "a""quote" AS "from", "it's" AS "wh""ere", 'it''s \ a constant' AS "E'\n'", "Legacy Import"."LfdNr"() OVER (ORDER BY "Kd-Nr") AS "Lfd. Nr."
    FROM "Legacy Import"."Kunden Stamm" WHERE "PLZ" LIKE '0%' ESCAPE '\' OR "Straße" ~ '\d+\s*$';
-- No column at all.
CREATE VIEW platform.lock_holders AS SELECT FROM platform.nightly_lock;

SET ROLE warehouse_accounting;
CREATE VIEW accounting.unpaid_invoices AS
  SELECT i.number, i.due_on, i.net + i.tax AS gross FROM accounting.invoices AS i
   WHERE NOT EXISTS (SELECT 1 FROM accounting.payments AS p WHERE p.invoice_id = i.id);

RESET ROLE;
