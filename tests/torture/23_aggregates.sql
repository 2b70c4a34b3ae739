-- Aggregates: plain, moving, parallel, ordered, hypothetical.

CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
CREATE AGGREGATE "Total ""of"" all"(integer) (
    SFUNC = int4pl, STYPE = integer, SSPACE = 16, INITCOND = '0',
    MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MSSPACE = 32, MINITCOND = '0',
    COMBINEFUNC = int4pl, PARALLEL = SAFE);
ALTER AGGREGATE "Total ""of"" all"(integer) OWNER TO torture_owner;
COMMENT ON AGGREGATE "Total ""of"" all"(integer) IS 'with everything';
REVOKE EXECUTE ON FUNCTION "Total ""of"" all"(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "Total ""of"" all"(integer) TO torture_reader;

CREATE AGGREGATE mean(numeric) (
    SFUNC = numeric_avg_accum, STYPE = internal, SSPACE = 128,
    FINALFUNC = numeric_avg, FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = numeric_avg_combine,
    SERIALFUNC = numeric_avg_serialize, DESERIALFUNC = numeric_avg_deserialize,
    MSFUNC = numeric_avg_accum, MINVFUNC = numeric_accum_inv, MSTYPE = internal, MSSPACE = 128,
    MFINALFUNC = numeric_avg, MFINALFUNC_MODIFY = SHAREABLE, PARALLEL = RESTRICTED);
CREATE FUNCTION final_with_extra(integer, integer) RETURNS integer
LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE extra(integer) (
    SFUNC = int4pl, STYPE = integer, FINALFUNC = final_with_extra, FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_WRITE, INITCOND = '5',
    MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MFINALFUNC = final_with_extra,
    MFINALFUNC_EXTRA, MFINALFUNC_MODIFY = READ_WRITE, MINITCOND = '5');
CREATE AGGREGATE least_of(integer) (SFUNC = int4smaller, STYPE = integer, SORTOP = <);
CREATE AGGREGATE least_text(text) (
    SFUNC = text_smaller, STYPE = text, SORTOP = OPERATOR(pg_catalog.<));
CREATE AGGREGATE quoted_initial(text) (SFUNC = textcat, STYPE = text, INITCOND = 'it''s \');
CREATE AGGREGATE count_all(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
CREATE FUNCTION collect(text[], VARIADIC text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE AS 'SELECT $1 || $2';
CREATE AGGREGATE gather(VARIADIC parts text[]) (SFUNC = collect, STYPE = text[], INITCOND = '{}');

CREATE AGGREGATE own_percentile(double precision ORDER BY double precision) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_cont_float8_final);
CREATE AGGREGATE own_mode(ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = mode_final, FINALFUNC_EXTRA);
CREATE AGGREGATE own_rank(VARIADIC "any" ORDER BY VARIADIC "any") (
    SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final,
    FINALFUNC_EXTRA, HYPOTHETICAL);
COMMENT ON AGGREGATE own_rank(VARIADIC "any" ORDER BY VARIADIC "any") IS 'hypothetical';
