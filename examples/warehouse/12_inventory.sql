-- Where it is: warehouses, bins, lots, stock, movements, cold-store sensors.

SET ROLE warehouse_owner;

-- The people of a warehouse and its departments refer to each other.
CREATE TABLE inventory.departments (
  id         integer PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  manager_id integer
);
CREATE TABLE inventory.employees (
  id            integer PRIMARY KEY,
  department_id integer,
  name          text NOT NULL,
  boss_id       integer,
  hired_on      date NOT NULL,
  shift         timetz DEFAULT '06:00:00+01'::time with time zone,
  badge         "char" DEFAULT 'A'::"char"
);

CREATE TABLE inventory.warehouses (
  id        smallint PRIMARY KEY,
  code      character(3) NOT NULL,
  name      text NOT NULL,
  address   app.delivery_address,
  location  point,
  outline   polygon,
  opened    date,
  time_zone text DEFAULT 'Europe/Berlin'::text NOT NULL,
  CONSTRAINT warehouses_code_key UNIQUE (code) DEFERRABLE
);

CREATE TABLE inventory.bins (
  id           integer PRIMARY KEY,
  warehouse_id smallint NOT NULL,
  code         text COLLATE "C" NOT NULL,
  area         box NOT NULL,
  centre       point,
  capacity_kg  real DEFAULT 'Infinity'::real,
  locked       boolean,
  UNIQUE (warehouse_id, code) INCLUDE (capacity_kg)
);

-- Lots get their code from a function that only wants to know the table it works for.
CREATE TABLE inventory.lots (
  id         bigint PRIMARY KEY,
  product_id integer NOT NULL,
  code       text NOT NULL,
  best_before date,
  supplier_reference text
);
CREATE SEQUENCE inventory.lot_codes INCREMENT BY 7 START WITH 7;
CREATE FUNCTION inventory.next_lot_code(witness inventory.lots) RETURNS text
  LANGUAGE sql VOLATILE
  AS $$ SELECT 'L-' || lpad(nextval('inventory.lot_codes')::text, 9, '0') $$;
ALTER TABLE inventory.lots ALTER COLUMN code SET DEFAULT inventory.next_lot_code(NULL::inventory.lots);
-- Checks the row as a whole.
CREATE FUNCTION inventory.is_plausible(lot inventory.lots) RETURNS boolean
  LANGUAGE sql IMMUTABLE
  AS $$ SELECT lot.code ~ '^L-' AND (lot.best_before IS NULL OR lot.best_before > '2000-01-01') $$;
ALTER TABLE inventory.lots ADD CONSTRAINT lot_is_plausible CHECK (inventory.is_plausible(lots.*));

CREATE TABLE inventory.stock_levels (
  warehouse_id smallint NOT NULL,
  product_id   integer NOT NULL,
  on_hand      numeric(12,3) DEFAULT 0 NOT NULL,
  reserved     numeric(12,3) DEFAULT 0 NOT NULL,
  available    numeric GENERATED ALWAYS AS (on_hand - reserved) STORED,
  counted_at   timestamp with time zone,
  CONSTRAINT stock_levels_pkey PRIMARY KEY (warehouse_id, product_id)
) WITH (fillfactor = 85);
ALTER TABLE inventory.stock_levels ADD CONSTRAINT reserved_is_on_hand CHECK (reserved <= on_hand) NOT VALID;
COMMENT ON CONSTRAINT reserved_is_on_hand ON inventory.stock_levels IS 'NOT VALID: back orders of 2023';

-- Every change of stock; range partitions by month, made by three generations of scripts.
CREATE TABLE inventory.stock_movements (
  id           bigint NOT NULL,
  moved_at     timestamp with time zone NOT NULL,
  kind         app.movement_kind NOT NULL,
  product_id   integer NOT NULL,
  from_bin     integer,
  to_bin       integer,
  quantity     numeric(12,3) NOT NULL,
  lot_id       bigint,
  note         text,
  actor        uuid,
  CONSTRAINT stock_movements_pkey PRIMARY KEY (id, moved_at, kind),
  CONSTRAINT moved_somewhere CHECK (from_bin IS NOT NULL OR to_bin IS NOT NULL)
) PARTITION BY RANGE (moved_at);
CREATE TABLE inventory.stock_movements_2024_01 PARTITION OF inventory.stock_movements FOR VALUES FROM (MINVALUE) TO ('2024-02-01 00:00:00+00');
CREATE TABLE inventory.stock_movements_2024_02 PARTITION OF inventory.stock_movements FOR VALUES FROM ('2024-02-01 00:00:00+00') TO ('2024-03-01 00:00:00+00');
-- The second script built the table first and attached it: other column order, dropped columns, its own default, check and index.
CREATE TABLE inventory.stock_movements_2024_03 (
  scratch      text,
  moved_at     timestamp with time zone NOT NULL,
  id           bigint NOT NULL,
  kind         app.movement_kind DEFAULT 'pick'::app.movement_kind NOT NULL,
  product_id   integer NOT NULL,
  to_bin       integer,
  from_bin     integer,
  note         text DEFAULT 'March''s import'::text,
  quantity     numeric(12,3) DEFAULT 1 NOT NULL,
  was_printed  boolean,
  lot_id       bigint,
  actor        uuid,
  CONSTRAINT moved_somewhere CHECK (from_bin IS NOT NULL OR to_bin IS NOT NULL),
  CONSTRAINT march_only CHECK (moved_at >= '2024-03-01 00:00:00+00' AND moved_at < '2024-04-01 00:00:00+00')
);
ALTER TABLE inventory.stock_movements_2024_03 DROP COLUMN scratch, DROP COLUMN was_printed;
ALTER TABLE inventory.stock_movements_2024_03 ADD CONSTRAINT "2024_03_pk" PRIMARY KEY (id, moved_at, kind);
ALTER TABLE inventory.stock_movements ATTACH PARTITION inventory.stock_movements_2024_03
  FOR VALUES FROM ('2024-03-01 00:00:00+00') TO ('2024-04-01 00:00:00+00');
