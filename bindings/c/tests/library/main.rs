//! The C library as C programs see it: compiled against its header, linked with it
//! where `scripts/install-c.sh` has put it, run against real servers.
//!
//! The server is a private cluster, the object store a real one over HTTP. `round_trip`
//! needs what lies below `PGSLUICE_SHARED`, by default `../shared`.

#![allow(clippy::unwrap_used, reason = "a failure ends the test")]

mod build;
mod documentation;
mod examples;
mod header;
mod installation;
#[path = "../../../../tests/dump_faults/ledger.rs"]
#[allow(dead_code, reason = "shared with another test binary")]
mod ledger;
mod programs;
mod round_trip;
#[path = "../../../../tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

/// Runs a command that must succeed. Panics with what it says if it does not, or if there is
/// no such program.
#[track_caller]
pub(crate) fn succeed(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{:?} is needed: {error}", command.get_program()));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(&output.stdout)
    );
    output
}

/// What a command that must succeed prints.
#[track_caller]
pub(crate) fn text(command: &mut Command) -> String {
    String::from_utf8(succeed(command).stdout).unwrap()
}
