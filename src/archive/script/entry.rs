//! One entry of a script: a comment that says what it is, its statements, its owner
//! (`_printTocEntry` in `pg_backup_archiver.c`).

use super::opening::Opening;
use super::{ScriptOptions, large_object, psql};
use crate::archive::toc::TocEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Dialect, one_line};

/// Prints entries, and knows which settings those before have left behind.
pub(super) struct Printer<'a> {
    entries: &'a [TocEntry],
    dialect: &'a Dialect,
    opening: Opening,
    options: ScriptOptions,
    tablespace: Option<&'a str>,
    table_am: Option<&'a str>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(
        entries: &'a [TocEntry],
        dialect: &'a Dialect,
        opening: Opening,
        options: ScriptOptions,
    ) -> Self {
        Self {
            entries,
            dialect,
            opening,
            options,
            tablespace: None,
            table_am: None,
        }
    }

    pub(super) fn begin(&self) -> String {
        let Opening { origin, settings } = &self.opening;
        let restrict = self.options.key.restrict();
        format!("--\n-- PostgreSQL database dump\n--\n\n{restrict}{origin}{settings}")
    }

    pub(super) fn end(&self) -> String {
        let unrestrict = self.options.key.unrestrict();
        format!("--\n-- PostgreSQL database dump complete\n--\n\n{unrestrict}\n")
    }

    pub(super) fn drop(&self, entry: &TocEntry) -> String {
        self.options.clean.statement(entry)
    }

    /// Everything of an entry but its contents.
    pub(super) fn define(&mut self, entry: &'a TocEntry) -> Result<String> {
        let mut text = self.select_tablespace(entry);
        text += &self.select_table_am(entry);
        text += &comment(entry);
        text += &self.definition(entry)?;
        text += &self.owner(entry)?;
        text += &self.access_method_without_storage(entry);
        match entry.desc.as_ref() {
            "DATABASE" | "DATABASE PROPERTIES" => text += &self.reconnect(&entry.tag)?,
            "BLOBS" => text += large_object::BEGIN,
            _ => text += entry.copy_stmt.as_deref().unwrap_or_default(),
        }
        Ok(text)
    }

    fn definition(&self, entry: &TocEntry) -> Result<String> {
        match entry.desc.as_ref() {
            "BLOB METADATA" => Ok(large_object::create_all(entry)),
            "ACL" if entry.tag.starts_with("LARGE OBJECTS") => {
                Ok(large_object::grant_all(entry, self.group_of(entry)?))
            }
            _ => Ok(match entry.defn.as_deref() {
                None | Some("") => String::new(),
                Some(defn) => format!("{defn}\n\n"),
            }),
        }
    }

    /// The large objects that an ACL is for.
    fn group_of(&self, acl: &TocEntry) -> Result<&'a TocEntry> {
        let group = acl.dependencies.first();
        let mut entries = self.entries.iter();
        entries
            .find(|entry| Some(&entry.dump_id) == group && entry.desc == "BLOB METADATA")
            .ok_or_else(|| {
                let id = acl.dump_id;
                let message = format!("entry {id}, an ACL, belongs to no large objects");
                Error::new(ErrorKind::CorruptArchive, message)
            })
    }

    fn owner(&self, entry: &TocEntry) -> Result<String> {
        let owner = entry.owner.as_deref().unwrap_or_default();
        // What cannot be dropped by itself has no owner of its own.
        let drop_stmt = entry.drop_stmt.as_deref().unwrap_or_default();
        if owner.is_empty() || drop_stmt.is_empty() {
            return Ok(String::new());
        }
        let owner = self.dialect.ident(owner);
        if entry.desc == "BLOB METADATA" {
            return Ok(large_object::own_all(entry, &owner));
        }
        Ok(match self.owned_object(entry, drop_stmt)? {
            Some(object) => format!("ALTER {object} OWNER TO {owner};\n\n"),
            None => String::new(),
        })
    }

    /// The object as `ALTER … OWNER` names it. None: it has no owner of its own.
    fn owned_object(&self, entry: &TocEntry, drop_stmt: &str) -> Result<Option<String>> {
        let desc = entry.desc.as_ref();
        match desc {
            "COLLATION"
            | "CONVERSION"
            | "DATABASE"
            | "DOMAIN"
            | "EVENT TRIGGER"
            | "FOREIGN DATA WRAPPER"
            | "FOREIGN TABLE"
            | "MATERIALIZED VIEW"
            | "PROCEDURAL LANGUAGE"
            | "PUBLICATION"
            | "SCHEMA"
            | "SEQUENCE"
            | "SERVER"
            | "STATISTICS"
            | "SUBSCRIPTION"
            | "TABLE"
            | "TEXT SEARCH CONFIGURATION"
            | "TEXT SEARCH DICTIONARY"
            | "TYPE"
            | "VIEW" => Ok(Some(self.named(entry))),
            "BLOB" => Ok(Some(format!("LARGE OBJECT {}", entry.tag))),
            // Their arguments are in no field, but in this statement.
            "AGGREGATE" | "FUNCTION" | "OPERATOR" | "OPERATOR CLASS" | "OPERATOR FAMILY"
            | "PROCEDURE" => {
                let object = drop_stmt.strip_prefix("DROP ").unwrap_or(drop_stmt);
                Ok(Some(object.trim_end_matches(['\n', ';']).to_owned()))
            }
            "CAST"
            | "CHECK CONSTRAINT"
            | "CONSTRAINT"
            | "DATABASE PROPERTIES"
            | "DEFAULT"
            | "FK CONSTRAINT"
            | "INDEX"
            | "POLICY"
            | "ROW SECURITY"
            | "RULE"
            | "TRIGGER"
            | "USER MAPPING" => Ok(None),
            _ => Err(Error::new(
                ErrorKind::Unsupported,
                format!("how to give {desc} {:?} its owner is unknown", entry.tag),
            )),
        }
    }

    /// The keywords of the entry's kind and its qualified name.
    fn named(&self, entry: &TocEntry) -> String {
        let keywords = match entry.desc.as_ref() {
            // Up to 15, pg_restore speaks of all relations but foreign tables as tables.
            "MATERIALIZED VIEW" | "SEQUENCE" | "VIEW" if self.dialect.target() < 16 => "TABLE",
            desc => desc,
        };
        match entry.namespace.as_deref() {
            None | Some("") => format!("{keywords} {}", self.dialect.ident(&entry.tag)),
            Some(namespace) => {
                let name = self.dialect.qualified(namespace, &entry.tag);
                format!("{keywords} {name}")
            }
        }
    }

    /// Has the entry's relation made in its tablespace; an empty name stands for the database's.
    fn select_tablespace(&mut self, entry: &'a TocEntry) -> String {
        let wanted = entry.tablespace.as_deref();
        if wanted.is_none() || wanted == self.tablespace {
            return String::new();
        }
        self.tablespace = wanted;
        let name = match wanted {
            None | Some("") => "''".to_owned(),
            Some(name) => self.dialect.ident(name),
        };
        format!("SET default_tablespace = {name};\n\n")
    }

    fn select_table_am(&mut self, entry: &'a TocEntry) -> String {
        let wanted = entry.table_am.as_deref();
        match wanted {
            Some(name) if wanted != self.table_am && !is_partitioned(entry) => {
                self.table_am = wanted;
                let name = self.dialect.ident(name);
                format!("SET default_table_access_method = {name};\n\n")
            }
            _ => String::new(),
        }
    }

    /// A partitioned table passes its access method on, but takes none from the setting.
    fn access_method_without_storage(&self, entry: &TocEntry) -> String {
        match &entry.table_am {
            Some(name) if is_partitioned(entry) => {
                let table = self.named(entry);
                let name = self.dialect.ident(name);
                format!("ALTER {table} SET ACCESS METHOD {name};\n\n")
            }
            _ => String::new(),
        }
    }

    /// Goes on in another database, or with its new settings. Psql takes `\connect`
    /// only while it is not restricted.
    fn reconnect(&mut self, database: &str) -> Result<String> {
        self.tablespace = None;
        self.table_am = None;
        let connect = psql::connect(database, self.dialect)?;
        let key = &self.options.key;
        let (unrestrict, restrict) = (key.unrestrict(), key.restrict());
        let settings = &self.opening.settings;
        Ok(format!("{unrestrict}{connect}{restrict}{settings}"))
    }
}

fn is_partitioned(entry: &TocEntry) -> bool {
    entry.relkind == Some(b'p')
}

/// What the entry is, for the reader. Names have no line breaks here, so that
/// nothing of a name stands outside of the comment.
fn comment(entry: &TocEntry) -> String {
    let prefix = match entry.desc.as_ref() {
        "STATISTICS DATA" => "Statistics for ",
        _ if entry.has_data => "Data for ",
        _ => "",
    };
    let or_hyphen = |name: &Option<String>| one_line(name.as_deref().unwrap_or("-"));
    let tablespace = match entry.tablespace.as_deref() {
        None | Some("") => String::new(),
        Some(name) => format!("; Tablespace: {}", one_line(name)),
    };
    format!(
        "--\n-- {prefix}Name: {}; Type: {}; Schema: {}; Owner: {}{tablespace}\n--\n\n",
        one_line(&entry.tag),
        one_line(&entry.desc),
        or_hyphen(&entry.namespace),
        or_hyphen(&entry.owner),
    )
}
