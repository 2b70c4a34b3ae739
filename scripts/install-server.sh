#!/usr/bin/env bash
# install-server.sh MAJOR: a release of PostgreSQL, server and clients, into a directory of its own.
#
# Unpacks the packages of a Debian or Ubuntu release that has this major, with the libraries and the loader that they
# were built for, and makes its programs use these. They run beside whatever else the machine has, without root,
# chroot or mounts. Signatures are checked as apt checks them.
#
# The directory is target/servers/MAJOR, or PGSLUICE_SERVERS/MAJOR, and takes some 150 MB; removing it removes all.
# The last line printed is the directory of the programs.
set -euo pipefail
cd "$(dirname "$0")/.."

major=${1:?install-server.sh MAJOR}
servers=$(realpath -m "${PGSLUICE_SERVERS:-target/servers}")
server=$servers/$major

# Which release of which distribution has it.
case $major in
13) distribution=debian release=bullseye ;;
14) distribution=ubuntu release=jammy ;;
15) distribution=debian release=bookworm ;;
16) distribution=ubuntu release=noble ;;
17) distribution=debian release=trixie ;;
18) distribution=debian release=sid ;;
*)
  echo "install-server: there is no source for PostgreSQL $major" >&2
  exit 1
  ;;
esac

# mirror DISTRIBUTION: where its packages are: the machine's own mirror if it runs that distribution, else the one that
# APT's package of distribution data names.
mirror() {
  local own
  own=$(apt-get indextargets --format "\$(ORIGIN) \$(REPO_URI)" 'Created-By: Packages' |
    awk -v origin="$1" 'tolower($1) == origin && $2 ~ "/" origin "/?$" { print $2; exit }')
  if [[ -z $own ]]; then
    [[ -d $work/templates ]] || from_machine python-apt-common "$work/templates"
    own=$(awk -v key="BaseURI-$architecture:" '$1 == key { print $2; exit }
      $1 == "BaseURI:" && !base { base = $2 } END { if (base) print base }' \
      "$work/templates/usr/share/python-apt/templates/${1^}.info" | head -n 1)
  fi
  echo "$own"
}

# keyring DISTRIBUTION: the file with the keys that its releases are signed with.
keyring() {
  local package=debian-archive-keyring file=usr/share/keyrings/$1-archive-keyring.gpg
  [[ $1 == debian ]] || package=ubuntu-keyring
  if [[ -e /$file ]]; then
    echo "/$file"
    return
  fi
  if ! from_machine "$package" "$work/keyring" 2>/dev/null; then
    # Not every release of Debian has Ubuntu's keys.
    apt_root debian trixie
    unpack "$work/keyring" "$package"
  fi
  echo "$work/keyring/$file"
}

# from_machine PACKAGE DIRECTORY: unpacks a package that the machine's own sources have.
from_machine() {
  (cd "$(mktemp -d -p "$work")" && apt-get -qq -o APT::Sandbox::User= download "$1" && dpkg-deb -x ./*.deb "$2")
}

# suites DISTRIBUTION RELEASE: mirror and name of each of its suites that has packages for servers.
suites() {
  local uri
  uri=$(mirror "$1")
  echo "$uri $2"
  case $1-$2 in
  ubuntu-*) echo "$uri $2-updates" ;;
  debian-sid) ;;
  debian-*) echo "${uri%/}-security $2-security" ;;
  esac
}

# apt_root DISTRIBUTION RELEASE: from here on, APT knows this release alone and believes that nothing is installed.
apt_root() {
  local root signed_by
  signed_by=$(keyring "$1")
  root=$(mktemp -d -p "$work")
  mkdir -p "$root/lists/partial" "$root/archives/partial"
  touch "$root/status"
  suites "$@" | sed -e "s|.*|deb [signed-by=$signed_by] & main|" >"$root/sources.list"
  cat >"$root/apt.conf" <<CONF
Dir::State "$root";
Dir::State::status "$root/status";
Dir::Cache "$root";
Dir::Etc::sourcelist "$root/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
APT::Install-Recommends "false";
APT::Sandbox::User "";
CONF
  export APT_CONFIG=$root/apt.conf
  apt-get -qq update
}

# unpack DIRECTORY PACKAGE...: unpacks packages of the current APT root.
unpack() {
  local packages file
  packages=$(mktemp -d -p "$work")
  (cd "$packages" && apt-get -qq download "${@:2}")
  for file in "$packages"/*.deb; do
    dpkg-deb -x "$file" "$1"
  done
  rm -r "$packages"
}

# The packages that a server's programs need at run time: itself, its clients, and libraries. LLVM's are left out: JIT
# is optional, and they are larger than all the rest.
needed_packages() {
  apt-get install -s -qq "postgresql-$major" |
    awk '$1 == "Inst" && $2 ~ /^(lib|zlib|postgresql-(client-)?[0-9]+$)/ && $2 !~ /^lib(llvm|z3|perl|.*-perl$)/ { print $2 }'
}

# Makes the programs in DIRECTORY use the loader and the libraries that came with them, as they will lie in $server.
use_own_libraries() {
  local unpacked=$1 loader program libraries
  loader=$(cd "$unpacked" && find . -path './*lib/*/ld-linux-*.so.*' -printf '%P\n' -quit)
  libraries=$server/usr/lib/$(basename "${loader%/*}"):$server/lib/$(basename "${loader%/*}")
  for program in "$unpacked/usr/lib/postgresql/$major/bin"/*; do
    if [[ $(head -c 4 "$program") == $'\x7fELF' ]]; then
      patchelf --set-interpreter "$server/$loader" --force-rpath --set-rpath "$libraries" "$program"
    fi
  done
}

install_server() {
  local unpacked=$work/unpacked
  apt_root "$distribution" "$release"
  # shellcheck disable=SC2046
  unpack "$unpacked" $(needed_packages)
  rm -rf "$unpacked"/usr/share/{doc,locale,man} "$unpacked/usr/lib/postgresql/$major/lib/bitcode" \
    "$unpacked/usr/lib/postgresql/$major/lib/llvmjit.so"
  use_own_libraries "$unpacked"
  ln -s "usr/lib/postgresql/$major/bin" "$unpacked/bin"
  mv "$unpacked" "$server"
}

if [[ ! -d $server ]]; then
  scripts/install-commands.sh patchelf
  architecture=$(dpkg --print-architecture)
  mkdir -p "$servers"
  work=$(mktemp -d -p "$servers" .install.XXXXXX)
  trap 'rm -rf "$work"' EXIT
  install_server
fi
echo "$server/bin"
