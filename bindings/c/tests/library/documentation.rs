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
