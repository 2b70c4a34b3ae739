//! The program as a user starts it: exit codes, streams, and what must not be
//! on them. Nothing here needs a server.
#![cfg(feature = "cli")]

mod support;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use pgsluice::archive::{
    Format, Header, HeaderCompression, LocalTime, Section, TocEntry, Version, write_toc,
};
use pgsluice::ids::{CatalogId, DumpId, catalogs};
use serde_json::Value;
use support::s3::{Op, S3Server};
use tempfile::TempDir;

/// A password that no output may repeat.
const PASSWORD: &str = "hunter2-S3cret";

/// The program with these arguments and none of our environment.
fn pgsluice(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgsluice"));
    command
        .args(args)
        .env_clear()
        .env("USER", "app")
        .env("TZ", "UTC")
        .stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    pgsluice(args).output().expect("the program starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("no signal ended the program")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("results are UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("messages are UTF-8")
}

/// An archive of one table, without its rows.
fn archive() -> Vec<u8> {
    let header = Header {
        version: Version::V1_15,
        compression: HeaderCompression::Zstd,
        created: LocalTime {
            mday: 2,
            mon: 5,
            year: 125,
            hour: 3,
            ..LocalTime::default()
        },
        database: "shop".into(),
        server_version: "17.5".into(),
        dump_version: "17.5".into(),
        format: Format::Custom,
    };
    let table = TocEntry {
        catalog_id: CatalogId::new(catalogs::CLASS, 16_400),
        defn: Some("CREATE TABLE public.orders (id integer);\n".into()),
        namespace: Some("public".into()),
        owner: Some("app".into()),
        ..TocEntry::new(DumpId(1), "TABLE", "orders", Section::PreData)
    };
    let mut bytes = Vec::new();
    header.write(&mut bytes).expect("1.15 has zstd");
    write_toc(header.version, None, &[table], &mut bytes);
    bytes
}

/// A file with these bytes, as long as the directory lives.
fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let path = directory.path().join("x.dump");
    std::fs::write(&path, bytes).expect("a file can be written");
    (directory, path)
}

#[test]
fn help_and_version_are_results() {
    for args in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["dump", "--help"],
        &["list", "-h"],
    ] {
        let output = run(args);
        assert_eq!(code(&output), 0, "{args:?}");
        assert!(stdout(&output).contains("pgsluice"), "{args:?}");
        assert_eq!(stderr(&output), "", "{args:?}");
    }
}

#[test]
fn unusable_arguments_exit_with_3() {
    for args in [
        &[][..],
        &["burn"],
        &["dump"],
        &["dump", "shop"],
        &["dump", "shop", "x", "--frobnicate"],
        &["dump", "shop", "x", "-s", "-a"],
        &["dump", "shop", "x", "-q", "-v"],
        &["dump", "shop", "x", "-F", "tar"],
        &["dump", "shop", "x", "-Z", "brotli"],
        &["dump", "shop", "x", "-j", "many"],
        &["dump", "shop", "x", "--label", "nothing"],
        &["dump", "shop", "x", "--lock-wait-timeout", "soon"],
        &["dump", "shop", "x", "--part-size", "1"],
        &["dump", "frob=1", "x"],
        &["dump", "shop", "gs://bucket/x"],
        &["list"],
        &["list", "s3://bucket"],
    ] {
        let output = run(args);
        assert_eq!(code(&output), 3, "{args:?}");
        assert_eq!(stdout(&output), "", "{args:?}");
        assert!(!stderr(&output).is_empty(), "{args:?}");
    }
}

#[test]
fn malformed_log_filter_is_refused() {
    let output = pgsluice(&["list", "x"])
        .env("PGSLUICE_LOG", "pgsluice=loud")
        .output()
        .unwrap();
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("PGSLUICE_LOG"));
}

#[test]
fn list_prints_what_pg_restore_prints() {
    let (_directory, path) = file(&archive());
    let output = run(&["list", path.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let expected = "\
;
; Archive created at 2025-06-02 03:00:00 UTC
;     dbname: shop
;     TOC Entries: 1
;     Compression: zstd
;     Dump Version: 1.15-0
;     Format: CUSTOM
;     Integer: 4 bytes
;     Offset: 8 bytes
;     Dumped from database version: 17.5
;     Dumped by pg_dump version: 17.5
;
;
; Selected TOC Entries:
;
1; 1259 16400 TABLE public orders app
";
    assert_eq!(stdout(&output), expected);
    assert_eq!(stderr(&output), "");
}

#[test]
fn list_shows_the_reader_s_time_zone() {
    let (_directory, path) = file(&archive());
    let output = pgsluice(&["list", path.to_str().unwrap()])
        .env("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        .output()
        .unwrap();
    assert!(stdout(&output).contains("2025-06-02 03:00:00 CEST\n"));
}

#[test]
fn list_reads_standard_input_and_prints_one_object() {
    let mut child = pgsluice(&["list", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&archive()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0);
    let listing: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listing["database"], "shop");
    assert_eq!(listing["entries"][0]["tag"], "orders");
}

#[test]
fn list_of_an_object_reads_one_range() {
    let server = S3Server::start();
    server.create_bucket("backups");
    let mut bytes = archive();
    bytes.resize(16 << 20, 0);
    server.plant_object("backups", "x.dump", &bytes);
    let output = pgsluice(&["list", "s3://backups/x.dump"])
        .envs(server.env())
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).ends_with("1; 1259 16400 TABLE public orders app\n"));
    assert_eq!(server.requests(Op::Get), 1);
}

#[test]
fn missing_object_exits_with_2() {
    let server = S3Server::start();
    server.create_bucket("backups");
    let output = pgsluice(&["list", "s3://backups/x.dump"])
        .envs(server.env())
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("s3://backups/x.dump"));
}

