//! Entries in the making: an object's own, then its comments and security labels, then
//! its privileges.

use std::collections::HashMap;

use super::acl::{Acl, GrantTarget};
use super::catalog::Catalog;
use super::object::Object;
use crate::archive::{Section, TocEntry};
use crate::error::Result;
use crate::ids::{CatalogId, DumpId};
use crate::sql::literal;

/// A TOC entry whose dependencies may still have to be worked out.
#[derive(Debug)]
pub struct PlannedEntry {
    /// The entry; its dependency list is not filled in yet.
    pub entry: TocEntry,
    /// Where its dependencies come from.
    pub dependencies: Dependencies,
}

/// Where an entry's dependencies come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Dependencies {
    /// Exactly these, whether they are in the archive or not.
    Exactly(Vec<DumpId>),
    /// What the object needs, with objects that have no entry replaced by
    /// what they need in turn.
    OfObject(DumpId),
}

/// The part of the options that decides about entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct EntryOptions {
    /// No definitions: rows, values and large objects alone (`--data-only`).
    pub data_only: bool,
    /// No data (`--schema-only`).
    pub schema_only: bool,
    /// No owner on any entry (`--no-owner`).
    pub no_owner: bool,
    /// No ACL entries (`--no-privileges`).
    pub no_privileges: bool,
    /// No COMMENT entries (`--no-comments`).
    pub no_comments: bool,
    /// No SECURITY LABEL entries (`--no-security-labels`).
    pub no_security_labels: bool,
    /// No tablespace on any entry (`--no-tablespaces`).
    pub no_tablespaces: bool,
    /// No access method on any entry (`--no-table-access-method`).
    pub no_table_access_method: bool,
}

/// The table of contents being written, in restore order.
#[derive(Debug)]
pub struct Toc {
    pub(crate) options: EntryOptions,
    entries: Vec<PlannedEntry>,
    warnings: Vec<String>,
    last_id: DumpId,
    /// The entries of schemas' privileges, by schema.
    namespace_acls: HashMap<String, DumpId>,
}

impl Toc {
    /// An empty table. Entries without an object are numbered after `last_object`.
    pub fn new(options: EntryOptions, last_object: DumpId) -> Self {
        Self {
            options,
            entries: Vec::new(),
            warnings: Vec::new(),
            last_id: last_object,
            namespace_acls: HashMap::new(),
        }
    }

    /// The entries written, and what the user should know about them.
    pub fn finish(self) -> (Vec<PlannedEntry>, Vec<String>) {
        (self.entries, self.warnings)
    }

    /// Says that an entry is less than it could be.
    pub(crate) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    /// A dump id for an entry that has no object of its own.
    pub(crate) fn new_id(&mut self) -> DumpId {
        self.last_id.0 += 1;
        self.last_id
    }

    /// Adds the entry that defines `object`.
    pub(crate) fn define(&mut self, object: &Object, entry: TocEntry) {
        self.push(entry, Dependencies::OfObject(object.id));
    }

    /// Adds an entry that depends on exactly the given others.
    pub(crate) fn push_with(&mut self, entry: TocEntry, needs: Vec<DumpId>) {
        self.push(entry, Dependencies::Exactly(needs));
    }

    fn push(&mut self, mut entry: TocEntry, dependencies: Dependencies) {
        if self.options.no_owner {
            entry.owner = None;
        }
        if self.options.no_tablespaces {
            entry.tablespace = None;
        }
        if self.options.no_table_access_method {
            entry.table_am = None;
        }
        // Texts grow as they are put together, and all are kept.
        entry.tag.shrink_to_fit();
        let statements = [&mut entry.defn, &mut entry.drop_stmt];
        for statement in statements.into_iter().flatten() {
            statement.shrink_to_fit();
        }
        self.entries.push(PlannedEntry {
            entry,
            dependencies,
        });
    }

    /// Adds the comment on `object` as a whole and its security labels, if it
    /// has any and they are wanted.
    pub(crate) fn annotate(&mut self, catalog: &Catalog, object: &Object, on: &Annotated<'_>) {
        if object.components.comment {
            if let Some(text) = catalog.comments.of(object.catalog_id) {
                self.comment(on, text);
            }
            self.security_labels(catalog, object.catalog_id, 0, on);
        }
    }

    /// Adds `COMMENT ON … IS text`.
    pub(crate) fn comment(&mut self, on: &Annotated<'_>, text: &str) {
        if !self.options.no_comments {
            let text = literal(text);
            let defn = format!("COMMENT ON {} {} IS {text};\n", on.keyword, on.sql_name);
            self.remark("COMMENT", on, defn);
        }
    }

