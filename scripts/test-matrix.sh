#!/usr/bin/env bash
# make test-matrix: every test against every supported release of PostgreSQL, with that release's own clients.
#
# Installs the releases into target/servers the first time (scripts/install-server.sh). Prints a line for each as it
# ends, and then which tests it could not run. A test counts as skipped when it says so (`Cluster::has` in
# tests/support), as ignored when it is marked so; those marked as needing newer clients run where there are such.
# What the tests printed is in target/matrix. Fails if a test did or if a release could not be installed.
#
# MATRIX: the majors to test, all by default.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

read -ra majors <<<"${MATRIX:-13 14 15 16 17 18}"
logs=$(realpath -m "${CARGO_TARGET_DIR:-target}")/matrix
row='%-8s %-10s %-10s %8s %8s %8s %8s %7s\n'
failed=false

# version PROGRAM: its number, without the distribution's.
version() { "$PG_BIN/$1" --version | awk '{ print $3 }'; }

# tested MAJOR LOG SECONDS: a row of the table.
tested() {
  awk '
    /^test result: / { passed += $4; failed += $6; ignored += $8 }
    /^skipped: / { skipped++ }
    END { print passed - skipped, failed + 0, skipped + 0, ignored + 0 }' "$2" |
    while read -r passed failed skipped ignored; do
      # shellcheck disable=SC2059
      printf "$row" "$1" "$(version postgres)" "$(version pg_dump)" "$passed" "$failed" "$skipped" "$ignored" "$3"
    done
}

test_release() {
  local major=$1 log=$logs/$1.log began=$SECONDS ignored=()
  if ! PG_BIN=$(scripts/install-server.sh "$major" 2>"$log"); then
    echo "$major could not be installed: $log"
    return 1
  fi
  export PG_BIN
  if ((major >= 17)); then
    ignored=(--include-ignored)
  fi
  local outcome=0
  cargo test --locked --workspace --all-features --no-fail-fast -- --show-output "${ignored[@]}" &>"$log" || outcome=1
  tested "$major" "$log" $((SECONDS - began))
  return "$outcome"
}

scripts/install-commands.sh openssl python3 g++ valgrind pkg-config make || exit
mkdir -p "$logs"
if ! cargo test --locked --workspace --all-features --no-run &>"$logs/build.log"; then
  cat "$logs/build.log" >&2
  exit 1
fi

# shellcheck disable=SC2059
printf "$row" release server clients passed failed skipped ignored seconds
for major in "${majors[@]}"; do
  test_release "$major" || failed=true
done
echo
for major in "${majors[@]}"; do
  grep -E '^skipped: |^test .* (FAILED|ignored)' "$logs/$major.log" | sort | sed -e "s/^/$major: /"
done
! $failed
