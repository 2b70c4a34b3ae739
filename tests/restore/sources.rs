//! Databases to make archives of: the sample, the torture schema, those that others wrote,
//! and one with tables large enough for several segments.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, Once};

use crate::databases::restore_into;
use crate::support::cluster::{Database, cluster, skip};
use crate::support::program::succeed;

/// `examples/warehouse`. None, and said so, where it does not load.
pub(crate) fn warehouse() -> Option<&'static Database<'static>> {
    static LOADED: LazyLock<Database<'static>> = LazyLock::new(|| {
        let database = cluster().create_database("warehouse");
        let load = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/warehouse/load.sql");
        let mut psql = cluster().command("psql");
        succeed(psql.args(["-Xq", "-d", &database.url(), "-f", load]));
        database
    });
    cluster().has(14, "SQL function bodies").then(|| &*LOADED)
}

/// `tests/torture`, as far as the server's release knows it. None, and said so, where two
/// databases of it cannot be compared.
pub(crate) fn torture() -> Option<&'static Database<'static>> {
    static LOADED: LazyLock<Database<'static>> = LazyLock::new(|| {
        let database = cluster().create_database("torture");
        let mut psql = cluster().command("psql");
        psql.args(["-Xq", "-v", "ON_ERROR_STOP=1", "-d", &database.url()])
            .env("PGCLIENTENCODING", "UTF8");
        for file in numbered(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torture")) {
            psql.arg("-f").arg(file);
        }
        succeed(&mut psql);
        database
    });
    cluster()
        .has(14, "an order of what is called alike")
        .then(|| &*LOADED)
}

/// The files whose names say when their turn is.
fn numbered(directory: &str) -> Vec<PathBuf> {
    let files = Path::new(directory).read_dir().unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| {
        let name = file.file_name().unwrap().to_str().unwrap();
        name.starts_with(|first: char| first.is_ascii_digit())
    });
    files.sort();
    files
}

/// One of the shared databases. None, and said so, where they are not there.
pub(crate) fn fixture(name: &str) -> Option<Database<'static>> {
    /// The roles belong to the cluster: two sessions would make them at once.
    static ROLES: Once = Once::new();
    /// So do some that an archive makes.
    static ALONE: Mutex<()> = Mutex::new(());

    let shared = match env::var_os("PGSLUICE_SHARED") {
        Some(directory) => directory.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let archive = shared.join(format!("fixtures/{name}.dump"));
    if !archive.exists() {
        skip(&format!("no {}; set PGSLUICE_SHARED", archive.display()));
        return None;
    }
    ROLES.call_once(|| {
        let roles = std::fs::read_to_string(shared.join("fixtures/roles.sql")).unwrap();
        cluster().psql("postgres", &roles);
    });
    let database = cluster().create_database(name);
    let _alone = ALONE.lock();
    restore_into(&database, &archive, &[]);
    Some(database)
}

/// Arguments of a dump that cuts the tables of [`large`] into several segments.
pub(crate) const SMALL_SEGMENTS: [&str; 4] = ["-j", "3", "--max-memory", "76MiB"];

const LARGE: &str = r#"
    CREATE TABLE wide (id bigint PRIMARY KEY, body text, doubled bigint GENERATED ALWAYS AS (id * 2) STORED);
    INSERT INTO wide (id, body) SELECT i, repeat(md5(i::text), 6) FROM generate_series(1, 40000) AS i;
    CREATE TABLE toasted (id int REFERENCES wide, body bytea);
    ALTER TABLE toasted ALTER COLUMN body SET STORAGE EXTERNAL;
    INSERT INTO toasted SELECT i, decode(repeat(md5(i::text), 400), 'hex') FROM generate_series(1, 600) AS i;
    CREATE TABLE measured (at date, pad text) PARTITION BY RANGE (at);
    CREATE TABLE measured_2024 PARTITION OF measured FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    INSERT INTO measured SELECT date '2024-01-01' + i % 300, repeat('m', 400) FROM generate_series(1, 12000) AS i;
    CREATE INDEX ON measured (at);
    CREATE TABLE empty (i int);
    SELECT lo_from_bytea(0, convert_to('object ' || i, 'UTF8')) FROM generate_series(1, 1300) AS i;
    SELECT lo_from_bytea(0, decode(repeat('00ff', 300000), 'hex'))"#;

/// A database of large tables.
pub(crate) fn large() -> &'static Database<'static> {
    static LOADED: LazyLock<Database<'static>> = LazyLock::new(|| {
        let database = cluster().create_database("large");
        database.psql(LARGE);
        database
    });
    &LOADED
}
