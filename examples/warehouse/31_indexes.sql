-- Indexes of every access method, made after the rows.

SET ROLE warehouse_owner;

CREATE UNIQUE INDEX "User_email_key" ON platform."User" (email) WHERE "deletedAt" IS NULL;
CREATE INDEX "User_roles_idx" ON platform."User" USING gin (roles);
CREATE INDEX "User_lastSeenIp_idx" ON platform."User" USING spgist ("lastSeenIp" inet_ops);
CREATE INDEX jobs_next ON platform.jobs (queue, priority DESC NULLS LAST, run_at) WHERE state = ANY (ARRAY['waiting'::app."JobState", 'delayed'::app."JobState"]);
CREATE INDEX jobs_data ON platform.jobs USING gin (data jsonb_path_ops) WITH (fastupdate = off, gin_pending_list_limit = 128);
CREATE INDEX jobs_opts ON platform.jobs USING gin (opts);
CREATE INDEX jobs_name_hash ON platform.jobs USING hash (name) WITH (fillfactor = 60);
CREATE INDEX audit_log_happened_at ON platform.audit_log USING brin (happened_at) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX audit_log_new_row ON platform.audit_log USING gin (new_row);
CREATE INDEX documents_search ON platform.documents USING gin (search);
CREATE INDEX documents_search_gist ON platform.documents USING gist (search tsvector_ops (siglen = 100));
CREATE INDEX documents_title ON platform.documents (title COLLATE "de-x-icu" text_pattern_ops, lower(title) COLLATE "C");
COMMENT ON INDEX platform.documents_search IS 'Full text search of the portal';

CREATE INDEX products_name_trgm ON catalog.products USING gin (name extensions.gin_trgm_ops);
CREATE INDEX products_name_gist ON catalog.products USING gist (name extensions.gist_trgm_ops (siglen = 32));
CREATE INDEX products_attributes ON catalog.products USING gist (attributes extensions.gist_hstore_ops (siglen = 24));
CREATE INDEX products_storage ON catalog.products USING gist (storage, category_id) INCLUDE (list_price);
CREATE INDEX products_volume ON catalog.products (((size).width_mm * (size).depth_mm), (left(name, 3)) DESC) WHERE NOT discontinued;
ALTER INDEX catalog.products_volume ALTER COLUMN 1 SET STATISTICS 400;
ALTER INDEX catalog.products_volume ALTER COLUMN 2 SET STATISTICS 0;
CREATE UNIQUE INDEX products_ean ON catalog.products (ean) INCLUDE (name) WITH (fillfactor = 95, deduplicate_items = off);
CREATE INDEX categories_path ON catalog.categories USING gist (path);
CREATE UNIQUE INDEX currencies_identity ON catalog.currencies (name);
ALTER TABLE catalog.currencies ALTER COLUMN name SET NOT NULL, REPLICA IDENTITY USING INDEX currencies_identity;
CREATE INDEX product_translations_search ON catalog.product_translations USING gin (search) WHERE locale = 'en-GB'::text;
\if :has_15
CREATE UNIQUE INDEX bundle_items_quantity ON catalog.bundle_items (bundle_id, product_id, quantity) NULLS NOT DISTINCT;
\endif
ALTER TABLE catalog.tax_rates CLUSTER ON tax_rates_pkey;

CREATE INDEX bins_centre ON inventory.bins USING spgist (centre quad_point_ops);
CREATE INDEX bins_area ON inventory.bins USING spgist (area) WITH (fillfactor = 75);
CREATE INDEX bins_code ON inventory.bins USING spgist (code);
CREATE INDEX bins_code_pattern ON inventory.bins (code varchar_pattern_ops NULLS FIRST);
CREATE INDEX warehouses_outline ON inventory.warehouses USING gist (outline) WITH (buffering = off);
CREATE INDEX stock_levels_low ON inventory.stock_levels (product_id) WHERE on_hand < 10::numeric;
CREATE INDEX stock_levels_by_quantity ON inventory.stock_levels (on_hand DESC, warehouse_id);
CLUSTER inventory.stock_levels USING stock_levels_by_quantity;
COMMENT ON INDEX inventory.stock_levels_by_quantity IS 'The stock list is read in this order: CLUSTER';

