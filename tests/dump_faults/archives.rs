//! What a dump stores when nothing goes wrong, checked by other means than its own.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use pgsluice::archive::{Archive, DataFacts, DataKind, Manifest};
use pgsluice::codec::{RowDigest, StoredDigest};
use serde_json::Value;

use crate::ledger::{SMALL_PARTS, ledger};
use crate::program::Program;
use crate::support::cluster::{Database, cluster};
use crate::support::s3::Op;
use crate::traces::{BUCKET, Directory, KEY, TARGET, store};
use crate::walk::{Stream, walk};

/// A database with rows of many shapes, and large objects.
fn shop() -> Database<'static> {
    let database = cluster().create_database("shop");
    database.psql(
        r"CREATE SCHEMA sales;
          CREATE TABLE customers (id int, name text);
          INSERT INTO customers VALUES (1, E'tab\tline\nslash\\'), (2, NULL), (2, NULL), (3, '\.');
          CREATE TABLE sales.orders AS
          SELECT i AS id, md5(i::text) AS code FROM generate_series(1, 50000) AS i;
          CREATE TABLE nothing (i int);
          CREATE TABLE columnless ();
          INSERT INTO columnless DEFAULT VALUES;
          SELECT lo_from_bytea(0, convert_to(repeat('large', 100000), 'UTF8'));
          SELECT lo_from_bytea(0, '')",
    );
    database
}

/// After the last row of a table.
const END_OF_ROWS: &[u8] = b"\\.\n\n\n";

#[test]
fn digest_file_verifies_the_archive() {
    let (database, server, directory) = (ledger(), store(), Directory::new());
    Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .storing_in(&server)
        .run()
        .done();
    for name in [KEY, "shop.dump.sha256"] {
        let object = server.object(BUCKET, name).unwrap();
        fs::write(directory.path().join(name), object).unwrap();
    }
    let verified = Command::new("sha256sum")
        .args(["-c", "shop.dump.sha256"])
        .current_dir(directory.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&verified.stdout), "shop.dump: OK\n");
}

#[test]
fn manifest_says_where_every_block_is_and_what_is_in_it() {
    let (database, directory) = (shop(), Directory::new());
    for codec in ["none", "gzip", "zstd", "lz4"] {
        let target = directory.target() + codec;
        Program::dump(&database.url(), &target)
            .args(["-Z", codec])
            .run()
            .done();
        let manifest = fs::read(format!("{target}.manifest.json")).unwrap();
        let manifest: Manifest = serde_json::from_slice(&manifest).unwrap();
        let bytes = fs::read(&target).unwrap();
        assert_archive_is(&manifest, &bytes);
        assert_blocks_are_in_place(&manifest, &bytes);
        assert_contents_are(&manifest.data, &bytes);
        assert_rows_are_those_of_the_server(&manifest.data, &database);
    }
}

#[track_caller]
fn assert_archive_is(manifest: &Manifest, bytes: &[u8]) {
    let mut digest = StoredDigest::new();
    digest.update(bytes);
    let archive = Archive::parse(bytes).unwrap();
    let facts = &manifest.archive;
    assert_eq!(facts.sha256, digest.hex());
    assert_eq!(facts.size, bytes.len() as u64);
    assert_eq!(facts.toc_entries, archive.entries.len() as u64);
    assert_eq!(facts.toc_bytes, archive.data_offset);
    assert_eq!(facts.version, Some(archive.header.version.to_string()));
}

/// Blocks stand without gaps from the table of contents to the end. One begins
/// with its type, 1 or 3 for large objects, and its dump id: a sign and four
/// bytes. In it, segments stand without gaps up to what ends the block.
#[track_caller]
fn assert_blocks_are_in_place(manifest: &Manifest, bytes: &[u8]) {
    let mut place = manifest.archive.toc_bytes;
    for data in &manifest.data {
        assert_eq!(data.offset, place, "{data:?}");
        let block = &bytes[data.offset as usize..][..data.stored_bytes as usize];
        let code = match data.kind {
            DataKind::Table => 1,
            DataKind::LargeObjects => 3,
        };
        assert_eq!(block[..2], [code, 0], "{data:?}");
        assert_eq!(block[2..6], data.dump_id.to_le_bytes(), "{data:?}");
        let mut inner = place + 6;
        for segment in &data.segments {
            assert!(segment.offset >= inner, "{data:?}");
            inner = segment.offset + segment.stored_bytes;
        }
        place += data.stored_bytes;
        assert!(inner <= place, "{data:?}");
    }
    assert_eq!(place, manifest.archive.size);
}

