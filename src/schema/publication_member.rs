//! What publications publish: tables (`pg_publication_rel`) and all tables of
//! schemas (`pg_publication_namespace`, from 15 on).
//!
//! Neither has a drop statement: dropping table or schema does it.

use std::sync::Arc;

use super::catalog::Catalog;
use super::entries::Toc;
use super::object::{Body, Object};
use crate::archive::{Section, TocEntry};
use crate::dumpable::{KeyPart, ObjectKind};
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// A table in a publication.
#[derive(Debug)]
pub struct PublicationTable {
    publisher: Publisher,
    table: DumpId,
    /// The columns that are published; none for all of them.
    columns: Option<Vec<String>>,
    /// Which rows are published.
    filter: Option<String>,
}

/// All tables of a schema in a publication.
#[derive(Debug)]
pub struct PublicationNamespace {
    publisher: Publisher,
}

/// A publication as its members know it.
#[derive(Debug)]
struct Publisher {
    name: String,
    owner: Arc<str>,
}

/// Loads the members of the publications, which must have been added.
pub(super) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let major = catalog.server.major();
    let shared: &Catalog = catalog;
    let mut objects = session
        .rows(table_query(major), &[], |row| {
            PublicationTable::object(row, shared)
        })
        .await?;
    if major >= 15 {
        let namespaces = session
            .rows(NAMESPACE_QUERY, &[], |row| {
                PublicationNamespace::object(row, shared)
            })
            .await?;
        objects.extend(namespaces);
    }
    for object in objects.into_iter().flatten() {
        catalog.add(object);
    }
    Ok(())
}

fn table_query(major: u32) -> &'static str {
    if major >= 15 {
        "SELECT r.oid, r.prpubid AS publication_oid, r.prrelid AS table_oid,
                CASE WHEN r.prattrs IS NOT NULL THEN
                    ARRAY(SELECT a.attname::text
                          FROM pg_catalog.unnest(r.prattrs::int2[]) WITH ORDINALITY AS published (number, place)
                          JOIN pg_catalog.pg_attribute a
                            ON a.attrelid = r.prrelid AND a.attnum = published.number
                          ORDER BY published.place) END AS columns,
                pg_catalog.pg_get_expr(r.prqual, r.prrelid) AS filter
         FROM pg_catalog.pg_publication_rel r
         ORDER BY r.oid"
    } else {
        "SELECT r.oid, r.prpubid AS publication_oid, r.prrelid AS table_oid,
                NULL::text[] AS columns, NULL::text AS filter
         FROM pg_catalog.pg_publication_rel r
         ORDER BY r.oid"
    }
}

const NAMESPACE_QUERY: &str = "
    SELECT n.oid, n.pnpubid AS publication_oid, n.pnnspid AS namespace_oid
    FROM pg_catalog.pg_publication_namespace n
    ORDER BY n.oid";

impl PublicationTable {
    /// None if the table is not known. Up to 17, `pg_dump` also leaves out tables
    /// whose definition is not wanted.
    fn object(row: &Row, catalog: &Catalog) -> Result<Option<Object>> {
        let known = |table: &&Object| catalog.server.major() >= 18 || table.components.definition;
        let table = catalog.relation(row.get("table_oid")?).filter(known);
        let Some((publisher, table)) = Publisher::from_row(row, catalog)?.zip(table) else {
            return Ok(None);
        };
        let id = CatalogId::new(catalogs::PUBLICATION_REL, row.get("oid")?);
        let key = publisher.key();
        let body = Body::PublicationTable(Box::new(Self {
            publisher,
            table: table.id,
            columns: row.get("columns")?,
            filter: row.get("filter")?,
        }));
        let mut object = Object::new(id, ObjectKind::PublicationTable, table.name.clone(), body);
        object.namespace.clone_from(&table.namespace);
        object.key = key;
        object.components = catalog.components(id, None);
        Ok(Some(object))
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        if !object.components.definition {
            return;
        }
        let table = catalog.qualified(catalog.object(self.table));
        let mut entry = self.publisher.entry(object, "PUBLICATION TABLE");
        entry.defn = Some(self.add(&table, &catalog.dialect));
        toc.define(object, entry);
    }

