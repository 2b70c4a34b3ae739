//! The table of contents: one entry per restorable item (`WriteToc`, `ReadToc`
//! in `pg_backup_archiver.c`).

use std::borrow::Cow;

use super::files::FileNames;
use super::header::{Format, Version};
use super::primitives::{Cursor, OFFSET_SIZE, Read, corrupt, put_int, put_str};
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

/// Appends the table of contents: how many entries, and all of them.
///
/// Data offsets are left "not set", as `pg_dump` leaves them when it writes to
/// a pipe: readers then look for the blocks, which come in the entries' order.
/// In a directory archive entries have files instead, whose names `files` knows.
pub fn write_toc(
    version: Version,
    files: Option<&FileNames>,
    entries: &[TocEntry],
    out: &mut Vec<u8>,
) {
    // An entry has at least a dozen fields of 5 bytes; memory for 2^31 of them does not exist.
    put_int(entries.len() as i32, out);
    // Growing would copy all that is there already, some 50 MB of a large catalog.
    out.reserve(entries.iter().map(TocEntry::size_bound).sum());
    for entry in entries {
        entry.write(version, files, out);
    }
}

impl TocEntry {
    fn write(&self, version: Version, files: Option<&FileNames>, out: &mut Vec<u8>) {
        // Dump ids count entries from 1, so they fit as the number of entries does.
        put_int(self.dump_id.0 as i32, out);
        put_int(self.has_data.into(), out);
        put_number(self.catalog_id.table, out);
        put_number(self.catalog_id.oid, out);
        put_str(Some(&self.tag), out);
        put_str(Some(&self.desc), out);
        put_int(self.section as i32, out);
        put_str(self.defn.as_deref(), out);
        put_str(self.drop_stmt.as_deref(), out);
        put_str(self.copy_stmt.as_deref(), out);
        put_str(self.namespace.as_deref(), out);
        put_str(self.tablespace.as_deref(), out);
        if version >= Version::V1_14 {
            put_str(self.table_am.as_deref(), out);
        }
        if version >= Version::V1_16 {
            put_int(self.relkind.unwrap_or(0).into(), out);
        }
        put_str(self.owner.as_deref(), out);
        put_str(Some(WITH_OIDS), out);
        for dependency in &self.dependencies {
            put_number(dependency.0, out);
        }
        put_str(None, out);
        self.write_location(files, out);
    }

    /// Writes where the data is: an offset, or a file's name without its suffix.
    /// Bytes that the entry takes at most, if no file is named.
    fn size_bound(&self) -> usize {
        /// Integers, and lengths of strings and of numbers as text, with these texts.
        const FIXED: usize = 150;
        /// The length and the digits of a dump id.
        const DEPENDENCY: usize = 15;
        let optional = [
            &self.defn,
            &self.drop_stmt,
            &self.copy_stmt,
            &self.namespace,
            &self.tablespace,
            &self.table_am,
            &self.owner,
        ];
        let optional = optional.into_iter().flatten().map(String::len);
        let texts = self.tag.len() + self.desc.len() + optional.sum::<usize>();
        FIXED + texts + self.dependencies.len() * DEPENDENCY
    }

    fn write_location(&self, files: Option<&FileNames>, out: &mut Vec<u8>) {
        if let Some(files) = files {
            put_str(Some(&files.of_entry(self)), out);
            return;
        }
        out.push(if self.has_data {
            OFFSET_NOT_SET
        } else {
            OFFSET_NO_DATA
        });
        out.extend_from_slice(&[0; OFFSET_SIZE as usize]);
    }
}

/// An entry as it is read, and where its data is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParsedEntry {
    /// The entry.
    pub entry: TocEntry,
    /// What the archive says about the place of its data.
    pub data: DataLocation,
}

/// The place of an entry's data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DataLocation {
    /// The entry has none.
    None,
    /// In a block somewhere behind the table of contents.
    NotSet,
    /// In the block that begins at this byte of the archive.
    Offset(u64),
    /// In this file of a directory archive, whose name may have a codec's suffix.
    File(String),
}

