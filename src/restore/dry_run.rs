//! What a restore would do.

use std::io::Read;

use super::RestoreOptions;
use super::leader;
use super::plan::Plan;
use super::{protect, session};
use crate::archive::ListingEntry;
use crate::archive::script::{self, Pass, Statements};
use crate::error::Result;
use crate::sql::{Dialect, one_line};

/// What a restore would do, in the order of one job.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DryRun {
    /// A line for every entry, as `pg_restore -l` has them.
    pub list: String,
    /// The statements. Rows are not among them: a remark stands where they would be.
    pub sql: String,
}

pub(super) async fn dry_run(
    options: &RestoreOptions,
    reader: Option<Box<dyn Read + Send>>,
) -> Result<DryRun> {
    let (_, plan) = leader::plan(options, reader).await?;
    protect::check(options, None)?;
    let (session, dialect) = session::open(&options.target, None, &plan, options).await?;
    session.end(false).await;
    let items: Vec<usize> = Pass::ALL
        .into_iter()
        .flat_map(|pass| plan.pass(pass))
        .collect();
    let line = |item: &usize| ListingEntry::new(&plan.entries[*item]).line();
    Ok(DryRun {
        list: items.iter().map(line).collect(),
        sql: sql(&plan, &items, options, &dialect)?,
    })
}

fn sql(
    plan: &Plan,
    items: &[usize],
    options: &RestoreOptions,
    dialect: &Dialect,
) -> Result<String> {
    let mut text = script::settings(&plan.entries, dialect.target())?;
    let clean = options.clean();
    for (entry, selected) in plan.entries.iter().zip(&plan.selected).rev() {
        if selected.any() && clean.drops(entry, options.create) {
            text += &clean.statement(entry);
        }
    }
    let mut statements = Statements::new(&plan.entries, dialect);
    for &item in items {
        let (entry, selected) = (&plan.entries[item], plan.selected[item]);
        if selected.define {
            text += &statements.settings(entry);
            text += &statements.definition(entry)?;
            if !options.no_owner {
                text += &statements.owner(entry)?;
            }
            text += &statements.access_method_without_storage(entry);
        }
        if selected.load {
            let bytes = plan.data_bytes(entry.dump_id);
            text += &format!(
                "-- data of entry {}: {}, some {bytes} bytes\n\n",
                entry.dump_id,
                one_line(&entry.tag)
            );
        }
        if matches!(entry.desc.as_ref(), "DATABASE" | "DATABASE PROPERTIES") {
            text += &format!("-- connects to database {}\n\n", one_line(&entry.tag));
            statements.forget_settings();
        }
    }
    Ok(text)
}
