//! From arguments and environment to the options of a dump.

use std::collections::BTreeMap;

use super::args::DumpArgs;
use super::environment::Environment;
use super::units::{parse_bytes, parse_milliseconds};
use crate::codec::Compression;
use crate::dump::DumpOptions;
use crate::error::{Error, ErrorKind, Result};

/// Puts together what a dump is asked to do.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`], naming the argument.
pub(super) fn dump_options(args: &DumpArgs, environment: &Environment) -> Result<DumpOptions> {
    let source = environment
        .conninfo(args.source.reveal())
        .map_err(|error| error.context("SOURCE_DB"))?;
    let target = args
        .target
        .parse()
        .map_err(|error: Error| error.context("TARGET"))?;
    Ok(DumpOptions {
        s3: environment.s3(),
        format: args
            .format
            .parse()
            .map_err(|error: Error| error.context("--format"))?,
        compression: parsed("--compress", args.compression.as_deref(), parse_compression)?,
        target_version: args.target_version,
        jobs: args.jobs,
        fall_back_to_one_job: args.fall_back_to_one_job,
        max_memory: parsed("--max-memory", args.max_memory.as_deref(), parse_bytes)?,
        max_rate: parsed("--max-rate", args.max_rate.as_deref(), parse_bytes)?
            .map(|bytes| bytes as u64),
        schemas: args.schemas.clone(),
        exclude_schemas: args.exclude_schemas.clone(),
        tables: args.tables.clone(),
        exclude_tables: args.exclude_tables.clone(),
        exclude_table_data: args.exclude_table_data.clone(),
        include_foreign_data: args.include_foreign_data.clone(),
        schema_only: args.schema_only,
        data_only: args.data_only,
        statistics: args.statistics,
        no_owner: args.no_owner,
        no_privileges: args.no_privileges,
        no_comments: args.no_comments,
        no_security_labels: args.no_security_labels,
        no_publications: args.no_publications,
        no_subscriptions: args.no_subscriptions,
        no_tablespaces: args.no_tablespaces,
        no_table_access_method: args.no_table_access_method,
        no_toast_compression: args.no_toast_compression,
        create: args.create,
        clean: args.clean,
        if_exists: args.if_exists,
        skip_unsupported: args.skip_unsupported,
        overwrite: args.overwrite,
        lock_wait_timeout_ms: parsed(
            "--lock-wait-timeout",
            args.lock_wait_timeout.as_deref(),
            parse_milliseconds,
        )?
        // Zero means no limit in PostgreSQL.
        .filter(|milliseconds| *milliseconds > 0),
        labels: parse_labels(&args.labels)?,
        part_size: parsed("--part-size", args.part_size.as_deref(), parse_bytes)?,
        utc_offset_seconds: environment.utc_offset_seconds(),
        ..DumpOptions::new(source, target)
    })
}

/// Reads an argument's value, if it was given, and names the argument if that fails.
pub(super) fn parsed<T>(
    name: &str,
    value: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T>,
) -> Result<Option<T>> {
    value
        .map(parse)
        .transpose()
        .map_err(|error| error.context(name))
}

/// As [`Compression`] is written, or a bare level, which means gzip in pg_dump.
fn parse_compression(text: &str) -> Result<Compression> {
    match text.parse::<u8>() {
        Ok(0) => Ok(Compression::None),
        Ok(level) => format!("gzip:{level}").parse(),
        Err(_) => text.parse(),
    }
}

