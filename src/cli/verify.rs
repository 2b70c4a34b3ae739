//! `pgsluice verify`.

use indicatif::{HumanBytes, HumanCount};

use super::environment::Environment;
use super::options::parsed;
use super::runner::Runner;
use super::summary::{count, lines};
use super::units::{self, parse_bytes};
use super::verify_args::VerifyArgs;
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
use crate::verify::{ForeignKeys, Level, Verify, VerifyOptions, VerifyReport};

/// Verifies, and prints what was proved.
///
/// # Errors
///
/// Those of the verification; [`ErrorKind::InvalidInput`] for arguments or settings
/// that cannot be used.
pub(super) fn run(args: &VerifyArgs, environment: &Environment) -> Result<()> {
    let options = verify_options(args, environment)?;
    let runner = Runner::new(&args.output, environment)?;
    let verify = Verify::new(options)?;
    runner.watch_signals()?;
    let progress = Progress::new();
    let report = runner.run(&progress, verify.run(&runner.cancel, &progress))?;
    let results = args.results();
    if results.json() {
        results.print_json(&report)
    } else if args.output.quiet {
        Ok(())
    } else {
        results.print(&summary(&report))
    }
}

fn verify_options(args: &VerifyArgs, environment: &Environment) -> Result<VerifyOptions> {
    let archive = args
        .archive
        .parse()
        .map_err(|error: Error| error.context("ARCHIVE"))?;
    let server = args.server.as_ref().map(|server| {
        environment
            .conninfo(server.reveal())
            .map_err(|error| error.context("--server"))
    });
    let assertions = args.assertions.as_deref().map(|path| {
        std::fs::read_to_string(path).map_err(|error| {
            let message = format!("--assertions: reading {}", path.display());
            Error::new(ErrorKind::InvalidInput, message).with_source(error)
        })
    });
    Ok(VerifyOptions {
        s3: environment.s3(),
        level: args.level.into(),
        server: server.transpose()?,
        jobs: args.jobs,
        max_memory: parsed("--max-memory", args.max_memory.as_deref(), parse_bytes)?,
        foreign_keys: parse_foreign_keys(&args.foreign_keys)?,
        assertions: assertions.transpose()?,
        with_roles: args.with_roles,
        ignore_manifest: args.ignore_manifest,
        ..VerifyOptions::new(archive)
    })
}

fn parse_foreign_keys(text: &str) -> Result<ForeignKeys> {
    match (text, text.parse()) {
        ("full", _) => Ok(ForeignKeys::Full),
        ("skip", _) => Ok(ForeignKeys::Skip),
        (_, Ok(rows)) if rows > 0 => Ok(ForeignKeys::Sample(rows)),
        _ => Err(Error::new(
            ErrorKind::InvalidInput,
            format!("--foreign-keys is {text:?}, expected full, skip or a number of rows"),
        )),
    }
}

fn summary(report: &VerifyReport) -> String {
    let proved = match report.level {
        Level::Bytes => "the stored bytes are those that were written",
        Level::Archive => "every entry can be decoded",
        _ => "a server restores it",
    };
    let mut facts = vec![
        ("verified", report.archive.clone()),
        ("proved", proved.to_owned()),
        (
            "size",
            format!(
                "{} ({} bytes)",
                HumanBytes(report.size),
                HumanCount(report.size)
            ),
        ),
    ];
    if let (Some(sha256), Some(source)) = (&report.sha256, report.compared_with) {
        facts.push(("sha256", format!("{sha256}, as in the {source}")));
    }
    if let (Some(entries), Some(rows), Some(tables)) = (report.entries, report.rows, report.tables)
    {
        let mut contents = format!(
            "{}, {} of {}",
            count(entries, "entry", "entries"),
            count(rows, "row", "rows"),
            count(tables, "table", "tables")
        );
        if let Some(objects @ 1..) = report.large_objects {
            contents += &format!(", {}", count(objects, "large object", "large objects"));
        }
        facts.push(("contents", contents));
    }
    if let Some(restored) = &report.restored {
        facts.push((
            "restored",
            format!(
                "on PostgreSQL {}: {} counted, {} digested; held: {}, {}",
                restored.server_version,
                count(restored.tables_counted, "table", "tables"),
                restored.tables_digested,
                count(restored.foreign_keys, "foreign key", "foreign keys"),
                count(restored.assertions, "assertion", "assertions"),
            ),
        ));
    }
    facts.push(("time", units::seconds(report.seconds)));
    for warning in &report.warnings {
        facts.push(("warning", warning.clone()));
    }
    lines(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_keys_are_checked_in_full_by_sample_or_not() {
        assert_eq!(parse_foreign_keys("full").unwrap(), ForeignKeys::Full);
        assert_eq!(parse_foreign_keys("skip").unwrap(), ForeignKeys::Skip);
        assert_eq!(
            parse_foreign_keys("1000").unwrap(),
            ForeignKeys::Sample(1000)
        );
        for text in ["", "0", "some", "-1"] {
            assert!(parse_foreign_keys(text).is_err(), "{text}");
        }
    }
}
