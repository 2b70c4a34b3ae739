//! Which entries of an archive are restored, and what of them (`_tocEntryRequired` in
//! `pg_backup_archiver.c`).

use std::collections::{HashMap, HashSet};

use super::RestoreOptions;
use crate::archive::TocEntry;
use crate::archive::script::{has_definition, makes_database};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::DumpId;

/// What of an entry is restored.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Selected {
    /// Its statements.
    pub(super) define: bool,
    /// Its data.
    pub(super) load: bool,
}

impl Selected {
    pub(super) fn any(self) -> bool {
        self.define || self.load
    }
}

/// Selects among entries, which are in the order of the restore.
///
/// # Errors
///
/// [`ErrorKind::NoMatch`] for a name that no entry has.
pub(super) fn select(entries: &[TocEntry], options: &RestoreOptions) -> Result<Vec<Selected>> {
    check_names(entries, options)?;
    let selector = Selector {
        options,
        listed: options
            .entries
            .as_ref()
            .map(|ids| ids.iter().copied().map(DumpId).collect()),
        by_id: entries
            .iter()
            .enumerate()
            .map(|(place, entry)| (entry.dump_id, place))
            .collect(),
        entries,
    };
    let mut selected: Vec<Selected> = Vec::with_capacity(entries.len());
    for entry in entries {
        let this = selector.select(entry, &selected);
        selected.push(this);
    }
    check_effect(entries, &selected, options)?;
    Ok(selected)
}

struct Selector<'a> {
    options: &'a RestoreOptions,
    listed: Option<HashSet<DumpId>>,
    by_id: HashMap<DumpId, usize>,
    entries: &'a [TocEntry],
}

impl Selector<'_> {
    fn select(&self, entry: &TocEntry, before: &[Selected]) -> Selected {
        match entry.desc.as_ref() {
            // Read before anything is restored.
            "ENCODING" | "STDSTRINGS" | "SEARCHPATH" => Selected::default(),
            "DATABASE" | "DATABASE PROPERTIES" => Selected {
                define: self.options.create,
                load: false,
            },
            _ if self.is_wanted(entry, before) => self.parts(entry),
            _ => Selected::default(),
        }
    }

    fn is_wanted(&self, entry: &TocEntry, before: &[Selected]) -> bool {
        let options = self.options;
        let is_of_kind_left_out = match entry.desc.as_ref() {
            "ACL" | "DEFAULT ACL" => options.no_privileges,
            "COMMENT" => options.no_comments,
            _ => false,
        };
        let is_listed = self
            .listed
            .as_ref()
            .is_none_or(|listed| listed.contains(&entry.dump_id));
        if is_of_kind_left_out || !is_listed {
            return false;
        }
        match entry.desc.as_ref() {
            "ACL" | "COMMENT" | "SECURITY LABEL" if makes_database(entry) => options.create,
            // They go with what they are about.
            "ACL" | "COMMENT" | "SECURITY LABEL" => {
                !self.is_selective() || self.parent_is_selected(entry, before)
            }
            _ => self.is_in_schemas(entry) && self.is_named(entry),
        }
    }

    fn is_selective(&self) -> bool {
        !self.options.schemas.is_empty()
            || !self.options.exclude_schemas.is_empty()
            || self.names_objects()
    }

    fn names_objects(&self) -> bool {
        let options = self.options;
        [
            &options.tables,
            &options.triggers,
            &options.indexes,
            &options.functions,
        ]
        .into_iter()
        .any(|names| !names.is_empty())
    }

    fn parent_is_selected(&self, entry: &TocEntry, before: &[Selected]) -> bool {
        let places = entry
            .dependencies
            .iter()
            .filter_map(|id| self.by_id.get(id));
        places
            // An ACL of a column depends on its table's, too.
            .filter(|place| self.entries[**place].desc != "ACL")
            .any(|place| before.get(*place).is_some_and(|parent| parent.any()))
    }

    fn is_in_schemas(&self, entry: &TocEntry) -> bool {
        let namespace = entry.namespace.as_deref().filter(|name| !name.is_empty());
        let is_in =
            |names: &[String]| namespace.is_some_and(|name| names.iter().any(|n| n == name));
        (self.options.schemas.is_empty() || is_in(&self.options.schemas))
            && !is_in(&self.options.exclude_schemas)
    }

    fn is_named(&self, entry: &TocEntry) -> bool {
        !self.names_objects()
            || names_of_kind(entry, self.options)
                .is_some_and(|names| names.iter().any(|name| is_called(entry, name)))
    }

    fn parts(&self, entry: &TocEntry) -> Selected {
        let is_statistics = entry.desc == "STATISTICS DATA";
        let is_data = is_data(entry);
        let defines = has_definition(entry) && (is_data || !is_statistics);
        let wants_definitions = !self.options.data_only;
        let wants_data = !self.options.schema_only;
        match (is_data, entry.has_data) {
            // Statements that bring data.
            (true, _) => Selected {
                define: defines && wants_data,
                load: false,
            },
            _ if is_statistics => Selected {
                define: has_definition(entry) && wants_data && wants_definitions,
                load: false,
            },
            (false, has_data) => Selected {
                define: defines && wants_definitions,
                load: has_data && wants_data,
            },
        }
    }
}

