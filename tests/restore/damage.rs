//! Archives that are not what their manifest describes: nothing of a table stays unless
//! all of it is what it was.

use std::fs;
use std::path::{Path, PathBuf};

use pgsluice::archive::{DataFacts, Manifest};

use crate::databases::Dumped;
use crate::program::{Program, restored};
use crate::shop::{self, everything, shop};
use crate::sources::{SMALL_SEGMENTS, large};
use crate::support::cluster::{Database, cluster};

fn manifest_path(archive: &Path) -> PathBuf {
    format!("{}.manifest.json", archive.display()).into()
}

fn manifest(archive: &Path) -> Manifest {
    serde_json::from_slice(&fs::read(manifest_path(archive)).unwrap()).unwrap()
}

pub(crate) fn facts(archive: &Path, table: &str) -> DataFacts {
    let data = manifest(archive).data;
    data.into_iter().find(|facts| facts.name == table).unwrap()
}

/// Makes the last hexadecimal digit of a table's rows another one: the rows stay rows, and
/// of the same length, so that their digest alone can tell.
fn change_a_digit(archive: &Path, table: &str) {
    let facts = facts(archive, table);
    let (path, begin, end) = match &facts.file {
        Some(file) => (archive.join(file), 0, facts.stored_bytes),
        None => (
            archive.to_owned(),
            facts.offset,
            facts.offset + facts.stored_bytes,
        ),
    };
    let mut bytes = fs::read(&path).unwrap();
    let rows = &mut bytes[begin as usize..end as usize];
    let digit = rows
        .iter_mut()
        .rev()
        .find(|byte| byte.is_ascii_digit())
        .unwrap();
    *digit = if *digit == b'1' { b'2' } else { b'1' };
    fs::write(path, bytes).unwrap();
}

#[track_caller]
fn assert_empty(copy: &Database<'_>, table: &str) {
    assert_eq!(copy.psql(&format!("SELECT count(*) FROM {table}")), "0");
}

#[test]
fn changed_row_is_found_and_its_table_stays_empty() {
    for flags in [&["-Znone"][..], &["-Znone", "-Fd"]] {
        let dumped = Dumped::by_pgsluice(&shop().url(), flags);
        change_a_digit(&dumped.path(), "orders");
        for jobs in ["1", "4"] {
            let copy = cluster().create_database("restored");
            let restore = Program::restore(dumped.path(), &copy).args(["-j", jobs]);
            let outcome = restore.run();
            outcome.failed(4, &["orders", "not what the manifest describes"]);
            assert_empty(&copy, "sales.orders");
        }
        // The server has nothing against it.
        let copy = restored(dumped.path(), &["--ignore-manifest"]);
        assert_eq!(copy.psql("SELECT count(*) FROM sales.orders"), "400");
    }
}

#[test]
fn changed_large_object_is_found_and_stays_empty() {
    let source = cluster().create_database("objects");
    source.psql("SELECT lo_from_bytea(7001, 'a large object'), lo_from_bytea(7002, 'another')");
    let dumped = Dumped::by_pgsluice(&source.url(), &["-Znone"]);
    let mut bytes = fs::read(dumped.path()).unwrap();
    let contents = bytes.windows(7).position(|window| window == b"another");
    bytes[contents.unwrap()] = b'A';
    fs::write(dumped.path(), bytes).unwrap();
    for jobs in ["1", "2"] {
        let copy = cluster().create_database("restored");
        let restore = Program::restore(dumped.path(), &copy).args(["-j", jobs]);
        let facts = [
            "large objects with digest",
            "not what the manifest describes",
        ];
        restore.run().failed(4, &facts);
        assert_eq!(copy.psql("SELECT count(*) FROM pg_largeobject"), "0");
    }
}

#[test]
fn changed_row_of_several_segments_leaves_all_of_them_out() {
    let flags = [&SMALL_SEGMENTS[..], &["-Znone"]].concat();
    let dumped = Dumped::by_pgsluice(&large().url(), &flags);
    assert!(facts(&dumped.path(), "wide").segments.len() > 1);
    change_a_digit(&dumped.path(), "wide");
    for jobs in ["1", "2", "4"] {
        let copy = cluster().create_database("restored");
        let restore = Program::restore(dumped.path(), &copy).args(["-j", jobs]);
        restore
            .run()
            .failed(4, &["wide", "not what the manifest describes"]);
        assert_empty(&copy, "wide");
    }
}

#[test]
fn segments_in_each_others_places_are_found() {
    let flags = [&SMALL_SEGMENTS[..], &["-Zlz4"]].concat();
    let dumped = Dumped::by_pgsluice(&large().url(), &flags);
    let mut manifest = manifest(&dumped.path());
    let wide = manifest
        .data
        .iter_mut()
        .find(|facts| facts.name == "wide")
        .unwrap();
    // The first twice, and the second not at all.
    wide.segments[1] = wide.segments[0];
    let text = serde_json::to_vec(&manifest).unwrap();
    fs::write(manifest_path(&dumped.path()), text).unwrap();
    let copy = cluster().create_database("restored");
    let restore = Program::restore(dumped.path(), &copy).args(["-j4"]);
    restore.run().failed(4, &["wide"]);
    assert_empty(&copy, "wide");
}

