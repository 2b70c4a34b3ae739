//! Comparing tables of contents, entry by entry.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use std::path::Path;

use pgsluice::archive::{Archive, Section, TocEntry};
use pgsluice::ids::DumpId;

use crate::databases::Dumped;

/// An entry's name: what `pg_restore -l` shows of it.
type Name = String;

/// What two archives of one database must agree on, in the archive's order.
///
/// Left out: dump ids, which number the objects an archive's maker has looked at;
/// relkinds, which only archive version 1.16 stores.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Facts {
    pub(crate) name: Name,
    catalog_id: String,
    section: Section,
    defn: Option<String>,
    drop_stmt: Option<String>,
    copy_stmt: Option<String>,
    pub(crate) tablespace: Option<String>,
    table_am: Option<String>,
    pub(crate) owner: Option<String>,
    has_data: bool,
    /// Sorted; one that is listed several times counts as often.
    dependencies: Vec<Name>,
}

/// Reads an archive's table of contents.
pub(crate) fn facts(path: &Path) -> Vec<Facts> {
    let archive = Archive::parse(&std::fs::read(path).unwrap()).unwrap();
    let entries: Vec<TocEntry> = archive
        .entries
        .into_iter()
        .map(|parsed| parsed.entry)
        .collect();
    let by_id: HashMap<DumpId, &TocEntry> =
        entries.iter().map(|entry| (entry.dump_id, entry)).collect();
    entries.iter().map(|entry| of(entry, &by_id)).collect()
}

/// Dumps with the program and with stock `pg_dump`, and compares the archives.
pub(crate) fn assert_as_pg_dump(url: &str, options: &[&str]) {
    let ours = facts(&Dumped::by_pgsluice(url, options).path());
    let stock = facts(&Dumped::by_pg_dump(url, options).path());
    assert_same_entries(&ours, &stock, options);
    assert_same_order(&ours, &stock, options);
}

/// Compares entries, whatever their order. Panics with the differences.
pub(crate) fn assert_same_entries(ours: &[Facts], stock: &[Facts], context: impl Debug) {
    let (by_name, expected) = (by_name(ours), by_name(stock));
    let names: BTreeSet<&Name> = by_name.keys().chain(expected.keys()).copied().collect();
    let differing = names
        .into_iter()
        .filter(|name| by_name.get(*name) != expected.get(*name));
    let differences: Vec<String> = differing
        .map(|name| difference(name, by_name.get(name), expected.get(name)))
        .collect();
    assert!(
        differences.is_empty(),
        "{context:?}: {} entries differ\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// Compares the order of the same entries. Panics with the first that differ.
pub(crate) fn assert_same_order(ours: &[Facts], stock: &[Facts], context: impl Debug) {
    let (order, expected) = (order(ours), order(stock));
    let disorder = order.iter().zip(&expected).position(|(a, b)| a != b);
    if let Some(at) = disorder {
        let there = |order: &[&Name]| format!("{:#?}", &order[at..order.len().min(at + 5)]);
        panic!(
            "{context:?}: order differs from entry {at} on\npgsluice {}\npg_dump {}",
            there(&order),
            there(&expected)
        );
    }
}

fn order(facts: &[Facts]) -> Vec<&Name> {
    facts.iter().map(|entry| &entry.name).collect()
}

fn of(entry: &TocEntry, by_id: &HashMap<DumpId, &TocEntry>) -> Facts {
    let needed = entry.dependencies.iter().filter_map(|id| by_id.get(id));
    let mut dependencies: Vec<Name> = needed
        .filter(|needed| !is_ours_alone(entry, needed))
        .map(|needed| name(needed))
        .collect();
    dependencies.sort();
    Facts {
        name: name(entry),
        catalog_id: format!("{:?}", entry.catalog_id),
        section: entry.section,
        defn: entry.defn.as_deref().map(with_roles_in_order),
        drop_stmt: entry.drop_stmt.clone(),
        copy_stmt: entry.copy_stmt.clone(),
        tablespace: entry.tablespace.clone(),
        table_am: entry.table_am.clone(),
        owner: entry.owner.clone(),
        has_data: entry.has_data,
        dependencies,
    }
}

/// Settings of roles in a database, which are the last, sorted by role: `pg_dump` leaves
/// their order to the server.
fn with_roles_in_order(defn: &str) -> String {
    let mut lines: Vec<&str> = defn.split_inclusive('\n').collect();
    let is_of_role = |line: &&str| line.starts_with("ALTER ROLE ");
    let first = lines.iter().position(is_of_role).unwrap_or(lines.len());
    lines[first..].sort_by_key(|line| line.split(" IN DATABASE ").next());
    lines.concat()
}

/// Ours alone has triggers and foreign keys of partitioned tables wait for the
/// partitions' rows, constraints that are not valid yet for those of descendants, and
/// what others than the owner granted for the privileges on the schema.
fn is_ours_alone(entry: &TocEntry, needed: &TocEntry) -> bool {
    match entry.desc.as_ref() {
        "TRIGGER" | "FK CONSTRAINT" | "CHECK CONSTRAINT" | "CONSTRAINT" => {
            needed.desc == "TABLE DATA"
        }
        "ACL" => needed.desc == "ACL" && needed.tag.starts_with("SCHEMA "),
        _ => false,
    }
}

fn name(entry: &TocEntry) -> Name {
    let namespace = entry.namespace.as_deref().unwrap_or("-");
    format!("{} {namespace} {}", entry.desc, entry.tag)
}

/// Several entries may have one name: comments on overloaded operators, for instance.
fn by_name(facts: &[Facts]) -> BTreeMap<&Name, Vec<&Facts>> {
    let mut map: BTreeMap<&Name, Vec<&Facts>> = BTreeMap::new();
    for entry in facts {
        map.entry(&entry.name).or_default().push(entry);
    }
    map
}

/// The lines in which two lists of entries differ.
fn difference(name: &Name, ours: Option<&Vec<&Facts>>, stock: Option<&Vec<&Facts>>) -> String {
    let (Some(ours), Some(stock)) = (ours, stock) else {
        let whose = if stock.is_none() {
            "pgsluice"
        } else {
            "pg_dump"
        };
        return format!("{name}\n  {whose} alone has it");
    };
    let lines = |facts| {
        let text = format!("{facts:#?}");
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (ours, stock) = (lines(ours), lines(stock));
    let only = |whose, these: &[String], those: &[String]| {
        let lines = these.iter().filter(|line| !those.contains(line));
        lines
            .map(|line| format!("\n  {whose} {line}"))
            .collect::<String>()
    };
    let ours_only = only("pgsluice", &ours, &stock);
    format!("{name}{ours_only}{}", only("pg_dump ", &stock, &ours))
}
