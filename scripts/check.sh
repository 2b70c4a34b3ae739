#!/usr/bin/env bash
# make check: formatting, lints on every feature set, licences and sources, documentation; warnings are errors.
#
# Says what each step took. Installs cargo-deny if it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
  local name=$1 began=$SECONDS
  shift
  "$@"
  echo "check: $name: $((SECONDS - began)) s"
}

clippy() { cargo clippy --locked --workspace --all-targets --quiet "$@" -- -D warnings; }

documentation() { RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --all-features --no-deps --quiet; }

# The advisory database changes without us: the GitHub workflow looks there, a build does not.
licences() {
  if ! cargo deny --version >/dev/null 2>&1; then
    echo "installing cargo-deny" >&2
    cargo install --locked --quiet cargo-deny
  fi
  cargo deny --locked --log-level warn check --hide-inclusion-graph bans licenses sources
}

step "format" cargo fmt --all --check
step "clippy without features" clippy --no-default-features
step "clippy with default features" clippy
step "clippy with all features" clippy --all-features
step "documentation" documentation
step "licences, bans, sources" licences
