#!/usr/bin/env bash
# make test: runs every test, those of the C library and the Node module included. Installs what is missing of a PostgreSQL
# server package, openssl (certificates for the tests of TLS), python3 (the independent comparisons beside the shared
# fixtures), zstd and lz4 (readers of what we write), g++, valgrind and pkg-config (programs in C and C++). Node.js must be there.
#
# Each test binary starts its own PostgreSQL cluster and its own S3 servers; none touches the machine's. They are run by
# `cargo test`, not by nextest: that gives every test a process, and so a cluster, of its own. The output ends with the
# summaries of the test runners. Arguments go to `cargo test`, and then the Node module is left out.
set -euo pipefail
cd "$(dirname "$0")/.."

PG_BIN=$(scripts/install-postgres.sh | tail -n 1)
export PG_BIN
scripts/install-commands.sh openssl python3 zstd lz4 g++ valgrind pkg-config make

status=0
cargo test --locked --workspace --all-features --no-fail-fast "$@" || status=$?
(($# > 0)) || scripts/test-node.sh || status=$?
exit "$status"