/// Rows, bytes and digests, computed again from what the archive holds.
#[track_caller]
fn assert_contents_are(data: &[DataFacts], bytes: &[u8]) {
    let mut tables = BTreeMap::new();
    let (mut objects, mut object_bytes) = (0, 0);
    let blocks = walk(bytes, 65_521, |stream, raw| match stream {
        Stream::Rows(id) => {
            let mut digest = RowDigest::new();
            digest.update(raw.strip_suffix(END_OF_ROWS).unwrap());
            tables.insert(id.0, (digest.rows(), digest.hex(), raw.len() as u64));
        }
        Stream::LargeObject(_) => {
            objects += 1;
            object_bytes += raw.len() as u64;
        }
    });
    let expected: Vec<u32> = data.iter().map(|data| data.dump_id).collect();
    assert_eq!(blocks.iter().map(|id| id.0).collect::<Vec<_>>(), expected);
    let (mut listed, mut listed_bytes) = (0, 0);
    for data in data {
        match data.kind {
            DataKind::Table => {
                let digest = data.rows_xxh3_128.clone().unwrap();
                let facts = (data.rows, digest, data.raw_bytes);
                assert_eq!(tables.get(&data.dump_id), Some(&facts), "{data:?}");
            }
            DataKind::LargeObjects => {
                listed += data.rows;
                listed_bytes += data.raw_bytes;
            }
        }
        let raw_bytes: u64 = data.segments.iter().map(|segment| segment.raw_bytes).sum();
        assert_eq!(raw_bytes, data.raw_bytes, "{data:?}");
    }
    assert_eq!((listed, listed_bytes), (objects, object_bytes));
    assert_eq!((objects, object_bytes), (2, 500_000));
}

/// The digest can be computed on any server that holds the rows.
#[track_caller]
fn assert_rows_are_those_of_the_server(data: &[DataFacts], database: &Database<'_>) {
    let tables: Vec<&DataFacts> = data
        .iter()
        .filter(|data| data.kind == DataKind::Table)
        .collect();
    assert_eq!(tables.len(), 4);
    for data in tables {
        let schema = data.schema.as_deref().unwrap();
        let rows = database.psql(&format!("COPY {schema}.{} TO STDOUT", data.name));
        let mut digest = RowDigest::new();
        if data.rows > 0 {
            digest.update(rows.as_bytes());
            digest.update(b"\n");
        }
        assert_eq!(data.rows, digest.rows(), "{data:?}");
        assert_eq!(data.rows_xxh3_128.as_ref(), Some(&digest.hex()), "{data:?}");
    }
}

#[test]
fn parts_are_equal_but_the_last() {
    const PART: i64 = 5 << 20;
    let (database, server) = (ledger(), store());
    let report = Program::dump(&database.url(), TARGET)
        .args(SMALL_PARTS)
        .args(["--json"])
        .storing_in(&server)
        .run()
        .done()
        .json();
    let mut parts = server.received_parts();
    parts.sort_by_key(|part| part.number);
    let sizes: Vec<i64> = parts.iter().map(|part| part.size).collect();
    assert_eq!(sizes.len(), 3);
    assert_eq!(sizes[..2], [PART, PART]);
    assert!(sizes[2] > 0 && sizes[2] < PART, "{sizes:?}");
    assert_eq!(report["size"], sizes.iter().sum::<i64>());
    let manifest = server
        .object(BUCKET, &format!("{KEY}.manifest.json"))
        .unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["archive"]["part_size"], PART);
    assert!(server.unfinished_uploads().is_empty());
}

