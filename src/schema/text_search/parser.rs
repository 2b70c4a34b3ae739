//! Text search parsers: `pg_ts_parser`.

use super::super::catalog::Catalog;
use super::super::standalone::{StandaloneKind, StandaloneQuery};
use super::{create, function_clauses, text_search_kind};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::catalogs;
use crate::pg::Session;

const DESC: &str = "TEXT SEARCH PARSER";

static PARSER: StandaloneKind = text_search_kind(
    ObjectKind::TextSearchParser,
    DESC,
    (catalogs::TS_PARSER, "pg_ts_parser"),
    "prs",
    false,
);

const COLUMNS: &str = ", c.prsstart::text AS start, c.prstoken::text AS get_token,
    c.prsend::text AS end, c.prslextype::text AS lexeme_types,
    NULLIF(c.prsheadline::oid, 0)::pg_catalog.regproc::text AS headline";

/// Loads every parser.
pub(super) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = StandaloneQuery {
        columns: COLUMNS,
        ..StandaloneQuery::default()
    };
    PARSER
        .load(session, catalog, query, |row, name, _| {
            let functions = [
                ("START", "start"),
                ("GETTOKEN", "get_token"),
                ("END", "end"),
                ("HEADLINE", "headline"),
                ("LEXTYPES", "lexeme_types"),
            ];
            Ok(create(DESC, name, &function_clauses(row, &functions)?))
        })
        .await
}
