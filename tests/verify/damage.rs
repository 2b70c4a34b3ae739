//! Archives of which a byte has changed, or the end is gone.

use std::fs;
use std::path::Path;

use pgsluice::archive::Archive;
use pgsluice::cancel::Cancel;
use pgsluice::error::ErrorKind;
use pgsluice::list::{List, ListOptions};
use pgsluice::progress::Progress;
use pgsluice::restore::{Restore, RestoreOptions};
use pgsluice::store::Location;
use pgsluice::verify::{Level, Verify, VerifyOptions};

use crate::shop::{self, Stored, by_pgsluice};
use crate::support::cluster::cluster;

/// Positions that are changed, besides those of the header.
const POSITIONS: usize = 2_000;

/// Bytes before the database's name: everything that decides how the rest is read.
const HEADER: usize = 64;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

async fn verify(path: &Path, level: Level) -> Result<(), ErrorKind> {
    let mut options = VerifyOptions::new(Location::File(path.to_owned()));
    options.level = level;
    options.ignore_manifest = level == Level::Archive;
    let verify = Verify::new(options).unwrap();
    let outcome = verify.run(&Cancel::new(), &Progress::new()).await;
    outcome.map(drop).map_err(|error| error.kind())
}

/// What a damaged archive may end with: nothing that says it was our mistake.
fn is_honest(kind: ErrorKind) -> bool {
    kind != ErrorKind::Internal
}

#[test]
fn any_changed_byte_is_found_and_breaks_nothing() {
    let stored = by_pgsluice(&["-Z", "none"]);
    let path = stored.path();
    let sound = fs::read(&path).unwrap();
    let step = (sound.len() / POSITIONS).max(1);
    let positions = (0..HEADER).chain((HEADER..sound.len()).step_by(step));
    let positions: Vec<usize> = positions.collect();
    assert!(positions.len() >= POSITIONS, "{}", positions.len());
    block_on(async {
        for (number, position) in positions.into_iter().enumerate() {
            let mut damaged = sound.clone();
            // Another bit each time.
            damaged[position] ^= 1 << (number % 8);
            fs::write(&path, &damaged).unwrap();
            let found = verify(&path, Level::Bytes).await.unwrap_err();
            assert!(is_honest(found), "byte {position}: {found:?}");
            if let Err(kind) = verify(&path, Level::Archive).await {
                assert!(is_honest(kind), "byte {position}: {kind:?}");
            }
            let list = List::new(ListOptions::new(Location::File(path.clone()))).unwrap();
            if let Err(error) = list.run(&Cancel::new()).await {
                assert!(is_honest(error.kind()), "byte {position}: {error:?}");
            }
        }
    });
}

#[test]
fn restore_of_a_changed_archive_never_breaks() {
    let stored = by_pgsluice(&["-Z", "none"]);
    let path = stored.path();
    let sound = fs::read(&path).unwrap();
    let database = cluster().create_database("damaged");
    let positions = (0..sound.len()).step_by(sound.len() / 60);
    block_on(async {
        for position in (0..HEADER).step_by(3).chain(positions) {
            let mut damaged = sound.clone();
            damaged[position] ^= 0x10;
            fs::write(&path, &damaged).unwrap();
            let target = database.url().parse().unwrap();
            let mut options = RestoreOptions::new(Location::File(path.clone()), target);
            options.clean = true;
            options.if_exists = true;
            options.exit_on_error = false;
            options.ignore_manifest = true;
            let restore = Restore::new(options).unwrap();
            if let Err(error) = restore.run(&Cancel::new(), &Progress::new()).await {
                assert!(is_honest(error.kind()), "byte {position}: {error:?}");
            }
        }
    });
}

#[test]
fn damaged_parts_are_named() {
    const PART: usize = 5 << 20;
    let database = cluster().create_database("wide");
    database.psql(
        "CREATE TABLE wide AS SELECT repeat(md5(i::text), 30) AS text FROM generate_series(1, 12000) AS i",
    );
    let stored = Stored::of(&database, &["-Z", "none", "--part-size", "5MiB"]);
    let path = stored.path();
    let mut bytes = fs::read(&path).unwrap();
    assert_eq!(bytes.len().div_ceil(PART), 3);
    assert_eq!(shop::verify(&path, &["--level", "bytes"]).0, 0);
    for position in [PART, bytes.len() - 1] {
        bytes[position] ^= 1;
    }
    fs::write(&path, &bytes).unwrap();
    let (code, outcome) = shop::verify(&path, &["--level", "bytes"]);
    assert_eq!(code, 4);
    let expected = "; 2 of 3 parts differ, the first is part 2, bytes 5242880..10485760";
    let message = shop::message(&outcome);
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn manifest_with_digests_of_other_parts_is_refused() {
    let stored = by_pgsluice(&[]);
    let text = fs::read_to_string(stored.manifest_path()).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    // A byte each would be as many digests.
    manifest["archive"]["part_size"] = 1.into();
    fs::write(stored.manifest_path(), manifest.to_string()).unwrap();
    let (code, outcome) = shop::verify(&stored.path(), &["--level", "bytes"]);
    assert_eq!(code, 4);
    let message = shop::message(&outcome);
    assert!(
        message.contains("the manifest has digests of 1 parts, expected "),
        "{message}"
    );
}

#[test]
fn cut_archive_is_found_by_every_level() {
    for codec in cluster().codecs() {
        let stored = by_pgsluice(&["-Z", codec]);
        let path = stored.path();
        let sound = fs::read(&path).unwrap();
        let contents = Archive::parse(&sound).unwrap().data_offset as usize;
        for len in [0, 4, contents / 2, contents, contents + 7, sound.len() - 1] {
            fs::write(&path, &sound[..len]).unwrap();
            for level in [Level::Bytes, Level::Archive] {
                let kind = block_on(verify(&path, level)).unwrap_err();
                let expected = [ErrorKind::CorruptArchive, ErrorKind::Verification];
                assert!(expected.contains(&kind), "{codec}, {len} bytes: {kind:?}");
            }
        }
    }
}