#[test]
fn archive_below_one_part_is_a_plain_put() {
    let (database, server) = (shop(), store());
    Program::dump(&database.url(), TARGET)
        .storing_in(&server)
        .run()
        .done();
    assert_eq!(server.requests(Op::UploadPart), 0);
    // The archive, its digest, its manifest.
    assert_eq!(server.requests(Op::Put), 3);
    assert!(server.unfinished_uploads().is_empty());
}

#[test]
fn json_report_has_the_facts_of_the_dump() {
    let (database, directory) = (shop(), Directory::new());
    let target = directory.target();
    let report = Program::dump(&database.url(), &target)
        .args(["--json", "-Zgzip"])
        .run()
        .done()
        .json();
    assert_eq!(report["target"], target);
    assert_eq!(report["manifest"], format!("{target}.manifest.json"));
    assert_eq!(report["size"], fs::metadata(&target).unwrap().len());
    assert_eq!(report["database"], database.name());
    // From 17 on large objects come in groups, which only 1.16 knows.
    let version = if cluster().major() >= 17 {
        "1.16"
    } else {
        "1.14"
    };
    assert_eq!(report["archive_version"], version);
    assert_eq!(report["compression"], "gzip:6");
    assert_eq!(report["tables"], 4);
    assert_eq!(report["rows"], 50_005);
    assert_eq!(report["large_objects"], 2);
    assert_eq!(report["skipped"], Value::Array(Vec::new()));
    assert_eq!(report["warnings"], Value::Array(Vec::new()));
    let digest = fs::read_to_string(format!("{target}.sha256")).unwrap();
    let line = format!("{}  {KEY}\n", report["sha256"].as_str().unwrap());
    assert_eq!(digest, line);

    let list = Program::list(&target).args(["--json"]).run().done().json();
    assert_eq!(report["toc_entries"], list["toc_entries"]);
    assert_eq!(report["database"], list["database"]);
    let entries = list["entries"].as_array().unwrap();
    let with_rows = |entry: &&Value| entry["desc"] == "TABLE DATA" && entry["has_data"] == true;
    assert_eq!(entries.iter().filter(with_rows).count(), 4);
}

#[test]
fn json_failure_has_the_kind_and_the_message() {
    let directory = Directory::new();
    let outcome = Program::dump(&cluster().url("nowhere"), &directory.target())
        .args(["--json"])
        .run();
    outcome.failed(1, &["\"nowhere\" does not exist"]);
    let error = &outcome.json()["error"];
    assert_eq!(error["code"], "CONNECT");
    assert_eq!(error["kind"], 10);
    assert_eq!(error["sqlstate"], "3D000");
    let message = error["message"].as_str().unwrap();
    assert!(outcome.stderr.contains(message), "{outcome:?}");
    let hint = error["hint"].as_str().unwrap();
    assert!(outcome.stderr.contains(hint), "{outcome:?}");
}

#[test]
fn archive_on_standard_output_restores_and_leaves_no_files() {
    let (source, directory) = (shop(), Directory::new());
    let target = cluster().create_database("restored");
    let mut dump = Program::dump(&source.url(), "-")
        .args(["--json", "-Zgzip"])
        .within(directory.path())
        .start();
    let restored = cluster()
        .command("pg_restore")
        .args(["--exit-on-error", "-d", &target.url()])
        .stdin(Stdio::from(dump.child.stdout.take().unwrap()))
        .output()
        .unwrap();
    assert!(restored.status.success(), "{restored:?}");
    let outcome = dump.end().done();
    let report: Value = serde_json::from_str(&outcome.stderr).unwrap();
    assert_eq!(report["target"], "-");
    assert_eq!(report["manifest"], Value::Null);
    directory.assert_empty();
    for table in ["customers", "sales.orders", "columnless"] {
        let rows = format!("COPY {table} TO STDOUT");
        assert!(target.psql(&rows) == source.psql(&rows), "{table}");
    }
    let sizes = "SELECT sum(length(lo_get(oid))) FROM pg_largeobject_metadata";
    assert_eq!(target.psql(sizes), "500000");
}
