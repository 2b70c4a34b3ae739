//! What is restored, in which order.

use std::collections::{HashMap, HashSet};

use super::RestoreOptions;
use super::select::{Selected, select};
use crate::archive::script::Pass;
use crate::archive::{Archive, CopyStatement, DataFacts, Header, Manifest, Section, TocEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::DumpId;
use crate::sql::one_line;
use crate::unpack::Places;

/// The entries of an archive, and what is done with them. Entries are named by their
/// places in it.
pub(super) struct Plan {
    pub(super) header: Header,
    /// All, in the order of the restore: the archive's, or that of a list.
    pub(super) entries: Vec<TocEntry>,
    pub(super) selected: Vec<Selected>,
    pub(super) places: Places,
    has_manifest: bool,
    /// What the manifest knows about the data of entries.
    facts: HashMap<DumpId, DataFacts>,
    by_id: HashMap<DumpId, usize>,
}

impl Plan {
    /// Plans the restore of what `options` select.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoMatch`](crate::ErrorKind::NoMatch) for names that select nothing.
    pub(super) fn new(
        archive: Archive,
        places: Places,
        manifest: Option<Manifest>,
        options: &RestoreOptions,
    ) -> Result<Self> {
        let entries = archive.entries.into_iter().map(|parsed| parsed.entry);
        let mut entries: Vec<TocEntry> = entries.collect();
        if let Some(listed) = &options.entries {
            let rank: HashMap<u32, usize> = listed.iter().copied().zip(1..).collect();
            // What is not listed comes first: those entries say how to read the others.
            entries.sort_by_key(|entry| rank.get(&entry.dump_id.0).copied().unwrap_or(0));
        }
        let has_manifest = manifest.is_some();
        let facts = manifest.map(|manifest| manifest.data).unwrap_or_default();
        let selected = select(&entries, options)?;
        let loaded = entries
            .iter()
            .zip(&selected)
            .filter(|(_, selected)| selected.load);
        loaded
            .map(|(entry, _)| entry)
            .try_for_each(check_takes_rows)?;
        Ok(Self {
            header: archive.header,
            selected,
            by_id: entries
                .iter()
                .enumerate()
                .map(|(place, entry)| (entry.dump_id, place))
                .collect(),
            entries,
            places,
            has_manifest,
            facts: facts
                .into_iter()
                .map(|facts| (DumpId(facts.dump_id), facts))
                .collect(),
        })
    }

    /// The place of the entry with this number.
    pub(super) fn place(&self, id: DumpId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// Whether what the archive holds is in UTF-8.
    pub(super) fn is_utf8(&self) -> bool {
        let mut encodings = self.entries.iter().filter(|entry| entry.desc == "ENCODING");
        let encoding = encodings.next().and_then(|entry| entry.defn.as_deref());
        encoding.is_some_and(|sql| sql.contains("'UTF8'"))
    }

    /// Whether there is a manifest to compare rows with.
    pub(super) fn has_manifest(&self) -> bool {
        self.has_manifest
    }

    /// What the manifest says about an entry's data.
    pub(super) fn facts(&self, id: DumpId) -> Option<&DataFacts> {
        self.facts.get(&id)
    }

    /// What is restored in this pass, in order.
    pub(super) fn pass(&self, pass: Pass) -> impl Iterator<Item = usize> {
        (0..self.entries.len())
            .filter(move |&item| self.selected[item].any() && Pass::of(&self.entries[item]) == pass)
    }

    /// The first items of the main pass: definitions that all others may need, up to the
    /// first entry of another section.
    pub(super) fn pre_data(&self) -> HashSet<usize> {
        let mut skipped = false;
        let is_first = |item: &usize| {
            let section = self.entries[*item].section;
            skipped |= matches!(section, Section::Data | Section::PostData);
            section == Section::PreData || (section == Section::None && !skipped)
        };
        self.pass(Pass::Main).filter(is_first).collect()
    }

    /// The table whose rows the entry has; it may be missing in the archive.
    pub(super) fn table_of(&self, rows: &TocEntry) -> Option<usize> {
        self.place(*rows.dependencies.first()?)
            .filter(|place| is_table(&self.entries[*place]))
    }

    /// The tables and sequences that the statements of the entry change.
    pub(super) fn changed_by(&self, entry: &TocEntry) -> impl Iterator<Item = usize> {
        let changes = matches!(
            entry.desc.as_ref(),
            "ACL"
                | "CHECK CONSTRAINT"
                | "COMMENT"
                | "CONSTRAINT"
                | "DEFAULT"
                | "FK CONSTRAINT"
                | "INDEX"
                | "POLICY"
                | "ROW SECURITY"
                | "RULE"
                | "SECURITY LABEL"
                | "SEQUENCE OWNED BY"
                | "SEQUENCE SET"
                | "TABLE ATTACH"
                | "TRIGGER"
        );
        let needed: &[DumpId] = match changes {
            true => &entry.dependencies,
            false => &[],
        };
        let places = needed.iter().filter_map(|id| self.place(*id));
        places.filter(|place| {
            let needed = &self.entries[*place];
            is_table(needed) || needed.desc == "SEQUENCE"
        })
    }

    /// Bytes of an entry's data: before compression, or as they are stored.
    pub(super) fn data_bytes(&self, id: DumpId) -> u64 {
        match self.facts(id) {
            Some(facts) => facts.raw_bytes,
            None => self.places.stored_bytes(id).unwrap_or(0),
        }
    }

    /// Tables whose rows are restored, and bytes of all data that is.
    pub(super) fn amount(&self) -> (u64, u64) {
        let mut tables = 0;
        let mut bytes = 0;
        for (entry, selected) in self.entries.iter().zip(&self.selected) {
            if selected.load {
                tables += u64::from(entry.desc == "TABLE DATA");
                bytes += self.data_bytes(entry.dump_id);
            }
        }
        (tables, bytes)
    }
}

/// Whether the entry makes what data of another entry goes into.
pub(super) fn holds_data(entry: &TocEntry) -> bool {
    is_table(entry) || matches!(entry.desc.as_ref(), "SEQUENCE" | "BLOB" | "BLOB METADATA")
}

/// Whatever the archive says, nothing but rows is sent.
fn check_takes_rows(entry: &TocEntry) -> Result<()> {
    match entry.copy_stmt.as_deref() {
        None | Some("") => Ok(()),
        Some(sql) => copy_statement(entry, sql).map(drop),
    }
}

/// The statement that takes the rows of an entry.
///
/// # Errors
///
/// [`ErrorKind::CorruptArchive`] if it is something else.
pub(super) fn copy_statement<'a>(entry: &TocEntry, sql: &'a str) -> Result<CopyStatement<'a>> {
    CopyStatement::parse(sql).ok_or_else(|| {
        Error::new(
            ErrorKind::CorruptArchive,
            format!(
                "entry {}, the rows of {}: {:?} is not a statement that takes rows, expected COPY … FROM stdin",
                entry.dump_id,
                one_line(&entry.tag),
                shortened(sql)
            ),
        )
        .with_hint("The archive is damaged, or pg_dump did not write it.")
    })
}

/// As much of a statement as a message has room for.
fn shortened(sql: &str) -> &str {
    match sql.char_indices().nth(100) {
        Some((end, _)) => &sql[..end],
        None => sql,
    }
}

/// Whether rows go into what the entry makes.
pub(super) fn is_table(entry: &TocEntry) -> bool {
    matches!(entry.desc.as_ref(), "TABLE" | "FOREIGN TABLE")
}
