#!/usr/bin/env bash
# make demo: a real database goes into object storage and comes back, with pgsluice straight from there and with stock pg_restore.
#
# Everything is private and temporary: a PostgreSQL cluster on a Unix socket, an S3 server on loopback. The only thing
# that stays is the PostgreSQL server package, if it had to be installed.
set -euo pipefail
cd "$(dirname "$0")/.."

archive=s3://backups/warehouse.dump
name=demo
source scripts/cluster.sh

# Entries by kind, then the first ones, of a pg_restore -l style list.
abridge() {
  awk '/^[0-9]+; / {
         kind = ""
         for (i = 4; i <= NF && $i ~ /^[A-Z]+$/; i++) kind = kind (kind == "" ? "" : " ") $i
         count[kind]++; total++
       }
       END { for (kind in count) printf "%6d %s\n", count[kind], kind; printf "%6d entries in all\n", total }' "$1" |
    sort -rn | paste -d '\t' - - - | expand -t 34
  echo
  grep -E '^[0-9]+; ' "$1" | sed -n '1,12p'
  echo "  ..."
}

say "Looking for a PostgreSQL server (installed if missing)"
find_postgres

say "Building pgsluice and a private S3 server (some minutes the first time)"
build

say "Starting a private PostgreSQL cluster on a Unix socket and a private S3 server on loopback"
start_postgres
start_s3
echo "$AWS_ENDPOINT_URL_S3, bucket backups"

say "Loading the sample application database, examples/warehouse"
began=$(now_ms)
sql postgres -c "CREATE DATABASE warehouse TEMPLATE template0"
sql warehouse -f examples/warehouse/load.sql
database_bytes=$(sql warehouse -c "SELECT pg_database_size(current_database())")
tables=$(sql warehouse -c "SELECT count(*) FROM pg_stat_user_tables AS t JOIN pg_class AS c ON c.oid = t.relid WHERE c.relkind <> 'm'")
echo "$tables tables, $(megabytes "$database_bytes"), loaded in $(seconds "$began")"

say "pgsluice dump \$URL $archive"
began=$(now_ms)
"$programs/pgsluice" dump "$(database_url warehouse)" "$archive"
dump_time=$(seconds "$began")

say "pgsluice list $archive, abridged"
"$programs/pgsluice" list "$archive" >"$work/list"
abridge "$work/list"

say "Fetching the archive and checking it with sha256sum"
mkdir "$work/fetched"
cp "$work/s3/backups/warehouse.dump" "$work/s3/backups/warehouse.dump.sha256" "$work/fetched"
(cd "$work/fetched" && sha256sum -c warehouse.dump.sha256)

say "pgsluice restore -j 2 $archive \$URL, straight from the store"
began=$(now_ms)
sql postgres -c "CREATE DATABASE second TEMPLATE template0"
"$programs/pgsluice" restore --force --exit-on-error --jobs=2 "$archive" "$(database_url second)"
own_restore_time=$(seconds "$began")

say "Comparing both databases: schema, every row, sequences, large objects"
scripts/compare-databases.sh "$(database_url warehouse)" "$(database_url second)"

say "pgsluice verify --level restore $archive: restored once more, compared, checked and dropped again"
echo "SELECT count(*) > 0 FROM sales.orders;" >"$work/sane.sql"
"$programs/pgsluice" verify --level restore --server "$(database_url postgres)" --assertions "$work/sane.sql" "$archive"

say "Restoring the fetched archive with stock pg_restore into a third database"
began=$(now_ms)
sql postgres -c "CREATE DATABASE restored TEMPLATE template0"
"$PG_BIN/pg_restore" --exit-on-error --jobs=2 --dbname="$(database_url restored)" "$work/fetched/warehouse.dump"
restore_time=$(seconds "$began")
"$PG_BIN/pg_restore" --version

say "Comparing both databases: schema, every row, sequences, large objects"
scripts/compare-databases.sh "$(database_url warehouse)" "$(database_url restored)"

say "In short"
cat <<SUMMARY
database   $(megabytes "$database_bytes") in $tables tables, PostgreSQL $("$PG_BIN/postgres" --version | cut -d ' ' -f 3)
archive    $(megabytes "$(stat -c %s "$work/fetched/warehouse.dump")") at $archive
dump       $dump_time
restore    $own_restore_time with pgsluice from the store, $restore_time with pg_restore from a file
SHA-256    $(cut -d ' ' -f 1 "$work/fetched/warehouse.dump.sha256")
SUMMARY