/// Whether the entry's statements are data: values of sequences, and all about large objects.
fn is_data(entry: &TocEntry) -> bool {
    match entry.desc.as_ref() {
        "SEQUENCE SET" | "BLOB" | "BLOB METADATA" => true,
        "ACL" | "COMMENT" | "SECURITY LABEL" => entry.tag.starts_with("LARGE OBJECT"),
        _ => false,
    }
}

/// The names that select entries of this kind; none if no name does.
fn names_of_kind<'a>(entry: &TocEntry, options: &'a RestoreOptions) -> Option<&'a [String]> {
    match entry.desc.as_ref() {
        "TABLE"
        | "TABLE DATA"
        | "VIEW"
        | "FOREIGN TABLE"
        | "MATERIALIZED VIEW"
        | "MATERIALIZED VIEW DATA"
        | "SEQUENCE"
        | "SEQUENCE SET" => Some(&options.tables),
        "INDEX" => Some(&options.indexes),
        "FUNCTION" | "PROCEDURE" | "AGGREGATE" => Some(&options.functions),
        "TRIGGER" => Some(&options.triggers),
        _ => None,
    }
}

/// Whether this is the entry's name, alone or with its schema before it.
fn is_called(entry: &TocEntry, name: &str) -> bool {
    // Tags of triggers are "table trigger".
    let is_trigger = entry.desc == "TRIGGER"
        && entry
            .tag
            .strip_suffix(name)
            .is_some_and(|table| table.ends_with(' '));
    let is_qualified = entry.namespace.as_deref().is_some_and(|namespace| {
        name.strip_prefix(namespace)
            .and_then(|rest| rest.strip_prefix('.'))
            == Some(entry.tag.as_str())
    });
    entry.tag == name || is_qualified || is_trigger
}

/// A name that selects nothing is a mistake: nobody restores nothing on purpose.
fn check_names(entries: &[TocEntry], options: &RestoreOptions) -> Result<()> {
    let namespaces: HashSet<&str> = entries
        .iter()
        .flat_map(|entry| {
            let own = (entry.desc == "SCHEMA").then_some(entry.tag.as_str());
            own.into_iter().chain(entry.namespace.as_deref())
        })
        .collect();
    let mut schemas = options.schemas.iter().chain(&options.exclude_schemas);
    if let Some(name) = schemas.find(|name| !namespaces.contains(name.as_str())) {
        return Err(no_match("schema", name));
    }
    for (kind, names) in kinds(options) {
        for name in names {
            let mut entries = entries.iter();
            if !entries.any(|entry| is_meant(entry, names, name, options)) {
                return Err(no_match(kind, name));
            }
        }
    }
    let known: HashSet<u32> = entries.iter().map(|entry| entry.dump_id.0).collect();
    let mut listed = options.entries.iter().flatten();
    match listed.find(|id| !known.contains(id)) {
        Some(id) => Err(Error::new(
            ErrorKind::NoMatch,
            format!("the archive has no entry of number {id}"),
        )
        .with_hint("The list is of another archive: entries go by their numbers alone. Make one with pgsluice list.")),
        None => Ok(()),
    }
}

