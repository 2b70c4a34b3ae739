//! Archives that come from a pipe, and those that somebody has written into one.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use pgsluice::archive::{Archive, DataLocation};

use crate::databases::{Dumped, assert_equal};
use crate::ledger::ledger;
use crate::program::{Program, restored};
use crate::shop::{self, assert_alike, shop};
use crate::sources::{SMALL_SEGMENTS, large};
use crate::support::cluster::cluster;
use crate::support::program::{pgsluice, succeed};
use crate::traces::{BUCKET, Directory, KEY, TARGET, store};

/// An archive that stock `pg_dump` has written into a pipe: its table of contents does
/// not say where data is.
fn without_offsets(url: &str, directory: &Directory) -> String {
    let mut pg_dump = cluster().command("pg_dump");
    let bytes = succeed(pg_dump.args(["-Fc", "-d", url])).stdout;
    let archive = Archive::parse(&bytes).unwrap();
    let mut data = archive.entries.iter().map(|parsed| &parsed.data);
    assert!(data.any(|place| *place == DataLocation::NotSet));
    assert!(
        !archive
            .entries
            .iter()
            .any(|parsed| matches!(parsed.data, DataLocation::Offset(_)))
    );
    fs::write(directory.target(), bytes).unwrap();
    directory.target()
}

/// Runs `writer | pgsluice restore --force - DATABASE` and compares.
fn assert_pipes(writer: &mut Command, context: &str) {
    let copy = cluster().create_database("restored");
    let mut writing = writer.stdout(Stdio::piped()).spawn().unwrap();
    let output = writing.stdout.take().unwrap();
    Program::restore("-", &copy).stdin(output).run().done();
    assert!(writing.wait().unwrap().success(), "{context}");
    assert_alike(&copy, shop(), context);
}

#[test]
fn archive_on_standard_input_comes_back() {
    let archives = ["gzip", "none", "zstd", "lz4"]
        .map(|codec| Dumped::by_pgsluice(&shop().url(), &["-Z", codec]));
    for archive in archives.iter().chain([&shop::stock()]) {
        let copy = cluster().create_database("restored");
        let input = File::open(archive.path()).unwrap();
        let restore = Program::restore("-", &copy).stdin(input).args(["--json"]);
        let report = restore.run().done().json();
        assert_eq!(
            (&report["archive"], &report["checked"]),
            (&"-".into(), &false.into())
        );
        assert_alike(&copy, shop(), "standard input");
    }
}

#[test]
fn archive_of_several_segments_comes_back_from_standard_input() {
    let dumped = Dumped::by_pgsluice(&large().url(), &SMALL_SEGMENTS);
    let copy = cluster().create_database("restored");
    let input = File::open(dumped.path()).unwrap();
    Program::restore("-", &copy).stdin(input).run().done();
    assert_equal(large(), &copy);
}

#[test]
fn dump_is_piped_into_restore() {
    let mut pg_dump = cluster().command("pg_dump");
    assert_pipes(pg_dump.args(["-Fc", "-d", &shop().url()]), "pg_dump");
    assert_pipes(
        &mut pgsluice(&["dump", &shop().url(), "-", "-q"]),
        "pgsluice",
    );
}

#[test]
fn table_that_is_selected_is_found_behind_others_in_a_stream() {
    let copy = cluster().create_database("restored");
    let input = File::open(shop::stock().path()).unwrap();
    let restore = Program::restore("-", &copy).stdin(input);
    restore.args(["-t", "measured_north"]).run().done();
    let sum = "SELECT count(*), sum(value) FROM measured_north";
    assert_eq!(copy.psql(sum), shop().psql(sum));
    assert_eq!(
        copy.psql("SELECT relname FROM pg_stat_user_tables"),
        "measured_north"
    );
}

#[test]
fn several_jobs_refuse_standard_input() {
    let copy = cluster().create_database("restored");
    let input = File::open(shop::stock().path()).unwrap();
    let restore = Program::restore("-", &copy).stdin(input).args(["-j", "2"]);
    restore
        .run()
        .failed(3, &["several jobs cannot read one stream"]);
    assert_eq!(copy.psql("SELECT count(*) FROM pg_stat_user_tables"), "0");
}

#[test]
fn nothing_on_standard_input_is_no_archive() {
    let copy = cluster().create_database("restored");
    Program::restore("-", &copy).run().failed(4, &["stream"]);
}

#[test]
fn script_on_standard_input_is_refused_as_one() {
    let directory = Directory::new();
    let mut pg_dump = cluster().command("pg_dump");
    let script = succeed(pg_dump.args(["-d", &shop().url()])).stdout;
    fs::write(directory.target(), script).unwrap();
    let copy = cluster().create_database("restored");
    let input = File::open(directory.target()).unwrap();
    let outcome = Program::restore("-", &copy).stdin(input).run();
    outcome.failed(outcome.code.unwrap(), &["psql"]);
}

/// Uncompressed, so that nothing but the end itself tells.
#[test]
fn stream_that_ends_in_the_middle_of_a_table_leaves_it_empty() {
    let (database, directory) = (ledger(), Directory::new());
    let whole = fs::read(Dumped::by_pg_dump(&database.url(), &[]).path()).unwrap();
    fs::write(directory.target(), &whole[..whole.len() - (1 << 20)]).unwrap();
    let copy = cluster().create_database("restored");
    let input = File::open(directory.target()).unwrap();
    let outcome = Program::restore("-", &copy).stdin(input).run();
    outcome.failed(4, &["ledger"]);
    assert_eq!(copy.psql("SELECT count(*) FROM ledger"), "0");
}

#[test]
fn archive_without_offsets_is_restored_by_several_jobs() {
    let directory = Directory::new();
    let archive = without_offsets(&shop().url(), &directory);
    for jobs in ["1", "4"] {
        let copy = restored(&archive, &["-j", jobs]);
        assert_alike(&copy, shop(), jobs);
    }
    let archive = without_offsets(&large().url(), &directory);
    assert_equal(large(), &restored(&archive, &["-j", "4"]));
}

#[test]
fn object_without_offsets_or_manifest_is_restored_by_several_jobs() {
    let (directory, server) = (Directory::new(), store());
    let archive = without_offsets(&large().url(), &directory);
    server.plant_object(BUCKET, KEY, &fs::read(archive).unwrap());
    let copy = cluster().create_database("restored");
    let restore = Program::restore(TARGET, &copy).reading_from(&server);
    restore.args(["-j", "4"]).run().done();
    assert_equal(large(), &copy);
}

#[test]
fn archive_piped_through_another_program_comes_back() {
    let dumped = shop::ours();
    let mut cat = Command::new("cat");
    assert_pipes(cat.arg(dumped.path()), "cat");
}
