//! Conversions between encodings: `pg_conversion`.

use super::catalog::Catalog;
use super::object::Body;
use super::standalone::{StandaloneKind, StandaloneQuery};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::catalogs;
use crate::pg::Session;
use crate::sql::literal;

static CONVERSION: StandaloneKind = StandaloneKind {
    kind: ObjectKind::Conversion,
    body: Body::Standalone,
    catalog: (catalogs::CONVERSION, "pg_conversion"),
    prefix: "con",
    in_schema: true,
    owned: true,
    desc: "CONVERSION",
    comment_on: "CONVERSION",
    grant_on: None,
};

const COLUMNS: &str = ", c.condefault AS is_default, c.conproc::text AS function,
    pg_catalog.pg_encoding_to_char(c.conforencoding)::text AS source,
    pg_catalog.pg_encoding_to_char(c.contoencoding)::text AS target";

/// Loads every conversion.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = StandaloneQuery {
        columns: COLUMNS,
        ..StandaloneQuery::default()
    };
    CONVERSION
        .load(session, catalog, query, |row, name, _| {
            let default = if row.get("is_default")? {
                "DEFAULT "
            } else {
                ""
            };
            Ok(format!(
                "CREATE {default}CONVERSION {name} FOR {} TO {} FROM {};\n",
                literal(row.get("source")?),
                literal(row.get("target")?),
                row.get::<&str>("function")?
            ))
        })
        .await
}
