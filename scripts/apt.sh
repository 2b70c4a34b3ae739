# shellcheck shell=sh
# Installing Debian packages, as root or through sudo. To be sourced by a script that
# defines `give_up MESSAGE`, which ends it with advice.

# Runs a command as root and shows its output only if it fails.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        sudo=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo=sudo
    else
        give_up "something has to be installed, and there is neither root nor sudo to do it"
    fi
    if ! output=$($sudo "$@" 2>&1 </dev/null); then
        printf '%s\n' "$output" >&2
        give_up "$* failed"
    fi
}

# Installs packages.
apt_install() {
    command -v apt-get >/dev/null || give_up "$* has to be installed, and there is no apt-get to do it"
    as_root apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
        --no-install-recommends -o Dpkg::Options::=--force-confold install "$@"
}