#[test]
fn changed_row_leaves_the_tables_it_would_be_added_to_as_they_are() {
    let dumped = shop::ours();
    let copy = restored(dumped.path(), &[]);
    copy.psql("DELETE FROM sales.orders WHERE id <> 400; UPDATE sales.orders SET id = 1000");
    let before = everything(&copy);
    change_a_digit(&dumped.path(), "orders");
    for flags in [
        &["--on-conflict-do-nothing"][..],
        &["--disable-triggers"],
        &["-1"],
    ] {
        let restore = Program::restore(dumped.path(), &copy).args(["-a", "-t", "orders"]);
        restore.args(flags).run().failed(4, &["orders"]);
        assert!(everything(&copy) == before, "{flags:?}");
    }
}

#[test]
fn changed_row_takes_back_all_of_a_single_transaction() {
    let dumped = shop::ours();
    change_a_digit(&dumped.path(), "orders");
    let copy = cluster().create_database("restored");
    let before = everything(&copy);
    Program::restore(dumped.path(), &copy)
        .args(["-1"])
        .run()
        .failed(4, &["orders"]);
    assert!(everything(&copy) == before);
}

#[test]
fn manifest_of_another_archive_is_found_before_anything_is_made() {
    let (dumped, other) = (
        shop::ours(),
        Dumped::by_pgsluice(&shop().url(), &["-Zgzip"]),
    );
    fs::copy(manifest_path(&other.path()), manifest_path(&dumped.path())).unwrap();
    let copy = cluster().create_database("restored");
    let before = everything(&copy);
    let outcome = Program::restore(dumped.path(), &copy).run();
    outcome.failed(
        4,
        &[".manifest.json", "not the one that its manifest describes"],
    );
    assert!(everything(&copy) == before);
    let restore = Program::restore(dumped.path(), &copy);
    restore.args(["--ignore-manifest"]).run().done();
}

#[test]
fn statement_that_was_changed_is_found_before_it_is_run() {
    let dumped = shop::ours();
    let mut bytes = fs::read(dumped.path()).unwrap();
    let statement = b"CREATE VIEW sales.open_orders";
    let place = bytes
        .windows(statement.len())
        .position(|words| words == statement);
    bytes[place.unwrap() + statement.len() - 1] = b'z';
    fs::write(dumped.path(), bytes).unwrap();
    let copy = cluster().create_database("restored");
    let before = everything(&copy);
    Program::restore(dumped.path(), &copy)
        .run()
        .failed(4, &["table of contents"]);
    assert!(everything(&copy) == before);
}

#[test]
fn manifest_that_is_none_is_not_passed_over() {
    let dumped = shop::ours();
    for text in ["", "{}", "{\"manifest_version\": 99}", "\u{0}"] {
        fs::write(manifest_path(&dumped.path()), text).unwrap();
        let copy = cluster().create_database("restored");
        let before = everything(&copy);
        let outcome = Program::restore(dumped.path(), &copy).run();
        assert!(matches!(outcome.code, Some(1 | 4)), "{outcome:?}");
        assert!(outcome.stderr.contains(".manifest.json"), "{outcome:?}");
        assert!(everything(&copy) == before);
    }
}

#[test]
fn archive_that_is_cut_off_is_found_by_its_size() {
    let dumped = shop::ours();
    let whole = fs::read(dumped.path()).unwrap();
    let contents = manifest(&dumped.path()).archive.toc_bytes as usize;
    let copy = cluster().create_database("restored");
    let before = everything(&copy);
    for len in [0, 7, contents / 2, contents, contents + 7, whole.len() - 1] {
        fs::write(dumped.path(), &whole[..len]).unwrap();
        let outcome = Program::restore(dumped.path(), &copy).run();
        outcome.failed(4, &[]);
        assert!(everything(&copy) == before, "{len} bytes");
    }
}

/// Without a manifest, tables that are whole come before the one that is not.
#[test]
fn table_that_is_cut_off_stays_empty_without_a_manifest_too() {
    let codecs = ["none", "gzip", "zstd", "lz4"];
    let archives = codecs.map(|codec| Dumped::by_pgsluice(&shop().url(), &["-Z", codec]));
    for dumped in archives.into_iter().chain([shop::stock()]) {
        let whole = fs::read(dumped.path()).unwrap();
        for (cut, jobs) in [(1, "1"), (3, "4"), (600, "2")] {
            fs::write(dumped.path(), &whole[..whole.len() - cut]).unwrap();
            let copy = cluster().create_database("restored");
            let restore = Program::restore(dumped.path(), &copy).args(["-j", jobs]);
            let outcome = restore.args(["--ignore-manifest"]).run();
            outcome.failed(4, &[]);
            // Whatever is there is whole.
            let orders = copy.psql("SELECT count(*) FROM sales.orders");
            assert!(
                ["0", "400"].contains(&&*orders),
                "{orders} rows, {outcome:?}"
            );
            copy.drop();
        }
    }
}
