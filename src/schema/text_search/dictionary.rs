//! Text search dictionaries: `pg_ts_dict`.

use super::super::catalog::Catalog;
use super::super::standalone::{StandaloneKind, StandaloneQuery};
use super::{create, text_search_kind};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::catalogs;
use crate::pg::Session;

const DESC: &str = "TEXT SEARCH DICTIONARY";

static DICTIONARY: StandaloneKind = text_search_kind(
    ObjectKind::TextSearchDictionary,
    DESC,
    (catalogs::TS_DICT, "pg_ts_dict"),
    "dict",
    true,
);

/// The options are kept as CREATE takes them: names and values quoted.
const COLUMNS: &str = ", n.nspname::text AS template_schema, t.tmplname::text AS template,
    c.dictinitoption AS options";

const JOINS: &str = "JOIN pg_catalog.pg_ts_template t ON t.oid = c.dicttemplate
    JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace";

/// Loads every dictionary.
pub(super) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = StandaloneQuery {
        columns: COLUMNS,
        joins: JOINS,
        ..StandaloneQuery::default()
    };
    DICTIONARY
        .load(session, catalog, query, |row, name, catalog| {
            let dialect = &catalog.dialect;
            let template = dialect.qualified(row.get("template_schema")?, row.get("template")?);
            let mut clauses = vec![format!("TEMPLATE = {template}")];
            clauses.extend(row.get::<Option<String>>("options")?);
            Ok(create(DESC, name, &clauses))
        })
        .await
}
