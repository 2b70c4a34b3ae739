-- Customers, orders, shipments.

SET ROLE warehouse_owner;

CREATE TABLE sales.customers (
  id           integer PRIMARY KEY,
  public_id    uuid NOT NULL UNIQUE,
  name         text NOT NULL,
  email        app.email,
  billing      app.address,
  contacts     app.contact[],
  region       app.region NOT NULL,
  credit_limit numeric(14,2) DEFAULT 1000.00,
  vat_id       character varying(14),
  preferences  jsonb,
  tenant       uuid DEFAULT '00000000-0000-0000-0000-000000000001'::uuid NOT NULL,
  created_at   timestamp with time zone DEFAULT now() NOT NULL,
  updated_at   timestamp with time zone DEFAULT now() NOT NULL
);

-- Orders by sales region; exports are many and are split again by year.
CREATE TABLE sales.orders (
  id           bigint NOT NULL,
  region       app.region NOT NULL,
  placed_on    date NOT NULL,
  customer_id  integer NOT NULL,
  status       app.order_status DEFAULT 'draft'::app.order_status NOT NULL,
  ship_to      app.address,
  total        app.amount,
  currency     app.currency DEFAULT 'EUR'::bpchar NOT NULL,
  note         text,
  history      app.order_status[],
  tenant       uuid DEFAULT '00000000-0000-0000-0000-000000000001'::uuid NOT NULL,
  updated_at   timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT orders_pkey PRIMARY KEY (id, region, placed_on)
) PARTITION BY LIST (region);
CREATE TABLE sales.orders_north_south PARTITION OF sales.orders FOR VALUES IN ('north', 'south');
CREATE TABLE sales.orders_east PARTITION OF sales.orders (
  note DEFAULT 'via Frankfurt (Oder)',
  CONSTRAINT east_is_paid_in_euro CHECK (currency = 'EUR'::bpchar)
) FOR VALUES IN ('east') WITH (fillfactor = 90);
CREATE TABLE sales.orders_export PARTITION OF sales.orders FOR VALUES IN ('export') PARTITION BY RANGE (placed_on);
CREATE TABLE sales.orders_export_2023 PARTITION OF sales.orders_export FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE TABLE sales.orders_export_2024 PARTITION OF sales.orders_export FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE sales."orders export default" PARTITION OF sales.orders_export DEFAULT;
CREATE TABLE sales.orders_rest PARTITION OF sales.orders DEFAULT;
-- A column that came and went leaves a hole in every partition.
ALTER TABLE sales.orders ADD COLUMN fax_number text;
ALTER TABLE sales.orders DROP COLUMN fax_number;
CREATE SEQUENCE sales.order_numbers AS integer START WITH 700000 OWNED BY NONE;
ALTER TABLE sales.orders ALTER COLUMN id SET DEFAULT nextval('sales.order_numbers'::regclass);

CREATE TABLE sales.order_lines (
  order_id   bigint NOT NULL,
  region     app.region NOT NULL,
  placed_on  date NOT NULL,
  position   smallint NOT NULL,
  product_id integer NOT NULL,
  quantity   numeric(10,3) NOT NULL,
  unit_price numeric(12,2) NOT NULL,
  discount   app.percentage,
  line_total numeric GENERATED ALWAYS AS (round(quantity * unit_price, 2)) STORED,
  CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, position)
);

CREATE TABLE sales.shipments (
  id          uuid PRIMARY KEY,
  order_id    bigint,
  region      app.region,
  placed_on   date,
  carrier     text DEFAULT 'own fleet'::text,
  tracking    text,
  weight_kg   numeric(8,3),
  packed      int4range,
  windows     tstzmultirange,
  route       path,
  left_at     timestamp with time zone,
  took        interval day to second(3)
);

CREATE TABLE sales.shipment_events (
  id          bigserial PRIMARY KEY,
  shipment_id uuid NOT NULL,
  at          timestamp with time zone NOT NULL,
  place       point,
  payload     jsonb NOT NULL
);

-- Baskets may vanish in a crash.
CREATE UNLOGGED TABLE sales.carts (
  id       integer GENERATED ALWAYS AS IDENTITY,
  owner    uuid,
  items    jsonb DEFAULT '[]'::jsonb NOT NULL,
  opened   timestamp with time zone
);

CREATE TABLE sales.coupons (
  code       text,
  campaign   text,
  customer_id integer,
  percent    app.percentage,
  valid      tsrange,
  CONSTRAINT coupons_code_key UNIQUE (code) WITH (fillfactor = 60)
);
\if :has_15
ALTER TABLE sales.coupons ADD CONSTRAINT one_coupon_per_campaign UNIQUE NULLS NOT DISTINCT (campaign, customer_id);
\else
ALTER TABLE sales.coupons ADD CONSTRAINT one_coupon_per_campaign UNIQUE (campaign, customer_id);
\endif

RESET ROLE;
