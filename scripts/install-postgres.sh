#!/bin/sh
# Makes sure that a PostgreSQL server is installed, for tests to start clusters
# of their own from. Prints the directory of its programs as the last line, and
# nothing else unless something fails.
#
# Uses apt-get where that is to be had, as root or through sudo. Debian and Ubuntu
# create and start a cluster with the server; this sets create_main_cluster to false
# in /etc/postgresql-common/createcluster.conf, so that they do not.
set -eu

# The directory of initdb, the newest if there are several. Fails if there is none.
find_bin() {
    if [ -n "${PG_BIN:-}" ] && [ -x "$PG_BIN/initdb" ]; then
        echo "$PG_BIN"
        return
    fi
    if bin=$(pg_config --bindir 2>/dev/null) && [ -x "$bin/initdb" ]; then
        echo "$bin"
        return
    fi
    newest=$(
        for initdb in /usr/lib/postgresql/*/bin/initdb; do
            [ -x "$initdb" ] && echo "$initdb"
        done | sort -t / -k 5 -n | tail -n 1
    )
    if [ -n "$newest" ]; then
        dirname "$newest"
        return
    fi
    initdb=$(command -v initdb) || return 1
    dirname "$initdb"
}

give_up() {
    cat >&2 <<MESSAGE
install-postgres: $1
Install a PostgreSQL server, version 12 or newer, by hand:
  Debian, Ubuntu   apt-get install postgresql
  Fedora, RHEL     dnf install postgresql-server
  Alpine           apk add postgresql
  macOS            brew install postgresql@17
or set PG_BIN to the directory that holds initdb.
MESSAGE
    exit 1
}

# shellcheck source=scripts/apt.sh
. "$(dirname "$0")/apt.sh"

forbid_main_cluster() {
    conf=/etc/postgresql-common/createcluster.conf
    grep -qs '^ *create_main_cluster' "$conf" && return
    as_root mkdir -p "${conf%/*}"
    as_root sh -c "echo 'create_main_cluster = false' >>$conf"
}

if ! find_bin; then
    command -v apt-get >/dev/null || give_up "no PostgreSQL server found, and no apt-get to install one"
    forbid_main_cluster
    apt_install postgresql
    find_bin || give_up "the package postgresql brought no initdb"
fi
