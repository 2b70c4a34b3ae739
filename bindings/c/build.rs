//! Gives the shared library the name that programs remember when they are linked with it.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let variable = |name| env::var(name).unwrap_or_default();
    // Programs need a library of the same major version.
    let major = variable("CARGO_PKG_VERSION_MAJOR");
    match variable("CARGO_CFG_TARGET_OS").as_str() {
        "macos" => link(&format!("-install_name,@rpath/libpgsluice.{major}.dylib")),
        _ => {
            link(&format!("-soname,libpgsluice.so.{major}"));
            // A thread of a job may be at its last instructions when the job has returned:
            // they must not be unmapped by a dlclose that follows.
            link("-z,nodelete");
            // Some of the crates inside have a C interface of their own, which is not ours to export.
            link("--exclude-libs,ALL");
        }
    }
}

fn link(option: &str) {
    println!("cargo:rustc-cdylib-link-arg=-Wl,{option}");
}
