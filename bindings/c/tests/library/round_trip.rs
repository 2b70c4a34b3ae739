//! Databases that others wrote come back from archives that C programs have made, as the
//! independent comparison beside them sees it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use pgsluice::archive::Archive;
use pgsluice::cancel::Cancel;
use pgsluice::dump::{Dump, DumpOptions};
use pgsluice::pg::ConnInfo;
use pgsluice::progress::Progress;

use crate::build::{Way, compile};
use crate::programs::{BUCKET, shop, store};
use crate::support::cluster::cluster;
use crate::support::s3::S3Server;
use crate::{root, succeed, text};

/// A file of those that lie outside the repository.
fn shared(path: &str) -> PathBuf {
    let shared = match std::env::var_os("PGSLUICE_SHARED") {
        Some(directory) => directory.into(),
        None => root().join("../shared"),
    };
    let file = shared.join(path);
    assert!(
        file.exists(),
        "no {}; set PGSLUICE_SHARED to the directory that has {path}",
        file.display()
    );
    file
}

/// Loads a fixture into a database of its own, and returns its URL.
fn load(name: &str) -> String {
    // They make the roles they need, which belong to the whole cluster.
    static LOADING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = LOADING.lock().unwrap();
    let mut load = Command::new(shared("tools/load-fixture"));
    load.env("PG_BIN", cluster().bin("psql").parent().unwrap())
        .args([&cluster().url("postgres"), name]);
    text(&mut load).lines().last().unwrap().to_owned()
}

fn assert_comes_back(source: &str, archive: &Path) {
    let mut roundtrip = Command::new(shared("tools/roundtrip"));
    roundtrip
        .args(["--source-url", source, "--jobs", "2", "--pg-bin"])
        .arg(cluster().bin("psql").parent().unwrap())
        .arg("--archive")
        .arg(archive);
    let output = text(&mut roundtrip);
    assert_eq!(
        output.lines().last(),
        Some("schema: 0 differing lines, data: 0 differing tables, restore errors: 0")
    );
}

/// Dumps with the example program, which stores or, for `-`, writes to standard output.
fn dumped(source: &str, target: &str, server: &S3Server) -> Vec<u8> {
    let backup = compile(&root().join("examples/c/backup.c"), Way::C);
    let mut backup = Way::C.command(&backup);
    backup
        .arg(target)
        .env("DATABASE_URL", source)
        .envs(server.env());
    succeed(&mut backup).stdout
}

fn assert_database_comes_back(name: &str) {
    let source = load(name);
    let (server, directory) = (store(), tempfile::tempdir().unwrap());
    let target = format!("s3://{BUCKET}/{name}.dump");
    dumped(&source, &target, &server);
    assert_comes_back(
        &source,
        &server.object_path(BUCKET, &format!("{name}.dump")),
    );

    let streamed = directory.path().join("streamed.dump");
    fs::write(&streamed, dumped(&source, "-", &server)).unwrap();
    assert_comes_back(&source, &streamed);
}

/// What comes behind the table of contents, which says when an archive was made.
fn data(archive: &[u8]) -> &[u8] {
    let offset = Archive::parse(archive).unwrap().data_offset;
    &archive[usize::try_from(offset).unwrap()..]
}

/// The archive that the engine makes of a database by itself.
fn by_the_engine(source: &str) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.dump");
    let target = path.to_str().unwrap().parse().unwrap();
    let options = DumpOptions::new(ConnInfo::parse(source).unwrap(), target);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (cancel, progress) = (Cancel::new(), Progress::new());
    let dump = Dump::new(options).unwrap();
    runtime.block_on(dump.run(&cancel, &progress)).unwrap();
    fs::read(path).unwrap()
}

#[test]
fn data_is_that_of_the_engine_to_the_byte() {
    let server = store();
    let streamed = dumped(&shop().url(), "-", &server);
    dumped(&shop().url(), "s3://backups/shop.dump", &server);
    let stored = server.object(BUCKET, "shop.dump").unwrap();
    let expected = by_the_engine(&shop().url());
    assert!(data(&expected).len() > 10_000);
    assert!(data(&streamed) == data(&expected));
    assert!(data(&stored) == data(&expected));
}

#[test]
fn chinook_comes_back() {
    assert_database_comes_back("chinook");
}

#[test]
fn pagila_comes_back() {
    assert_database_comes_back("pagila");
}

#[test]
fn supabase_auth_comes_back() {
    assert_database_comes_back("supabase_auth");
}
