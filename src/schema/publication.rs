//! Publications: `pg_publication`.
//!
//! What they publish follows in entries of its own, see [`super::publication_member`].

use std::sync::Arc;

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use super::publication_member;
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, catalogs};
use crate::pg::{Row, Session};

/// A publication.
#[derive(Debug)]
pub struct Publication {
    pub(super) owner: Arc<str>,
    all_tables: bool,
    /// What is published, as the option `publish` lists it.
    operations: String,
    via_root: bool,
    stored_generated_columns: bool,
}

/// Loads all publications and what they publish.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    if !catalog.selection.includes_publications() {
        return Ok(());
    }
    let shared: &Catalog = catalog;
    let objects = session
        .rows(&query(catalog.server.major()), &[], |row| {
            Publication::object(row, shared)
        })
        .await?;
    for object in objects {
        catalog.add(object);
    }
    publication_member::load(session, catalog).await
}

fn query(major: u32) -> String {
    let generated_columns = if major >= 18 {
        "p.pubgencols = 's'"
    } else {
        "false"
    };
    format!(
        "SELECT p.oid, p.pubname::text AS name, p.pubowner AS owner, p.puballtables AS all_tables,
                pg_catalog.concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
                                           CASE WHEN p.pubupdate THEN 'update' END,
                                           CASE WHEN p.pubdelete THEN 'delete' END,
                                           CASE WHEN p.pubtruncate THEN 'truncate' END) AS operations,
                p.pubviaroot AS via_root, {generated_columns} AS generated_columns
         FROM pg_catalog.pg_publication p
         ORDER BY p.oid"
    )
}

impl Publication {
    fn object(row: &Row, catalog: &Catalog) -> Result<Object> {
        let id = CatalogId::new(catalogs::PUBLICATION, row.get("oid")?);
        let body = Body::Publication(Self {
            owner: catalog.roles.name(row.get("owner")?),
            all_tables: row.get("all_tables")?,
            operations: row.get("operations")?,
            via_root: row.get("via_root")?,
            stored_generated_columns: row.get("generated_columns")?,
        });
        let name: String = row.get("name")?;
        let mut object = Object::new(id, ObjectKind::Publication, name, body);
        object.components = catalog.components(id, None);
        Ok(object)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let name = catalog.dialect.ident(&object.name);
        if object.components.definition {
            let mut entry = object.entry("PUBLICATION", Section::PostData);
            entry.defn = Some(self.create(&name));
            entry.drop_stmt = Some(format!("DROP PUBLICATION {name};\n"));
            entry.owner = Some(self.owner.to_string());
            toc.define(object, entry);
        }
        let on = Annotated {
            object: object.id,
            keyword: "PUBLICATION",
            sql_name: &name,
            tag_name: &name,
            namespace: None,
            owner: Some(&self.owner),
        };
        toc.annotate(catalog, object, &on);
    }

    fn create(&self, name: &str) -> String {
        let mut sql = format!("CREATE PUBLICATION {name}");
        if self.all_tables {
            sql += " FOR ALL TABLES";
        }
        sql += &format!(" WITH (publish = '{}'", self.operations);
        if self.via_root {
            sql += ", publish_via_partition_root = true";
        }
        if self.stored_generated_columns {
            sql += ", publish_generated_columns = stored";
        }
        sql + ");\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publication_without_options_still_lists_its_operations() {
        let publication = Publication {
            owner: "app".into(),
            all_tables: false,
            operations: String::new(),
            via_root: false,
            stored_generated_columns: false,
        };
        assert_eq!(
            publication.create("p"),
            "CREATE PUBLICATION p WITH (publish = '');\n"
        );
    }

    #[test]
    fn options_of_a_publication_keep_their_order() {
        let publication = Publication {
            owner: "app".into(),
            all_tables: true,
            operations: "insert, truncate".to_owned(),
            via_root: true,
            stored_generated_columns: true,
        };
        assert_eq!(
            publication.create("\"P\""),
            "CREATE PUBLICATION \"P\" FOR ALL TABLES WITH (publish = 'insert, truncate', \
             publish_via_partition_root = true, publish_generated_columns = stored);\n"
        );
    }
}
