#!/usr/bin/env bash
# make fuzz: every fuzz target for SECONDS_EACH seconds (600), beginning with archives of a small real database.
# TARGETS chooses some of them. See tests/fuzz/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds_each=${SECONDS_EACH:-600}
read -ra targets <<<"${TARGETS:-contents archive manifest}"
out=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
name=fuzz
source scripts/cluster.sh

command -v cargo-fuzz >/dev/null || quietly cargo install --locked cargo-fuzz

say "Making a corpus of real archives"
find_postgres
build
start_postgres
sql postgres -c "CREATE DATABASE corpus TEMPLATE template0"
sql corpus -c "CREATE TABLE t (id integer PRIMARY KEY, body text); INSERT INTO t SELECT i, repeat('x', i) FROM generate_series(1, 50) AS i" \
  -c "CREATE VIEW v AS SELECT id FROM t" -c "COMMENT ON TABLE t IS 'rows'" \
  -c "SELECT lo_from_bytea(0, decode(repeat('00ff', 500), 'hex')) FROM generate_series(1, 3)"
mkdir -p "$out"/corpus/{contents,archive,manifest}
for codec in none gzip zstd lz4; do
  "$programs/pgsluice" dump --quiet --overwrite -Z "$codec" "$(database_url corpus)" "$work/ours.$codec"
  # pg_dump up to 15 knows gzip alone.
  "$PG_BIN/pg_dump" -Fc -Z "$codec" -d "$(database_url corpus)" -f "$work/theirs.$codec" 2>/dev/null ||
    "$PG_BIN/pg_dump" -Fc -d "$(database_url corpus)" -f "$work/theirs.$codec"
done
for archive in "$work"/ours.* "$work"/theirs.*; do
  case $archive in
  *.manifest.json) cp "$archive" "$out/corpus/manifest/$(basename "$archive")" ;;
  *.sha256) ;;
  *)
    cp "$archive" "$out/corpus/contents/$(basename "$archive")"
    cp "$archive" "$out/corpus/archive/$(basename "$archive")"
    ;;
  esac
done

for target in "${targets[@]}"; do
  say "Fuzzing $target for $seconds_each s"
  mkdir -p "$out/artifacts/$target"
  # Sanitizers are unstable options of the compiler: with a stable one they must be asked for so.
  RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$out/build" cargo fuzz run --fuzz-dir tests/fuzz "$target" "$out/corpus/$target" -- \
    -max_total_time="$seconds_each" -rss_limit_mb=1024 -timeout=10 -artifact_prefix="$out/artifacts/$target/" -print_final_stats=1 2>&1 |
    grep --line-buffered -E "^(#[0-9]+\s+DONE|stat::|==|ERROR|SUMMARY|Done)" || true
  [[ -z $(ls -A "$out/artifacts/$target") ]] || { echo "$target: see $out/artifacts/$target" >&2 && exit 1; }
done
