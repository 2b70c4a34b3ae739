//! Extensions: `pg_extension`, their members, and what depends on them.

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Components, Object};
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, FIRST_NORMAL_OID, Oid, catalogs};
use crate::pg::Session;

/// An extension.
#[derive(Debug)]
pub struct Extension {
    schema: String,
    /// Its configuration tables: rows added since it was made are the user's.
    pub(crate) configuration: Vec<ConfigurationTable>,
}

/// A table of an extension that holds rows of the user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ConfigurationTable {
    pub(crate) table: Oid,
    /// Which rows: `WHERE …`, or empty for all.
    pub(crate) condition: String,
}

/// Loads the extensions. Their members must follow before any other object.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let rows = session
        .rows(
            "SELECT e.oid, e.extname::text AS name, n.nspname::text AS schema,
                    e.extconfig::oid[] AS tables, e.extcondition AS conditions
             FROM pg_catalog.pg_extension e
             JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
             ORDER BY e.oid",
            &[],
            |row| {
                let tables: Option<Vec<Oid>> = row.get("tables")?;
                let conditions: Option<Vec<String>> = row.get("conditions")?;
                let configuration = tables
                    .into_iter()
                    .flatten()
                    .zip(conditions.into_iter().flatten())
                    .map(|(table, condition)| ConfigurationTable { table, condition })
                    .collect();
                let extension = Extension {
                    schema: row.get("schema")?,
                    configuration,
                };
                Ok((
                    row.get::<Oid>("oid")?,
                    row.get::<String>("name")?,
                    extension,
                ))
            },
        )
        .await?;
    for (oid, name, extension) in rows {
        let components = if oid < FIRST_NORMAL_OID {
            // Made by initdb: only privileges on its members can differ.
            Components::ACL
        } else if catalog.selection.includes_everything() {
            Components::ALL
        } else {
            Components::NONE
        };
        let mut object = Object::new(
            CatalogId::new(catalogs::EXTENSION, oid),
            ObjectKind::Extension,
            name,
            Body::Extension(extension),
        );
        object.components = components;
        catalog.add(object);
    }
    load_members(session, catalog).await
}

async fn load_members(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let rows = session
        .rows(
            "SELECT classid, objid, refobjid AS extension FROM pg_catalog.pg_depend
             WHERE refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
               AND deptype = 'e' AND objsubid = 0",
            &[],
            |row| {
                let member = CatalogId::new(row.get("classid")?, row.get("objid")?);
                Ok((member, row.get::<Oid>("extension")?))
            },
        )
        .await?;
    for (member, extension) in rows {
        if let Some(id) = catalog.resolve(CatalogId::new(catalogs::EXTENSION, extension)) {
            catalog.members.insert(member, id);
        }
    }
    Ok(())
}

/// Loads which objects an extension takes along when it is dropped.
pub(crate) async fn load_dependents(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let rows = session
        .rows(
            "SELECT d.classid, d.objid, e.extname::text AS name
             FROM pg_catalog.pg_depend d
             JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
             WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'x'
             ORDER BY d.classid, d.objid, d.ctid",
            &[],
            |row| {
                let object = CatalogId::new(row.get("classid")?, row.get("objid")?);
                Ok((object, row.get::<String>("name")?))
            },
        )
        .await?;
    for (object, extension) in rows {
        catalog
            .extension_dependents
            .entry(object)
            .or_default()
            .push(extension);
    }
    Ok(())
}

impl Catalog {
    /// `ALTER … DEPENDS ON EXTENSION` for each extension that takes the object
    /// along. From 17 on `pg_dump` puts the line break before the statement.
    pub(crate) fn depends_on_extensions(
        &self,
        object: CatalogId,
        keyword: &str,
        name: &str,
    ) -> String {
        let extensions = self.extension_dependents.get(&object);
        extensions
            .into_iter()
            .flatten()
            .map(|extension| {
                let extension = self.dialect.ident(extension);
                let statement = format!("ALTER {keyword} {name} DEPENDS ON EXTENSION {extension};");
                if self.server.major() >= 17 {
                    format!("\n{statement}")
                } else {
                    format!("{statement}\n")
                }
            })
            .collect()
    }

    /// The extensions and their configuration tables.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = (DumpId, Components, &Extension)> {
        self.objects()
            .iter()
            .filter_map(|object| match &object.body {
                Body::Extension(extension) => Some((object.id, object.components, extension)),
                _ => None,
            })
    }
}

impl Extension {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        if toc.options.data_only {
            return;
        }
        let name = catalog.dialect.ident(&object.name);
        if object.components.definition {
            let mut entry = object.entry("EXTENSION", Section::PreData);
            // Without a version: the restoring server's own is the right one.
            entry.defn = Some(format!(
                "CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA {};\n",
                catalog.dialect.ident(&self.schema)
            ));
            entry.drop_stmt = Some(format!("DROP EXTENSION {name};\n"));
            toc.define(object, entry);
        }
        let on = Annotated::without_owner(object.id, "EXTENSION", &name);
        toc.annotate(catalog, object, &on);
    }
}
