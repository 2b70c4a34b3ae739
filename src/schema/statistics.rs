//! Extended statistics: `pg_statistic_ext`.

use std::sync::Arc;

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, Oid, catalogs};
use crate::pg::{Row, Session};

/// A statistics object. It has a schema and an owner of its own.
#[derive(Debug)]
pub struct ExtendedStatistics {
    owner: Arc<str>,
    /// `CREATE STATISTICS …`
    definition: String,
    /// None: the server's default.
    target: Option<i32>,
}

/// Up to 16 the default target is -1, from 17 on NULL.
const QUERY: &str = "
    SELECT s.oid, s.stxname::text AS name, s.stxnamespace AS namespace, s.stxowner AS owner,
           pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition,
           NULLIF(s.stxstattarget, -1)::int4 AS target
    FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
    JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = wanted.oid
    ORDER BY s.oid";

/// Loads the statistics objects on the wanted tables. Wanted are those whose own schema is.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let tables = catalog.relation_oids(|object, _| object.components.definition);
    let shared: &Catalog = catalog;
    let objects = session
        .rows(QUERY, &[&tables], |row| {
            ExtendedStatistics::object(row, shared)
        })
        .await?;
    for object in objects {
        catalog.add(object);
    }
    Ok(())
}

impl ExtendedStatistics {
    fn object(row: &Row, catalog: &Catalog) -> Result<Object> {
        let id = CatalogId::new(catalogs::STATISTIC_EXT, row.get("oid")?);
        let namespace: Oid = row.get("namespace")?;
        let body = Body::ExtendedStatistics(Self {
            owner: catalog.roles.name(row.get("owner")?),
            definition: row.get("definition")?,
            target: row.get("target")?,
        });
        let name: String = row.get("name")?;
        let mut object = Object::new(id, ObjectKind::ExtendedStatistics, name, body);
        object.namespace = Some(catalog.namespace_name(namespace)?);
        object.components = catalog.components(id, Some(namespace));
        Ok(object)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let name = catalog.qualified(object);
        if object.components.definition && !toc.options.data_only {
            let mut entry = object.entry("STATISTICS", Section::PostData);
            entry.defn = Some(self.statements(&name));
            entry.drop_stmt = Some(format!("DROP STATISTICS {name};\n"));
            entry.owner = Some(self.owner.to_string());
            toc.define(object, entry);
        }
        let on = Annotated {
            object: object.id,
            keyword: "STATISTICS",
            sql_name: &name,
            tag_name: &catalog.dialect.ident(&object.name),
            namespace: object.namespace.as_deref(),
            owner: Some(&self.owner),
        };
        toc.annotate(catalog, object, &on);
        Ok(())
    }

    fn statements(&self, name: &str) -> String {
        let mut sql = format!("{};\n", self.definition);
        if let Some(target) = self.target {
            sql += &format!("ALTER STATISTICS {name} SET STATISTICS {target};\n");
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_is_set_if_it_is_not_the_default() {
        let mut statistics = ExtendedStatistics {
            owner: Arc::from("app"),
            definition: "CREATE STATISTICS s.x ON a, b FROM s.t".to_owned(),
            target: None,
        };
        assert_eq!(
            statistics.statements("s.x"),
            "CREATE STATISTICS s.x ON a, b FROM s.t;\n"
        );
        statistics.target = Some(0);
        assert_eq!(
            statistics.statements("s.x"),
            "CREATE STATISTICS s.x ON a, b FROM s.t;\n\
             ALTER STATISTICS s.x SET STATISTICS 0;\n"
        );
    }
}
