//! The statements of one entry (`_printTocEntry` in `pg_backup_archiver.c`), for whoever
//! prints them and whoever runs them.

use super::large_object;
use crate::archive::toc::TocEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Dialect;

/// Makes the statements of entries, and knows which settings those before have left behind
/// in the session that runs them.
pub(crate) struct Statements<'a> {
    entries: &'a [TocEntry],
    dialect: &'a Dialect,
    tablespace: Option<&'a str>,
    table_am: Option<&'a str>,
}

impl<'a> Statements<'a> {
    /// Statements for a new session.
    pub(crate) fn new(entries: &'a [TocEntry], dialect: &'a Dialect) -> Self {
        Self {
            entries,
            dialect,
            tablespace: None,
            table_am: None,
        }
    }

    /// A new session begins: no setting of the last is left.
    pub(crate) fn forget_settings(&mut self) {
        self.tablespace = None;
        self.table_am = None;
    }

    /// The settings that the definition of the entry needs, where they are not made yet.
    pub(crate) fn settings(&mut self, entry: &'a TocEntry) -> String {
        let tablespace = self.select_tablespace(entry);
        tablespace + &self.select_table_am(entry)
    }

    /// The statements that make the object.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::CorruptArchive`] for an ACL of large objects that are not there.
    pub(crate) fn definition(&self, entry: &TocEntry) -> Result<String> {
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

    /// The statements that give it its owner.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] for a kind whose owner nobody knows how to set.
    pub(crate) fn owner(&self, entry: &TocEntry) -> Result<String> {
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

    /// What gives a partitioned table its access method: it passes it on, but takes none
    /// from the setting.
    pub(crate) fn access_method_without_storage(&self, entry: &TocEntry) -> String {
        match &entry.table_am {
            Some(name) if is_partitioned(entry) => {
                let table = self.named(entry);
                let name = self.dialect.ident(name);
                format!("ALTER {table} SET ACCESS METHOD {name};\n\n")
            }
            _ => String::new(),
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
}

fn is_partitioned(entry: &TocEntry) -> bool {
    entry.relkind == Some(b'p')
}
