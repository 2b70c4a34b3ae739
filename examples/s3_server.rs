//! A small S3 server to try pgsluice with: `s3_server DIR`.
//!
//! Keeps its objects in `DIR`, with one bucket, `backups`. Prints how to reach it
//! as shell `export` lines, and serves until standard input ends.

// Most of it serves the tests.
#[allow(dead_code, unreachable_pub)]
#[path = "../tests/support/s3.rs"]
mod s3;

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    let Some(directory) = std::env::args_os().nth(1).map(PathBuf::from) else {
        writeln!(io::stderr(), "usage: s3_server DIR")?;
        return Ok(ExitCode::from(3));
    };
    std::fs::create_dir_all(&directory)?;
    let server = s3::S3Server::serve(&directory);
    server.create_bucket("backups");
    let mut stdout = io::stdout();
    for (name, value) in server.env() {
        writeln!(stdout, "export {name}='{value}'")?;
    }
    stdout.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(ExitCode::SUCCESS)
}
