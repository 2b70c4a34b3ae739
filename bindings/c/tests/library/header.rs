//! `include/pgsluice.h`, which is generated from `src/` and committed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

const REFRESH: &str = "PGSLUICE_WRITE_HEADER";

pub(crate) fn path() -> PathBuf {
    root().join("include/pgsluice.h")
}

/// The functions that the header declares, in its order.
pub(crate) fn functions() -> Vec<String> {
    let text = fs::read_to_string(path()).unwrap();
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with(['*', '/', '#']))
        .collect();
    let names = code.split(';').filter_map(|statement| {
        let (before, _) = statement.split_once('(')?;
        let name = before.rsplit([' ', '*']).next()?;
        // A type of functions has its name behind the parenthesis.
        name.starts_with("pgsluice_").then(|| name.to_owned())
    });
    names.collect()
}

fn generated() -> String {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_file(directory.join("cbindgen.toml")).unwrap();
    config.after_includes = Some(macros());
    let mut bytes = Vec::new();
    cbindgen::generate_with_config(directory, config)
        .unwrap()
        .write(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

/// What only a preprocessor can do.
fn macros() -> String {
    let (major, minor, patch) = (
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR"),
        env!("CARGO_PKG_VERSION_PATCH"),
    );
    format!(
        r#"
/** The version of this header; pgsluice_version() has that of the library. */
#define PGSLUICE_VERSION "{version}"
#define PGSLUICE_VERSION_MAJOR {major}
#define PGSLUICE_VERSION_MINOR {minor}
#define PGSLUICE_VERSION_PATCH {patch}
#define PGSLUICE_VERSION_NUMBER \
    (PGSLUICE_VERSION_MAJOR * 10000 + PGSLUICE_VERSION_MINOR * 100 + PGSLUICE_VERSION_PATCH)

/** A string literal as two arguments, its bytes and their number: PGSLUICE_LITERAL("jobs"). */
#define PGSLUICE_LITERAL(text) ("" text), (sizeof(text) - 1)"#,
        version = env!("CARGO_PKG_VERSION"),
    )
}

#[test]
fn header_is_what_the_sources_say() {
    let fresh = generated();
    if std::env::var_os(REFRESH).is_some() {
        fs::write(path(), &fresh).unwrap();
    }
    let committed = fs::read_to_string(path()).unwrap_or_default();
    let differing = fresh
        .lines()
        .zip(committed.lines())
        .find(|(fresh, committed)| fresh != committed);
    assert!(
        fresh == committed,
        "include/pgsluice.h is not what bindings/c says; {REFRESH}=1 cargo test -p pgsluice-c \
         header_is writes it anew. First difference, fresh and committed: {differing:#?}"
    );
}

#[test]
fn header_has_every_function_and_no_other() {
    let mut exported = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let names = text.split("extern \"C\" fn ").skip(1).filter_map(|rest| {
            let name = rest.split('(').next()?;
            name.starts_with("pgsluice_").then(|| name.to_owned())
        });
        exported.extend(names);
    }
    let mut declared = functions();
    exported.sort();
    declared.sort();
    assert!(exported.len() > 25, "{exported:?}");
    assert_eq!(declared, exported);
}

/// A kind of error that has no status here would be an internal one.
#[test]
fn every_kind_of_error_has_its_number_and_name() {
    let kinds = fs::read_to_string(root().join("src/error.rs")).unwrap();
    let (_, kinds) = kinds.split_once("pub enum ErrorKind {").unwrap();
    let (kinds, _) = kinds.split_once("\n}").unwrap();
    let header = fs::read_to_string(path()).unwrap();
    let variants: Vec<_> = kinds
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "))
        .collect();
    assert!(variants.len() > 15, "{variants:?}");
    for (name, number) in variants {
        let mut word = String::new();
        for letter in name.chars() {
            if letter.is_uppercase() {
                word.push('_');
            }
            word.push(letter.to_ascii_uppercase());
        }
        let line = format!("PGSLUICE_STATUS{word} = {number},");
        assert!(header.contains(&line), "no {line}");
    }
}

#[test]
fn version_is_that_of_the_engine() {
    let engine = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let version = format!("\nversion = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    assert!(
        engine.contains(&version),
        "expected {version:?} in Cargo.toml"
    );
}
