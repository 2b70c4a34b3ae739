-- Operators, their classes and families.

CREATE FUNCTION whole_eq(whole, whole) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION whole_ne(whole, whole) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT AS 'int4ne';
CREATE FUNCTION whole_lt(whole, whole) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION whole_le(whole, whole) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT AS 'int4le';
CREATE FUNCTION whole_gt(whole, whole) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT AS 'int4gt';
CREATE FUNCTION whole_ge(whole, whole) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT AS 'int4ge';
CREATE FUNCTION whole_cmp(whole, whole) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION whole_hash(whole) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT AS 'hashint4';
CREATE FUNCTION whole_lt_integer(whole, integer) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION whole_minus(whole) RETURNS whole
LANGUAGE internal IMMUTABLE STRICT AS 'int4um';

CREATE OPERATOR = (FUNCTION = whole_eq, LEFTARG = whole, RIGHTARG = whole,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR <> (FUNCTION = whole_ne, LEFTARG = whole, RIGHTARG = whole,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR < (FUNCTION = whole_lt, LEFTARG = whole, RIGHTARG = whole,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR <= (FUNCTION = whole_le, LEFTARG = whole, RIGHTARG = whole,
    COMMUTATOR = >=, NEGATOR = >);
CREATE OPERATOR > (FUNCTION = whole_gt, LEFTARG = whole, RIGHTARG = whole,
    COMMUTATOR = <, NEGATOR = <=);
CREATE OPERATOR >= (FUNCTION = whole_ge, LEFTARG = whole, RIGHTARG = whole,
    COMMUTATOR = <=, NEGATOR = <);
-- Its commutator is of another schema and only announced, never made.
CREATE OPERATOR <#@ (FUNCTION = whole_lt_integer, LEFTARG = whole, RIGHTARG = integer,
    COMMUTATOR = OPERATOR("Odd ""schema"" 🐘".@#>));
CREATE OPERATOR @- (FUNCTION = whole_minus, RIGHTARG = whole);
CREATE OPERATOR "Odd ""schema"" 🐘".@- (FUNCTION = whole_eq, LEFTARG = whole, RIGHTARG = whole);
ALTER OPERATOR = (whole, whole) OWNER TO torture_owner;
COMMENT ON OPERATOR = (whole, whole) IS 'equal';
COMMENT ON OPERATOR @- (NONE, whole) IS 'prefix';

CREATE OPERATOR FAMILY numbers USING btree;
CREATE OPERATOR FAMILY "Odd ""schema"" 🐘"."Empty family" USING hash;
ALTER OPERATOR FAMILY numbers USING btree OWNER TO torture_owner;
COMMENT ON OPERATOR FAMILY numbers USING btree IS 'whole and others';
CREATE OPERATOR CLASS whole_ops DEFAULT FOR TYPE whole USING btree FAMILY numbers AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 whole_cmp(whole, whole);
COMMENT ON OPERATOR CLASS whole_ops USING btree IS 'of whole';
-- Loose members: of the family, not of a class.
CREATE FUNCTION whole_cmp_integer(whole, integer) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
ALTER OPERATOR FAMILY numbers USING btree ADD
    OPERATOR 1 <#@ (whole, integer), FUNCTION 1 (whole, integer) whole_cmp_integer(whole, integer);
-- Its family comes with it.
CREATE OPERATOR CLASS "Whole ""hash"" \" DEFAULT FOR TYPE whole USING hash AS
    OPERATOR 1 =, FUNCTION 1 whole_hash(whole);
ALTER OPERATOR CLASS "Whole ""hash"" \" USING hash OWNER TO torture_owner;
-- Ordering operators, another storage type, no member at all.
CREATE OPERATOR CLASS point_by_distance FOR TYPE point USING gist AS
    OPERATOR 1 <<, OPERATOR 15 <-> FOR ORDER BY pg_catalog.float_ops,
    FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal),
    FUNCTION 2 gist_box_union(internal, internal),
    FUNCTION 5 gist_box_penalty(internal, internal, internal),
    FUNCTION 6 gist_box_picksplit(internal, internal),
    FUNCTION 7 gist_box_same(box, box, internal),
    FUNCTION 8 gist_point_distance(internal, point, smallint, oid, internal),
    STORAGE box;
CREATE OPERATOR CLASS without_members FOR TYPE whole USING gin AS STORAGE integer;
CREATE OPERATOR CLASS in_own_method FOR TYPE integer USING btree2 AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 btint4cmp(integer, integer);

CREATE INDEX ON of_base_types (a);
CREATE INDEX ON of_base_types USING hash (a);
CREATE TYPE range_of_whole AS RANGE (SUBTYPE = whole);
