-- Enums, domains, composite and range types.

SET ROLE warehouse_owner;

-- Enums. New states were added where they belong, not at the end.
CREATE TYPE app.order_status AS ENUM ('draft', 'confirmed', 'shipped', 'invoiced', 'cancelled');
ALTER TYPE app.order_status ADD VALUE 'picking' BEFORE 'shipped';
ALTER TYPE app.order_status ADD VALUE 'on hold' BEFORE 'picking';
ALTER TYPE app.order_status ADD VALUE 'it''s complicated' AFTER 'invoiced';
COMMENT ON TYPE app.order_status IS 'Life of an order, in order';

CREATE TYPE app.movement_kind AS ENUM ('receipt', 'pick', 'transfer', 'adjustment', 'return', 'scrap');
CREATE TYPE app.region AS ENUM ('north', 'south', 'east', 'west', 'export');
CREATE TYPE app."JobState" AS ENUM ('waiting', 'active', 'delayed', 'completed', 'failed', 'waiting-children');
CREATE TYPE "Legacy Import"."Ampelfarbe" AS ENUM ('grün', 'gelb', 'rot');
-- Reserved for a state machine that was never written.
CREATE TYPE app.unused_state AS ENUM ();

-- Composite types.
CREATE TYPE app.address AS (
  line1    text,
  line2    text,
  postcode character varying(12) COLLATE "C",
  city     text,
  country  character(2) COLLATE "C"
);
COMMENT ON TYPE app.address IS 'A postal address';
COMMENT ON COLUMN app.address.postcode IS 'As printed, not normalised';
COMMENT ON COLUMN app.address.country IS 'ISO 3166-1 alpha-2';

CREATE TYPE app.dimensions AS (width_mm integer, height_mm integer, depth_mm integer, legacy_volume real, weight_g numeric(10,1));
ALTER TYPE app.dimensions DROP ATTRIBUTE legacy_volume;

CREATE TYPE app.contact AS (name text, "e-mail" extensions.citext, addresses app.address[]);

-- The row shape of every price list, used by CREATE TABLE ... OF.
CREATE TYPE catalog.price_row AS (
  product_id integer,
  price      numeric(12,2),
  currency   character(3),
  note       text
);

-- Domains.
CREATE DOMAIN app.sku AS extensions.citext
  CONSTRAINT sku_format CHECK (VALUE OPERATOR(extensions.~) '^[a-z]{2}-\d{4,}$');
COMMENT ON DOMAIN app.sku IS 'Stock keeping unit: two letters, a dash, digits';
COMMENT ON CONSTRAINT sku_format ON DOMAIN app.sku IS 'Letters compare without case';

CREATE DOMAIN app.amount AS numeric(14,2) DEFAULT 0.00 NOT NULL;
CREATE DOMAIN app.positive_amount AS app.amount CONSTRAINT positive CHECK (VALUE > 0);
CREATE DOMAIN app.currency AS character(3) COLLATE "C" DEFAULT 'EUR'
  CONSTRAINT iso_4217 CHECK (VALUE ~ '^[A-Z]{3}$');
CREATE DOMAIN app.percentage AS numeric(5,2) DEFAULT 0
  CONSTRAINT not_negative CHECK (VALUE >= 0)
  CONSTRAINT not_above_100 CHECK (VALUE <= 100);

CREATE DOMAIN app.email AS extensions.citext CHECK (VALUE ~ '^[^@]+@[^@]+\.[^@]+$');
-- Old rows hold addresses with spaces; new ones must not.
ALTER DOMAIN app.email ADD CONSTRAINT no_white_space CHECK (VALUE !~ '\s') NOT VALID;
COMMENT ON CONSTRAINT no_white_space ON DOMAIN app.email IS 'NOT VALID until the import is cleaned up';

CREATE DOMAIN app.tag_list AS text[] DEFAULT '{}'
  CONSTRAINT few_tags CHECK (cardinality(VALUE) <= 20)
  CONSTRAINT no_null_tags CHECK (array_position(VALUE, NULL) IS NULL);
CREATE DOMAIN app.delivery_address AS app.address
  CONSTRAINT city_known CHECK ((VALUE).city IS NOT NULL);
CREATE DOMAIN "Legacy Import"."Schlüssel" AS text DEFAULT E'back\\slash''quote' CHECK (VALUE <> '');

-- Range types. The distance function lets GiST choose good splits.
CREATE FUNCTION app.numeric_difference(upper numeric, lower numeric) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT (upper - lower)::double precision';
CREATE TYPE app.temperature_range AS RANGE (
  subtype = numeric,
  subtype_diff = app.numeric_difference,
  multirange_type_name = app.temperature_windows
);
COMMENT ON TYPE app.temperature_range IS 'Degrees Celsius a product may be stored at';
CREATE TYPE app.bin_code_range AS RANGE (
  subtype = text,
  subtype_opclass = text_pattern_ops,
  collation = "C"
);

RESET ROLE;
