-- Extended statistics: what the planner cannot guess.

SET ROLE warehouse_owner;

CREATE STATISTICS inventory.movement_bins (ndistinct, dependencies) ON kind, from_bin, to_bin FROM inventory.stock_movements_2024_01;
CREATE STATISTICS sales.order_region_status (mcv) ON region, status FROM sales.orders;
CREATE STATISTICS sales.customer_everything ON region, tenant, credit_limit FROM sales.customers;
CREATE STATISTICS catalog."by month & colour" ON (date_trunc('month'::text, created_at, 'UTC'::text)), ((attributes OPERATOR(extensions.->) 'colour'::text)), category_id FROM catalog.products;
CREATE STATISTICS catalog.product_name_length ON (length(name)) FROM catalog.products;
ALTER STATISTICS sales.order_region_status SET STATISTICS 750;
ALTER STATISTICS inventory.movement_bins SET STATISTICS 0;
COMMENT ON STATISTICS sales.order_region_status IS 'Exports are rarely drafts';
RESET ROLE;
ALTER STATISTICS sales.customer_everything OWNER TO warehouse_accounting;
