//! Archives in which a byte is another: whatever comes of them, the program ends, and says
//! something, and does not crash.

use std::fs;
use std::path::Path;

use pgsluice::archive::Archive;

use crate::program::{Outcome, Program};
use crate::shop::{self, everything};
use crate::support::cluster::{Database, cluster};

/// Bytes that decide how all others are read: magic, version, sizes, codec, time, names.
const HEADER: usize = 64;

#[track_caller]
fn assert_honest(outcome: &Outcome, context: &str) {
    let code = outcome.code.unwrap();
    assert!((0..=4).contains(&code), "{context}: {outcome:?}");
    if code != 0 {
        assert!(outcome.stderr.contains("error: "), "{context}: {outcome:?}");
    }
}

/// Changes the bytes of the header and `others`, one after the other, and looks at what is
/// left of the archive.
fn assert_survives(path: &Path, others: usize, target: &Database<'_>, more: &[&str]) {
    let sound = fs::read(path).unwrap();
    let contents = Archive::parse(&sound).unwrap().data_offset as usize;
    // Two thirds in the table of contents.
    let in_contents = (HEADER..contents).step_by((contents - HEADER).div_ceil(others * 2 / 3));
    let in_data = (contents..sound.len()).step_by((sound.len() - contents).div_ceil(others / 3));
    let positions = (0..HEADER).chain(in_contents).chain(in_data);
    let mut count = 0;
    for (number, position) in positions.enumerate() {
        let mut damaged = sound.clone();
        // Other bits each time; all of them where that makes numbers huge.
        damaged[position] ^= if number % 3 == 0 {
            0xff
        } else {
            1 << (number % 8)
        };
        fs::write(path, &damaged).unwrap();
        let context = format!("byte {position}");
        assert_honest(&Program::list(path).run(), &context);
        let dry_run = Program::unforced(path, &target.url()).args(["--dry-run=sql"]);
        assert_honest(&dry_run.args(more).run(), &context);
        count += 1;
    }
    assert!(count >= HEADER + others * 9 / 10, "{count}");
}

#[test]
fn any_changed_byte_is_survived_without_a_manifest() {
    let target = cluster().create_database("restored");
    let before = everything(&target);
    assert_survives(&shop::ours().path(), 240, &target, &["--ignore-manifest"]);
    assert!(everything(&target) == before);
}

#[test]
fn any_changed_byte_of_a_stock_archive_is_survived() {
    let target = cluster().create_database("restored");
    assert_survives(&shop::stock().path(), 60, &target, &[]);
}

#[test]
fn statement_that_takes_no_rows_is_refused_before_anything_runs() {
    let dumped = shop::stock();
    let mut bytes = fs::read(dumped.path()).unwrap();
    let (sound, changed) = (b"FROM stdin;", b" TO stdout;");
    let place = bytes.windows(sound.len()).position(|found| found == sound);
    let place = place.unwrap();
    bytes[place..place + sound.len()].copy_from_slice(changed);
    fs::write(dumped.path(), &bytes).unwrap();
    let target = cluster().create_database("restored");
    let outcome = Program::restore(dumped.path(), &target).run();
    assert_eq!(outcome.code, Some(4), "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("is not a statement that takes rows"),
        "{outcome:?}"
    );
    assert_eq!(
        everything(&target),
        everything(&cluster().create_database("empty"))
    );
}

#[test]
fn changed_byte_of_the_contents_is_found_with_a_manifest() {
    let dumped = shop::ours();
    let sound = fs::read(dumped.path()).unwrap();
    let contents = Archive::parse(&sound).unwrap().data_offset as usize;
    let target = cluster().create_database("restored");
    for position in (0..HEADER)
        .step_by(3)
        .chain((HEADER..contents).step_by(contents / 40))
    {
        let mut damaged = sound.clone();
        damaged[position] ^= 0x10;
        fs::write(dumped.path(), &damaged).unwrap();
        let dry_run = Program::unforced(dumped.path(), &target.url());
        let outcome = dry_run.args(["--dry-run"]).run();
        let code = outcome.code.unwrap();
        // 1: an archive version that is not known.
        assert!(matches!(code, 1 | 4), "byte {position}: {outcome:?}");
    }
}
