//! Several jobs: the same archive, whoever reads its parts.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use crate::archives::{assert_same_entries, assert_same_order, facts};
use crate::databases::{Dumped, WAYS, assert_restores};
use crate::sample::{warehouse, warehouse_loads};
use crate::support::cluster::{Cluster, Database, cluster};
use crate::support::program::{pgsluice, succeed};

/// Three jobs, with little enough memory for segments of one megabyte.
fn small_segments(codec: &'static str) -> Vec<&'static str> {
    let memory = match codec {
        "zstd" => "76MiB",
        _ => "60MiB",
    };
    vec!["-j", "3", "--max-memory", memory, "-Z", codec]
}

/// Tables of several segments each, in every state that a heap can be in.
const LARGE_TABLES: &str = r#"
    CREATE TABLE "Wide" (id bigint, gone text, body text, doubled bigint GENERATED ALWAYS AS (id * 2) STORED);
    INSERT INTO "Wide" (id, body) SELECT i, repeat(md5(i::text), 6) FROM generate_series(1, 40000) AS i;
    ALTER TABLE "Wide" DROP COLUMN gone;
    -- Blocks without rows, in the middle and at the end, and rows that moved.
    DELETE FROM "Wide" WHERE id BETWEEN 10000 AND 25000 OR id > 38000;
    UPDATE "Wide" SET body = body || 'x' WHERE id % 10 = 0;
    CREATE TABLE toasted (id int, body bytea, note text);
    ALTER TABLE toasted ALTER COLUMN body SET STORAGE EXTERNAL;
    INSERT INTO toasted
    SELECT i, decode(repeat(md5(i::text), 400), 'hex'), E'line\nbreak\t\\' FROM generate_series(1, 600) AS i;
    CREATE TABLE parent (id int, pad text);
    CREATE TABLE child (more int) INHERITS (parent);
    INSERT INTO parent SELECT i, repeat('p', 500) FROM generate_series(1, 9000) AS i;
    INSERT INTO child SELECT i, repeat('c', 500), i FROM generate_series(1, 9000) AS i;
    CREATE TABLE measured (at date, pad text) PARTITION BY RANGE (at);
    CREATE TABLE measured_2024 PARTITION OF measured FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    INSERT INTO measured SELECT date '2024-01-01' + i % 300, repeat('m', 400) FROM generate_series(1, 12000) AS i;
    CREATE TABLE nothing ();
    INSERT INTO nothing SELECT FROM generate_series(1, 100);
    CREATE TABLE empty (i int);
    SELECT lo_from_bytea(0, convert_to('object ' || i, 'UTF8')) FROM generate_series(1, 1300) AS i;
    SELECT lo_from_bytea(0, decode(repeat('00ff', 300000), 'hex'));
    VACUUM "Wide""#;

/// A database of them, which all tests of a process share.
fn large_tables() -> &'static Database<'static> {
    static LARGE: LazyLock<Database<'static>> = LazyLock::new(|| {
        let database = cluster().create_database("large");
        database.psql(LARGE_TABLES);
        database
    });
    &LARGE
}