    fn add(&self, table: &str, dialect: &Dialect) -> String {
        let mut sql = format!("{} ADD TABLE ONLY {table}", self.publisher.alter(dialect));
        if let Some(columns) = &self.columns {
            let columns: Vec<String> = columns.iter().map(|name| dialect.ident(name)).collect();
            sql += &format!(" ({})", columns.join(", "));
        }
        if let Some(filter) = &self.filter {
            sql += &format!(" WHERE ({filter})");
        }
        sql + ";\n"
    }
}

impl PublicationNamespace {
    /// None if the schema is not known. Up to 17, `pg_dump` also leaves out schemas
    /// of which nothing is wanted.
    fn object(row: &Row, catalog: &Catalog) -> Result<Option<Object>> {
        let known = |schema: &&Object| catalog.server.major() >= 18 || schema.components.any();
        let schema = CatalogId::new(catalogs::NAMESPACE, row.get("namespace_oid")?);
        let schema = catalog.object_id(schema).map(|id| catalog.object(id));
        let schema = schema.filter(known);
        let Some((publisher, schema)) = Publisher::from_row(row, catalog)?.zip(schema) else {
            return Ok(None);
        };
        let id = CatalogId::new(catalogs::PUBLICATION_NAMESPACE, row.get("oid")?);
        let key = publisher.key();
        let body = Body::PublicationNamespace(Self { publisher });
        let kind = ObjectKind::PublicationNamespace;
        let mut object = Object::new(id, kind, schema.name.clone(), body);
        object.key = key;
        object.components = catalog.components(id, None);
        Ok(Some(object))
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        if !object.components.definition {
            return;
        }
        let dialect = &catalog.dialect;
        let mut entry = self.publisher.entry(object, "PUBLICATION TABLES IN SCHEMA");
        entry.namespace = Some(object.name.clone());
        entry.defn = Some(format!(
            "{} ADD TABLES IN SCHEMA {};\n",
            self.publisher.alter(dialect),
            dialect.ident(&object.name)
        ));
        toc.define(object, entry);
    }
}

impl Publisher {
    /// The publication of a member's row; none if it is not known.
    fn from_row(row: &Row, catalog: &Catalog) -> Result<Option<Self>> {
        let oid: Oid = row.get("publication_oid")?;
        let id = catalog.object_id(CatalogId::new(catalogs::PUBLICATION, oid));
        let object = id.map(|id| catalog.object(id));
        Ok(object.and_then(|object| match &object.body {
            Body::Publication(publication) => Some(Self {
                name: object.name.clone(),
                owner: Arc::clone(&publication.owner),
            }),
            _ => None,
        }))
    }

    /// Members of the same name sort by their publication's.
    fn key(&self) -> Vec<KeyPart> {
        vec![KeyPart::Text(self.name.clone())]
    }

    /// Members have no owner: it is the publication's who must add them.
    fn entry(&self, member: &Object, desc: &'static str) -> TocEntry {
        let mut entry = member.entry(desc, Section::PostData);
        entry.tag = format!("{} {}", self.name, member.name);
        entry.owner = Some(self.owner.to_string());
        entry
    }

    fn alter(&self, dialect: &Dialect) -> String {
        format!("ALTER PUBLICATION {}", dialect.ident(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publisher() -> Publisher {
        Publisher {
            name: "P".to_owned(),
            owner: "app".into(),
        }
    }

    #[test]
    fn columns_come_before_the_filter() {
        let table = PublicationTable {
            publisher: publisher(),
            table: DumpId(1),
            columns: Some(vec!["id".to_owned(), "Odd Name".to_owned()]),
            filter: Some("(id > 0)".to_owned()),
        };
        assert_eq!(
            table.add("s.t", &Dialect::default()),
            "ALTER PUBLICATION \"P\" ADD TABLE ONLY s.t (id, \"Odd Name\") WHERE ((id > 0));\n"
        );
    }

    #[test]
    fn whole_table_is_named_alone() {
        let table = PublicationTable {
            publisher: publisher(),
            table: DumpId(1),
            columns: None,
            filter: None,
        };
        assert_eq!(
            table.add("s.t", &Dialect::default()),
            "ALTER PUBLICATION \"P\" ADD TABLE ONLY s.t;\n"
        );
    }
}
