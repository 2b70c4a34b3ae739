//! Foreign-data wrappers: `pg_foreign_data_wrapper`.

use super::catalog::Catalog;
use super::generic_options::{options_clause, options_column};
use super::object::Body;
use super::standalone::{StandaloneKind, StandaloneQuery};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::catalogs;
use crate::pg::Session;

static FOREIGN_DATA_WRAPPER: StandaloneKind = StandaloneKind {
    kind: ObjectKind::ForeignDataWrapper,
    body: Body::Standalone,
    catalog: (catalogs::FOREIGN_DATA_WRAPPER, "pg_foreign_data_wrapper"),
    prefix: "fdw",
    in_schema: false,
    owned: true,
    desc: "FOREIGN DATA WRAPPER",
    comment_on: "FOREIGN DATA WRAPPER",
    grant_on: Some(("FOREIGN DATA WRAPPER", 'F')),
};

/// Loads every foreign-data wrapper.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let columns = format!(
        ", NULLIF(c.fdwhandler, 0)::pg_catalog.regproc::text AS handler,
         NULLIF(c.fdwvalidator, 0)::pg_catalog.regproc::text AS validator,
         {} AS options",
        options_column("c.fdwoptions")
    );
    let query = StandaloneQuery {
        columns: &columns,
        ..StandaloneQuery::default()
    };
    FOREIGN_DATA_WRAPPER
        .load(session, catalog, query, |row, name, _| {
            let mut sql = format!("CREATE FOREIGN DATA WRAPPER {name}");
            for (keyword, column) in [("HANDLER", "handler"), ("VALIDATOR", "validator")] {
                if let Some(function) = row.get::<Option<&str>>(column)? {
                    sql += &format!(" {keyword} {function}");
                }
            }
            Ok(sql + &options_clause(" ", row.get("options")?) + ";\n")
        })
        .await
}