fn parse_labels(labels: &[String]) -> Result<BTreeMap<String, String>> {
    let invalid = |message: String| {
        Error::new(ErrorKind::InvalidInput, message)
            .with_hint("Write it as --label key=value, every key once.")
    };
    let mut map = BTreeMap::new();
    for label in labels {
        let (key, value) = label
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| invalid(format!("--label: expected key=value, found {label:?}")))?;
        if map.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(invalid(format!("--label: {key:?} is given twice")));
        }
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;
    use crate::dump::DumpFormat;
    use crate::store::Location;

    /// The options of `pgsluice dump postgresql://app@db/shop shop.dump` with more arguments.
    fn options(more: &[&str]) -> Result<DumpOptions> {
        let mut line = vec!["pgsluice", "dump", "postgresql://app@db/shop", "shop.dump"];
        line.extend(more);
        let Command::Dump(args) = Cli::try_parse_from(line).unwrap().command else {
            panic!("dump was asked for");
        };
        dump_options(&args, &Environment::with([("AWS_REGION", "eu-central-1")]))
    }

    fn refused(more: &[&str]) -> Error {
        let error = options(more).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.hint().is_some(), "{error:?}");
        error
    }

    #[test]
    fn defaults_dump_everything() {
        let options = options(&[]).unwrap();
        assert_eq!(options.source.database(), Some("shop"));
        assert_eq!(options.target, Location::File("shop.dump".into()));
        assert_eq!(options.s3.region.as_deref(), Some("eu-central-1"));
        assert_eq!(options.compression, None);
        assert_eq!(options.jobs, 1);
        assert!(options.schemas.is_empty() && options.tables.is_empty());
        assert!(!options.schema_only && !options.data_only && !options.overwrite);
        assert_eq!(options.lock_wait_timeout_ms, None);
        assert_eq!(options.part_size, None);
    }

    #[test]
    fn selection_flags_are_those_of_pg_dump() {
        let short =
            options(&["-n", "a", "-n", "b", "-N", "c", "-t", "d", "-T", "e", "-s"]).unwrap();
        let long = options(&[
            "--schema=a",
            "--schema=b",
            "--exclude-schema=c",
            "--table=d",
            "--exclude-table=e",
            "--schema-only",
            "--strict-names",
        ])
        .unwrap();
        for options in [short, long] {
            assert_eq!(options.schemas, ["a", "b"]);
            assert_eq!(options.exclude_schemas, ["c"]);
            assert_eq!(options.tables, ["d"]);
            assert_eq!(options.exclude_tables, ["e"]);
            assert!(options.schema_only);
        }
        let data = options(&["-a", "--exclude-table-data=f"]).unwrap();
        assert!(data.data_only);
        assert_eq!(data.exclude_table_data, ["f"]);
        let foreign = options(&["--include-foreign-data", "g*"]).unwrap();
        assert_eq!(foreign.include_foreign_data, ["g*"]);
    }

    #[test]
    fn owners_privileges_and_comments_can_be_left_out() {
        for line in [
            ["-O", "-x"],
            ["--no-owner", "--no-privileges"],
            ["--no-owner", "--no-acl"],
        ] {
            let options = options(&line).unwrap();
            assert!(options.no_owner && options.no_privileges && !options.no_comments);
        }
        assert!(options(&["--no-comments"]).unwrap().no_comments);
    }

    #[test]
    fn bare_compression_level_means_gzip_as_in_pg_dump() {
        let compression = |text| options(&["-Z", text]).unwrap().compression;
        assert_eq!(compression("0"), Some(Compression::None));
        assert_eq!(compression("9"), Some(Compression::Gzip { level: 9 }));
        assert_eq!(
            compression("zstd:-1"),
            Some(Compression::Zstd { level: -1 })
        );
        assert!(
            refused(&["-Z", "brotli"])
                .full()
                .starts_with("--compress: ")
        );
    }

    #[test]
    fn format_is_read_and_an_unknown_one_names_the_argument() {
        let format = |name| options(&["-F", name]).unwrap().format;
        assert_eq!(options(&[]).unwrap().format, DumpFormat::Custom);
        assert_eq!(format("c"), DumpFormat::Custom);
        assert_eq!(format("directory"), DumpFormat::Directory);
        assert_eq!(format("p"), DumpFormat::Plain);
        assert!(refused(&["-F", "zip"]).full().starts_with("--format: "));
    }

    #[test]
    fn script_flags_are_those_of_pg_dump() {
        let long = options(&["-F", "p", "--create", "--clean", "--if-exists"]).unwrap();
        let short = options(&["-Fp", "-C", "-c", "--if-exists"]).unwrap();
        for options in [long, short] {
            assert!(options.create && options.clean && options.if_exists);
        }
        let options = options(&[]).unwrap();
        assert!(!options.create && !options.clean && !options.if_exists);
    }

    #[test]
    fn lock_wait_timeout_of_zero_means_none() {
        let timeout = |text| {
            options(&["--lock-wait-timeout", text])
                .unwrap()
                .lock_wait_timeout_ms
        };
        assert_eq!(timeout("30s"), Some(30_000));
        assert_eq!(timeout("250"), Some(250));
        assert_eq!(timeout("0"), None);
        refused(&["--lock-wait-timeout", "soon"]);
    }

    #[test]
    fn labels_are_keys_with_values() {
        let labels = options(&[
            "--label", "env=prod", "--label", "why=a=b", "--label", "empty=",
        ])
        .unwrap()
        .labels;
        let expected = [("empty", ""), ("env", "prod"), ("why", "a=b")];
        assert!(
            labels
                .iter()
                .map(|(key, value)| (&**key, &**value))
                .eq(expected)
        );
        refused(&["--label", "env"]);
        refused(&["--label", "=prod"]);
        refused(&["--label", "env=a", "--label", "env=b"]);
    }

    #[test]
    fn memory_and_rate_take_units() {
        let options = options(&["--max-memory", "1GiB", "--max-rate", "20MB"]).unwrap();
        assert_eq!(options.max_memory, Some(1 << 30));
        assert_eq!(options.max_rate, Some(20 << 20));
    }

    #[test]
    fn part_size_takes_units() {
        let options = options(&["--part-size", "16MiB"]).unwrap();
        assert_eq!(options.part_size, Some(16 << 20));
        assert!(
            refused(&["--part-size", "big"])
                .full()
                .starts_with("--part-size: ")
        );
    }
}
