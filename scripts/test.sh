#!/usr/bin/env bash
# make test: runs every test. Installs what is missing of a PostgreSQL server package, openssl (certificates for the
# tests of TLS), python3 (the independent comparisons beside the shared fixtures), zstd and lz4 (readers of what we write).
#
# Each test binary starts its own PostgreSQL cluster and its own S3 servers; none touches the machine's. They are run by
# `cargo test`, not by nextest: that gives every test a process, and so a cluster, of its own. The output ends with the
# summaries of the test runner. Arguments go to `cargo test`.
set -euo pipefail
cd "$(dirname "$0")/.."

PG_BIN=$(scripts/install-postgres.sh | tail -n 1)
export PG_BIN
scripts/install-commands.sh openssl python3 zstd lz4

cargo test --locked --workspace --all-features --no-fail-fast "$@"
