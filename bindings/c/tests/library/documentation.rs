//! The programs in `docs/C_API.md`: compiled and run, one for each function.

use std::fs;
use std::path::{Path, PathBuf};

use crate::build::{Way, compile};
use crate::programs::{shop, store};
use crate::support::cluster::{Database, cluster};
use crate::{header, root, succeed};

/// The blocks of C, the first of which comes before each of the others.
fn blocks() -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/C_API.md")).unwrap();
    let blocks = text.split("\n```c\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap().to_owned() + "\n");
    blocks.collect()
}

/// Writes the programs into files.
fn programs(directory: &Path) -> Vec<PathBuf> {
    let blocks = blocks();
    let (prelude, programs) = blocks.split_first().unwrap();
    let files = programs.iter().enumerate().map(|(index, program)| {
        let file = directory.join(format!("example_{}.c", index + 1));
        fs::write(&file, format!("{prelude}\n{program}")).unwrap();
        file
    });
    files.collect()
}

#[test]
fn every_function_has_an_example() {
    let text = blocks().concat();
    let missing: Vec<_> = header::functions()
        .into_iter()
        .filter(|name| !text.contains(&format!("{name}(")))
        .collect();
    assert!(
        missing.is_empty(),
        "no example in docs/C_API.md: {missing:?}"
    );
}

/// One behind the other: some read what others have stored.
#[test]
fn examples_run_in_their_order() {
    let (server, directory) = (store(), tempfile::tempdir().unwrap());
    let copies: Vec<Database<'_>> = ["copy", "copy"]
        .map(|name| cluster().create_database(name))
        .into();
    let programs = programs(directory.path());
    assert!(programs.len() > 8, "{programs:?}");
    for source in programs {
        let program = compile(&source, Way::Sanitized);
        succeed(
            Way::Sanitized
                .command(&program)
                .envs(server.env())
                .env("DATABASE_URL", shop().url())
                .env("COPY_URL", copies[0].url())
                .env("OTHER_COPY_URL", copies[1].url())
                .current_dir(directory.path()),
        );
    }
}

/// Names in the first column of the tables.
fn documented(section: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/C_API.md")).unwrap();
    let (_, rest) = text.split_once(&format!("\n### {section}\n")).unwrap();
    let section = rest.split("\n#").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = cells.flat_map(|line| {
        let cell = line.split(" | ").next().unwrap();
        cell.split(", ")
            .map(|name| name.trim_matches('`').to_owned())
    });
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// The fields of a struct of the engine.
fn fields(file: &str, name: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let (_, rest) = text.split_once(&format!("pub struct {name} {{")).unwrap();
    let body = rest.split("\n}").next().unwrap();
    let lines = body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub "));
    let mut names: Vec<_> = lines
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn options_and_reports_are_those_of_the_engine() {
    for (section, file, name) in [
        ("Of a dump", "src/dump/options.rs", "DumpOptions"),
        ("Of a restore", "src/restore/options.rs", "RestoreOptions"),
        (
            "Of a verification",
            "src/verify/options.rs",
            "VerifyOptions",
        ),
        ("Of the store", "src/store/s3/options.rs", "S3Options"),
        ("A dump's", "src/dump/report.rs", "DumpReport"),
        ("A restore's", "src/restore/report.rs", "RestoreReport"),
        ("A verification's", "src/verify/report.rs", "VerifyReport"),
        ("A listing's", "src/archive/list.rs", "Listing<'a>"),
    ] {
        assert_eq!(documented(section), fields(file, name), "{section}");
    }
}

#[test]
fn status_codes_are_those_of_the_header() {
    let header = fs::read_to_string(header::path()).unwrap();
    let text = fs::read_to_string(root().join("docs/C_API.md")).unwrap();
    let (_, table) = text.split_once("\n## Status codes\n").unwrap();
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        Some((cells.next()?.parse::<u32>().ok()?, cells.next()?))
    });
    let documented: Vec<_> = rows
        .map(|(number, word)| format!("PGSLUICE_STATUS_{} = {number}", word.trim_matches('`')))
        .collect();
    let declared: Vec<_> = header
        .lines()
        .map(|line| line.trim().trim_end_matches(','))
        .filter(|line| line.starts_with("PGSLUICE_STATUS_"))
        .collect();
    assert_eq!(documented, declared);
}
