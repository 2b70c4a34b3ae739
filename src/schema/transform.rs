//! Transforms between a data type and a procedural language: `pg_transform`.

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use super::routine;
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, catalogs};
use crate::pg::{Row, Session};

/// A transform. Its object's name, by which it sorts, is that of type and language.
#[derive(Debug)]
pub struct Transform {
    data_type: String,
    /// Quoted.
    language: String,
    /// Qualified and quoted, with the types of the arguments.
    from_sql: Option<String>,
    to_sql: Option<String>,
}

fn query() -> String {
    format!(
        "SELECT f.oid,
                pg_catalog.concat_ws(' ', t.typname, pg_catalog.quote_ident(l.lanname)) AS name,
                pg_catalog.format_type(f.trftype, NULL) AS data_type,
                pg_catalog.quote_ident(l.lanname) AS language,
                {} AS from_sql, {} AS to_sql
         FROM pg_catalog.pg_transform f
         JOIN pg_catalog.pg_type t ON t.oid = f.trftype
         JOIN pg_catalog.pg_language l ON l.oid = f.trflang
         WHERE f.oid >= 16384
         ORDER BY f.trftype, f.trflang",
        routine::signature("f.trffromsql"),
        routine::signature("f.trftosql")
    )
}

/// Loads all transforms.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let shared: &Catalog = catalog;
    let objects = session
        .rows(&query(), &[], |row| Transform::object(row, shared))
        .await?;
    for object in objects {
        catalog.add(object);
    }
    Ok(())
}

impl Transform {
    fn object(row: &Row, catalog: &Catalog) -> Result<Object> {
        let id = CatalogId::new(catalogs::TRANSFORM, row.get("oid")?);
        let name: String = row.get("name")?;
        let body = Body::Transform(Box::new(Self {
            data_type: row.get("data_type")?,
            language: row.get("language")?,
            from_sql: row.get("from_sql")?,
            to_sql: row.get("to_sql")?,
        }));
        let mut object = Object::new(id, ObjectKind::Transform, name, body);
        object.components = catalog.components(id, None);
        Ok(object)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let name = format!("FOR {} LANGUAGE {}", self.data_type, self.language);
        if object.components.definition && !toc.options.data_only {
            let mut entry = object.entry("TRANSFORM", Section::PreData);
            entry.tag = format!("TRANSFORM {name}");
            entry.defn = Some(self.create(&name));
            entry.drop_stmt = Some(format!("DROP TRANSFORM {name};\n"));
            // Alone among definitions, pg_dump's lists what has no entry, too.
            toc.push_with(entry, object.needs.clone());
        }
        let on = Annotated::without_owner(object.id, "TRANSFORM", &name);
        toc.annotate(catalog, object, &on);
    }

    fn create(&self, name: &str) -> String {
        let functions: Vec<String> = [("FROM", &self.from_sql), ("TO", &self.to_sql)]
            .into_iter()
            .filter_map(|(way, function)| {
                Some(format!("{way} SQL WITH FUNCTION {}", function.as_ref()?))
            })
            .collect();
        format!("CREATE TRANSFORM {name} ({});\n", functions.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_way_may_be_missing() {
        let create = |from_sql: Option<&str>, to_sql: Option<&str>| {
            let transform = Transform {
                data_type: "s.t".to_owned(),
                language: "\"L\"".to_owned(),
                from_sql: from_sql.map(str::to_owned),
                to_sql: to_sql.map(str::to_owned),
            };
            transform.create("FOR s.t LANGUAGE \"L\"")
        };
        assert_eq!(
            create(Some("s.f(internal)"), Some("s.g(internal)")),
            "CREATE TRANSFORM FOR s.t LANGUAGE \"L\" (FROM SQL WITH FUNCTION s.f(internal), \
             TO SQL WITH FUNCTION s.g(internal));\n"
        );
        assert_eq!(
            create(None, Some("s.g(internal)")),
            "CREATE TRANSFORM FOR s.t LANGUAGE \"L\" (TO SQL WITH FUNCTION s.g(internal));\n"
        );
    }
}
