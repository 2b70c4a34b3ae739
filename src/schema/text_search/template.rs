//! Text search templates: `pg_ts_template`.

use super::super::catalog::Catalog;
use super::super::standalone::{StandaloneKind, StandaloneQuery};
use super::{create, function_clauses, text_search_kind};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::catalogs;
use crate::pg::Session;

const DESC: &str = "TEXT SEARCH TEMPLATE";

static TEMPLATE: StandaloneKind = text_search_kind(
    ObjectKind::TextSearchTemplate,
    DESC,
    (catalogs::TS_TEMPLATE, "pg_ts_template"),
    "tmpl",
    false,
);

const COLUMNS: &str = ", c.tmpllexize::text AS lexize,
    NULLIF(c.tmplinit::oid, 0)::pg_catalog.regproc::text AS init";

/// Loads every template.
pub(super) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = StandaloneQuery {
        columns: COLUMNS,
        ..StandaloneQuery::default()
    };
    TEMPLATE
        .load(session, catalog, query, |row, name, _| {
            let functions = [("INIT", "init"), ("LEXIZE", "lexize")];
            Ok(create(DESC, name, &function_clauses(row, &functions)?))
        })
        .await
}
