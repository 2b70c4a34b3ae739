-- Materialized views, some on top of each other: a restore must refresh them in the right order.

SET ROLE warehouse_owner;

-- The alphabet puts the dependent one first.
CREATE MATERIALIZED VIEW reporting.monthly_sales WITH (fillfactor = 80, autovacuum_enabled = false) AS
  SELECT region, date_trunc('month', placed_on::timestamp)::date AS month, count(*) AS orders, sum(total) AS total FROM sales.orders GROUP BY 1, 2;
CREATE VIEW reporting.monthly_sales_named AS SELECT region::text || ' ' || month AS name, orders, total FROM reporting.monthly_sales;
CREATE MATERIALIZED VIEW reporting.best_months AS
  SELECT name, total FROM reporting.monthly_sales_named WHERE total > (SELECT avg(total) FROM reporting.monthly_sales);
CREATE MATERIALIZED VIEW reporting.a_summary AS SELECT count(*) AS months, sum(total) AS total FROM reporting.best_months;
CREATE UNIQUE INDEX monthly_sales_key ON reporting.monthly_sales (region, month);
CREATE INDEX best_months_total ON reporting.best_months (total DESC) WHERE total > 1000;
ALTER MATERIALIZED VIEW reporting.monthly_sales CLUSTER ON monthly_sales_key;
ALTER MATERIALIZED VIEW reporting.monthly_sales ALTER COLUMN month SET STATISTICS 300;
COMMENT ON MATERIALIZED VIEW reporting.monthly_sales IS 'Refreshed every night by the job "rebuild-report"';
COMMENT ON COLUMN reporting.monthly_sales.orders IS 'Cancelled ones too';
-- Filled on demand only; what reads it cannot be filled either.
CREATE MATERIALIZED VIEW reporting.stock_value AS
  SELECT warehouse_id, sum(on_hand) AS on_hand FROM inventory.stock_levels GROUP BY warehouse_id WITH NO DATA;
CREATE INDEX stock_value_warehouse ON reporting.stock_value (warehouse_id);
CREATE STATISTICS reporting.monthly_sales_statistics ON region, month FROM reporting.monthly_sales;

-- Grouped by a primary key, so it comes after the constraints.
CREATE MATERIALIZED VIEW catalog."Product Totals" AS
  SELECT p.id, p.name, p.slug, count(l.*) AS sold FROM catalog.products AS p LEFT JOIN sales.order_lines AS l ON l.product_id = p.id GROUP BY p.id;
CREATE UNIQUE INDEX "Product Totals: id" ON catalog."Product Totals" (id);

SET ROLE warehouse_accounting;

CREATE MATERIALIZED VIEW accounting.balances AS
  SELECT account, accounting.balance(account) AS balance FROM accounting.journal_lines WHERE booked_on < '2023-03-01' GROUP BY account;

RESET ROLE;

-- Dropped with the extension, says its owner.
ALTER MATERIALIZED VIEW catalog."Product Totals" DEPENDS ON EXTENSION citext;
