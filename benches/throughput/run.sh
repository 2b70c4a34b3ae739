#!/usr/bin/env bash
# make bench: what a dump takes, beside pg_dump and what people pipe it into. See benches/throughput/README.md.
#
# Makes data.sql's database in a private cluster and dumps it in every way there is, in turn, several rounds. Writes what
# each run took to target/bench/runs.tsv, and tables and a plot from that to docs/BENCHMARKS.md.
#
# SCALE: 1 is some 2 GB of COPY text, the default. ROUNDS: how many, 3 by default. GROUPS_TO_RUN: which groups of
# measurements, and in how many of the rounds if not in all, "s3 files floors slow restore bindings memory:1" by default. MEMORY_GB: sizes
# of tables for the last, "1 4" by default.
# PG_BIN: another server and pg_dump than PostgreSQL 17, which is installed into target/servers if missing.
set -euo pipefail
cd "$(dirname "$0")/../.."

scale=${SCALE:-1}
rounds=${ROUNDS:-3}
read -ra groups <<<"${GROUPS_TO_RUN:-s3 files floors slow restore bindings memory:1}"
read -ra gigabytes <<<"${MEMORY_GB:-1 4}"
out=${CARGO_TARGET_DIR:-target}/bench
name=bench
# As a server of a small machine is set up, but for its log of changes, which nobody reads here.
server_options="-c shared_buffers=512MB -c max_wal_size=8GB -c autovacuum=off"
source scripts/cluster.sh

# run GROUP LABEL COMMAND: runs a shell command and notes wall seconds, user and system seconds of all its processes,
# and kilobytes of the largest one.
run() {
  local group=$1 label=$2 command=$3
  rm -rf "$work/out" "$work/s3/backups"
  mkdir -p "$work/out" "$work/s3/backups"
  if ! /usr/bin/time -o "$work/time" -f '%e\t%U\t%S\t%M' bash -o pipefail -c "$command" >/dev/null 2>"$work/stderr"; then
    cat "$work/stderr" >&2
    echo "failed: $command" >&2
    return 1
  fi
  local stored
  stored=$(du -sb --apparent-size "$work/out" "$work/s3/backups" | awk '{ sum += $1 } END { printf "%.0f", sum }')
  printf '%s\t%s\t%s\t%s\t%s\n' "$group" "$label" "$(tail -n 1 "$work/time")" "$stored" "$command" |
    sed "s#$work#DIR#g; s#$programs/##g; s#$PG_BIN/##g; s#$url#URL#g; s#/target[0-9]*?#/target?#g" >>"$out/runs.tsv"
  printf '  %-10s %-44s %s\n' "$group" "$label" "$(tail -n 1 "$work/time")"
}

ours() { echo "$programs/pgsluice dump --quiet --overwrite $1 '$url' $2"; }
theirs() { echo "$PG_BIN/pg_dump $1 -d '$url'"; }

upload="aws s3 cp --quiet - s3://backups/theirs.dump"

into_s3() {
  local codec jobs
  for jobs in 1 2 4; do
    for codec in zstd:3 zstd:1 gzip:6 lz4 none; do
      run s3 "pgsluice -Z $codec -j $jobs" "$(ours "-Z $codec -j $jobs" s3://backups/ours.dump)"
    done
  done
  run s3 "pg_dump -Fc | aws s3 cp" "$(theirs -Fc) | $upload"
  for codec in zstd:3 zstd:1 lz4 none; do
    run s3 "pg_dump -Fc -Z $codec | aws s3 cp" "$(theirs "-Fc -Z $codec") | $upload"
  done
  for jobs in 2 4; do
    run s3 "pg_dump -Fd -j $jobs -Z zstd:3, aws s3 sync" \
      "$(theirs "-Fd -j $jobs -Z zstd:3 -f $work/out/d") && aws s3 sync --quiet $work/out/d s3://backups/d"
  done
  run s3 "pg_dump | gzip, sha256sum, aws s3 cp" \
    "$(theirs "") | gzip >$work/out/x.gz && sha256sum $work/out/x.gz && aws s3 cp --quiet $work/out/x.gz s3://backups/x.gz"
  # Without the 2,000 small tables, each of which is a file there.
  local large="-t orders -t movements -t documents"
  run s3 "pg_dump -Fd -j 2 -Z zstd:3, aws s3 sync, large tables" \
    "$(theirs "-Fd -j 2 -Z zstd:3 $large -f $work/out/d") && aws s3 sync --quiet $work/out/d s3://backups/d"
  run s3 "pgsluice -Z zstd:3 -j 2, large tables" "$(ours "-Z zstd:3 -j 2 $large" s3://backups/ours.dump)"
  # One table alone: a single large table is read by all workers.
  run s3 "pgsluice -Z zstd:3 -j 2, one table" "$(ours "-Z zstd:3 -j 2 -t orders" s3://backups/ours.dump)"
}

