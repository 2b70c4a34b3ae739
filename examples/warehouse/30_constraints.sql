-- Foreign keys of every kind, and constraints that are cheaper to add once the rows are there.

SET ROLE warehouse_owner;

-- The ledger refers to the other schemas.
GRANT REFERENCES ON ALL TABLES IN SCHEMA platform, catalog, sales TO warehouse_accounting;

ALTER TABLE platform."Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES platform."User" (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE platform.api_keys ADD FOREIGN KEY (user_id) REFERENCES platform."User" ON DELETE CASCADE;
ALTER TABLE platform.jobs ADD CONSTRAINT jobs_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES platform.jobs (id) ON DELETE SET NULL;
ALTER TABLE platform.job_logs ADD CONSTRAINT job_logs_job_id_fkey FOREIGN KEY (job_id) REFERENCES platform.jobs (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE;

ALTER TABLE catalog.categories ADD CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES catalog.categories (id) ON DELETE RESTRICT;
ALTER TABLE catalog.products ADD CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES catalog.categories (id) ON UPDATE SET NULL ON DELETE SET NULL;
ALTER TABLE catalog.products ADD CONSTRAINT products_sku_key UNIQUE (sku);
ALTER TABLE catalog.product_translations ADD FOREIGN KEY (product_id) REFERENCES catalog.products ON DELETE CASCADE;
ALTER TABLE catalog.product_prices ADD FOREIGN KEY (product_id) REFERENCES catalog.products;
ALTER TABLE catalog.product_prices ADD CONSTRAINT product_prices_currency_fkey FOREIGN KEY (currency) REFERENCES catalog.currencies (code) ON DELETE SET DEFAULT ON UPDATE CASCADE;
ALTER TABLE catalog.bundle_items ADD FOREIGN KEY (bundle_id) REFERENCES catalog.products, ADD FOREIGN KEY (product_id) REFERENCES catalog.products;
COMMENT ON CONSTRAINT products_category_id_fkey ON catalog.products IS 'A product outlives its category';

-- Department and manager are entered in one transaction, in either order.
ALTER TABLE inventory.employees ADD CONSTRAINT employees_department_id_fkey FOREIGN KEY (department_id) REFERENCES inventory.departments (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory.departments ADD CONSTRAINT departments_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES inventory.employees (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory.employees ADD CONSTRAINT employees_boss_id_fkey FOREIGN KEY (boss_id) REFERENCES inventory.employees (id);
ALTER TABLE inventory.bins ADD FOREIGN KEY (warehouse_id) REFERENCES inventory.warehouses ON DELETE NO ACTION;
ALTER TABLE inventory.bins ADD CONSTRAINT bins_do_not_overlap EXCLUDE USING gist (warehouse_id WITH =, area WITH &&) WHERE (locked);
ALTER TABLE inventory.lots ADD CONSTRAINT lots_code_key UNIQUE (code) INCLUDE (product_id, best_before);
ALTER TABLE inventory.lots ADD CONSTRAINT lots_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id);
ALTER TABLE inventory.stock_levels ADD FOREIGN KEY (warehouse_id) REFERENCES inventory.warehouses, ADD FOREIGN KEY (product_id) REFERENCES catalog.products;
-- From a partitioned table, and from one of its partitions alone.
ALTER TABLE inventory.stock_movements ADD CONSTRAINT stock_movements_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id);
ALTER TABLE inventory.stock_movements_2024_03 ADD CONSTRAINT march_lots FOREIGN KEY (lot_id) REFERENCES inventory.lots (id);
COMMENT ON CONSTRAINT stock_movements_product_id_fkey ON inventory.stock_movements IS 'Applies to every partition';
-- Nobody will ever validate these: the rows of 2019 point nowhere.
ALTER TABLE inventory.forklifts ADD CONSTRAINT forklifts_id_positive CHECK (id > 0) NOT VALID;
ALTER TABLE inventory.electric_forklifts ADD PRIMARY KEY (id);

-- To a partitioned table.
ALTER TABLE sales.orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES sales.customers (id) ON UPDATE CASCADE;
ALTER TABLE sales.order_lines ADD CONSTRAINT order_lines_order_fkey FOREIGN KEY (order_id, region, placed_on) REFERENCES sales.orders (id, region, placed_on) ON DELETE CASCADE;
ALTER TABLE sales.order_lines ADD FOREIGN KEY (product_id) REFERENCES catalog.products NOT VALID;
ALTER TABLE sales.shipments ADD CONSTRAINT shipments_order_fkey FOREIGN KEY (order_id, region, placed_on) REFERENCES sales.orders MATCH FULL;
ALTER TABLE sales.shipment_events ADD FOREIGN KEY (shipment_id) REFERENCES sales.shipments ON DELETE CASCADE;

ALTER TABLE purchasing.purchase_orders ADD CONSTRAINT purchase_orders_supplier_fkey FOREIGN KEY (supplier_id, supplier_country) REFERENCES purchasing.suppliers (id, country)
\if :has_15
  ON DELETE SET NULL (supplier_id);
\else
  ON DELETE SET NULL;
\endif
ALTER TABLE purchasing.purchase_orders ADD CONSTRAINT purchase_orders_buyer_fkey FOREIGN KEY (buyer) REFERENCES inventory.employees (id) NOT VALID;
ALTER TABLE purchasing.purchase_order_lines ADD FOREIGN KEY (purchase_order_id) REFERENCES purchasing.purchase_orders;

ALTER TABLE "select"."table" ADD CONSTRAINT "foreign key" FOREIGN KEY ("primary") REFERENCES "Legacy Import"."Kunden Stamm" ("Kd-Nr") ON DELETE SET DEFAULT NOT VALID;
COMMENT ON CONSTRAINT "foreign key" ON "select"."table" IS 'Points to "Legacy Import"."Kunden Stamm"';

SET ROLE warehouse_accounting;

ALTER TABLE accounting.accounts ADD FOREIGN KEY (parent) REFERENCES accounting.accounts;
ALTER TABLE accounting.journal_entries ADD CONSTRAINT reverses FOREIGN KEY (reversal_of) REFERENCES accounting.journal_entries (id);
ALTER TABLE accounting.journal_lines ADD CONSTRAINT journal_lines_account_fkey FOREIGN KEY (account) REFERENCES accounting.accounts (number) ON UPDATE CASCADE;
ALTER TABLE accounting.journal_lines ADD CONSTRAINT journal_lines_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES accounting.journal_entries (id) DEFERRABLE;
ALTER TABLE accounting.journal_lines_2023 ADD CONSTRAINT closed_year CHECK (booked_on < '2024-01-01'::date);
ALTER TABLE accounting.invoices ADD CONSTRAINT invoices_order_fkey FOREIGN KEY (order_id, region, placed_on) REFERENCES sales.orders (id, region, placed_on) ON DELETE RESTRICT;
ALTER TABLE accounting.payments ADD FOREIGN KEY (invoice_id) REFERENCES accounting.invoices DEFERRABLE INITIALLY DEFERRED;

RESET ROLE;
