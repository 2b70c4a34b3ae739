#!/usr/bin/env bash
# make bench-catalog: what a dump of a large catalog takes, beside pg_dump. See benches/catalog/README.md.
#
# Makes catalog.sql's database in a private cluster and dumps it with both programs in turn, several rounds: first the
# definitions alone, then everything, large objects included. Prints medians of whole processes.
# ROUNDS: how many, 5 by default. PG_BIN: another server and pg_dump than the installed ones.
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=${ROUNDS:-5}
tables=1000 functions=250 large_objects=50000
name=bench-catalog
# 20,000 locks in one transaction are more than the default holds.
server_options="-c max_locks_per_transaction=512"
source scripts/cluster.sh

# timed LABEL COMMAND...: runs it and appends its seconds and kilobytes of peak memory to a file named LABEL.
timed() { /usr/bin/time -a -o "$work/$1" -f '%e %M' "${@:2}"; }

ours() { timed "pgsluice $1" "$programs/pgsluice" dump --quiet --overwrite -Z gzip "${@:2}" "$(database_url catalog)" "$work/ours.dump"; }

theirs() { timed "pg_dump $1" "$PG_BIN/pg_dump" -Fc "${@:2}" -f "$work/theirs.dump" -d "$(database_url catalog)"; }

# median COLUMN FILE
median() { awk -v column="$1" '{ print $column }' "$2" | sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

# compare WHAT OPTION...: dumps with both programs in turn, and prints a row for each.
compare() {
  local round program
  for ((round = 1; round <= rounds; round++)); do
    ours "$@"
    theirs "$@"
  done
  for program in pgsluice pg_dump; do
    awk -v what="$1" -v program="$program" -v seconds="$(median 1 "$work/$program $1")" -v kilobytes="$(median 2 "$work/$program $1")" \
      -v reference="$(median 1 "$work/pg_dump $1")" 'BEGIN {
        printf "%-12s %-9s %8.2f %7.2f %10.0f\n", what, program, seconds, seconds / reference, kilobytes * 1024 / 1e6
      }'
  done
}

say "Looking for a PostgreSQL server and time (installed if missing)"
find_postgres
scripts/install-commands.sh time

say "Building pgsluice (some minutes the first time)"
build

say "Making the database in a private cluster"
start_postgres
began=$(now_ms)
sql postgres -c "CREATE DATABASE catalog TEMPLATE template0"
sql catalog -v tables_per_schema=$tables -v functions_per_schema=$functions -v large_objects=$large_objects -f benches/catalog/catalog.sql
echo "$(sql catalog -c "SELECT count(*) FROM pg_stat_user_tables") tables, made in $(seconds "$began")"

say "Dumping it $rounds times with each program, in turn"
printf '%-12s %-9s %8s %7s %10s\n' dump program seconds ratio "peak, MB"
compare definitions -s
compare everything