impl ParsedEntry {
    /// Reads an entry.
    pub(super) fn parse(cursor: &mut Cursor<'_>, version: Version, format: Format) -> Read<Self> {
        // Fields are evaluated in the order in which they stand here, which is the archive's.
        let mut entry = TocEntry {
            dump_id: parse_dump_id(cursor)?,
            has_data: cursor.int()? != 0,
            catalog_id: CatalogId {
                table: cursor.number("catalog OID")?,
                oid: cursor.number("object OID")?,
            },
            tag: cursor.required("tag")?.to_owned(),
            desc: cursor.required("desc")?.to_owned().into(),
            section: parse_section(cursor)?,
            defn: parse_text(cursor)?,
            drop_stmt: parse_text(cursor)?,
            copy_stmt: parse_text(cursor)?,
            namespace: parse_text(cursor)?,
            tablespace: parse_text(cursor)?,
            table_am: match version >= Version::V1_14 {
                true => parse_text(cursor)?,
                false => None,
            },
            relkind: match version >= Version::V1_16 {
                true => parse_relkind(cursor)?,
                false => None,
            },
            owner: parse_text(cursor)?,
            dependencies: Vec::new(),
        };
        let _with_oids = cursor.string()?;
        entry.dependencies = parse_dependencies(cursor)?;
        let data = parse_location(cursor, format)?;
        Ok(Self { entry, data })
    }
}

fn parse_text(cursor: &mut Cursor<'_>) -> Read<Option<String>> {
    Ok(cursor.string()?.map(str::to_owned))
}

fn parse_dump_id(cursor: &mut Cursor<'_>) -> Read<DumpId> {
    let offset = cursor.offset();
    match cursor.int()? {
        id if id > 0 => Ok(DumpId(id.unsigned_abs())),
        id => Err(corrupt(offset, format!("dump id {id} is not positive")).into()),
    }
}

fn parse_section(cursor: &mut Cursor<'_>) -> Read<Section> {
    let offset = cursor.offset();
    match cursor.int()? {
        1 => Ok(Section::None),
        2 => Ok(Section::PreData),
        3 => Ok(Section::Data),
        4 => Ok(Section::PostData),
        other => Err(corrupt(offset, format!("unknown section {other}")).into()),
    }
}

fn parse_relkind(cursor: &mut Cursor<'_>) -> Read<Option<u8>> {
    let offset = cursor.offset();
    match u8::try_from(cursor.int()?) {
        Ok(0) => Ok(None),
        Ok(relkind) => Ok(Some(relkind)),
        Err(_) => Err(corrupt(offset, "relkind is not a character").into()),
    }
}

fn parse_dependencies(cursor: &mut Cursor<'_>) -> Read<Vec<DumpId>> {
    /// Far more than an entry ever has. It bounds the work on hostile input that arrives in
    /// small slices, since an incomplete entry is read again when more of it is there.
    const MAX_DEPENDENCIES: usize = 1 << 20;

    let mut dependencies = Vec::new();
    loop {
        let mut ahead = cursor.clone();
        if ahead.string()?.is_none() {
            *cursor = ahead;
            return Ok(dependencies);
        }
        if dependencies.len() == MAX_DEPENDENCIES {
            let message = format!("more than {MAX_DEPENDENCIES} dependencies");
            return Err(corrupt(cursor.offset(), message).into());
        }
        dependencies.push(DumpId(cursor.number("dependency")?));
    }
}

fn parse_location(cursor: &mut Cursor<'_>, format: Format) -> Read<DataLocation> {
    let offset = cursor.offset();
    if format == Format::Directory {
        return Ok(match cursor.string()? {
            None | Some("") => DataLocation::None,
            Some(name) => DataLocation::File(name.to_owned()),
        });
    }
    let flag = cursor.byte()?;
    let place = u64::from_le_bytes(cursor.array()?);
    match flag {
        OFFSET_NOT_SET => Ok(DataLocation::NotSet),
        OFFSET_SET => Ok(DataLocation::Offset(place)),
        OFFSET_NO_DATA => Ok(DataLocation::None),
        other => Err(corrupt(offset, format!("unknown offset flag {other}")).into()),
    }
}

/// Numbers that the TOC keeps as decimal text: OIDs and dependencies.
fn put_number(number: u32, out: &mut Vec<u8>) {
    put_str(Some(&number.to_string()), out);
}

/// Tables have had no OIDs of their own since PostgreSQL 12. Readers compare the text, so it is there.
const WITH_OIDS: &str = "false";

/// Flags before a data offset (`K_OFFSET_*`, `pg_backup_archiver.h`).
const OFFSET_NOT_SET: u8 = 1;
const OFFSET_SET: u8 = 2;
const OFFSET_NO_DATA: u8 = 3;
