//! What `scripts/install-c.sh` installs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::{header, root, succeed, text};

/// Installs the libraries that cargo has built with these tests, once for all of them.
pub(crate) fn prefix() -> &'static Path {
    static PREFIX: LazyLock<PathBuf> = LazyLock::new(|| {
        let prefix = Path::new(env!("CARGO_TARGET_TMPDIR")).join("installed");
        let _ = fs::remove_dir_all(&prefix);
        install(&prefix, "");
        prefix
    });
    &PREFIX
}

fn install(prefix: &Path, destination: &str) {
    // Where this program lies, too: `cargo test` keeps what it has not been asked for there.
    let program = std::env::current_exe().unwrap();
    let mut script = Command::new(root().join("scripts/install-c.sh"));
    succeed(
        script
            .env("PREFIX", prefix)
            .env("DESTDIR", destination)
            .env("PGSLUICE_BUILT", program.parent().unwrap()),
    );
}

/// `pkg-config` for what is installed.
pub(crate) fn pkg_config(arguments: &[&str]) -> Vec<String> {
    let mut pkg_config = Command::new("pkg-config");
    pkg_config
        .env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig"))
        .args(arguments)
        .arg("pgsluice");
    let words = text(&mut pkg_config);
    words.split_whitespace().map(str::to_owned).collect()
}

/// The names that `nm` shows with these arguments, sorted.
fn symbols(arguments: &[&str], library: &str) -> Vec<String> {
    let mut nm = Command::new("nm");
    nm.args(["--defined-only", "--format=posix"])
        .args(arguments)
        .arg(prefix().join("lib").join(library));
    let lines = text(&mut nm);
    let names = lines
        .lines()
        .filter(|line| line.contains(' '))
        .filter_map(|line| line.split(' ').next());
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort();
    names
}

fn declared() -> Vec<String> {
    let mut names = header::functions();
    names.sort();
    names
}

#[test]
fn shared_library_exports_the_header_and_nothing_else() {
    assert_eq!(symbols(&["--dynamic"], "libpgsluice.so"), declared());
}

#[test]
fn static_library_shows_the_header_and_nothing_else() {
    assert_eq!(symbols(&["--extern-only"], "libpgsluice.a"), declared());
}

#[test]
fn shared_library_has_a_versioned_name() {
    let directory = prefix().join("lib");
    let target = |name: &str| fs::read_link(directory.join(name)).unwrap();
    let (version, major) = (env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_VERSION_MAJOR"));
    let soname = format!("libpgsluice.so.{major}");
    assert_eq!(target("libpgsluice.so").to_str(), Some(&*soname));
    assert_eq!(
        target(&soname).to_str(),
        Some(&*format!("libpgsluice.so.{version}"))
    );
    let mut readelf = Command::new("readelf");
    let dynamic = text(readelf.arg("-dW").arg(directory.join(&soname)));
    assert!(
        dynamic.contains(&format!("Library soname: [{soname}]")),
        "{dynamic}"
    );
    assert!(dynamic.contains("NODELETE"), "{dynamic}");
}

#[test]
fn pkg_config_knows_the_version() {
    assert_eq!(pkg_config(&["--modversion"]), [env!("CARGO_PKG_VERSION")]);
}

#[test]
fn installation_below_a_destination_names_its_prefix() {
    let destination = tempfile::tempdir().unwrap();
    install(
        Path::new("/opt/pgsluice"),
        destination.path().to_str().unwrap(),
    );
    let installed = destination.path().join("opt/pgsluice");
    let pc = fs::read_to_string(installed.join("lib/pkgconfig/pgsluice.pc")).unwrap();
    assert!(pc.contains("prefix=/opt/pgsluice\n"), "{pc}");
    assert!(!pc.contains(destination.path().to_str().unwrap()), "{pc}");
    assert!(installed.join("include/pgsluice.h").exists());
    assert!(installed.join("lib/libpgsluice.so").exists());
}
