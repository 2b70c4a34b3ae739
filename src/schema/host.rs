//! The table that a constraint, index, rule, trigger or policy is a part of.
//!
//! Parts share the schema, the owner and the wanted components of their table,
//! all go to post-data, and most are tagged and commented as "part on table".

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Components, Object};
use super::relation::Relation;
use crate::archive::{Section, TocEntry};
use crate::dumpable::{KeyPart, ObjectKind};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CatalogId, DumpId, Oid};
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// A table (or view, or materialized view) as the statements and entries of its parts name it.
#[derive(Clone, Copy)]
pub(crate) struct Host<'a> {
    pub(crate) object: &'a Object,
    pub(crate) relation: &'a Relation,
    pub(crate) dialect: &'a Dialect,
}

/// Reads parts of the wanted tables. `query` gets the OIDs of these tables as
/// `$1` and returns the OID of each part's table in the column `table_oid`.
///
/// Only the wanted tables may be asked for: the server's functions that print
/// definitions are safe on locked tables alone.
pub(crate) async fn parts<T>(
    session: &Session,
    catalog: &Catalog,
    query: &str,
    mut read: impl FnMut(&Row, Host<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let tables = catalog.relation_oids(|object, _| object.components.definition);
    session
        .rows(query, &[&tables], |row| {
            read(row, Host::find(catalog, row.get("table_oid")?)?)
        })
        .await
}

impl<'a> Host<'a> {
    /// The table with this OID.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if it is not among the relations that were read.
    pub(crate) fn find(catalog: &'a Catalog, oid: Oid) -> Result<Self> {
        let object = catalog.relation(oid);
        let host = object.and_then(|object| Self::from_object(catalog, object));
        host.ok_or_else(|| missing(format!("OID {oid}")))
    }

    /// The table with this dump id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if that is not a relation.
    pub(crate) fn of(catalog: &'a Catalog, id: DumpId) -> Result<Self> {
        let host = Self::from_object(catalog, catalog.object(id));
        host.ok_or_else(|| missing(format!("dump id {id}")))
    }

    fn from_object(catalog: &'a Catalog, object: &'a Object) -> Option<Self> {
        Some(Self::new(catalog, object, Relation::of(object)?))
    }

    /// The table `object`, whose body is `relation`.
    pub(crate) fn new(catalog: &'a Catalog, object: &'a Object, relation: &'a Relation) -> Self {
        Self {
            object,
            relation,
            dialect: &catalog.dialect,
        }
    }

    /// The dump id of the table.
    pub(crate) fn id(&self) -> DumpId {
        self.object.id
    }

    /// An object that is a part of this table: same schema, sorted by the
    /// table's name after its own, wanted as far as the table is.
    pub(crate) fn part(&self, id: CatalogId, kind: ObjectKind, name: String, body: Body) -> Object {
        let mut part = Object::new(id, kind, name, body);
        part.namespace.clone_from(&self.object.namespace);
        part.key = vec![KeyPart::Text(self.object.name.clone())];
        part.components = Components {
            definition: self.object.components.definition,
            comment: self.object.components.comment,
            ..Components::NONE
        };
        part
    }

    /// The [`part`](Self::part) whose row in the catalog `class` is `oid`, named `name`.
    pub(crate) fn part_from_row(
        &self,
        row: &Row,
        class: Oid,
        kind: ObjectKind,
        body: Body,
    ) -> Result<Object> {
        let id = CatalogId::new(class, row.get("oid")?);
        Ok(self.part(id, kind, row.get("name")?, body))
    }

    /// Reads the column `definition` of the part named `name`. Views and their
    /// parts cannot be locked: the server has no definition of what was dropped
    /// after the snapshot was taken.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Server`] naming the part if the definition is NULL.
    pub(crate) fn definition(&self, row: &Row) -> Result<String> {
        if let Some(definition) = row.get("definition")? {
            return Ok(definition);
        }
        let name: String = row.get("name")?;
        Err(Error::new(
            ErrorKind::Server,
            format!(
                "reading {} on {}: expected its definition, found none",
                self.dialect.ident(&name),
                self.qualified()
            ),
        )
        .with_hint("It may have been dropped while the dump started. Try again."))
    }

    /// The name of the table's column with this attribute number.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if there is none.
    pub(crate) fn column(&self, number: i16) -> Result<String> {
        let column = self.relation.column(number);
        column.map(|column| column.name.clone()).ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                format!(
                    "expected column {number} of {}, found none",
                    self.qualified()
                ),
            )
        })
    }

    /// The table's name, qualified and quoted.
    pub(crate) fn qualified(&self) -> String {
        self.sibling(&self.object.name)
    }

    /// A name in the table's schema, such as that of its index, qualified and quoted.
    pub(crate) fn sibling(&self, name: &str) -> String {
        match self.namespace() {
            Some(namespace) => self.dialect.qualified(namespace, name),
            None => self.dialect.ident(name),
        }
    }

    /// `ALTER TABLE` and the table's name.
    pub(crate) fn alter(&self) -> String {
        let keyword = self.relation.kind.alter_keyword();
        format!("ALTER {keyword} {}", self.qualified())
    }

    /// `ALTER TABLE ONLY` and the table's name.
    pub(crate) fn alter_only(&self) -> String {
        let keyword = self.relation.kind.alter_keyword();
        format!("ALTER {keyword} ONLY {}", self.qualified())
    }

    /// A post-data entry for `part`, tagged `table part`.
    pub(crate) fn entry(&self, part: &Object, desc: &'static str) -> TocEntry {
        let tag = format!("{} {}", self.object.name, part.name);
        let mut entry = part.entry(desc, Section::PostData);
        entry.tag = tag;
        entry.owner = Some(self.owner().to_owned());
        entry
    }

    /// Adds `COMMENT ON noun part ON table`, if `part` has a comment and it is
    /// wanted. It depends on `entry`.
    pub(crate) fn comment(
        &self,
        catalog: &Catalog,
        toc: &mut Toc,
        part: &Object,
        noun: &str,
        entry: DumpId,
    ) {
        // There may be hundreds of thousands of parts, and few have one.
        if catalog.comments.of(part.catalog_id).is_none() {
            return;
        }
        let on = Annotated {
            object: entry,
            keyword: &format!("{noun} {} ON", self.dialect.ident(&part.name)),
            sql_name: &self.qualified(),
            tag_name: &self.dialect.ident(&self.object.name),
            namespace: self.namespace(),
            owner: Some(self.owner()),
        };
        toc.annotate(catalog, part, &on);
    }

    /// The schema of the table and of its parts.
    pub(crate) fn namespace(&self) -> Option<&'a str> {
        self.object.namespace.as_deref()
    }

    /// The owner of the table and of its parts.
    pub(crate) fn owner(&self) -> &'a str {
        &self.relation.owner
    }
}

fn missing(what: String) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("expected the table with {what} behind one of its parts, found none"),
    )
}
