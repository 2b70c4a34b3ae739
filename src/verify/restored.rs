//! A database that a server has made of the archive, compared with it.

use std::collections::BTreeMap;

use super::contents::Proved;
use super::report::RestoredFacts;
use super::scratch::Scratch;
use super::{VerifyOptions, assertions, foreign_keys};
use crate::archive::{CopyStatement, TocEntry};
use crate::cancel::Cancel;
use crate::codec::RowDigest;
use crate::error::{Error, ErrorKind, Result};
use crate::pg::{ConnInfo, Session};
use crate::progress::{Progress, Stage};
use crate::restore::{Restore, RestoreOptions, RestoreReport};
use crate::sql::{literal, one_line};

/// Restores the archive into a scratch database, which goes afterwards however this ends.
pub(super) async fn prove(
    options: &VerifyOptions,
    proved: &mut Proved,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<RestoredFacts> {
    let Some(server) = &options.server else {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "there is no server to restore into",
        ));
    };
    let scratch = cancel.guard(Scratch::make(server, &proved.archive)).await?;
    let target = scratch.conninfo();
    let outcome = restore_and_compare(options, &target, proved, cancel, progress).await;
    let dropped = scratch.drop().await;
    match (outcome, dropped) {
        (Ok(facts), Ok(())) => Ok(facts),
        (Ok(_), Err(error)) => Err(error),
        (Err(error), dropped) => {
            if let Err(second) = dropped {
                tracing::warn!("{}", second.full());
            }
            Err(error)
        }
    }
}

async fn restore_and_compare(
    options: &VerifyOptions,
    target: &ConnInfo,
    proved: &mut Proved,
    cancel: &Cancel,
    progress: &Progress,
) -> Result<RestoredFacts> {
    let restore = Restore::new(RestoreOptions {
        s3: options.s3.clone(),
        jobs: options.jobs,
        max_memory: options.max_memory,
        no_owner: !options.with_roles,
        no_privileges: !options.with_roles,
        ignore_manifest: options.ignore_manifest,
        ..RestoreOptions::new(options.archive.clone(), target.clone())
    })?;
    let report = restore.run(cancel, progress).await?;
    if report.entries == 0 {
        return Err(Error::new(
            ErrorKind::Verification,
            "there is nothing in the archive to restore",
        )
        .with_hint("An empty database was dumped, or another than you think."));
    }
    progress.enter(Stage::Checking, "the restored database");
    cancel
        .guard(compare(options, target, proved, &report))
        .await
}

async fn compare(
    options: &VerifyOptions,
    target: &ConnInfo,
    proved: &mut Proved,
    report: &RestoreReport,
) -> Result<RestoredFacts> {
    let session = Session::connect(target).await?;
    let compared = compare_in(&session, options, proved, report).await;
    session.end(compared.is_err()).await;
    compared
}

async fn compare_in(
    session: &Session,
    options: &VerifyOptions,
    proved: &mut Proved,
    report: &RestoreReport,
) -> Result<RestoredFacts> {
    let mut facts = RestoredFacts {
        server_version: report.server_version.clone(),
        entries: report.entries,
        ..RestoredFacts::default()
    };
    let digests = prints_rows_as_before(session, proved).await?;
    if !digests {
        proved.warnings.push(
            "rows were counted and not compared one by one: no manifest says how they were printed"
                .to_owned(),
        );
    }
    for (table, expected) in tables(proved) {
        let found = read(session, &table, digests).await?;
        expected.compare(&table, &found, digests)?;
        facts.tables_counted += 1;
        facts.tables_digested += u64::from(digests);
    }
    check_large_objects(session, proved).await?;
    facts.foreign_keys = foreign_keys::check(session, options.foreign_keys).await?;
    if let Some(sql) = &options.assertions {
        facts.assertions = assertions::check(session, sql).await?;
    }
    Ok(facts)
}