into_files() {
  local codec jobs
  for codec in zstd:3 zstd:1 gzip:6 lz4 none; do
    for jobs in 1 2 4; do
      run files "pgsluice -Z $codec -j $jobs" "$(ours "-Z $codec -j $jobs" "$work/out/ours.dump")"
    done
    run files "pg_dump -Fc -Z $codec" "$(theirs "-Fc -Z $codec -f $work/out/theirs.dump")"
  done
}

floors() {
  local psql="$PG_BIN/psql -XAtq -v ON_ERROR_STOP=1 -d '$url'" tables="orders movements documents"
  run floors "COPY TO '/dev/null'" "for t in $tables; do $psql -c \"COPY \$t TO '/dev/null'\"; done"
  run floors "psql COPY TO STDOUT" "for t in $tables; do $psql -c \"COPY \$t TO STDOUT\"; done"
  run floors "pgsluice -Z none -j 1 to nowhere" "$(ours "-Z none -j 1 -t orders -t movements -t documents" -)"
  run floors "zstd -3 alone" "zstd -3 -q -c $work/copy.txt"
  run floors "gzip -6 alone" "gzip -6 -c $work/copy.txt"
}

# proxy TO OPTION...: starts one, and sets proxy_port. It ends with the script, whose end closes its input.
proxy() {
  [[ -p $work/until_end ]] || { mkfifo "$work/until_end" && exec {until_end}<>"$work/until_end"; }
  "$programs/examples/slow_proxy" "$@" <"$work/until_end" >"$work/proxy_port" &
  proxy_pid=$!
  until [[ -s $work/proxy_port ]]; do sleep 0.05; done
  proxy_port=$(<"$work/proxy_port")
}

end_proxy() {
  kill "$proxy_pid"
  wait "$proxy_pid" 2>/dev/null || true
  rm "$work/proxy_port"
}

slow_network() {
  local direct=$AWS_ENDPOINT_URL_S3 direct_url=$url
  run slow "S3 as it is, -j 2" "$(ours "-j 2" s3://backups/ours.dump)"
  proxy "${direct#http://}" --delay 50
  AWS_ENDPOINT_URL_S3=http://127.0.0.1:$proxy_port
  run slow "S3 with 50 ms for each request, -j 2" "$(ours "-j 2" s3://backups/ours.dump)"
  AWS_ENDPOINT_URL_S3=$direct
  end_proxy
  local jobs
  proxy "$cluster/.s.PGSQL.5432" --rate 15000000
  for jobs in 1 2 4; do
    url="postgresql://postgres@127.0.0.1:$proxy_port/bench?sslmode=disable"
    run slow "15 MB/s for each connection, -j $jobs" "$(ours "-t orders -j $jobs" "$work/out/ours.dump")"
  done
  url=$direct_url
  end_proxy
}

# restored LABEL COMMAND: measures a restore into a new database, which COMMAND calls TARGET.
#
# It stays until the cluster goes. To drop it deletes thousands of files, and for minutes after that ext4 is slow to make
# new ones (recently_deleted() in fs/ext4/ialloc.c): the next restore would pay for it, which none into a new server does.
restored() {
  restored_databases=$((restored_databases + 1))
  sql postgres -c "CREATE DATABASE target$restored_databases TEMPLATE template0"
  # What the one before has written is on its way to the disk: the next must not wait for it.
  sync
  run restore "$1" "${2//TARGET/$(database_url "target$restored_databases")}"
}
restored_databases=0

# The same dump through each face of the engine: into S3, and as a stream that a process writes.
bindings() {
  if [[ ! -e $work/dump ]]; then
    PREFIX=$work/c PGSLUICE_PROFILE=$profile quietly scripts/install-c.sh
    cc -O2 -std=c99 -I"$work/c/include" benches/throughput/dump.c -o "$work/dump" "$work/c/lib/libpgsluice.so" -Wl,-rpath,"$work/c/lib"
    (cd bindings/node && quietly npm ci && quietly node build.mjs --profile "$profile")
  fi
  local through_c=$work/dump through_node="node benches/throughput/dump.mjs"
  run bindings "pgsluice dump" "$(ours "-j 2" s3://backups/ours.dump)"
  run bindings "C, pgsluice_dump()" "$through_c '$url' s3://backups/c.dump"
  run bindings "Node, dump()" "$through_node '$url' s3://backups/node.dump"
  run bindings "pgsluice dump -" "$(ours "-j 2" "-") >$work/out/ours.dump"
  run bindings "C, with a sink" "$through_c '$url' - >$work/out/c.dump"
  run bindings "Node, createDumpStream()" "$through_node '$url' - >$work/out/node.dump"
}

