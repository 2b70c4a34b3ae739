# shellcheck shell=bash
# A private PostgreSQL cluster on a Unix socket and a private S3 server on loopback, for scripts to work with.
#
# To be sourced by a script that has set `name`, and `server_options` if the server needs some, in the root of the repository. Gives it `work`, a directory of its own
# that goes, with the servers, when the script ends, however it ends. Works as root, too, where PostgreSQL itself runs
# as an unprivileged user.

# The cargo profile to build with: release, or dev where the tests' build is to be shared.
profile=${PGSLUICE_PROFILE:-release}
case $profile in
dev) programs=${CARGO_TARGET_DIR:-target}/debug ;;
*) programs=${CARGO_TARGET_DIR:-target}/$profile ;;
esac

say() {
  if [[ -t 1 ]]; then
    printf '\n\033[1m▸ %s\033[0m\n' "$*"
  else
    printf '\n▸ %s\n' "$*"
  fi
}

# Runs a command silently; shows what it wrote only if it fails.
quietly() {
  if ! "$@" >"$work/quiet.log" 2>&1 </dev/null; then
    cat "$work/quiet.log" >&2
    echo "failed: $*" >&2
    return 1
  fi
}

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# seconds START: seconds since then.
seconds() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

megabytes() { awk -v bytes="$1" 'BEGIN { printf "%.1f MB", bytes / 1e6 }'; }

# PostgreSQL refuses to run as root: then it runs as the user of Debian's package, or as nobody.
as_server() {
  if ((EUID == 0)); then
    (cd / && setpriv --reuid="$server_user" --regid="$(id -g "$server_user")" --init-groups -- "$@")
  else
    "$@"
  fi
}

clean_up() {
  trap - EXIT
  trap '' INT TERM
  set +e
  if [[ -n ${s3_pid:-} ]]; then
    kill "$s3_pid" 2>/dev/null
    wait "$s3_pid" 2>/dev/null
  fi
  if [[ -e ${cluster:-}/data/postmaster.pid ]]; then
    as_server "$PG_BIN/pg_ctl" stop -D "$cluster/data" -m immediate -w >/dev/null 2>&1
  fi
  rm -rf "$work" "${cluster:-}"
}

# shellcheck disable=SC2154
work=$(mktemp -d "${TMPDIR:-/tmp}/pgsluice-$name.XXXXXX")
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Sets PG_BIN, the directory of the server's programs; installs the server if there is none.
find_postgres() {
  PG_BIN=$(scripts/install-postgres.sh | tail -n 1)
  export PG_BIN
  "$PG_BIN/postgres" --version
}

# build [OPTION...]: pgsluice, the S3 server and what else cargo's options say.
build() {
  local began shared=()
  began=$(now_ms)
  # Features depend on all that is selected: this much, and nothing that the tests have built is built once more.
  [[ $profile != dev ]] || shared=(--workspace --all-features)
  quietly cargo build --profile "$profile" --locked "${shared[@]}" --bin pgsluice --example s3_server "$@"
  echo "built in $(seconds "$began")"
}

start_postgres() {
  # The socket's path has a limit of some 100 bytes, and TMPDIR may be long.
  cluster=$(mktemp -d /tmp/pgs.XXXXXX)
  if ((EUID == 0)); then
    server_user=$(id -un postgres 2>/dev/null || echo nobody)
    chown "$server_user:" "$cluster"
  fi
  quietly as_server "$PG_BIN/initdb" -D "$cluster/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync
  quietly as_server "$PG_BIN/pg_ctl" start -D "$cluster/data" -l "$cluster/log" -w -o \
    "-c listen_addresses='' -c unix_socket_directories=$cluster -c fsync=off -c synchronous_commit=off -c full_page_writes=off ${server_options:-}"
}

database_url() { echo "postgresql://postgres@/$1?host=$cluster"; }

# sql DATABASE ARGUMENTS...: psql, without decoration.
sql() { "$PG_BIN/psql" -XAtq -v ON_ERROR_STOP=1 -d "$(database_url "$1")" "${@:2}"; }

# Starts the S3 server, which keeps an object as the file $work/s3/BUCKET/KEY; exports how to reach it.
start_s3() {
  coproc S3 { exec "$programs/examples/s3_server" "$work/s3" 2>"$work/s3.log"; }
  # bash sets S3_PID, and forgets it when the process ends.
  # shellcheck disable=SC2153
  s3_pid=$S3_PID
  local settings
  # Endpoint, region, key, secret: four lines to evaluate.
  mapfile -t -n 4 settings <&"${S3[0]}"
  if ((${#settings[@]} < 4)); then
    cat "$work/s3.log" >&2
    echo "the S3 server did not start" >&2
    return 1
  fi
  eval "$(printf '%s\n' "${settings[@]}")"
}
