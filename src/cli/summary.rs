//! What a finished dump tells whoever waited for it.

use indicatif::{HumanBytes, HumanCount};

use super::units;
use crate::dump::DumpReport;

/// The report in a few lines.
pub(super) fn summary(report: &DumpReport) -> String {
    let mut lines = vec![
        (
            "dumped",
            format!("{}, PostgreSQL {}", report.database, report.server_version),
        ),
        ("to", report.target.clone()),
        ("size", size(report)),
        ("sha256", report.sha256.clone()),
        ("contents", contents(report)),
        ("time", time(report)),
    ];
    if let Some(bytes) = report.peak_memory {
        lines.push(("memory", format!("{} at most", HumanBytes(bytes))));
    }
    if let Some(manifest) = &report.manifest {
        lines.push(("manifest", manifest.clone()));
    }
    for object in &report.skipped {
        lines.push(("skipped", format!("{} {}", object.kind, object.name)));
    }
    for warning in &report.warnings {
        lines.push(("warning", warning.clone()));
    }
    self::lines(lines)
}

/// Facts with their names, a line each.
pub(super) fn lines(facts: Vec<(&str, String)>) -> String {
    facts
        .into_iter()
        .map(|(name, fact)| format!("{name:<8}  {fact}\n"))
        .collect()
}

fn size(report: &DumpReport) -> String {
    let what = match &report.archive_version {
        Some(version) => format!("archive version {version}"),
        None => "SQL script".to_owned(),
    };
    let files = match report.files {
        0 => String::new(),
        files => format!(" in {}", count(files, "file", "files")),
    };
    format!(
        "{} ({} bytes){files}, {}, {what}",
        HumanBytes(report.size),
        HumanCount(report.size),
        report.compression,
    )
}

fn contents(report: &DumpReport) -> String {
    let mut parts = vec![
        count(report.toc_entries, "entry", "entries"),
        format!(
            "{} of {}",
            count(report.rows, "row", "rows"),
            count(report.tables, "table", "tables")
        ),
    ];
    if report.large_objects > 0 {
        parts.push(count(report.large_objects, "large object", "large objects"));
    }
    format!(
        "{} ({} uncompressed)",
        parts.join(", "),
        HumanBytes(report.raw_bytes)
    )
}

fn time(report: &DumpReport) -> String {
    let mut time = units::seconds(report.seconds);
    if report.seconds > 0.0 {
        let rate = report.raw_bytes as f64 / report.seconds;
        time += &format!(", {}/s", HumanBytes(rate as u64));
    }
    if report.jobs > 1 {
        time += &format!(", {}", count(report.jobs.into(), "job", "jobs"));
    }
    time
}

/// A number with its noun.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", HumanCount(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::SkippedObject;
    use crate::dump::DumpFormat;

    fn report() -> DumpReport {
        DumpReport {
            target: "s3://backups/shop.dump".into(),
            manifest: Some("s3://backups/shop.dump.manifest.json".into()),
            format: DumpFormat::Custom,
            size: 13_002_342,
            files: 0,
            sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae".into(),
            e_tag: None,
            database: "shop".into(),
            server_version: "17.5".into(),
            archive_version: Some("1.15".into()),
            compression: "zstd:3".into(),
            toc_entries: 214,
            tables: 31,
            rows: 1_204_224,
            large_objects: 1,
            raw_bytes: 52_428_800,
            seconds: 3.2,
            jobs: 2,
            peak_memory: Some(44_040_192),
            skipped: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn summary_says_where_how_large_and_what() {
        let expected = "\
dumped    shop, PostgreSQL 17.5
to        s3://backups/shop.dump
size      12.40 MiB (13,002,342 bytes), zstd:3, archive version 1.15
sha256    2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
contents  214 entries, 1,204,224 rows of 31 tables, 1 large object (50.00 MiB uncompressed)
time      3.2 s, 15.62 MiB/s, 2 jobs
memory    42.00 MiB at most
manifest  s3://backups/shop.dump.manifest.json
";
        assert_eq!(summary(&report()), expected);
    }

    #[test]
    fn every_skipped_object_and_warning_has_its_line() {
        let mut report = report();
        report.manifest = None;
        report.skipped.push(SkippedObject {
            kind: "PUBLICATION".into(),
            name: "all_tables".into(),
        });
        report.warnings.push("table \"a\" has row security".into());
        let text = summary(&report);
        let end = "skipped   PUBLICATION all_tables\nwarning   table \"a\" has row security\n";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn files_of_a_directory_are_counted() {
        let report = DumpReport {
            format: DumpFormat::Directory,
            files: 34,
            ..report()
        };
        assert!(summary(&report).contains("(13,002,342 bytes) in 34 files, zstd:3"));
    }

    #[test]
    fn empty_database_has_no_rate_to_divide_by() {
        let report = DumpReport {
            raw_bytes: 0,
            seconds: 0.0,
            jobs: 1,
            ..report()
        };
        assert!(summary(&report).contains("time      0.0 s\n"));
    }
}