# What is restored lies in a bucket that no run clears.
restores() {
  local jobs
  mkdir -p "$work/s3/kept" "$work/out"
  if [[ ! -e $work/s3/kept/theirs.dump ]]; then
    eval "$(ours "-Z zstd:3 -j 2" s3://kept/ours.dump)"
    eval "$(theirs "-Fc -Z zstd:3 -f $work/out/theirs.dump")"
    aws s3 cp --quiet "$work/out/theirs.dump" s3://kept/theirs.dump
  fi
  for jobs in 1 2 4; do
    restored "pgsluice restore -j $jobs" "$programs/pgsluice restore --force --quiet -e -j $jobs s3://kept/ours.dump 'TARGET'"
  done
  restored "pgsluice restore -j 2, pg_dump's archive" "$programs/pgsluice restore --force --quiet -e -j 2 s3://kept/theirs.dump 'TARGET'"
  restored "aws s3 cp, pg_restore -j 2" \
    "aws s3 cp --quiet s3://kept/theirs.dump $work/out/x.dump && $PG_BIN/pg_restore -e -j 2 -d 'TARGET' $work/out/x.dump"
  restored "aws s3 cp | pg_restore" "aws s3 cp --quiet s3://kept/theirs.dump - | $PG_BIN/pg_restore -e -d 'TARGET'"
}

# Rows as in orders, and two of 200 MB of COPY text.
make_large() {
  sql bench -c "DROP TABLE IF EXISTS large.rows" -c "CREATE SCHEMA IF NOT EXISTS large" -c "CREATE UNLOGGED TABLE large.rows (id bigint, body text)"
  sql bench -c "INSERT INTO large.rows SELECT i, repeat(md5(i::text), 6) FROM generate_series(1::bigint, ($1 * 1e9 / 200)::bigint) AS i" \
    -c "INSERT INTO large.rows SELECT i, repeat(md5(i::text), 6250000) FROM generate_series(1, 2) AS i"
}

memory() {
  local gigabyte jobs codec
  for gigabyte in "${gigabytes[@]}"; do
    make_large "$gigabyte"
    for jobs in 1 4 8; do
      for codec in zstd:3 none; do
        run memory "$gigabyte GB, -j $jobs, -Z $codec" "$(ours "-t large.rows -j $jobs -Z $codec" s3://backups/ours.dump)"
      done
    done
  done
  sql bench -c "DROP SCHEMA large CASCADE"
}

[[ -n ${PG_BIN:-} ]] || PG_BIN=$(scripts/install-server.sh 17 | tail -n 1)
export PG_BIN
scripts/install-commands.sh time zstd gzip python3
command -v aws >/dev/null || { source scripts/apt.sh && apt_install awscli; }

say "Building pgsluice, a private S3 server and a slow proxy (some minutes the first time)"
quietly cargo build --profile "$profile" --locked --example slow_proxy
build

say "Making the database in a private cluster: $("$PG_BIN/postgres" --version)"
start_postgres
start_s3
mkdir -p "$out"
began=$(now_ms)
sql postgres -c "CREATE DATABASE bench TEMPLATE template0"
sql bench -v scale="$scale" -f benches/throughput/data.sql
url=$(database_url bench)
for table in orders movements documents; do sql bench -c "COPY $table TO STDOUT"; done >"$work/copy.txt"
raw=$(stat -c %s "$work/copy.txt")
echo "$(megabytes "$raw") of COPY text, made in $(seconds "$began")"
{
  printf 'raw_bytes\t%s\n' "$raw"
  printf 'server\t%s\n' "$("$PG_BIN/postgres" --version)"
  printf 'pg_dump\t%s\n' "$("$PG_BIN/pg_dump" --version)"
  printf 'aws\t%s\n' "$(aws --version 2>&1 | cut -d ' ' -f 1)"
  printf 'pgsluice\t%s\n' "$("$programs/pgsluice" --version)"
  printf 'cpu\t%s, %s\n' "$(nproc) cores" "$(awk -F ': ' '/model name/ { print $2; exit }' /proc/cpuinfo)"
  printf 'system\t%s, %s\n' "$(uname -sr | cut -d - -f 1)" "$(rustc --version | cut -d ' ' -f 1,2)"
} >"$out/facts.tsv"
: >"$out/runs.tsv"

for ((round = 1; round <= rounds; round++)); do
  say "Round $round of $rounds: wall, user and system seconds, kilobytes of the largest process"
  for group in "${groups[@]}"; do
    [[ $group != *:* ]] || ((round <= ${group#*:})) || continue
    case ${group%:*} in
    s3) into_s3 ;;
    files) into_files ;;
    floors) floors ;;
    slow) slow_network ;;
    memory) memory ;;
    restore) restores ;;
    bindings) bindings ;;
    *) echo "unknown group: $group" >&2 && exit 3 ;;
    esac
  done
done

say "Writing docs/BENCHMARKS.md"
python3 benches/throughput/report.py "$out" docs
