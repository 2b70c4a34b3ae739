//! Access methods of tables and indexes: `pg_am`.

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, catalogs};
use crate::pg::{Row, Session};

/// An access method.
#[derive(Debug)]
pub struct AccessMethod {
    /// `i`ndex or `t`able.
    kind: char,
    /// The handler function, qualified and quoted.
    handler: String,
}

const QUERY: &str = "
    SELECT a.oid, a.amname::text AS name, a.amtype AS kind, a.amhandler::text AS handler
    FROM pg_catalog.pg_am a
    WHERE a.oid >= 16384
    ORDER BY a.oid";

/// Loads all access methods but the server's own.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let shared: &Catalog = catalog;
    let objects = session
        .rows(QUERY, &[], |row| AccessMethod::object(row, shared))
        .await?;
    for object in objects {
        catalog.add(object);
    }
    Ok(())
}

impl AccessMethod {
    fn object(row: &Row, catalog: &Catalog) -> Result<Object> {
        let id = CatalogId::new(catalogs::AM, row.get("oid")?);
        let name: String = row.get("name")?;
        let body = Body::AccessMethod(Self {
            kind: row.char("kind")?,
            handler: row.get("handler")?,
        });
        let mut object = Object::new(id, ObjectKind::AccessMethod, name, body);
        object.components = catalog.components(id, None);
        Ok(object)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let name = catalog.dialect.ident(&object.name);
        if object.components.definition && !toc.options.data_only {
            let mut entry = object.entry("ACCESS METHOD", Section::PreData);
            entry.defn = Some(self.create(&name));
            entry.drop_stmt = Some(format!("DROP ACCESS METHOD {name};\n"));
            toc.define(object, entry);
        }
        let on = Annotated::without_owner(object.id, "ACCESS METHOD", &name);
        toc.annotate(catalog, object, &on);
    }

    fn create(&self, name: &str) -> String {
        let kind = match self.kind {
            't' => "TABLE",
            _ => "INDEX",
        };
        format!(
            "CREATE ACCESS METHOD {name} TYPE {kind} HANDLER {};\n",
            self.handler
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_is_that_of_the_handler() {
        let create = |kind| {
            let method = AccessMethod {
                kind,
                handler: "s.\"H\"".to_owned(),
            };
            method.create("am")
        };
        assert_eq!(
            create('t'),
            "CREATE ACCESS METHOD am TYPE TABLE HANDLER s.\"H\";\n"
        );
        assert_eq!(
            create('i'),
            "CREATE ACCESS METHOD am TYPE INDEX HANDLER s.\"H\";\n"
        );
    }
}
