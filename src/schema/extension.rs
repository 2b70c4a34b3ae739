//! Extensions: `pg_extension`, their members, and what depends on them.

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Components, Object};
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, FIRST_NORMAL_OID, Oid, catalogs};
use crate::pg::{Row, Session};

/// An extension.
#[derive(Debug)]
pub struct Extension {
    schema: String,
    configuration: Vec<Configuration>,
}

/// A table of an extension that holds rows of the user, or a sequence that counts
/// them: what changed since the extension was made is the user's.
#[derive(Debug)]
pub(crate) struct Configuration {
    pub(crate) relation: Oid,
    namespace: Oid,
    /// Which rows: `WHERE …`, or empty for all.
    pub(crate) condition: String,
}

/// Loads the extensions. Their members must follow before any other object.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let rows = session
        .rows(
            "SELECT e.oid, e.extname::text AS name, n.nspname::text AS schema,
                    e.extconfig::oid[] AS relations, e.extcondition AS conditions,
                    ARRAY(SELECT COALESCE(c.relnamespace, 0)
                          FROM pg_catalog.unnest(e.extconfig) WITH ORDINALITY AS r (oid, place)
                          LEFT JOIN pg_catalog.pg_class c ON c.oid = r.oid
                          ORDER BY r.place) AS namespaces
             FROM pg_catalog.pg_extension e
             JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
             ORDER BY e.oid",
            &[],
            |row| {
                let extension = Extension {
                    schema: row.get("schema")?,
                    configuration: Configuration::from_row(row)?,
                };
                Ok((row.get("oid")?, row.get("name")?, extension))
            },
        )
        .await?;
    for (oid, name, extension) in rows {
        add(catalog, oid, name, extension);
    }
    load_members(session, catalog).await
}

fn add(catalog: &mut Catalog, oid: Oid, name: String, extension: Extension) {
    let id = CatalogId::new(catalogs::EXTENSION, oid);
    let body = Body::Extension(extension);
    let mut object = Object::new(id, ObjectKind::Extension, name, body);
    object.components = if oid < FIRST_NORMAL_OID {
        // Made by initdb: only privileges on its members can differ.
        Components::ACL
    } else if catalog.selection.includes_everything() {
        Components::ALL
    } else {
        Components::NONE
    };
    catalog.add(object);
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

    /// What of the extensions' configuration is wanted, with the relations it is about:
    /// that of extensions that are, and what was selected by the name of relation or schema.
    pub(crate) fn wanted_configuration(&self) -> impl Iterator<Item = (&Object, &Configuration)> {
        let extensions = self
            .objects()
            .iter()
            .filter_map(|object| match &object.body {
                Body::Extension(extension) => Some((object.components.definition, extension)),
                _ => None,
            });
        extensions.flat_map(move |(wanted, extension)| {
            let configuration = extension.configuration.iter();
            configuration
                .filter(move |it| (wanted || it.is_named(self)) && !it.is_excluded(self))
                .filter_map(|it| Some((self.relation(it.relation)?, it)))
        })
    }
}

impl Configuration {
    fn from_row(row: &Row) -> Result<Vec<Self>> {
        let relations: Option<Vec<Oid>> = row.get("relations")?;
        let namespaces: Vec<Oid> = row.get("namespaces")?;
        let conditions: Option<Vec<String>> = row.get("conditions")?;
        let relations = relations.into_iter().flatten().zip(namespaces);
        Ok(relations
            .zip(conditions.into_iter().flatten())
            .map(|((relation, namespace), condition)| Self {
                relation,
                namespace,
                condition,
            })
            .collect())
    }

    /// Whether its relation or all of its schema was asked for.
    fn is_named(&self, catalog: &Catalog) -> bool {
        let namespace = catalog.object_id(CatalogId::new(catalogs::NAMESPACE, self.namespace));
        catalog.selection.includes_table(self.relation) == Some(true)
            || namespace.is_some_and(|id| catalog.object(id).components.data)
    }

    fn is_excluded(&self, catalog: &Catalog) -> bool {
        let selection = &catalog.selection;
        selection.excludes_table(self.relation)
            || selection.excludes_table_data(self.relation)
            || selection.excludes_namespace(self.namespace)
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