/// Makes the session print rows as the archive has them, if the manifest says how.
async fn prints_rows_as_before(session: &Session, proved: &Proved) -> Result<bool> {
    session
        .batch("SELECT pg_catalog.set_config('search_path', '', false); SET row_security = off")
        .await?;
    let Some(manifest) = &proved.manifest else {
        return Ok(false);
    };
    for (name, value) in &manifest.source.row_settings {
        let (name, value) = (literal(name), literal(value));
        session
            .batch(&format!(
                "SELECT pg_catalog.set_config({name}, {value}, false)"
            ))
            .await?;
    }
    Ok(!manifest.source.row_settings.is_empty())
}

/// What a table should hold, by the archive.
#[derive(Default)]
struct Expected {
    rows: u64,
    digest: RowDigest,
}

/// A table that rows of the archive went into, as its COPY statement has it.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct Table<'a> {
    copied: CopyStatement<'a>,
    /// Whether the rows of its partitions count.
    is_root: bool,
}

/// The tables that rows went into. Rows of several entries go into one where partitions
/// are loaded through their root.
fn tables(proved: &Proved) -> BTreeMap<Table<'_>, Expected> {
    let mut tables: BTreeMap<Table<'_>, Expected> = BTreeMap::new();
    for parsed in &proved.archive.entries {
        let entry = &parsed.entry;
        let found = proved.found.as_ref();
        if let Some(found) = found.and_then(|found| found.get(&entry.dump_id))
            && let Some(table) = table_of(entry)
        {
            let expected = tables.entry(table).or_default();
            expected.rows += found.digest.rows();
            expected.digest.merge(&found.digest);
        }
    }
    tables
}

fn table_of(entry: &TocEntry) -> Option<Table<'_>> {
    let copied = CopyStatement::parse(entry.copy_stmt.as_deref()?)?;
    let is_root = entry
        .defn
        .as_deref()
        .is_some_and(|defn| defn.starts_with("-- load via partition root "));
    Some(Table { copied, is_root })
}

/// Reads all rows of a table; without `digest`, counts them.
async fn read(session: &Session, table: &Table<'_>, digest: bool) -> Result<Expected> {
    let CopyStatement {
        table: name,
        columns,
    } = table.copied;
    if !digest {
        let only = if table.is_root { "" } else { "ONLY " };
        let sql = format!("SELECT pg_catalog.count(*) AS rows FROM {only}{name}");
        let rows: i64 = session.one(&sql, &[]).await?.get("rows")?;
        return Ok(Expected {
            rows: rows.unsigned_abs(),
            digest: RowDigest::new(),
        });
    }
    let sql = match (table.is_root, columns) {
        (true, _) => format!("COPY (SELECT {columns} FROM {name}) TO stdout"),
        (false, "") => format!("COPY {name} TO stdout"),
        (false, _) => format!("COPY {name} ({columns}) TO stdout"),
    };
    let mut digest = RowDigest::new();
    let mut copy = session.copy_out(&sql);
    let mut block = Vec::new();
    while copy.read(&mut block).await? {
        digest.update(&block);
    }
    Ok(Expected {
        rows: digest.rows(),
        digest,
    })
}

impl Expected {
    fn compare(&self, table: &Table<'_>, found: &Self, digests: bool) -> Result<()> {
        let difference = if self.rows != found.rows {
            format!("{} rows, found {}", self.rows, found.rows)
        } else if digests && self.digest.sum() != found.digest.sum() {
            format!(
                "rows with digest {}, found {}",
                self.digest.hex(),
                found.digest.hex()
            )
        } else {
            return Ok(());
        };
        let table = one_line(table.copied.table);
        Err(Error::new(
            ErrorKind::Verification,
            format!("the restored table {table} is not that of the archive: expected {difference}"),
        ))
    }
}

async fn check_large_objects(session: &Session, proved: &Proved) -> Result<()> {
    let found = proved.found.iter().flatten();
    let expected: u64 = found.map(|(_, found)| found.objects.rows()).sum();
    let sql = "SELECT pg_catalog.count(*) AS objects FROM pg_catalog.pg_largeobject_metadata";
    let found: i64 = session.one(sql, &[]).await?.get("objects")?;
    let found = found.unsigned_abs();
    match found >= expected {
        true => Ok(()),
        false => Err(Error::new(
            ErrorKind::Verification,
            format!("the restored database has {found} large objects, expected {expected}"),
        )),
    }
}
