//! Help, version, and arguments that clap refuses.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::error::ErrorKind as ClapKind;

use super::outcome::Results;
use crate::error::{Error, ErrorKind};

/// Prints what clap has to say and returns the exit code: 0 for help that was
/// asked for, otherwise that of unusable arguments, which is not clap's own.
pub(super) fn report(error: &clap::Error, args: &[OsString]) -> ExitCode {
    if matches!(
        error.kind(),
        ClapKind::DisplayHelp | ClapKind::DisplayVersion
    ) {
        return match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(ErrorKind::Storage.exit_code()),
        };
    }
    let rendered = error.render();
    let text = if io::stderr().is_terminal() {
        rendered.ansi().to_string()
    } else {
        rendered.to_string()
    };
    // Nobody is left to be told if this fails.
    let _ = io::stderr().write_all(without_secrets(text, args).as_bytes());
    if args.iter().any(|arg| arg == "--json") {
        let _ = Results::to_stdout(true).print_error_json(&as_error(error, args));
    }
    ExitCode::from(ErrorKind::InvalidInput.exit_code())
}

/// The refusal itself, without clap's advice and usage lines.
fn as_error(error: &clap::Error, args: &[OsString]) -> Error {
    let text = without_secrets(error.render().to_string(), args);
    let refusal: Vec<_> = text
        .lines()
        .take_while(|line| !line.is_empty())
        .map(str::trim)
        .collect();
    let message = refusal.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    Error::new(ErrorKind::InvalidInput, message).with_hint(
        "pgsluice --help shows the commands, and pgsluice dump --help the arguments of one.",
    )
}

/// Hides connection strings: clap repeats an argument that it did not expect,
/// and a misplaced SOURCE_DB may hold a password.
fn without_secrets(mut text: String, args: &[OsString]) -> String {
    for arg in args.iter().filter_map(|arg| arg.to_str()) {
        let value = match arg.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => value,
            _ => arg,
        };
        if may_hold_password(value) {
            text = text.replace(value, "***");
        }
    }
    text
}

fn may_hold_password(value: &str) -> bool {
    value.contains("://") && value.contains('@') || value.contains("password")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::Cli;
    use super::*;

    fn refused(line: &[&str]) -> Error {
        let args: Vec<OsString> = line.iter().map(OsString::from).collect();
        as_error(&Cli::try_parse_from(&args).unwrap_err(), &args)
    }

    #[test]
    fn refusal_is_one_line_without_usage() {
        assert_eq!(
            refused(&["pgsluice", "dump", "--json"]).to_string(),
            "the following required arguments were not provided: <SOURCE_DB> <TARGET>"
        );
    }

    #[test]
    fn misplaced_connection_string_is_not_repeated() {
        let uri = "postgresql://app:hunter2@db/shop";
        let lines: [&[&str]; 4] = [
            &["pgsluice", uri],
            &["pgsluice", "dump", "shop", "shop.dump", uri],
            &["pgsluice", "dump", "shop", "x", "host=db password=hunter2"],
            &[
                "pgsluice",
                "dump",
                "shop",
                "x",
                "--progress=postgresql://u:hunter2@db",
            ],
        ];
        for line in lines {
            let error = refused(line);
            assert!(!error.full().contains("hunter2"), "{error:?}");
            assert!(error.full().contains("***"), "{error:?}");
        }
    }
}