#[test]
fn what_is_not_an_archive_exits_with_4_and_advice() {
    let (_directory, path) = file(b"--\n-- PostgreSQL database dump\n--\n");
    let output = run(&["list", path.to_str().unwrap()]);
    assert_eq!(code(&output), 4);
    assert!(stderr(&output).starts_with("pgsluice: error: reading "));
    assert!(stderr(&output).contains("\nhint: It looks like a plain SQL dump."));
}

#[test]
fn archive_that_is_cut_off_exits_with_4() {
    let bytes = archive();
    let (_directory, path) = file(&bytes[..bytes.len() - 7]);
    let output = run(&["list", path.to_str().unwrap()]);
    assert_eq!(code(&output), 4);
    assert!(
        stderr(&output).contains("0 of 1 entries"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn missing_archive_exits_with_2_and_an_error_object() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("nothing.dump");
    let output = run(&["list", path.to_str().unwrap(), "--json"]);
    assert_eq!(code(&output), 2);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let error = report["error"].as_object().unwrap();
    assert_eq!(error["code"], "STORAGE_NOT_FOUND");
    assert_eq!(error["kind"], 31);
    assert!(error.contains_key("hint") && error.contains_key("sqlstate"));
    let message = error["message"].as_str().unwrap();
    assert!(stderr(&output).starts_with(&format!("pgsluice: error: {message}\n")));
}

#[test]
fn listing_that_cannot_be_written_is_an_error() {
    let (_directory, path) = file(&archive());
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = pgsluice(&["list", path.to_str().unwrap()])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("writing to standard output"));
}

#[test]
fn listing_into_a_closed_pipe_is_an_error_and_no_panic() {
    let (_directory, path) = file(&archive());
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = pgsluice(&["list", path.to_str().unwrap()])
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("Broken pipe"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn unreachable_database_exits_with_1_and_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("x.dump");
    let source = format!("postgresql://app:{PASSWORD}@127.0.0.1:1/shop");
    let output = run(&["dump", &source, target.to_str().unwrap(), "--json"]);
    assert_eq!(code(&output), 1);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["error"]["code"], "CONNECT");
    assert!(stderr(&output).contains("127.0.0.1"));
    assert_eq!(directory.path().read_dir().unwrap().count(), 0);
}

#[test]
fn dump_to_standard_output_keeps_it_for_the_archive() {
    let output = run(&["dump", "postgresql://app@127.0.0.1:1/shop", "-", "--json"]);
    assert_eq!(code(&output), 1);
    assert_eq!(stdout(&output), "");
    let last = stderr(&output).lines().last().unwrap();
    let report: Value = serde_json::from_str(last).unwrap();
    assert_eq!(report["error"]["code"], "CONNECT");
}

#[test]
fn refused_arguments_are_an_error_object_too() {
    let output = run(&["dump", "shop", "--json"]);
    assert_eq!(code(&output), 3);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["error"]["code"], "INVALID_INPUT");
}

#[test]
fn passwords_and_keys_are_never_repeated() {
    let uri = format!("postgresql://app:{PASSWORD}@127.0.0.1:1/shop");
    let pairs = format!("host=127.0.0.1 port=1 user=app password={PASSWORD}");
    let broken = format!("postgresql://app:{PASSWORD}@127.0.0.1:port/shop");
    let target = format!("s3://AKID:{PASSWORD}@bucket/x");
    for args in [
        &["dump", &uri, "-", "-vvv", "--json"][..],
        &["dump", &pairs, "-", "-vvv"],
        &["dump", &broken, "x"],
        &["dump", "shop", &target],
        &["dump", "shop", "x", &uri],
        &["dump", "s3://bucket/x", &uri],
        &["list", &uri],
        &["list", "x", &pairs],
        &[&uri],
    ] {
        let output = pgsluice(args)
            .env("PGPASSWORD", PASSWORD)
            .env("AWS_ACCESS_KEY_ID", "AKID")
            .env("AWS_SECRET_ACCESS_KEY", PASSWORD)
            .output()
            .unwrap();
        assert_ne!(code(&output), 0, "{args:?}");
        for text in [stdout(&output), stderr(&output)] {
            assert!(!text.contains(PASSWORD), "{text}");
        }
    }
}

#[test]
fn missing_role_is_asked_for() {
    let output = pgsluice(&["dump", "host=127.0.0.1", "-"])
        .env_remove("USER")
        .output()
        .unwrap();
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("\nhint: Write it into the connection string"));
}
