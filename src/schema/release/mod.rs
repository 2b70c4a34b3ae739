//! What an older, or newer, release cannot restore.
//!
//! Kinds write what the release of [`Dialect::target`](crate::sql::Dialect::target)
//! understands as far as there is a way to say it. For what there is none,
//! [`lacking`] reads the entries when they are written: so it knows what the
//! server itself has printed, too, and kinds need not care. Values, bodies of
//! functions in quotes and names of functions and types are beyond it.

mod features;
mod statement;
mod tokens;

use std::collections::HashSet;
use std::fmt;

use crate::archive::TocEntry;
use crate::ids::DumpId;
use features::{FEATURES, Feature};
use statement::Statement;

/// An object that a release cannot have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Lacking<'a> {
    /// The object's entry.
    pub(crate) entry: &'a TocEntry,
    /// What of it is unknown there, and in which releases it is known.
    pub(crate) feature: &'static Feature,
}

/// The entries that release `target` cannot restore.
pub(crate) fn lacking(entries: &[TocEntry], target: u32) -> Vec<Lacking<'_>> {
    let unknown: Vec<&Feature> = FEATURES
        .iter()
        .filter(|feature| !feature.known.contains(&target))
        .collect();
    let partitioned: HashSet<DumpId> = entries
        .iter()
        .filter(|entry| entry.relkind == Some(b'p'))
        .map(|entry| entry.dump_id)
        .collect();
    entries
        .iter()
        .flat_map(|entry| {
            let statement = Statement::new(entry, &partitioned);
            let of_entry = unknown
                .iter()
                .filter(move |feature| feature.is_in(&statement));
            of_entry.map(move |feature| Lacking { entry, feature })
        })
        .collect()
}

impl fmt::Display for Lacking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TocEntry {
            desc,
            tag,
            namespace,
            ..
        } = self.entry;
        let kind = desc.to_lowercase();
        let schema = namespace
            .as_deref()
            .map(|schema| format!("{schema}."))
            .unwrap_or_default();
        write!(f, "{kind} {schema}{tag} ({})", self.feature)
    }
}

#[cfg(test)]
mod tests;