    /// Adds the statements that label an object, if there are any.
    pub(crate) fn security_label(&mut self, on: &Annotated<'_>, statements: String) {
        if !self.options.no_security_labels && !statements.is_empty() {
            self.remark("SECURITY LABEL", on, statements);
        }
    }

    /// What is said of large objects belongs to the data, as they do.
    fn remark(&mut self, desc: &'static str, on: &Annotated<'_>, defn: String) {
        let left_out = match on.keyword {
            "LARGE OBJECT" => self.options.schema_only,
            _ => self.options.data_only,
        };
        if !left_out {
            let mut entry = self.annotation(desc, on);
            entry.defn = Some(defn);
            self.push_with(entry, vec![on.object]);
        }
    }

    /// Adds the `GRANT`s and `REVOKE`s of an object or, with `column`, of a
    /// column; `also_needs` is the ACL entry that must come before. Returns the
    /// new entry's id unless nothing differs from the default.
    pub(crate) fn acl(
        &mut self,
        catalog: &Catalog,
        on: &Annotated<'_>,
        acl: &Acl,
        column: Option<&str>,
        also_needs: Option<DumpId>,
    ) -> Result<Option<DumpId>> {
        let is_data = on.keyword == "LARGE OBJECT";
        if self.options.no_privileges || (self.options.data_only && !is_data) {
            return Ok(None);
        }
        let target = GrantTarget {
            keyword: on.keyword,
            name: on.sql_name,
            column,
        };
        let owner = on.owner.unwrap_or_default();
        let commands = acl.commands(target, owner, "", &catalog.dialect)?;
        if commands.is_empty() {
            return Ok(None);
        }
        let mut entry = self.annotation("ACL", on);
        if let Some(column) = column {
            entry.tag = format!("COLUMN {}.{column}", on.tag_name);
        }
        entry.defn = Some(commands);
        let id = entry.dump_id;
        // Whoever grants has to be let into the schema first. pg_dump leaves it to chance
        // whether a parallel restore comes to that in time.
        let namespace = on.namespace.and_then(|name| self.namespace_acls.get(name));
        let awaited = match namespace {
            Some(id) if acl.has_grants_of_others(owner)? => Some(*id),
            _ => None,
        };
        let needs = [Some(on.object), also_needs, awaited];
        self.push_with(entry, needs.into_iter().flatten().collect());
        Ok(Some(id))
    }

    /// Adds the privileges of the schema `name`.
    pub(crate) fn acl_of_namespace(
        &mut self,
        catalog: &Catalog,
        on: &Annotated<'_>,
        acl: &Acl,
        name: &str,
    ) -> Result<()> {
        if let Some(id) = self.acl(catalog, on, acl, None, None)? {
            self.namespace_acls.insert(name.to_owned(), id);
        }
        Ok(())
    }

    /// Adds the privileges of several large objects at once, under a tag that names them all.
    pub(crate) fn acl_of_group(
        &mut self,
        catalog: &Catalog,
        on: &Annotated<'_>,
        acl: &Acl,
        tag: Option<String>,
    ) -> Result<()> {
        let added = self.acl(catalog, on, acl, None, None)?;
        if let (Some(_), Some(tag), Some(planned)) = (added, tag, self.entries.last_mut()) {
            planned.entry.tag = tag;
        }
        Ok(())
    }

    /// Comments, labels and ACLs belong to the section of the entry before them.
    fn annotation(&mut self, desc: &'static str, on: &Annotated<'_>) -> TocEntry {
        let tag = format!("{} {}", on.keyword, on.tag_name);
        let mut entry = TocEntry::new(self.new_id(), desc, tag, Section::None);
        entry.catalog_id = CatalogId::NONE;
        entry.namespace = on.namespace.map(str::to_owned);
        entry.owner = on.owner.map(str::to_owned);
        entry
    }
}

/// An object as comments, labels and grants name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Annotated<'a> {
    /// The entry to depend on.
    pub(crate) object: DumpId,
    /// The keyword before the name: `TABLE`, `FUNCTION`, `COLUMN` …
    pub(crate) keyword: &'a str,
    /// The name in the statement: qualified and quoted.
    pub(crate) sql_name: &'a str,
    /// The name in the tag: quoted, without schema.
    pub(crate) tag_name: &'a str,
    /// The entry's schema.
    pub(crate) namespace: Option<&'a str>,
    /// The entry's owner.
    pub(crate) owner: Option<&'a str>,
}

impl<'a> Annotated<'a> {
    /// An object that has neither schema nor owner. `pg_dump` writes the owner
    /// of its comments as empty, not as absent.
    pub(crate) fn without_owner(object: DumpId, keyword: &'a str, name: &'a str) -> Self {
        Self {
            object,
            keyword,
            sql_name: name,
            tag_name: name,
            namespace: None,
            owner: Some(""),
        }
    }
}
