#!/usr/bin/env bash
# compare-databases.sh URL URL: says whether two PostgreSQL databases are equal.
#
# Compares what stock pg_dump prints of both schemas, then the rows of every table and materialized view (count and
# two order-independent sums of 64-bit row hashes), every sequence and every large object. Settings and privileges of
# the database itself are left out: a restore without --create does not carry them. Needs a superuser.
# PG_BIN: directory of psql and pg_dump, when they are not on the PATH. Exit 0: equal, 1: different, 2: trouble.
set -euo pipefail

if (($# != 2)); then
  echo "usage: compare-databases.sh URL URL" >&2
  exit 2
fi
bin=${PG_BIN:+$PG_BIN/}
work=$(mktemp -d "${TMPDIR:-/tmp}/pgsluice-compare.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Newer minors bracket their output in \restrict lines with a random key.
schema() {
  "${bin}pg_dump" --schema-only --dbname="$1" | sed -E '/^\\(un)?restrict /d'
}

# One line per object: kind, name, count, hashes.
contents() {
  "${bin}psql" -XAtq -v ON_ERROR_STOP=1 -d "$1" -f - <<'SQL' | LC_ALL=C sort
-- Values print alike, whatever the settings of the two databases are.
SET search_path = ''; SET row_security = off; SET client_encoding = 'UTF8'; SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 3;
SET lc_monetary = 'C'; SET lc_numeric = 'C';

SELECT format($query$
  SELECT 'table', %L, count(*), sum(hashtextextended("one row"::text, 0)::numeric), sum(hashtextextended("one row"::text, 1)::numeric)
    FROM ONLY %s AS "one row"$query$, c.oid::regclass, c.oid::regclass)
  FROM pg_class AS c
 WHERE c.relkind IN ('r', 'm') AND c.relispopulated
   AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
   AND c.relpersistence <> 't'
\gexec
SELECT format($query$ SELECT 'sequence', %L, last_value, is_called FROM %s $query$, c.oid::regclass, c.oid::regclass)
  FROM pg_class AS c WHERE c.relkind = 'S' AND c.relpersistence <> 't'
\gexec
SELECT 'large object', m.oid, length(lo_get(m.oid)), sha256(lo_get(m.oid)) FROM pg_largeobject_metadata AS m;
SQL
}

for side in 1 2; do
  url=${!side}
  schema "$url" >"$work/schema.$side" || exit 2
  contents "$url" >"$work/contents.$side" || exit 2
done

equal=true
for what in schema contents; do
  if ! cmp -s "$work/$what.1" "$work/$what.2"; then
    equal=false
    diff "$work/$what.1" "$work/$what.2" >"$work/$what.diff" || true
    echo "$what: $(grep -c '^[<>]' "$work/$what.diff") differing lines, the first ones:"
    grep '^[<>]' "$work/$what.diff" | head -n 20 | cut -c 1-200 || true
  fi
done
awk -F '|' -v equal=$equal '
  $1 == "table" { tables++; rows += $3 }
  $1 == "sequence" { sequences++ }
  $1 == "large object" { objects++ }
  END {
    printf "%s: %d tables with %d rows, %d sequences, %d large objects\n",
      equal == "true" ? "equal" : "DIFFERENT", tables, rows, sequences, objects
  }' "$work/contents.1"
$equal
