//! Foreign servers: `pg_foreign_server`. Their user mappings follow them.

use super::catalog::Catalog;
use super::entries::Toc;
use super::generic_options::{options_clause, options_column};
use super::object::{Body, Object};
use super::standalone::{Standalone, StandaloneKind, StandaloneQuery};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::catalogs;
use crate::pg::Session;
use crate::sql::literal;

/// A foreign server.
#[derive(Debug)]
pub struct ForeignServer(Box<Standalone>);

static FOREIGN_SERVER: StandaloneKind = StandaloneKind {
    kind: ObjectKind::ForeignServer,
    body: |server| Body::ForeignServer(ForeignServer(server)),
    catalog: (catalogs::FOREIGN_SERVER, "pg_foreign_server"),
    prefix: "srv",
    in_schema: false,
    owned: true,
    desc: "SERVER",
    comment_on: "SERVER",
    grant_on: Some(("FOREIGN SERVER", 'S')),
};

/// Loads every foreign server.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let columns = format!(
        ", NULLIF(c.srvtype, '') AS type, NULLIF(c.srvversion, '') AS version,
         w.fdwname::text AS wrapper, {} AS options",
        options_column("c.srvoptions")
    );
    let query = StandaloneQuery {
        columns: &columns,
        joins: "JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = c.srvfdw",
        ..StandaloneQuery::default()
    };
    FOREIGN_SERVER
        .load(session, catalog, query, |row, name, catalog| {
            let mut sql = format!("CREATE SERVER {name}");
            for (keyword, column) in [("TYPE", "type"), ("VERSION", "version")] {
                if let Some(value) = row.get::<Option<&str>>(column)? {
                    sql += &format!(" {keyword} {}", literal(value));
                }
            }
            let wrapper = catalog.dialect.ident(row.get("wrapper")?);
            sql += &format!(" FOREIGN DATA WRAPPER {wrapper}");
            Ok(sql + &options_clause(" ", row.get("options")?) + ";\n")
        })
        .await
}

impl ForeignServer {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        self.0.write(object, catalog, toc)?;
        let mappings = &catalog.user_mappings;
        mappings.write(object, self.0.owner(), &catalog.dialect, toc);
        Ok(())
    }
}