-- The third one partitions the busy month once more.
CREATE TABLE inventory.stock_movements_2024_04 PARTITION OF inventory.stock_movements
  FOR VALUES FROM ('2024-04-01 00:00:00+00') TO ('2024-05-01 00:00:00+00') PARTITION BY LIST (kind);
CREATE TABLE inventory.stock_movements_2024_04_picks PARTITION OF inventory.stock_movements_2024_04 FOR VALUES IN ('pick', 'return');
CREATE TABLE inventory.stock_movements_2024_04_rest PARTITION OF inventory.stock_movements_2024_04 DEFAULT;
CREATE TABLE inventory.stock_movements_later PARTITION OF inventory.stock_movements DEFAULT;

-- Cold-store sensors: hash partitions spread the writes.
CREATE TABLE inventory.sensor_readings (
  sensor  integer NOT NULL,
  read_at timestamp without time zone NOT NULL,
  celsius real,
  battery double precision,
  flags   bit varying
) PARTITION BY HASH (sensor);
CREATE TABLE inventory.sensor_readings_0 PARTITION OF inventory.sensor_readings FOR VALUES WITH (modulus 3, remainder 0);
CREATE TABLE inventory.sensor_readings_1 PARTITION OF inventory.sensor_readings FOR VALUES WITH (modulus 3, remainder 1);
CREATE UNLOGGED TABLE inventory.sensor_readings_2 PARTITION OF inventory.sensor_readings FOR VALUES WITH (modulus 3, remainder 2);

-- Hashes of enum values differ between databases, so these rows must be loaded through the root. One partition for now.
CREATE TABLE inventory.scans (
  region app.region NOT NULL,
  code   text NOT NULL,
  seen   integer DEFAULT 1
) PARTITION BY HASH (region);
CREATE TABLE inventory.scans_all PARTITION OF inventory.scans FOR VALUES WITH (modulus 1, remainder 0);

-- Partition keys that are expressions, with a collation and an operator class.
CREATE TABLE inventory.labels_by_letter (
  code  text NOT NULL,
  count integer
) PARTITION BY RANGE (lower(code) COLLATE "C" text_pattern_ops, (length(code) % 10));
CREATE TABLE inventory.labels_a_to_m PARTITION OF inventory.labels_by_letter FOR VALUES FROM ('a', MINVALUE) TO ('n', MINVALUE);
CREATE TABLE inventory.labels_n_to_z PARTITION OF inventory.labels_by_letter FOR VALUES FROM ('n', MINVALUE) TO (MAXVALUE, MAXVALUE);

-- Equipment: the old inheritance tree.
CREATE TABLE inventory.equipment (
  id          integer NOT NULL,
  name        text DEFAULT 'unnamed'::text NOT NULL,
  bought_on   date DEFAULT '2020-01-01'::date,
  price       numeric(10,2),
  CONSTRAINT equipment_price_check CHECK (price > 0::numeric)
);
CREATE TABLE inventory.inspected (
  inspected_on date,
  inspector    text DEFAULT CURRENT_USER,
  CONSTRAINT inspected_in_this_century CHECK (inspected_on >= '2000-01-01'::date)
);
CREATE TABLE inventory.forklifts (
  lift_kg integer CHECK (lift_kg BETWEEN 500 AND 10000),
  UNIQUE (id)
) INHERITS (inventory.equipment, inventory.inspected);
-- Overrides a default, takes another away, and says for itself what it inherits anyway.
CREATE TABLE inventory.electric_forklifts (
  name       text DEFAULT 'electric forklift'::text,
  bought_on  date DEFAULT NULL,
  battery_ah smallint,
  CONSTRAINT equipment_price_check CHECK (price > 0::numeric)
) INHERITS (inventory.forklifts);
ALTER TABLE inventory.electric_forklifts ALTER COLUMN inspected_on SET NOT NULL;
COMMENT ON TABLE inventory.equipment IS 'Parent of everything with a serial plate';

RESET ROLE;
