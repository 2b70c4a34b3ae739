#!/usr/bin/env bash
# memory.sh [GIGABYTES]: the most memory that pgsluice takes for a dump of one large table, for every codec.
#
# Makes a table of that size (default 3) in a private cluster, dumps it with the release binary into a private S3 server
# under time -v, and prints what each codec took. Fails if any took more than 200 MB. Needs about four times the
# table's size of disk, in /tmp and TMPDIR. MEMORY_CODECS: the codecs to try, all by default.
set -euo pipefail
cd "$(dirname "$0")/.."

limit_mb=200
gigabytes=${1:-3}
read -ra codecs <<<"${MEMORY_CODECS:-none gzip zstd lz4}"
name=memory
source scripts/cluster.sh

install_time() {
  [[ -x /usr/bin/time ]] && return
  local sudo=
  ((EUID == 0)) || sudo=sudo
  quietly $sudo apt-get -qq update
  quietly $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install time
}

# Rows as an application has them: numbers, times, words that repeat and digests that do not. About 260 bytes each.
# Not logged, since writing the table twice would only take longer.
make_table() {
  sql postgres -c "CREATE DATABASE memory TEMPLATE template0"
  sql memory <<SQL
CREATE UNLOGGED TABLE events (id bigint, at timestamptz, account integer, kind text, token text, body text)
  WITH (autovacuum_enabled = off);
DO \$\$
DECLARE
  first bigint := 0;
BEGIN
  WHILE pg_relation_size('events') < $gigabytes * 1e9 LOOP
    INSERT INTO events
    SELECT i, timestamptz '2020-01-01 00:00:00Z' + i * interval '7 seconds', i % 9973,
           (ARRAY['created', 'paid', 'shipped', 'returned'])[i % 4 + 1], md5(i::text),
           repeat('order ' || i % 1000 || ' of account ' || i % 9973 || '; ', 6)
      FROM generate_series(first + 1, first + 200000) AS i;
    first := first + 200000;
    COMMIT;
  END LOOP;
END
\$\$;
SQL
}

# measure CODEC: dumps, prints a line of the table, fails above the limit.
measure() {
  local codec=$1 object=memory-$1.dump log=$work/time-$1
  /usr/bin/time -v -o "$log" "$programs/pgsluice" dump --quiet -Z "$codec" "$(database_url memory)" "s3://backups/$object" || exit
  local seconds kilobytes stored
  seconds=$(awk -F ': ' '/Elapsed/ { n = split($2, t, ":"); s = 0; for (i = 1; i <= n; i++) s = s * 60 + t[i]; print s }' "$log")
  kilobytes=$(awk -F ': ' '/Maximum resident/ { print $2 }' "$log")
  stored=$(stat -c %s "$work/s3/backups/$object")
  rm "$work/s3/backups/$object"
  awk -v codec="$codec" -v seconds="$seconds" -v kilobytes="$kilobytes" -v stored="$stored" -v limit="$limit_mb" 'BEGIN {
    megabytes = kilobytes * 1024 / 1e6
    printf "%-6s %8.1f %13.1f %15s\n", codec, seconds, megabytes, stored
    exit megabytes > limit
  }'
}

say "Looking for a PostgreSQL server and time (installed if missing)"
find_postgres
install_time

say "Building pgsluice and a private S3 server (some minutes the first time)"
build

say "Making a table of $gigabytes GB in a private cluster"
start_postgres
start_s3
began=$(now_ms)
make_table
echo "$(megabytes "$(sql memory -c "SELECT pg_table_size('events')")"), $(sql memory -c "SELECT count(*) FROM events") rows, made in $(seconds "$began")"

say "Dumping it to S3 with each codec"
printf '%-6s %8s %13s %15s\n' codec seconds "peak RSS, MB" "stored, bytes"
within=true
for codec in "${codecs[@]}"; do
  measure "$codec" || within=false
done
$within || { echo "memory: more than $limit_mb MB" >&2; exit 1; }
