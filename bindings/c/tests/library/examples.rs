//! `examples/c`, built as its reader would build it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::installation::prefix;
use crate::programs::{BUCKET, shop, store};
use crate::support::cluster::cluster;
use crate::{root, succeed, text};

/// Builds a copy of the directory with its Makefile.
fn make(directory: &Path, arguments: &[&str]) {
    for entry in fs::read_dir(root().join("examples/c")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, directory.join(path.file_name().unwrap())).unwrap();
    }
    let mut make = Command::new("make");
    succeed(
        make.arg("-C")
            .arg(directory)
            .args(arguments)
            .env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig")),
    );
}

fn command(directory: &Path, program: &str) -> Command {
    let mut command = Command::new(directory.join(program));
    command.env_clear().env("DATABASE_URL", shop().url());
    command
}

#[test]
fn examples_build_and_work_with_either_library() {
    for (arguments, needs) in [(&[][..], true), (&["STATIC=1"], false)] {
        let directory = tempfile::tempdir().unwrap();
        make(directory.path(), arguments);
        let mut readelf = Command::new("readelf");
        let dynamic = text(readelf.arg("-d").arg(directory.path().join("backup")));
        assert_eq!(
            dynamic.contains("[libpgsluice.so.0]"),
            needs,
            "{arguments:?}"
        );

        let server = store();
        let target = format!("s3://{BUCKET}/shop.dump");
        let mut backup = command(directory.path(), "backup");
        succeed(backup.arg(&target).envs(server.env()));
        assert!(server.object(BUCKET, "shop.dump").is_some());

        let copy = cluster().create_database("restored");
        let mut copied = command(directory.path(), "copy");
        succeed(copied.env("COPY_URL", copy.url()));
        let sum = "SELECT count(*), sum(customer) FROM orders";
        assert_eq!(copy.psql(sum), shop().psql(sum));
    }
}

#[test]
fn example_ends_with_what_went_wrong() {
    let directory = tempfile::tempdir().unwrap();
    make(directory.path(), &[]);
    let mut backup = command(directory.path(), "backup");
    let output = backup.arg("/nowhere/shop.dump").output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(message.contains("/nowhere"), "{message}");
}
