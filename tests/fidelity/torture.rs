//! A database with objects of every kind, every attribute and every awkward name:
//! `tests/torture`, as far as the server's release knows them.

use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};

use pgsluice::archive::Archive;

use crate::archives::{assert_same_entries, assert_same_order, facts};
use crate::databases::{Dumped, WAYS, assert_equal, restore, script};
use crate::fixtures::assert_tools_agree;
use crate::support::cluster::{Database, cluster};
use crate::support::program::succeed;

/// The loaded database, which all tests of a process share.
pub(crate) fn torture() -> &'static Database<'static> {
    static TORTURE: LazyLock<Database<'static>> = LazyLock::new(|| load(None));
    &TORTURE
}

/// Loads the numbered files, then the one for what is not to be had of all databases.
pub(crate) fn load(last: Option<&str>) -> Database<'static> {
    /// The roles belong to the cluster: two sessions would make them at once.
    static ALONE: Mutex<()> = Mutex::new(());

    let database = cluster().create_database("torture");
    let mut psql = cluster().command("psql");
    psql.args(["-Xq", "-v", "ON_ERROR_STOP=1", "-d", &database.url()])
        .env("PGCLIENTENCODING", "UTF8");
    for file in numbered() {
        psql.arg("-f").arg(file);
    }
    if let Some(last) = last {
        psql.arg("-f").arg(directory().join(last));
    }
    let _alone = ALONE.lock();
    succeed(&mut psql);
    database
}

fn directory() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torture").into()
}

/// The files whose names say when their turn is.
fn numbered() -> Vec<PathBuf> {
    let files = directory().read_dir().unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| {
        let name = file.file_name().unwrap().to_str().unwrap();
        name.starts_with(|first: char| first.is_ascii_digit())
    });
    files.sort();
    files
}

/// Up to 13, `pg_dump` puts what is called alike in the order of OIDs, which a restored
/// database does not have.
fn order_is_defined() -> bool {
    cluster().major() >= 14
}

#[test]
fn archive_of_everything_is_that_of_pg_dump() {
    for options in [
        &[][..],
        &["--schema-only"],
        &["--data-only"],
        &["--schema=torture"],
        &["--exclude-schema=loops"],
        &["--table=torture.parent", "--table=loops.*"],
        &["--no-comments", "--no-publications", "--no-subscriptions"],
    ] {
        assert_as_stock(torture(), options);
    }
    let ours = Dumped::by_pgsluice(&torture().url(), &[]);
    let stock = Dumped::by_pg_dump(&torture().url(), &[]);
    for options in [&["--create"][..], &["--clean", "--if-exists"]] {
        let [ours, stock] = [&ours, &stock].map(|archive| {
            let mut lines = script(&archive.path(), options);
            if !order_is_defined() {
                lines.sort();
            }
            lines
        });
        assert!(ours == stock, "{options:?}");
    }
}

/// Compares archives as [`assert_as_pg_dump`](crate::archives::assert_as_pg_dump) does.
fn assert_as_stock(source: &Database<'_>, options: &[&str]) {
    let ours = facts(&Dumped::by_pgsluice(&source.url(), options).path());
    let stock = facts(&Dumped::by_pg_dump(&source.url(), options).path());
    assert_same_entries(&ours, &stock, options);
    if order_is_defined() {
        assert_same_order(&ours, &stock, options);
    }
}

#[test]
fn everything_comes_back_with_every_codec() {
    for codec in cluster().codecs() {
        let dumped = Dumped::by_pgsluice(&torture().url(), &["-Z", codec]);
        for way in WAYS {
            // It stays: a database with subscriptions cannot be dropped.
            let copy = restore(&dumped.path(), way);
            if order_is_defined() {
                assert_equal(torture(), &copy);
            }
        }
    }
}

#[test]
fn independent_tools_find_no_difference() {
    let dumped = Dumped::by_pgsluice(&torture().url(), &[]);
    let (roundtrip, toc_diff): (&[&str], &[&str]) = match order_is_defined() {
        true => (&["--strict"], &["--oids", "--order"]),
        false => (&[], &["--oids"]),
    };
    assert_tools_agree(torture(), &dumped.path(), roundtrip, toc_diff);
}

#[test]
fn what_pg_dump_fails_to_keep_comes_back() {
    const LOST: &str = "SELECT obj_description('public'::regnamespace), relacl FROM pg_class
         WHERE relname LIKE 'Identity sequence%'";
    let source = load(Some("stock_fails.sql"));
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    for way in WAYS {
        let copy = restore(&dumped.path(), way);
        assert_eq!(copy.psql(LOST), source.psql(LOST));
        if order_is_defined() {
            assert_equal(&source, &copy);
        }
    }
}

#[test]
fn grants_of_others_await_the_privileges_on_their_schema() {
    let dumped = Dumped::by_pgsluice(&torture().url(), &["--schema-only"]);
    let archive = Archive::parse(&std::fs::read(dumped.path()).unwrap()).unwrap();
    let acl = |tag: &str| {
        let mut entries = archive.entries.iter().map(|parsed| &parsed.entry);
        entries
            .find(|entry| entry.desc == "ACL" && entry.tag == tag)
            .unwrap()
    };
    let schema = acl("SCHEMA torture").dump_id;
    assert!(acl("TABLE granted").dependencies.contains(&schema));
    assert!(!acl("TABLE partly_revoked").dependencies.contains(&schema));
}

#[test]
fn what_nobody_can_restore_alike_is_kept_as_by_pg_dump() {
    let source = load(Some("compared_only.sql"));
    assert_as_stock(&source, &[]);

    // No server reads this one's definition.
    source.psql("DROP VIEW IF EXISTS torture.marking_cycles");
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    for way in WAYS {
        let way = [way, &["--no-security-labels"]].concat();
        let copy = restore(&dumped.path(), &way);
        for rows in [
            "SELECT m, n FROM torture.by_hash_of_enum ORDER BY 1, 2",
            "SELECT z, c, b, a, d FROM torture.came_first",
        ] {
            assert_eq!(copy.psql(rows), source.psql(rows));
        }
    }
}
