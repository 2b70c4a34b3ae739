//! Views and materialized views.

use super::catalog::Catalog;
use super::entries::Toc;
use super::object::Object;
use super::relation::Relation;
use super::relkind::RelKind;
use crate::archive::Section;
use crate::dumpable::Placement;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::Oid;
use crate::pg::Session;

/// Loads the queries of the views and materialized views in `oids`, which must be locked
/// against changes as far as PostgreSQL can (their tables are).
pub(crate) async fn load(session: &Session, catalog: &mut Catalog, oids: &[Oid]) -> Result<()> {
    let rows = session
        .rows(
            "SELECT oid, pg_catalog.pg_get_viewdef(oid) AS query
             FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)",
            &[&oids],
            |row| {
                let oid: Oid = row.get("oid")?;
                Ok((oid, row.get::<Option<String>>("query")?))
            },
        )
        .await?;
    for (oid, query) in rows {
        if let Some(relation) = catalog.relation_mut(oid) {
            relation.query = query;
        }
    }
    Ok(())
}

impl Relation {
    pub(super) fn write_view(
        &self,
        object: &Object,
        catalog: &Catalog,
        toc: &mut Toc,
    ) -> Result<()> {
        let keyword = self.kind.keyword();
        let name = catalog.qualified(object);
        let section = if object.placement == Placement::Postponed {
            Section::PostData
        } else {
            Section::PreData
        };
        let mut entry = object.entry(keyword, section);
        entry.defn = Some(if self.kind == RelKind::View {
            self.create_view("CREATE VIEW", object, catalog)?
        } else {
            self.create_materialized_view(object, catalog)?
        });
        entry.drop_stmt = Some(format!("DROP {keyword} {name};\n"));
        if self.kind == RelKind::MaterializedView {
            entry.tablespace = Some(self.tablespace.clone());
            entry.table_am.clone_from(&self.access_method);
        }
        entry.relkind = Some(self.kind.letter());
        entry.owner = Some(self.owner.to_string());
        toc.define(object, entry);
        Ok(())
    }

    /// The statement that makes the view, or its dummy if it is part of a loop.
    fn create_view(&self, verb: &str, object: &Object, catalog: &Catalog) -> Result<String> {
        if object.placement == Placement::Dummy {
            let query = self.dummy_query(catalog);
            return Ok(format!(
                "{verb} {} AS\n{query};\n",
                catalog.qualified(object)
            ));
        }
        self.real_view(verb, object, catalog)
    }

    /// The real view, whatever loop it is part of. `verb` is `CREATE VIEW` or,
    /// where the dummy is replaced, `CREATE OR REPLACE VIEW`.
    pub(crate) fn real_view(
        &self,
        verb: &str,
        object: &Object,
        catalog: &Catalog,
    ) -> Result<String> {
        let mut sql = format!("{verb} {}", catalog.qualified(object));
        let options = self.storage_options(catalog);
        if !options.is_empty() {
            sql += &format!(" WITH ({options})");
        }
        sql += &format!(" AS\n{}", self.view_query(object, catalog)?);
        if let Some(check) = &self.check_option {
            sql += &format!("\n  WITH {check} CHECK OPTION");
        }
        sql += ";\n";
        Ok(sql)
    }

    /// The dummy view as a statement of its own, which the drop of the real rule leaves.
    pub(crate) fn dummy_view(&self, object: &Object, catalog: &Catalog) -> String {
        format!(
            "CREATE OR REPLACE VIEW {} AS\n{};\n",
            catalog.qualified(object),
            self.dummy_query(catalog)
        )
    }

    /// A query with the view's columns and no tables.
    fn dummy_query(&self, catalog: &Catalog) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|column| {
                let collate = column.collate_clause(catalog);
                let name = catalog.dialect.ident(&column.name);
                format!("\n    NULL::{}{collate} AS {name}", column.type_name)
            })
            .collect();
        format!("SELECT{}", columns.join(","))
    }

    fn create_materialized_view(&self, object: &Object, catalog: &Catalog) -> Result<String> {
        let name = catalog.qualified(object);
        let mut sql = format!("CREATE MATERIALIZED VIEW {name}");
        let options = self.storage_options(catalog);
        if !options.is_empty() {
            sql += &format!("\nWITH ({options})");
        }
        sql += &format!(
            " AS\n{}\n  WITH NO DATA;\n",
            self.view_query(object, catalog)?
        );
        sql += &catalog.depends_on_extensions(object.catalog_id, "MATERIALIZED VIEW", &name);
        sql += &self.column_settings(&name, catalog);
        sql += &self.table_settings(&name);
        Ok(sql)
    }

    /// The query without its semicolon.
    fn view_query<'a>(&'a self, object: &Object, catalog: &Catalog) -> Result<&'a str> {
        let query = self.query.as_deref().unwrap_or_default();
        query.strip_suffix(';').ok_or_else(|| {
            Error::new(
                ErrorKind::Server,
                format!(
                    "reading {} {}: expected its query ending in a semicolon, found {query:?}",
                    self.kind.keyword().to_lowercase(),
                    catalog.qualified(object)
                ),
            )
            .with_hint(
                "The view may have been changed or dropped while the dump started. Try again.",
            )
        })
    }
}
