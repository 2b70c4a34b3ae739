//! The table of contents: one entry per restorable item.

use std::borrow::Cow;

use crate::ids::{CatalogId, DumpId};

/// Which part of a restore an entry belongs to (`pg_backup.h`, `teSection`).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum Section {
    /// Comments and ACLs: they take the section of the entry before them.
    None = 1,
    /// Definitions that data needs.
    PreData = 2,
    /// Rows, sequence values, large objects.
    Data = 3,
    /// Definitions that need data: indexes, constraints, triggers.
    PostData = 4,
}

/// One item of an archive. Fields are those of the format, in PostgreSQL's words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TocEntry {
    /// Unique within the archive, from 1.
    pub dump_id: DumpId,
    /// The catalog row behind the entry, or [`CatalogId::NONE`].
    pub catalog_id: CatalogId,
    /// The entry's name, unquoted, as `pg_restore -l` shows it.
    pub tag: String,
    /// The kind of entry, for example `TABLE DATA`.
    pub desc: Cow<'static, str>,
    /// The section it is restored in.
    pub section: Section,
    /// The statements that make the object.
    pub defn: Option<String>,
    /// The statement that drops it; empty or none if there is nothing to drop.
    pub drop_stmt: Option<String>,
    /// `COPY … FROM stdin;` of a TABLE DATA entry.
    pub copy_stmt: Option<String>,
    /// The schema, unquoted.
    pub namespace: Option<String>,
    /// None: this kind has no tablespace. Empty: the database's default.
    pub tablespace: Option<String>,
    /// The table access method.
    pub table_am: Option<String>,
    /// `pg_class.relkind` of table-like entries. Stored from archive version 1.16.
    pub relkind: Option<u8>,
    /// The owner, unquoted.
    pub owner: Option<String>,
    /// Whether a data block belongs to the entry.
    pub has_data: bool,
    /// The entries this one needs.
    pub dependencies: Vec<DumpId>,
}

impl TocEntry {
    /// An entry with a name and nothing else.
    pub fn new(
        dump_id: DumpId,
        desc: impl Into<Cow<'static, str>>,
        tag: impl Into<String>,
        section: Section,
    ) -> Self {
        Self {
            dump_id,
            catalog_id: CatalogId::NONE,
            tag: tag.into(),
            desc: desc.into(),
            section,
            defn: None,
            drop_stmt: None,
            copy_stmt: None,
            namespace: None,
            tablespace: None,
            table_am: None,
            relkind: None,
            owner: None,
            has_data: false,
            dependencies: Vec::new(),
        }
    }
}
