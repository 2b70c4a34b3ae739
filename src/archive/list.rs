//! What `pg_restore -l` prints of an archive (`PrintTOCSummary` in
//! `pg_backup_archiver.c`), as text and as data.

use std::borrow::Cow;
use std::fmt::Write;

use jiff::civil::DateTime;
use serde::Serialize;

use super::header::Header;
use super::primitives::{INT_SIZE, OFFSET_SIZE};
use super::read::Archive;
use super::toc::{ParsedEntry, Section, TocEntry};
use crate::ids::{DumpId, Oid};

/// The listing of an archive: its header, and the entries that a plain `pg_restore` restores.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Listing<'a> {
    /// When the dump was made, by the wall clock of its maker; none if that is no date.
    pub created: Option<DateTime>,
    /// The database that was dumped.
    pub database: &'a str,
    /// All entries, the unlisted ones too.
    pub toc_entries: usize,
    /// The codec's name.
    pub compression: &'static str,
    /// For example `1.15`.
    pub archive_version: String,
    /// `CUSTOM` or `DIRECTORY`.
    pub format: &'static str,
    /// The server's version, as it said it.
    pub server_version: &'a str,
    /// The version of the program that made the dump.
    pub dump_version: &'a str,
    /// The listed entries, in the archive's order.
    pub entries: Vec<ListingEntry<'a>>,
}

/// An entry of a listing.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ListingEntry<'a> {
    /// The entry's number, by which `pg_restore -L` selects it.
    pub dump_id: u32,
    /// OID of the catalog that the object is in; 0 if it is in none.
    pub catalog_oid: Oid,
    /// OID of the object; 0 if it has none.
    pub oid: Oid,
    /// The kind of entry.
    pub desc: &'a str,
    /// The object's schema.
    pub namespace: Option<&'a str>,
    /// The object's name.
    pub tag: &'a str,
    /// The object's owner.
    pub owner: Option<&'a str>,
    /// `none`, `pre-data`, `data` or `post-data`.
    pub section: &'static str,
    /// Whether the archive has data for it.
    pub has_data: bool,
    /// The entries it needs, listed or not.
    pub dependencies: Vec<u32>,
}

impl<'a> Listing<'a> {
    /// Lists `archive`.
    pub fn new(archive: &'a Archive) -> Self {
        let Header {
            version,
            compression,
            created,
            database,
            server_version,
            dump_version,
            format,
        } = &archive.header;
        let entries = archive
            .entries
            .iter()
            .map(|ParsedEntry { entry, .. }| entry);
        Self {
            created: created.to_civil(),
            database,
            toc_entries: archive.entries.len(),
            compression: compression.algorithm(),
            archive_version: version.to_string(),
            format: format.name(),
            server_version,
            dump_version,
            entries: entries
                .filter(|entry| is_listed(entry))
                .map(ListingEntry::new)
                .collect(),
        }
    }

    /// The listing as `pg_restore -l` of PostgreSQL 16 and newer prints it.
    ///
    /// `time_zone` is the abbreviation that stands behind the time, for example
    /// `UTC`; archives do not know theirs, and `pg_restore` takes the reader's.
    pub fn text(&self, time_zone: &str) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_header(&mut text, time_zone);
        for entry in &self.entries {
            let _ = entry.write_line(&mut text);
        }
        text
    }

    fn write_header(&self, text: &mut String, time_zone: &str) -> std::fmt::Result {
        let created = match self.created {
            Some(time) => format!("{} {time_zone}", time.strftime("%Y-%m-%d %H:%M:%S")),
            None => "[unknown]".to_owned(),
        };
        writeln!(text, ";\n; Archive created at {created}")?;
        writeln!(text, ";     dbname: {}", one_line(self.database))?;
        writeln!(text, ";     TOC Entries: {}", self.toc_entries)?;
        writeln!(text, ";     Compression: {}", self.compression)?;
        writeln!(text, ";     Dump Version: {}-0", self.archive_version)?;
        writeln!(text, ";     Format: {}", self.format)?;
        writeln!(text, ";     Integer: {INT_SIZE} bytes")?;
        writeln!(text, ";     Offset: {OFFSET_SIZE} bytes")?;
        writeln!(
            text,
            ";     Dumped from database version: {}",
            self.server_version
        )?;
        writeln!(
            text,
            ";     Dumped by pg_dump version: {}",
            self.dump_version
        )?;
        writeln!(text, ";\n;\n; Selected TOC Entries:\n;")
    }
}

impl<'a> ListingEntry<'a> {
    /// Lists an entry, whether `pg_restore` would or not.
    pub fn new(entry: &'a TocEntry) -> Self {
        Self {
            dump_id: entry.dump_id.0,
            catalog_oid: entry.catalog_id.table,
            oid: entry.catalog_id.oid,
            desc: &entry.desc,
            namespace: entry.namespace.as_deref(),
            tag: &entry.tag,
            owner: entry.owner.as_deref(),
            section: match entry.section {
                Section::None => "none",
                Section::PreData => "pre-data",
                Section::Data => "data",
                Section::PostData => "post-data",
            },
            has_data: entry.has_data,
            dependencies: entry.dependencies.iter().map(|DumpId(id)| *id).collect(),
        }
    }

    /// The entry's line, with its end.
    pub fn line(&self) -> String {
        let mut line = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_line(&mut line);
        line
    }

    fn write_line(&self, text: &mut String) -> std::fmt::Result {
        let Self {
            dump_id,
            catalog_oid,
            oid,
            desc,
            ..
        } = self;
        let namespace = match self.namespace {
            None | Some("") => "-".into(),
            Some(namespace) => one_line(namespace),
        };
        let tag = one_line(self.tag);
        let owner = one_line(self.owner.unwrap_or_default());
        writeln!(
            text,
            "{dump_id}; {catalog_oid} {oid} {desc} {namespace} {tag} {owner}"
        )
    }
}

/// Whether `pg_restore` without options restores the entry (`_tocEntryRequired`).
fn is_listed(entry: &TocEntry) -> bool {
    !makes_database(entry) && is_restored(entry)
}

/// Whether the entry makes the database itself, which is restored with `--create` only.
pub(crate) fn makes_database(entry: &TocEntry) -> bool {
    match entry.desc.as_ref() {
        "DATABASE" | "DATABASE PROPERTIES" => true,
        "ACL" | "COMMENT" | "SECURITY LABEL" => entry.tag.starts_with("DATABASE "),
        _ => false,
    }
}

/// Whether there is anything to restore: statements, or data.
pub(super) fn is_restored(entry: &TocEntry) -> bool {
    match entry.desc.as_ref() {
        // Read before anything is restored.
        "ENCODING" | "STDSTRINGS" | "SEARCHPATH" => false,
        // Data of a kind that needs no statement of its own.
        "SEQUENCE SET" | "BLOB" | "BLOB METADATA" | "STATISTICS DATA" => true,
        "ACL" | "COMMENT" | "SECURITY LABEL" if entry.tag.starts_with("LARGE OBJECT") => true,
        _ => entry.has_data || has_definition(entry),
    }
}

/// Whether the entry has statements.
pub(crate) fn has_definition(entry: &TocEntry) -> bool {
    match entry.defn.as_deref() {
        None | Some("") => false,
        // A remark for the reader of TABLE DATA, not a statement.
        Some(defn) => !defn.starts_with("-- load via partition root "),
    }
}

/// Keeps a name from beginning lines of its own.
fn one_line(name: &str) -> Cow<'_, str> {
    if name.contains(['\n', '\r']) {
        return name.replace(['\n', '\r'], " ").into();
    }
    name.into()
}
