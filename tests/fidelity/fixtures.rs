//! Databases that others wrote, kept as archives of PostgreSQL 15 outside the repository.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use crate::archives::assert_as_pg_dump;
use crate::databases::{Dumped, WAYS, assert_restores, restore_into};
use crate::plain::{assert_script_as_pg_dump, psql_restricts};
use crate::support::cluster::{Database, cluster, skip};
use crate::support::program::succeed;

#[test]
fn chinook_comes_back() {
    assert_comes_back("chinook");
}

#[test]
fn pagila_comes_back() {
    assert_comes_back("pagila");
}

#[test]
fn kitchen_sink_comes_back() {
    if !cluster().has(15, "unlogged sequences") {
        return;
    }
    if cluster().major() >= 17 {
        return skip("an argument is named json, which needs quotes since PostgreSQL 17");
    }
    assert_comes_back("kitchen_sink");
}

#[test]
fn supabase_auth_comes_back() {
    assert_comes_back("supabase_auth");
}

fn assert_comes_back(name: &str) {
    let source = load(name);
    assert_as_pg_dump(&source.url(), &[]);
    if psql_restricts() {
        assert_script_as_pg_dump(&source.url(), &["--create", "--clean"]);
    }
    for (codec, way) in ["gzip", "none"].into_iter().zip(WAYS) {
        let dumped = Dumped::by_pgsluice(&source.url(), &["-Z", codec]);
        assert_restores(&source, &dumped.path(), way);
        assert_tools_agree(&source, &dumped.path(), &[], &[]);
        let directory = Dumped::by_pgsluice(&source.url(), &["-Z", codec, "-Fd"]);
        assert_restores(&source, &directory.path(), way);
        assert_tools_agree(&source, &directory.path(), &[], &[]);
    }
}

/// The fixtures' roles belong to the cluster, which all tests share: made twice at
/// once, the second statement would fail.
static ROLES: Once = Once::new();

/// Loads a fixture into a database of its own.
fn load(name: &str) -> Database<'static> {
    let roles = shared("fixtures/roles.sql");
    let roles = std::fs::read_to_string(&roles).unwrap();
    ROLES.call_once(|| {
        cluster().psql("postgres", &roles);
    });
    let database = cluster().create_database(name);
    restore_into(&database, &shared(&format!("fixtures/{name}.dump")), &[]);
    database
}

/// Runs the independent comparisons that lie beside the fixtures, with options.
pub(crate) fn assert_tools_agree(
    source: &Database<'_>,
    archive: &Path,
    roundtrip: &[&str],
    toc_diff: &[&str],
) {
    let run = |tool, options: &[&str]| {
        let mut command = Command::new(shared(tool));
        command
            .args(["--source-url", &source.url(), "--pg-bin"])
            .arg(cluster().bin("psql").parent().unwrap())
            .args(options);
        command
    };
    let mut roundtrip = run("tools/roundtrip", roundtrip);
    succeed(roundtrip.args(["--jobs", "4", "--archive"]).arg(archive));
    succeed(run("tools/toc-diff", toc_diff).arg(archive));
}

/// A file of those that lie outside the repository.
fn shared(path: &str) -> PathBuf {
    let shared = match env::var_os("PGSLUICE_SHARED") {
        Some(directory) => directory.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let file = shared.join(path);
    assert!(
        file.exists(),
        "no {}; set PGSLUICE_SHARED to the directory that has {path}",
        file.display()
    );
    file
}
