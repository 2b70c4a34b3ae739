#!/usr/bin/env bash
# make test: runs every test. Installs what is missing: a PostgreSQL server and cargo-nextest.
#
# Each test binary starts its own PostgreSQL cluster and its own S3 server; none touches the machine's. The output ends
# with the summary of the test runner. Arguments go to `cargo nextest run`.
set -euo pipefail
cd "$(dirname "$0")/.."

PG_BIN=$(scripts/install-postgres.sh | tail -n 1)
export PG_BIN

if ! cargo nextest --version >/dev/null 2>&1; then
  echo "installing cargo-nextest" >&2
  cargo install --locked --quiet cargo-nextest
fi

# nextest does not run the examples in the documentation.
cargo test --locked --workspace --all-features --doc --quiet
cargo nextest run --locked --workspace --all-features "$@"
