#!/usr/bin/env bash
# make install PREFIX=/usr/local DESTDIR=: builds the C library and installs it with its header and a pkg-config file.
#
# LIBDIR is where libraries go, PREFIX/lib by default. PGSLUICE_PROFILE=dev takes the tests' build instead of a release;
# PGSLUICE_BUILT names a directory that has the libraries already, and nothing is built.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
root=${DESTDIR:-}
profile=${PGSLUICE_PROFILE:-release}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' bindings/c/Cargo.toml)
major=${version%%.*}
work=$(mktemp -d "${TMPDIR:-/tmp}/pgsluice-install.XXXXXX")
trap 'rm -rf "$work"' EXIT

# What the static library needs besides, as `rustc --print native-static-libs` says.
case $(uname) in
Darwin) native="-framework Security -framework CoreFoundation -liconv -lSystem -lc -lm" ;;
*) native="-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc" ;;
esac

built() {
  if [[ -n ${PGSLUICE_BUILT:-} ]]; then
    echo "$PGSLUICE_BUILT"
    return
  fi
  cargo build --profile "$profile" --locked -p pgsluice-c >&2
  case $profile in
  dev) echo "${CARGO_TARGET_DIR:-target}/debug" ;;
  *) echo "${CARGO_TARGET_DIR:-target}/$profile" ;;
  esac
}

# put MODE FILE PLACE: copies a file to where it is installed.
put() {
  mkdir -p "$(dirname "$root$3")"
  install -m "$1" "$2" "$root$3"
}

install_shared() {
  case $(uname) in
  Darwin)
    put 755 "$from/libpgsluice_c.dylib" "$libdir/libpgsluice.$version.dylib"
    ln -sf "libpgsluice.$version.dylib" "$root$libdir/libpgsluice.$major.dylib"
    ln -sf "libpgsluice.$major.dylib" "$root$libdir/libpgsluice.dylib"
    ;;
  *)
    objcopy --strip-debug "$from/libpgsluice_c.so" "$work/libpgsluice.so"
    put 755 "$work/libpgsluice.so" "$libdir/libpgsluice.so.$version"
    ln -sf "libpgsluice.so.$version" "$root$libdir/libpgsluice.so.$major"
    ln -sf "libpgsluice.so.$major" "$root$libdir/libpgsluice.so"
    ;;
  esac
}

# A static library of one object in which nothing but the functions of the header can be seen: what is inside, compression and
# TLS among it, must not get in the way of a program's own.
install_static() {
  local functions archive=$from/libpgsluice_c.a
  if [[ $(uname) != Darwin ]]; then
    mapfile -t functions < <(nm --dynamic --defined-only "$from/libpgsluice_c.so" | awk '$3 ~ /^pgsluice_/ { print $3 }')
    ld -r -o "$work/pgsluice.o" "${functions[@]/#/--undefined=}" "$archive"
    # Rust's own libraries bring LLVM's bitcode along, which is of no use, and unreadable once it is joined.
    objcopy --strip-debug --wildcard --keep-global-symbol='pgsluice_*' \
      --remove-section=.llvmbc --remove-section=.llvmcmd "$work/pgsluice.o"
    archive=$work/libpgsluice.a
    ar rcsD "$archive" "$work/pgsluice.o"
  fi
  put 644 "$archive" "$libdir/libpgsluice.a"
}

install_pkg_config() {
  cat >"$work/pgsluice.pc" <<PC
prefix=$prefix
libdir=$libdir
includedir=\${prefix}/include
# All that a program needs to have the library inside: pkg-config --variable=static_libs pgsluice
static_libs=\${libdir}/libpgsluice.a $native

Name: pgsluice
Description: PostgreSQL logical backups straight into object storage
Version: $version
Cflags: -I\${includedir}
Libs: -L\${libdir} -lpgsluice
Libs.private: $native
PC
  put 644 "$work/pgsluice.pc" "$libdir/pkgconfig/pgsluice.pc"
}

from=$(built)
install_shared
install_static
put 644 include/pgsluice.h "$prefix/include/pgsluice.h"
install_pkg_config
echo "libpgsluice $version is in $root$libdir, its header in $root$prefix/include"
