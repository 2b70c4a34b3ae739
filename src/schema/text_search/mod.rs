//! Text search: parsers cut text into tokens, dictionaries made from templates turn
//! tokens into lexemes, and configurations say which dictionaries look at which tokens.

mod configuration;
mod dictionary;
mod parser;
mod template;

use super::catalog::Catalog;
use super::object::Body;
use super::standalone::StandaloneKind;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::Oid;
use crate::pg::{Row, Session};

/// Loads every text search object.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    parser::load(session, catalog).await?;
    template::load(session, catalog).await?;
    dictionary::load(session, catalog).await?;
    configuration::load(session, catalog).await
}

/// A kind of text search object, whose desc is `TEXT SEARCH …`. Parsers and
/// templates, which only superusers make, have no owners.
const fn text_search_kind(
    kind: ObjectKind,
    desc: &'static str,
    catalog: (Oid, &'static str),
    prefix: &'static str,
    owned: bool,
) -> StandaloneKind {
    StandaloneKind {
        kind,
        body: Body::Standalone,
        catalog,
        prefix,
        in_schema: true,
        owned,
        desc,
        comment_on: desc,
        grant_on: None,
    }
}

/// `KEY = function` for each of the columns that names one.
fn function_clauses(row: &Row, columns: &[(&str, &str)]) -> Result<Vec<String>> {
    let mut clauses = Vec::new();
    for (key, column) in columns {
        if let Some(function) = row.get::<Option<&str>>(column)? {
            clauses.push(format!("{key} = {function}"));
        }
    }
    Ok(clauses)
}

/// `CREATE TEXT SEARCH …` of the kind whose desc is given.
fn create(desc: &str, name: &str, clauses: &[String]) -> String {
    format!(
        "CREATE {desc} {name} (\n    {} );\n",
        clauses.join(",\n    ")
    )
}
