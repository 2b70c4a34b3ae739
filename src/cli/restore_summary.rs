//! What a finished restore tells whoever waited for it.

use indicatif::HumanBytes;

use super::summary::{count, lines};
use super::units;
use crate::restore::RestoreReport;

/// The report in a few lines.
pub(super) fn summary(report: &RestoreReport) -> String {
    let mut facts = vec![
        ("restored", report.archive.clone()),
        (
            "into",
            format!("{}, PostgreSQL {}", report.database, report.server_version),
        ),
        ("contents", contents(report)),
        (
            "checked",
            match report.checked {
                true => "rows against the manifest, before they were committed".to_owned(),
                false => "no manifest to compare rows with".to_owned(),
            },
        ),
        ("time", time(report)),
    ];
    if let Some(bytes) = report.peak_memory {
        facts.push(("memory", format!("{} at most", HumanBytes(bytes))));
    }
    facts.extend(failed(report));
    lines(facts)
}

/// What could not be restored, line by line, and how much it was; nothing of a success.
pub(super) fn failures(report: &RestoreReport) -> String {
    lines(failed(report))
}

fn failed(report: &RestoreReport) -> Vec<(&'static str, String)> {
    let failures = report.failures.iter().map(|failure| {
        let hint = failure.hint.as_deref().map(|hint| format!(" ({hint})"));
        (
            "failed",
            failure.message.clone() + &hint.unwrap_or_default(),
        )
    });
    let mut facts: Vec<_> = failures.collect();
    if !facts.is_empty() {
        let failed = count(facts.len() as u64, "entry", "entries");
        facts.push(("result", format!("{failed} could not be restored")));
    }
    facts
}

fn contents(report: &RestoreReport) -> String {
    let mut parts = vec![
        count(report.entries, "entry", "entries"),
        format!(
            "{} of {}",
            count(report.rows, "row", "rows"),
            count(report.tables, "table", "tables")
        ),
    ];
    if report.large_objects > 0 {
        parts.push(count(report.large_objects, "large object", "large objects"));
    }
    format!("{} ({})", parts.join(", "), HumanBytes(report.raw_bytes))
}

fn time(report: &RestoreReport) -> String {
    let mut time = units::seconds(report.seconds);
    if report.jobs > 1 {
        time += &format!(", {}", count(report.jobs.into(), "job", "jobs"));
    }
    time
}
