#!/usr/bin/env bash
# make demo: a real database goes into object storage and comes back with stock pg_restore.
#
# Everything is private and temporary: a PostgreSQL cluster on a Unix socket, an S3 server on loopback. The only thing
# that stays is the PostgreSQL server package, if it had to be installed. Works as root, too, where PostgreSQL itself
# runs as an unprivileged user.
set -euo pipefail
cd "$(dirname "$0")/.."

archive=s3://backups/warehouse.dump
target=${CARGO_TARGET_DIR:-target}

say() {
  if [[ -t 1 ]]; then
    printf '\n\033[1m▸ %s\033[0m\n' "$*"
  else
    printf '\n▸ %s\n' "$*"
  fi
}

# Runs a command silently; shows what it wrote only if it fails.
quietly() {
  if ! "$@" >"$work/quiet.log" 2>&1 </dev/null; then
    cat "$work/quiet.log" >&2
    echo "failed: $*" >&2
    return 1
  fi
}

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# seconds START: seconds since then.
seconds() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

megabytes() { awk -v bytes="$1" 'BEGIN { printf "%.1f MB", bytes / 1e6 }'; }

# PostgreSQL refuses to run as root: then it runs as the user of Debian's package, or as nobody.
as_server() {
  if ((EUID == 0)); then
    (cd / && setpriv --reuid="$server_user" --regid="$(id -g "$server_user")" --init-groups -- "$@")
  else
    "$@"
  fi
}

clean_up() {
  trap - EXIT
  trap '' INT TERM
  set +e
  if [[ -n ${s3_pid:-} ]]; then
    kill "$s3_pid" 2>/dev/null
    wait "$s3_pid" 2>/dev/null
  fi
  if [[ -e ${cluster:-}/data/postmaster.pid ]]; then
    as_server "$PG_BIN/pg_ctl" stop -D "$cluster/data" -m immediate -w >/dev/null 2>&1
  fi
  rm -rf "$work" "${cluster:-}"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/pgsluice-demo.XXXXXX")
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_postgres() {
  # The socket's path has a limit of some 100 bytes, and TMPDIR may be long.
  cluster=$(mktemp -d /tmp/pgs.XXXXXX)
  if ((EUID == 0)); then
    server_user=$(id -un postgres 2>/dev/null || echo nobody)
    chown "$server_user:" "$cluster"
  fi
  quietly as_server "$PG_BIN/initdb" -D "$cluster/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync
  quietly as_server "$PG_BIN/pg_ctl" start -D "$cluster/data" -l "$cluster/log" -w -o \
    "-c listen_addresses='' -c unix_socket_directories=$cluster -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
}

database_url() { echo "postgresql://postgres@/$1?host=$cluster"; }

sql() { "$PG_BIN/psql" -XAtq -v ON_ERROR_STOP=1 -d "$(database_url "$1")" "${@:2}"; }

start_s3() {
  coproc S3 { exec "$target/release/examples/s3_server" "$work/s3" 2>"$work/s3.log"; }
  # bash sets S3_PID, and forgets it when the process ends.
  # shellcheck disable=SC2153
  s3_pid=$S3_PID
  local settings
  # Endpoint, region, key, secret: four lines to evaluate.
  mapfile -t -n 4 settings <&"${S3[0]}"
  if ((${#settings[@]} < 4)); then
    cat "$work/s3.log" >&2
    echo "the S3 server did not start" >&2
    return 1
  fi
  eval "$(printf '%s\n' "${settings[@]}")"
}

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
PG_BIN=$(scripts/install-postgres.sh | tail -n 1)
export PG_BIN
"$PG_BIN/postgres" --version

say "Building pgsluice and a private S3 server (some minutes the first time)"
began=$(now_ms)
quietly cargo build --release --locked --bin pgsluice --example s3_server
echo "built in $(seconds "$began")"

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
"$target/release/pgsluice" dump "$(database_url warehouse)" "$archive"
dump_time=$(seconds "$began")

say "pgsluice list $archive, abridged"
"$target/release/pgsluice" list "$archive" >"$work/list"
abridge "$work/list"

say "Fetching the archive and checking it with sha256sum"
# The S3 server keeps an object as the file BUCKET/KEY.
mkdir "$work/fetched"
cp "$work/s3/backups/warehouse.dump" "$work/s3/backups/warehouse.dump.sha256" "$work/fetched"
(cd "$work/fetched" && sha256sum -c warehouse.dump.sha256)

say "Restoring it with stock pg_restore into a second database"
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
restore    $restore_time
SHA-256    $(cut -d ' ' -f 1 "$work/fetched/warehouse.dump.sha256")
SUMMARY
