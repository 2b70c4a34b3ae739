#!/usr/bin/env bash
# make test: runs every test. Installs a PostgreSQL server package if there is none.
#
# Each test binary starts its own PostgreSQL cluster and its own S3 servers; none touches the machine's. They are run by
# `cargo test`, not by nextest: that gives every test a process, and so a cluster, of its own. The output ends with the
# summaries of the test runner. Arguments go to `cargo test`.
set -euo pipefail
cd "$(dirname "$0")/.."

PG_BIN=$(scripts/install-postgres.sh | tail -n 1)
export PG_BIN

cargo test --locked --workspace --all-features --no-fail-fast "$@"
