//! The sample application database, `examples/warehouse`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use pgsluice::archive::Archive;

use crate::archives::{assert_same_entries, assert_same_order, facts};
use crate::databases::{Dumped, WAYS, assert_equal, assert_restores, pipe, restore_into, script};
use crate::support::cluster::{Database, cluster};
use crate::support::program::{pgsluice, succeed};
use crate::support::s3::S3Server;

/// Whether the sample loads into this cluster. Says that the calling test is skipped if not.
pub(crate) fn warehouse_loads() -> bool {
    cluster().has(14, "SQL function bodies")
}

/// The loaded database. Loading takes a while, so all tests of a process share it.
pub(crate) fn warehouse() -> &'static Database<'static> {
    static WAREHOUSE: LazyLock<Database<'static>> = LazyLock::new(|| {
        let database = cluster().create_database("warehouse");
        let load = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/warehouse/load.sql");
        let mut psql = cluster().command("psql");
        succeed(psql.args(["-Xq", "-d", &database.url(), "-f", load]));
        database
    });
    &WAREHOUSE
}

#[test]
fn sample_comes_back_from_every_target() {
    if !warehouse_loads() {
        return;
    }
    let server = S3Server::start();
    server.create_bucket("backups");
    let ways = WAYS.into_iter().cycle();
    for (codec, way) in cluster().codecs().iter().zip(ways) {
        let target = format!("s3://backups/{codec}.dump");
        let mut dump = pgsluice(&["dump", &warehouse().url(), &target, "-q", "-Z", codec]);
        succeed(dump.envs(server.env()));
        let object = server.object_path("backups", &format!("{codec}.dump"));
        assert_sha256sum_agrees(&object);
        assert_restores(warehouse(), &object, way);

        let file = Dumped::by_pgsluice(&warehouse().url(), &["-Z", codec]);
        assert!(data_blocks(&file.path()) == data_blocks(&object), "{codec}");
    }
    assert_eq!(server.unfinished_uploads(), Vec::<String>::new());

    let copy = cluster().create_database("restored");
    pipe(
        &mut pgsluice(&["dump", &warehouse().url(), "-", "-q"]),
        cluster()
            .command("pg_restore")
            .args(["--exit-on-error", "--dbname", &copy.url()]),
    );
    assert_equal(warehouse(), &copy);
}

#[test]
fn sample_comes_back_from_directories() {
    if !warehouse_loads() {
        return;
    }
    let server = S3Server::start();
    server.create_bucket("backups");
    let ways = WAYS.into_iter().cycle();
    for (codec, way) in cluster().codecs().iter().zip(ways) {
        let target = format!("s3://backups/{codec}/");
        let options = ["-Fd", "-Z", codec];
        let mut dump = pgsluice(&["dump", &warehouse().url(), &target, "-q"]);
        succeed(dump.args(options).envs(server.env()));
        let objects = server.object_path("backups", codec);
        assert_sha256sum_agrees(&objects);
        assert_restores(warehouse(), &objects, way);

        let directory = Dumped::by_pgsluice(&warehouse().url(), &options);
        assert_sha256sum_agrees(&directory.path());
        assert!(
            data_files(&directory.path()) == data_files(&objects),
            "{codec}"
        );
        let other_way = WAYS.into_iter().find(|other| *other != way).unwrap();
        assert_restores(warehouse(), &directory.path(), other_way);
    }
    assert_eq!(server.unfinished_uploads(), Vec::<String>::new());
}

/// The files of a directory archive but `toc.dat`, which says when it was made.
fn data_files(archive: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let files = fs::read_dir(archive).unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name(), fs::read(entry.path()).unwrap())
    });
    files.filter(|(name, _)| name != "toc.dat").collect()
}

/// Checks the archive with the `.sha256` file beside it.
fn assert_sha256sum_agrees(archive: &Path) {
    let sums = format!("{}.sha256", archive.display());
    let mut sha256sum = Command::new("sha256sum");
    succeed(
        sha256sum
            .args(["--check", "--strict", &sums])
            .current_dir(archive.parent().unwrap()),
    );
}

/// The data blocks of an archive. What comes before them says when it was made.
fn data_blocks(archive: &Path) -> Vec<u8> {
    let mut bytes = fs::read(archive).unwrap();
    let offset = Archive::parse(&bytes).unwrap().data_offset;
    bytes.split_off(usize::try_from(offset).unwrap())
}

#[test]
fn archive_of_the_sample_is_that_of_pg_dump() {
    if !warehouse_loads() {
        return;
    }
    let ours = Dumped::by_pgsluice(&warehouse().url(), &[]);
    let stock = Dumped::by_pg_dump(&warehouse().url(), &[]);
    let (entries, expected) = (facts(&ours.path()), facts(&stock.path()));
    assert_same_entries(&entries, &expected, "warehouse");
    assert_same_order(&entries, &expected, "warehouse");
    let definitions = ["--create", "--schema-only"];
    assert!(script(&ours.path(), &definitions) == script(&stock.path(), &definitions));

    let mut pg_restore = cluster().command("pg_restore");
    let expected = succeed(pg_restore.arg("--list").arg(ours.path()).env("TZ", "UTC"));
    let listed = succeed(&mut pgsluice(&["list", ours.path().to_str().unwrap()]));
    assert_eq!(listing(&listed.stdout), listing(&expected.stdout));

    one_table_comes_back_alone(&ours.path());
}

fn one_table_comes_back_alone(archive: &Path) {
    const ROWS: &str = "SELECT * FROM public._prisma_migrations ORDER BY 1";
    let copy = cluster().create_database("restored");
    restore_into(&copy, archive, &["-t", "_prisma_migrations"]);
    let tables = copy.psql("SELECT relname FROM pg_stat_user_tables");
    assert_eq!(tables, "_prisma_migrations");
    assert_eq!(copy.psql(ROWS), warehouse().psql(ROWS));
}

/// The lines of a listing, without the codec's: up to 15, `pg_restore` prints a number.
fn listing(bytes: &[u8]) -> Vec<&str> {
    let lines = std::str::from_utf8(bytes).unwrap().lines();
    lines
        .filter(|line| !line.starts_with(";     Compression:"))
        .collect()
}