-- On a partitioned table: on all partitions at once; one partition has its own, which is adopted.
CREATE INDEX march_by_product ON inventory.stock_movements_2024_03 (product_id, moved_at);
CREATE INDEX stock_movements_product ON inventory.stock_movements (product_id, moved_at);
ALTER INDEX inventory.stock_movements_2024_02_product_id_moved_at_idx RENAME TO "february's index";
CREATE INDEX stock_movements_moved_at ON inventory.stock_movements USING brin (moved_at timestamptz_minmax_multi_ops (values_per_range = 16));
-- ONLY: partitions get theirs one after the other, at night. One is done.
CREATE INDEX stock_movements_actor ON ONLY inventory.stock_movements (actor);
CREATE INDEX stock_movements_2024_01_actor ON inventory.stock_movements_2024_01 (actor);
ALTER INDEX inventory.stock_movements_actor ATTACH PARTITION inventory.stock_movements_2024_01_actor;
CREATE INDEX stock_movements_bloom ON inventory.stock_movements_2024_01 USING brin (product_id int4_bloom_ops (n_distinct_per_range = -0.2, false_positive_rate = 0.05), from_bin) WITH (pages_per_range = 16);
CREATE INDEX sensor_readings_latest ON inventory.sensor_readings (sensor, read_at DESC);
CREATE INDEX lots_code_prefix ON inventory.lots (split_part(code, '-'::text, 2));

CREATE INDEX customers_billing_city ON sales.customers (((billing).city) COLLATE "C", name);
CREATE INDEX customers_preferences ON sales.customers USING gin (preferences jsonb_path_ops, name extensions.gin_trgm_ops);
CREATE UNIQUE INDEX orders_number ON sales.orders (region, placed_on, id DESC);
CREATE INDEX orders_open ON sales.orders (placed_on) WHERE status < 'shipped'::app.order_status;
CREATE INDEX order_lines_product ON sales.order_lines (product_id) INCLUDE (quantity, unit_price);
CREATE INDEX shipments_windows ON sales.shipments USING gist (windows);
CREATE INDEX shipment_events_payload ON sales.shipment_events ((payload ->> 'status'::text), at);
ALTER INDEX sales.shipment_events_payload ALTER COLUMN 1 SET STATISTICS 50;

CREATE INDEX "Kunden Stamm: Name 1" ON "Legacy Import"."Kunden Stamm" (upper("Name 1"), "50%" NULLS FIRST);
CREATE INDEX "by ""quote""" ON "Legacy Import"."Kunden Stamm" ("a""quote", "it's") WHERE "it's" <> 'x''y';
CREATE INDEX "bloom" ON "Legacy Import"."Kunden Stamm" USING bloom ("order", "Name 1" "Legacy Import".text_ops) WITH (length = 64, col1 = 3);

SET ROLE warehouse_accounting;

CREATE UNIQUE INDEX accounts_name ON accounting.accounts (name);
CREATE INDEX journal_lines_account ON accounting.journal_lines (account, booked_on) WITH (fillfactor = 90);
CREATE INDEX journal_lines_2023_cost_centre ON accounting.journal_lines_2023 (cost_centre) WHERE cost_centre IS NOT NULL;
CREATE INDEX invoices_lines ON accounting.invoices USING gin (lines);
CREATE INDEX invoices_unpaid ON accounting.invoices (due_on NULLS FIRST, net DESC) WHERE entry_id IS NULL;
ALTER TABLE accounting.accounts CLUSTER ON accounts_name;
ALTER TABLE accounting.accounts REPLICA IDENTITY USING INDEX accounts_pkey;

RESET ROLE;

ALTER INDEX catalog.products_name_trgm DEPENDS ON EXTENSION pg_trgm;
