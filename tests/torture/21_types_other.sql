-- Enumerations, composites, domains and ranges.

CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "fine" \', '', '🐘', 'sixty-three bytes are all that a label may have of them: so end');
ALTER TYPE mood ADD VALUE 'before ok' BEFORE 'ok';
ALTER TYPE mood ADD VALUE 'after sad' AFTER 'sad';
ALTER TYPE mood OWNER TO torture_owner;
COMMENT ON TYPE mood IS E'of an "elephant"\nand others';
CREATE TYPE "Enum without labels" AS ENUM ();
GRANT USAGE ON TYPE mood TO torture_reader;

CREATE TYPE composite AS (
    "first" integer, "Second ""2""" varchar(10), third text COLLATE "C",
    fourth numeric(10, 2)[], gone integer, "it's" mood);
ALTER TYPE composite DROP ATTRIBUTE gone;
ALTER TYPE composite ADD ATTRIBUTE last interval day to second(3);
COMMENT ON TYPE composite IS 'a composite';
COMMENT ON COLUMN composite."Second ""2""" IS 'its second';
COMMENT ON COLUMN composite.last IS 'its last';
REVOKE ALL ON TYPE composite FROM PUBLIC, CURRENT_USER;
CREATE TYPE nested AS (c composite, m mood[]);
CREATE TYPE "Composite without columns" AS ();

CREATE DOMAIN positive AS integer DEFAULT 1 NOT NULL
    CONSTRAINT "it's > 0" CHECK (VALUE > 0) CHECK (VALUE < 1000000);
COMMENT ON DOMAIN positive IS 'above zero';
COMMENT ON CONSTRAINT "it's > 0" ON DOMAIN positive IS 'a constraint''s';
ALTER DOMAIN positive OWNER TO torture_owner;
REVOKE ALL ON DOMAIN positive FROM PUBLIC;
GRANT USAGE ON DOMAIN positive TO torture_writer WITH GRANT OPTION;
CREATE DOMAIN "Domain" AS varchar(20) COLLATE "C" DEFAULT 'it''s \';
CREATE DOMAIN of_domain AS positive CHECK (VALUE <> 13);
CREATE DOMAIN later_checked AS text;
ALTER DOMAIN later_checked ADD CONSTRAINT not_validated CHECK (VALUE <> 'never') NOT VALID;
CREATE DOMAIN of_arrays AS integer[] CHECK (array_length(VALUE, 1) < 4);
CREATE DOMAIN of_composite AS composite CHECK ((VALUE).first > 0);
CREATE DOMAIN now_by_default AS timestamp(3) with time zone DEFAULT now();

CREATE TYPE float_range AS RANGE (SUBTYPE = double precision, SUBTYPE_DIFF = float8mi);
COMMENT ON TYPE float_range IS 'a range';
CREATE TYPE text_range AS RANGE (SUBTYPE = text, COLLATION = "C", SUBTYPE_OPCLASS = text_pattern_ops);
ALTER TYPE text_range OWNER TO torture_owner;
GRANT USAGE ON TYPE text_range TO torture_reader;
CREATE TYPE "Mood range" AS RANGE (SUBTYPE = mood);

-- The canonical function takes the range, which is a shell until then.
CREATE TYPE whole_range;
CREATE FUNCTION canonical(r whole_range) RETURNS whole_range
LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE FUNCTION difference(a integer, b integer) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT AS 'SELECT (a - b)::double precision';
CREATE TYPE whole_range AS RANGE (SUBTYPE = integer, CANONICAL = canonical, SUBTYPE_DIFF = difference);

CREATE TABLE of_other_types (
    a mood DEFAULT '🐘', b composite, c nested[], d positive, e "Domain", f of_domain,
    g later_checked, h of_arrays, i of_composite, j float_range, k text_range,
    l "Mood range", m whole_range, n now_by_default, o "Composite without columns");
INSERT INTO of_other_types (a, b, c, d, e, f, h, i, j, k, l, m, n) VALUES (
    '', '(1,"it''s ""2""","\\","{1.5,NULL}",,"1 day")', ARRAY[ROW(NULL, '{ok,""}')::nested],
    2, '', 12, '{1,2}', '(1,,,,,)', '[1,infinity)', '(a,"b\\"]', '[sad,ok]', '(1,9]', '2000-01-01 UTC');
