//! What each level proves, of archives of ours and of pg_dump's.

use std::fs;

use crate::shop::{by_pg_dump, by_pgsluice, message, verify};
use crate::support::cluster::cluster;

/// Rows of all tables.
const ROWS: u64 = 3 + 400 + 1 + 20;

#[test]
fn sound_archive_passes_in_every_format_and_codec() {
    for codec in cluster().codecs() {
        for format in ["custom", "directory"] {
            let stored = by_pgsluice(&["-Z", codec, "-F", format]);
            let (code, bytes) = verify(&stored.path(), &["--level", "bytes"]);
            assert_eq!(
                (code, &bytes["compared_with"]),
                (0, &"manifest".into()),
                "{bytes}"
            );
            assert!(bytes["rows"].is_null(), "{bytes}");
            let (code, archive) = verify(&stored.path(), &[]);
            assert_eq!(
                (code, &archive["rows"]),
                (0, &ROWS.into()),
                "{codec} {format}: {archive}"
            );
            assert_eq!(archive["large_objects"], 2, "{archive}");
            assert_eq!(archive["sha256"], bytes["sha256"]);
        }
    }
}

#[test]
fn archive_of_pg_dump_is_decoded_and_what_cannot_be_proved_is_said() {
    for format in ["-Fc", "-Fd"] {
        let stored = by_pg_dump(&[format]);
        let (code, archive) = verify(&stored.path(), &[]);
        assert_eq!((code, &archive["rows"]), (0, &ROWS.into()), "{archive}");
        assert_eq!(
            archive["warnings"].as_array().unwrap().len(),
            1,
            "{archive}"
        );
        let (code, bytes) = verify(&stored.path(), &["--level", "bytes"]);
        assert_eq!(code, 3, "{bytes}");
    }
}

#[test]
fn digest_file_does_where_there_is_no_manifest() {
    let stored = by_pgsluice(&[]);
    fs::remove_file(stored.manifest_path()).unwrap();
    let (code, outcome) = verify(&stored.path(), &["--level", "bytes"]);
    assert_eq!((code, &outcome["compared_with"]), (0, &"sha256".into()));
    let mut bytes = fs::read(stored.path()).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(stored.path(), bytes).unwrap();
    let (code, outcome) = verify(&stored.path(), &["--level", "bytes"]);
    assert_eq!(code, 4, "{outcome}");
    assert!(message(&outcome).contains("SHA-256"), "{outcome}");
}

#[test]
fn missing_file_of_a_directory_is_named() {
    let stored = by_pgsluice(&["-Fd"]);
    let files = fs::read_dir(stored.path()).unwrap();
    let rows = files
        .map(|file| file.unwrap().path())
        .find(|path| path.to_string_lossy().contains(".dat."))
        .unwrap();
    fs::remove_file(&rows).unwrap();
    let (code, outcome) = verify(&stored.path(), &["--level", "bytes"]);
    assert_eq!(code, 4, "{outcome}");
    let name = rows.file_name().unwrap().to_str().unwrap();
    assert!(message(&outcome).contains(name), "{outcome}");
}

#[test]
fn server_that_no_level_asks_for_is_refused() {
    let stored = by_pgsluice(&[]);
    for level in ["bytes", "archive"] {
        let server = cluster().url("postgres");
        let (code, outcome) = verify(&stored.path(), &["--level", level, "--server", &server]);
        assert_eq!(code, 3, "{outcome}");
    }
}
