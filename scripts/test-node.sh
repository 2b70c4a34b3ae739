#!/usr/bin/env bash
# test-node.sh [ARGUMENTS of node --test]: builds the Node module and runs its tests, with a private PostgreSQL cluster and a private S3 server.
#
# Needs Node 20 or newer with npm, which installs what the tests import. Says what each step took; nothing is left running.
#
# PGSLUICE_PROFILE: the cargo profile to build with; dev by default, which the other tests share.
set -euo pipefail
cd "$(dirname "$0")/.."

PGSLUICE_PROFILE=${PGSLUICE_PROFILE:-dev}
export PGSLUICE_PROFILE
name=test-node
source scripts/cluster.sh

for command in node npm; do
  command -v "$command" >/dev/null || { echo "test-node: no $command; install Node.js 20 or newer, https://nodejs.org" >&2; exit 1; }
done

step() {
  local what=$1 began
  began=$(now_ms)
  "${@:2}"
  echo "test-node: $what: $(seconds "$began")"
}

step "PostgreSQL" find_postgres
if [[ $profile == dev ]]; then
  step "build of everything" build --lib
  PGSLUICE_BUILT=$(realpath "$programs")
  export PGSLUICE_BUILT
else
  step "build of the program and the S3 server" build
fi
cd bindings/node
step "the module" quietly node build.mjs
unset PGSLUICE_BUILT
step "npm ci" quietly npm ci --loglevel=error
step "types" npx --no-install tsc --project .
cd ../..

start_postgres
start_s3
# What tests/support reads: see bindings/node/test/support/server.mjs.
export PGHOST=$cluster PGUSER=postgres PGSLUICE_TEST_S3=$work/s3
PGSLUICE_TEST_PROGRAM=$(realpath "$programs/pgsluice")
export PGSLUICE_TEST_PROGRAM

cd bindings/node
if (($# == 0)); then
  set -- test/*.test.mjs
fi
node --test --test-concurrency=1 "$@"
