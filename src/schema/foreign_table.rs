//! What foreign tables have beyond other tables: `pg_foreign_table`, and options of columns.

use std::collections::HashSet;

use super::catalog::Catalog;
use super::generic_options::{options_clause, options_column};
use super::relkind::RelKind;
use crate::error::Result;
use crate::ids::Oid;
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// Where a foreign table's rows come from.
#[derive(Debug, Default)]
pub(crate) struct ForeignTable {
    server: String,
    options: Option<String>,
    /// The options of columns that have some, by attribute number.
    column_options: Vec<(i16, String)>,
}

fn query() -> String {
    format!(
        "SELECT f.ftrelid AS table_oid, s.srvname::text AS server, {} AS options,
                a.numbers AS option_columns, a.options AS column_options
         FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
         JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = wanted.oid
         JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
         CROSS JOIN LATERAL (
             SELECT pg_catalog.array_agg(c.number) AS numbers,
                    pg_catalog.array_agg(c.options) AS options
             FROM (SELECT attnum AS number, {} AS options
                   FROM pg_catalog.pg_attribute
                   WHERE attrelid = f.ftrelid AND attnum > 0) AS c
             WHERE c.options IS NOT NULL) AS a",
        options_column("f.ftoptions"),
        options_column("attfdwoptions")
    )
}

/// Loads the servers and options of the wanted foreign tables.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let tables = catalog.relation_oids(|object, relation| {
        object.components.definition && relation.kind == RelKind::Foreign
    });
    let rows = session
        .rows(&query(), &[&tables], |row| {
            Ok((row.get::<Oid>("table_oid")?, ForeignTable::from_row(row)?))
        })
        .await?;
    for (oid, table) in rows {
        if let Some(relation) = catalog.relation_mut(oid) {
            relation.foreign = Some(table);
        }
    }
    Ok(())
}

/// The foreign tables on servers whose rows the user asked for.
pub(crate) async fn on_selected_servers(
    session: &Session,
    catalog: &Catalog,
) -> Result<HashSet<Oid>> {
    let servers = catalog.selection.foreign_servers();
    if servers.is_empty() {
        return Ok(HashSet::new());
    }
    let tables = session
        .rows(
            "SELECT ftrelid AS table_oid FROM pg_catalog.pg_foreign_table
             WHERE ftserver = ANY ($1)",
            &[&servers],
            |row| row.get::<Oid>("table_oid"),
        )
        .await?;
    Ok(tables.into_iter().collect())
}

impl ForeignTable {
    fn from_row(row: &Row) -> Result<Self> {
        let columns: Option<Vec<i16>> = row.get("option_columns")?;
        let options: Option<Vec<String>> = row.get("column_options")?;
        let columns = columns.into_iter().flatten();
        Ok(Self {
            server: row.get("server")?,
            options: row.get("options")?,
            column_options: columns.zip(options.into_iter().flatten()).collect(),
        })
    }

    /// `SERVER …`, on a line of its own.
    pub(crate) fn server_clause(&self, dialect: &Dialect) -> String {
        format!("\nSERVER {}", dialect.ident(&self.server))
    }

    /// `OPTIONS (…)`, on lines of its own; nothing without options.
    pub(crate) fn options_clause(&self) -> String {
        options_clause("\n", self.options.as_deref())
    }

    /// ` OPTIONS (…)` of a column, if it has any.
    pub(crate) fn column_options(&self, column: i16) -> Option<String> {
        let of_column = |(number, _): &&(i16, String)| *number == column;
        let (_, options) = self.column_options.iter().find(of_column)?;
        Some(options_clause(" ", Some(options)))
    }
}
