#!/bin/sh
# install-commands.sh COMMAND...: installs the Debian packages of these names, if
# there are no commands of these names. Quiet unless something fails.
set -eu

give_up() {
    echo "install-commands: $1" >&2
    echo "Install by hand what provides: $missing" >&2
    exit 1
}

# shellcheck source=scripts/apt.sh
. "$(dirname "$0")/apt.sh"

missing=
for name in "$@"; do
    command -v "$name" >/dev/null || missing="$missing $name"
done
# shellcheck disable=SC2086
[ -z "$missing" ] || apt_install $missing
