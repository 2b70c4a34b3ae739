//! Text search configurations: `pg_ts_config`, `pg_ts_config_map`.

use super::super::catalog::Catalog;
use super::super::standalone::{StandaloneKind, StandaloneQuery};
use super::{create, text_search_kind};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::catalogs;
use crate::pg::Session;
use crate::sql::Dialect;

const DESC: &str = "TEXT SEARCH CONFIGURATION";

static CONFIGURATION: StandaloneKind = text_search_kind(
    ObjectKind::TextSearchConfiguration,
    DESC,
    (catalogs::TS_CONFIG, "pg_ts_config"),
    "cfg",
    true,
);

const COLUMNS: &str = ", n.nspname::text AS parser_schema, p.prsname::text AS parser,
    m.tokens, m.dictionaries";

/// The parser alone knows what its token types are called.
const JOINS: &str = "JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
    JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
    CROSS JOIN LATERAL (
        SELECT pg_catalog.array_agg(COALESCE(t.alias, '') ORDER BY m.maptokentype, m.mapseqno)
                   AS tokens,
               pg_catalog.array_agg(m.mapdict::pg_catalog.regdictionary::text
                                    ORDER BY m.maptokentype, m.mapseqno) AS dictionaries
        FROM pg_catalog.pg_ts_config_map m
        LEFT JOIN pg_catalog.ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
        WHERE m.mapcfg = c.oid) m";

/// Loads every configuration.
pub(super) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = StandaloneQuery {
        columns: COLUMNS,
        joins: JOINS,
        ..StandaloneQuery::default()
    };
    CONFIGURATION
        .load(session, catalog, query, |row, name, catalog| {
            let dialect = &catalog.dialect;
            let parser = dialect.qualified(row.get("parser_schema")?, row.get("parser")?);
            let tokens: Option<Vec<String>> = row.get("tokens")?;
            let dictionaries: Option<Vec<String>> = row.get("dictionaries")?;
            let mappings: Vec<(String, String)> = tokens
                .into_iter()
                .flatten()
                .zip(dictionaries.into_iter().flatten())
                .collect();
            let create = create(DESC, name, &[format!("PARSER = {parser}")]);
            Ok(create + &add_mappings(name, &mappings, dialect))
        })
        .await
}

/// One statement for each type of token, with all dictionaries that look at it in
/// turn. `mappings` are pairs of token type and dictionary, in order.
fn add_mappings(name: &str, mappings: &[(String, String)], dialect: &Dialect) -> String {
    let statement = |mappings: &[(String, String)]| {
        let token = dialect.ident(&mappings[0].0);
        let dictionaries: Vec<&str> = mappings
            .iter()
            .map(|(_, dictionary)| dictionary.as_str())
            .collect();
        format!(
            "\nALTER {DESC} {name}\n    ADD MAPPING FOR {token} WITH {};\n",
            dictionaries.join(", ")
        )
    };
    mappings
        .chunk_by(|(a, _), (b, _)| a == b)
        .map(statement)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionaries_of_a_token_share_a_statement_and_keep_their_order() {
        let mappings = [
            ("asciiword", "s.\"Thesaurus\""),
            ("asciiword", "english_stem"),
            ("Odd token", "simple"),
        ]
        .map(|(token, dictionary)| (token.to_owned(), dictionary.to_owned()));
        assert_eq!(
            add_mappings("s.c", &mappings, &Dialect::default()),
            "\nALTER TEXT SEARCH CONFIGURATION s.c\n    \
             ADD MAPPING FOR asciiword WITH s.\"Thesaurus\", english_stem;\n\
             \nALTER TEXT SEARCH CONFIGURATION s.c\n    \
             ADD MAPPING FOR \"Odd token\" WITH simple;\n"
        );
        assert_eq!(add_mappings("s.c", &[], &Dialect::default()), "");
    }
}
