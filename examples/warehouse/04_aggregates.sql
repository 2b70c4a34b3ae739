-- Aggregates: plain, moving, parallel, ordered-set, hypothetical-set.

SET ROLE warehouse_owner;

CREATE FUNCTION app.weighted_add(state numeric[], value numeric, weight numeric) RETURNS numeric[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT ARRAY[state[1] + value * weight, state[2] + weight]';
CREATE FUNCTION app.weighted_remove(state numeric[], value numeric, weight numeric) RETURNS numeric[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT ARRAY[state[1] - value * weight, state[2] - weight]';
CREATE FUNCTION app.weighted_combine(a numeric[], b numeric[]) RETURNS numeric[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT ARRAY[a[1] + b[1], a[2] + b[2]]';
CREATE FUNCTION app.weighted_result(state numeric[]) RETURNS numeric
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT CASE WHEN state[2] <> 0 THEN state[1] / state[2] END';

CREATE AGGREGATE app.weighted_avg(value numeric, weight numeric) (
  sfunc = app.weighted_add,
  stype = numeric[],
  sspace = 64,
  finalfunc = app.weighted_result,
  combinefunc = app.weighted_combine,
  initcond = '{0,0}',
  msfunc = app.weighted_add,
  minvfunc = app.weighted_remove,
  mstype = numeric[],
  msspace = 96,
  mfinalfunc = app.weighted_result,
  mfinalfunc_modify = shareable,
  minitcond = '{0,0}',
  parallel = safe
);
COMMENT ON AGGREGATE app.weighted_avg(numeric, numeric) IS 'Average price, weighted by quantity';

CREATE FUNCTION app.keep_first(kept anyelement, next anyelement) RETURNS anyelement
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT kept';
CREATE AGGREGATE app.first(anyelement) (sfunc = app.keep_first, stype = anyelement);
CREATE AGGREGATE app.tally(*) (sfunc = int8inc, stype = bigint, initcond = '0');
CREATE AGGREGATE app.latest(timestamp with time zone) (
  sfunc = timestamptz_larger, stype = timestamp with time zone, combinefunc = timestamptz_larger,
  sortop = OPERATOR(pg_catalog.>), parallel = restricted
);

CREATE FUNCTION app.add_all(state numeric, VARIADIC terms numeric[]) RETURNS numeric
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT state + sum(term) FROM unnest(terms) AS term';
CREATE AGGREGATE app.sum_all(VARIADIC terms numeric[]) (sfunc = app.add_all, stype = numeric, initcond = '0');

RESET ROLE;

-- An internal state type may be used by superusers only.
CREATE AGGREGATE app.exact_avg(numeric) (
  sfunc = numeric_avg_accum, stype = internal, sspace = 128,
  finalfunc = numeric_avg, finalfunc_modify = read_only,
  combinefunc = numeric_avg_combine, serialfunc = numeric_avg_serialize, deserialfunc = numeric_avg_deserialize,
  msfunc = numeric_avg_accum, minvfunc = numeric_accum_inv, mstype = internal, msspace = 128, mfinalfunc = numeric_avg,
  parallel = safe
);
ALTER AGGREGATE app.exact_avg(numeric) OWNER TO warehouse_owner;

CREATE AGGREGATE app.quantile(double precision ORDER BY anyelement) (
  sfunc = ordered_set_transition, stype = internal,
  finalfunc = percentile_disc_final, finalfunc_extra, finalfunc_modify = read_write
);
COMMENT ON AGGREGATE app.quantile(double precision ORDER BY anyelement) IS 'Picks a value that exists';
ALTER AGGREGATE app.quantile(double precision ORDER BY anyelement) OWNER TO warehouse_owner;

CREATE AGGREGATE app.would_rank(VARIADIC "any" ORDER BY VARIADIC "any") (
  sfunc = ordered_set_transition_multi, stype = internal,
  finalfunc = rank_final, finalfunc_extra, hypothetical
);