/// What can be named, and the names.
fn kinds(options: &RestoreOptions) -> [(&'static str, &[String]); 4] {
    [
        ("table, view or sequence", &options.tables),
        ("trigger", &options.triggers),
        ("index", &options.indexes),
        ("function", &options.functions),
    ]
}

/// Whether an entry is of the kind that `names` are of, and called `name`.
fn is_meant(entry: &TocEntry, names: &[String], name: &str, options: &RestoreOptions) -> bool {
    names_of_kind(entry, options).is_some_and(|of_kind| std::ptr::eq(of_kind, names))
        && is_called(entry, name)
}

/// A name of which other options leave nothing is a mistake, too: above all a partitioned
/// table, whose rows are those of its partitions.
fn check_effect(
    entries: &[TocEntry],
    selected: &[Selected],
    options: &RestoreOptions,
) -> Result<()> {
    for (kind, names) in kinds(options) {
        for name in names {
            let mut meant = entries.iter().zip(selected);
            if meant.any(|(entry, parts)| parts.any() && is_meant(entry, names, name, options)) {
                continue;
            }
            let message = format!("of the {kind} {name:?} nothing is left to restore");
            let partitions = partitions_of(entries, name);
            let hint = match partitions.is_empty() {
                true => "Other options leave it out. If it is a partitioned table, its rows are those of its partitions: name these.".to_owned(),
                false => format!("It is partitioned: its rows are in {}. Name these.", partitions.join(", ")),
            };
            return Err(Error::new(ErrorKind::NoMatch, message).with_hint(hint));
        }
    }
    warn_of_partitions(entries, selected, options);
    Ok(())
}

/// A partitioned table alone is made without a row.
fn warn_of_partitions(entries: &[TocEntry], selected: &[Selected], options: &RestoreOptions) {
    if options.schema_only || options.tables.is_empty() {
        return;
    }
    let loaded = entries.iter().zip(selected).filter(|(_, parts)| parts.load);
    let loaded: HashSet<&str> = loaded.map(|(entry, _)| entry.tag.as_str()).collect();
    for name in &options.tables {
        let mut left_out = partitions_of(entries, name);
        left_out.retain(|partition| !loaded.contains(partition.as_str()));
        if !left_out.is_empty() {
            tracing::warn!(
                table = name,
                ?left_out,
                "a partitioned table was named without its partitions, whose rows are left out"
            );
        }
    }
}

/// The partitions of the table that a name means, as far as the archive tells: those that
/// archives of servers up to 13 make together with the table are not entries.
///
/// Of partitions that are partitioned themselves, theirs.
fn partitions_of(entries: &[TocEntry], name: &str) -> Vec<String> {
    let tables = entries
        .iter()
        .filter(|entry| entry.desc == "TABLE" && is_called(entry, name));
    let mut left: Vec<&TocEntry> = tables.collect();
    let mut seen: HashSet<DumpId> = left.iter().map(|table| table.dump_id).collect();
    let by_id: HashMap<DumpId, &TocEntry> =
        entries.iter().map(|entry| (entry.dump_id, entry)).collect();
    let mut leaves = Vec::new();
    while let Some(table) = left.pop() {
        let attached = entries.iter().filter(|entry| {
            entry.desc == "TABLE ATTACH"
                && entry.tag != table.tag
                && entry.dependencies.contains(&table.dump_id)
        });
        let partitions = attached.filter_map(|attach| {
            let needed = attach.dependencies.iter();
            let mut needed = needed.filter_map(|id| by_id.get(id).copied());
            needed.find(|entry| entry.tag == attach.tag)
        });
        let partitions: Vec<&TocEntry> = partitions.collect();
        if partitions.is_empty() && !is_called(table, name) {
            leaves.push(table.tag.clone());
        }
        left.extend(
            partitions
                .into_iter()
                .filter(|entry| seen.insert(entry.dump_id)),
        );
    }
    leaves.sort();
    leaves
}

fn no_match(kind: &str, name: &str) -> Error {
    Error::new(
        ErrorKind::NoMatch,
        format!("the archive has no {kind} {name:?}"),
    )
    .with_hint("Names are exact, without quotes and wildcards: pgsluice list shows them.")
}