fn manifest(archive: &Path) -> Value {
    let path = format!("{}.manifest.json", archive.display());
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// What must not depend on the number of jobs: the rows of every entry.
fn rows(manifest: &Value) -> Vec<[Value; 4]> {
    let data = manifest["data"].as_array().unwrap().iter();
    data.map(|entry| ["name", "rows", "raw_bytes", "rows_xxh3_128"].map(|key| entry[key].clone()))
        .collect()
}

#[test]
fn large_tables_come_back_from_their_parts() {
    let source = large_tables();
    let alone = manifest(&Dumped::by_pgsluice(&source.url(), &["-Znone"]).path());
    let ways = WAYS.into_iter().cycle();
    for (codec, way) in cluster().codecs().iter().zip(ways) {
        let dumped = Dumped::by_pgsluice(&source.url(), &small_segments(codec));
        let manifest = manifest(&dumped.path());
        assert_eq!(rows(&manifest), rows(&alone), "{codec}");
        assert_parts(&manifest);
        assert_restores(source, &dumped.path(), way);
    }
}

/// Tables are cut where the server can read a part by itself, and the parts are the whole.
fn assert_parts(manifest: &Value) {
    for entry in manifest["data"].as_array().unwrap() {
        let segments = entry["segments"].as_array().unwrap();
        let sum = |key: &str| -> u64 { segments.iter().map(|s| s[key].as_u64().unwrap()).sum() };
        assert_eq!(
            Some(sum("raw_bytes")),
            entry["raw_bytes"].as_u64(),
            "{entry}"
        );
        let name = entry["name"].as_str().unwrap();
        let is_large = ["Wide", "toasted", "parent", "child", "measured_2024"].contains(&name);
        if is_large && cluster().major() >= 14 {
            assert!(segments.len() > 1, "{entry}");
        }
        if ["nothing", "empty"].contains(&name) {
            assert_eq!(segments.len(), 1, "{entry}");
        }
    }
}

#[test]
fn directories_and_scripts_are_joined_from_parts_too() {
    let source = large_tables();
    let ways = WAYS.into_iter().rev().cycle();
    for (codec, way) in cluster().codecs().iter().zip(ways) {
        let options = [&small_segments(codec)[..], &["-Fd"]].concat();
        let dumped = Dumped::by_pgsluice(&source.url(), &options);
        assert_restores(source, &dumped.path(), way);
    }
    let alone = Dumped::by_pgsluice(&source.url(), &["-Fp"]);
    let options = [&small_segments("none")[..], &["-Fp"]].concat();
    let together = Dumped::by_pgsluice(&source.url(), &options);
    let script = |dumped: &Dumped| {
        let text = std::fs::read(dumped.path()).unwrap();
        let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec);
        lines
            .filter(|line| !line.starts_with(b"\\restrict") && !line.starts_with(b"\\unrestrict"))
            .collect::<Vec<_>>()
    };
    // But for where large objects were cut, and there are no traces of that.
    assert!(script(&alone) == script(&together));
}

#[test]
fn sample_of_several_jobs_is_that_of_one() {
    if !warehouse_loads() {
        return;
    }
    let alone = Dumped::by_pgsluice(&warehouse().url(), &[]);
    let together = Dumped::by_pgsluice(&warehouse().url(), &["-j", "4"]);
    let (ours, expected) = (facts(&together.path()), facts(&alone.path()));
    assert_same_entries(&ours, &expected, "jobs");
    assert_same_order(&ours, &expected, "jobs");
    assert_eq!(
        rows(&manifest(&together.path())),
        rows(&manifest(&alone.path()))
    );
    assert_restores(warehouse(), &together.path(), &["--jobs=4"]);
}

#[test]
fn standby_is_read_by_several_jobs() {
    let primary = Cluster::start();
    let database = primary.create_database("large");
    database.psql(LARGE_TABLES);
    let standby = primary.standby();
    let alone = Dumped::by_pgsluice(&database.url(), &[]);
    let dumped = Dumped::by_pgsluice(&standby.url(database.name()), &small_segments("gzip"));
    let of_standby = manifest(&dumped.path());
    assert_eq!(of_standby["source"]["standby"], true);
    assert_eq!(rows(&of_standby), rows(&manifest(&alone.path())));
    assert_restores(&database, &dumped.path(), &[]);
}

#[test]
fn rows_longer_than_all_memory_pass_through() {
    let database = cluster().create_database("long");
    database.psql(
        "CREATE TABLE long (i int, body text);
         INSERT INTO long SELECT i, repeat(md5(i::text), 3000000) FROM generate_series(1, 2) AS i",
    );
    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("x.dump");
    let mut dump = pgsluice(&["dump", &database.url(), target.to_str().unwrap(), "--json"]);
    let output = succeed(dump.args(["-j2", "-Znone", "--max-memory", "64MiB"]));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["rows"], 2);
    if let Some(peak) = report["peak_memory"].as_u64() {
        assert!(peak < 104 << 20, "{peak}");
    }
    assert_restores(&database, &target, &[]);
}
