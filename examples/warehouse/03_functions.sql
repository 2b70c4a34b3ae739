-- Functions and procedures that need no table. Those that do are in 40_routines.sql.

SET ROLE warehouse_owner;

-- Article numbers.

CREATE FUNCTION app.ean13_check_digit(digits text) RETURNS integer
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20
BEGIN ATOMIC
  SELECT ((10 - sum(substr(digits, i, 1)::integer * CASE WHEN i % 2 = 0 THEN 3 ELSE 1 END) % 10) % 10)::integer
    FROM generate_series(1, 12) AS i;
END;
COMMENT ON FUNCTION app.ean13_check_digit(text) IS 'The thirteenth digit of an EAN, from the first twelve';

CREATE FUNCTION app.is_ean13(code text) RETURNS boolean
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN CASE WHEN code ~ '^\d{13}$' THEN right(code, 1)::integer = app.ean13_check_digit(code) ELSE false END;

CREATE DOMAIN app.ean13 AS text COLLATE "C" CHECK (app.is_ean13(VALUE));

-- Money.

CREATE FUNCTION app.with_tax(net numeric, rate numeric DEFAULT 19, OUT gross numeric, OUT tax numeric)
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
  tax := round(net * rate / 100, 2);
  gross := net + tax;
END
$$;

CREATE FUNCTION app.round_to(INOUT value numeric, step numeric DEFAULT 0.05)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT round(value / step) * step';

CREATE FUNCTION app.format_money(value numeric, currency text DEFAULT 'EUR'::text, "decimal" text DEFAULT ','::text) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET lc_numeric TO 'C'
AS $$ SELECT replace(to_char(value, 'FM999999999990.00'), '.', "decimal") || E' ' || currency $$;

-- Text.

CREATE FUNCTION app.slugify(title text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $_$
  -- '$$' and '\' are ordinary characters here: "it's" becomes its
  SELECT trim(BOTH '-' FROM regexp_replace(regexp_replace(lower(title), '[''"`$$\\]+', '', 'g'), '[^a-z0-9]+', '-', 'g'))
$_$;

CREATE FUNCTION app.render(template text, VARIADIC arguments text[] DEFAULT '{}'::text[]) RETURNS text
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $body$
DECLARE
  result text := template;
BEGIN
  -- Placeholders are $_1$, $_2$ ...; a body may hold $$, $_$ and ' without harm.
  FOR i IN 1 .. cardinality(arguments) LOOP
    result := replace(result, '$_' || i || '$', arguments[i]);
  END LOOP;
  RETURN replace(result, '$_$', $$''$$);
END
$body$;
COMMENT ON FUNCTION app.render(text, text[]) IS E'Fills $_1$, $_2$ …\nand turns $_$ into two quotes: ''''';

-- Written on Windows, as its line ends show.
CREATE FUNCTION "Legacy Import"."Größe in Worten"("Größe (mm)" integer) RETURNS text
  LANGUAGE sql IMMUTABLE
  AS E'SELECT CASE WHEN "Größe (mm)" < 100 THEN ''klein''\r\n            ELSE ''groß — sehr groß'' END';

-- Sets and arrays.

CREATE FUNCTION app.calendar_weeks(first integer, last integer) RETURNS SETOF integer
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 53
  AS 'SELECT generate_series(first, last)';

CREATE FUNCTION app.split_codes(codes text, OUT "position" bigint, OUT code text) RETURNS SETOF record
  LANGUAGE sql IMMUTABLE STRICT ROWS 10 COST 5
  AS $$ SELECT ordinality, trim(item) FROM unnest(string_to_array(codes, ',')) WITH ORDINALITY AS t(item, ordinality) $$;

CREATE FUNCTION app.coalesce_array(value anycompatiblearray, fallback anycompatible) RETURNS anycompatiblearray
  LANGUAGE sql IMMUTABLE
  AS 'SELECT CASE WHEN cardinality(value) > 0 THEN value ELSE ARRAY[fallback] END';
CREATE FUNCTION app.first_of(value anyarray) RETURNS anyelement
  LANGUAGE sql IMMUTABLE STRICT AS 'SELECT value[1]';

-- The same name for several argument lists.
CREATE FUNCTION app.contains(range app.temperature_range, value numeric) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN range @> value;
CREATE FUNCTION app.contains(windows app.temperature_windows, value numeric) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN windows @> value;
CREATE FUNCTION app.contains(tags app.tag_list, VARIADIC wanted text[]) RETURNS boolean
  LANGUAGE sql IMMUTABLE RETURN tags::text[] @> wanted;

CREATE FUNCTION app.format_address(address app.address, separator text DEFAULT E'\n') RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT concat_ws(separator, (address).line1, nullif((address).line2, ''''), concat_ws('' '', (address).postcode, (address).city), (address).country)';

-- Trigger functions.

CREATE FUNCTION app.touch_updated_at() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  NEW.updated_at := CURRENT_TIMESTAMP;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION app.touch_updated_at() IS 'Row trigger: keeps updated_at true';

CREATE FUNCTION app.reject_change() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION '% of % is not allowed: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
    USING HINT = coalesce(TG_ARGV[1], 'Ask accounting.');
END
$$;

-- Sessions say who they act for; policies and the audit trail read it.

CREATE FUNCTION app.current_actor() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.actor', true), '')::uuid;

CREATE PROCEDURE app.act_for(actor uuid, INOUT previous uuid DEFAULT NULL::uuid)
  LANGUAGE plpgsql
AS $$
BEGIN
  previous := app.current_actor();
  PERFORM set_config('app.actor', actor::text, false);
END
$$;
COMMENT ON PROCEDURE app.act_for(uuid, uuid) IS 'Says on whose behalf the session works';

RESET ROLE;

-- What only a superuser may create.

-- Borrows the planner's estimate of generate_series.
ALTER FUNCTION app.calendar_weeks(integer, integer) SUPPORT generate_series_int4_support;

-- row_number() under the name that the predecessor's reports use.
CREATE FUNCTION "Legacy Import"."LfdNr"() RETURNS bigint
  LANGUAGE internal WINDOW IMMUTABLE STRICT PARALLEL SAFE AS 'window_row_number';
ALTER FUNCTION "Legacy Import"."LfdNr"() OWNER TO warehouse_owner;

CREATE FUNCTION app.secret_digest(secret text, salt text) RETURNS bytea
  LANGUAGE sql IMMUTABLE STRICT
  AS $$ SELECT extensions.hmac(secret, salt, 'sha256') $$;
ALTER FUNCTION app.secret_digest(text, text) OWNER TO warehouse_owner;
ALTER FUNCTION app.secret_digest(text, text) DEPENDS ON EXTENSION pgcrypto;

-- Tells nothing about its arguments, so a security barrier may be passed.
CREATE FUNCTION app.csv_field(value text, "select" text DEFAULT E'\\N', quote character(1) DEFAULT '"') RETURNS text
  LANGUAGE sql IMMUTABLE LEAKPROOF PARALLEL RESTRICTED CALLED ON NULL INPUT
  AS E'SELECT coalesce(quote || replace(value, quote::text, quote || quote) || quote, "select") -- tab:\t backslash:\\';
ALTER FUNCTION app.csv_field(text, text, character) OWNER TO warehouse_owner;
