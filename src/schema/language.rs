//! Procedural languages: `pg_language`.

use super::catalog::Catalog;
use super::object::Body;
use super::standalone::{StandaloneKind, StandaloneQuery};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, FIRST_NORMAL_OID, Oid, catalogs};
use crate::pg::{Row, Session};

static LANGUAGE: StandaloneKind = StandaloneKind {
    kind: ObjectKind::Language,
    body: Body::Standalone,
    catalog: (catalogs::LANGUAGE, "pg_language"),
    prefix: "lan",
    in_schema: false,
    owned: true,
    desc: "PROCEDURAL LANGUAGE",
    comment_on: "LANGUAGE",
    grant_on: Some(("LANGUAGE", 'l')),
};

const COLUMNS: &str = ", c.lanpltrusted AS trusted,
    c.lanplcallfoid AS handler, c.lanplcallfoid::pg_catalog.regproc::text AS handler_name,
    c.laninline AS inline, c.laninline::pg_catalog.regproc::text AS inline_name,
    c.lanvalidator AS validator, c.lanvalidator::pg_catalog.regproc::text AS validator_name";

/// Loads every procedural language, after the functions.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = StandaloneQuery {
        columns: COLUMNS,
        condition: "c.lanispl",
        ..StandaloneQuery::default()
    };
    LANGUAGE
        .load(session, catalog, query, |row, name, catalog| {
            let function =
                |keyword, column| SupportFunction::from_row(row, keyword, column, catalog);
            let functions = [
                function("HANDLER", "handler")?,
                function("INLINE", "inline")?,
                function("VALIDATOR", "validator")?,
            ];
            let functions: Vec<SupportFunction> = functions.into_iter().flatten().collect();
            Ok(create(name, row.get("trusted")?, &functions))
        })
        .await
}

/// A function that runs or checks what is written in the language.
#[derive(Debug)]
struct SupportFunction {
    keyword: &'static str,
    /// As the server names it: qualified and quoted.
    name: String,
    /// Whether a restored database has it.
    restored: bool,
}

impl SupportFunction {
    fn from_row(
        row: &Row,
        keyword: &'static str,
        column: &str,
        catalog: &Catalog,
    ) -> Result<Option<Self>> {
        let oid: Oid = row.get(column)?;
        if oid == 0 {
            return Ok(None);
        }
        let id = CatalogId::new(catalogs::PROC, oid);
        let made = |id| catalog.object(id).components.definition;
        Ok(Some(Self {
            keyword,
            name: row.get(&format!("{column}_name"))?,
            restored: oid < FIRST_NORMAL_OID
                || catalog.members.contains_key(&id)
                || catalog.object_id(id).is_some_and(made),
        }))
    }
}

/// Functions of `pg_catalog` that neither initdb nor an extension makes are left
/// from times when languages were no extensions. Without parameters the server
/// takes the statement for CREATE EXTENSION, which brings them.
fn create(name: &str, trusted: bool, functions: &[SupportFunction]) -> String {
    if !functions.iter().all(|function| function.restored) {
        return format!("CREATE OR REPLACE PROCEDURAL LANGUAGE {name};\n");
    }
    let trusted = if trusted { "TRUSTED " } else { "" };
    let clauses: String = functions
        .iter()
        .map(|function| format!(" {} {}", function.keyword, function.name))
        .collect();
    format!("CREATE {trusted}PROCEDURAL LANGUAGE {name}{clauses};\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(keyword: &'static str, name: &str, restored: bool) -> SupportFunction {
        SupportFunction {
            keyword,
            name: name.to_owned(),
            restored,
        }
    }

    #[test]
    fn language_names_the_functions_it_has() {
        let handler = || function("HANDLER", "s.run", true);
        assert_eq!(
            create("\"L\"", false, &[handler()]),
            "CREATE PROCEDURAL LANGUAGE \"L\" HANDLER s.run;\n"
        );
        let inline = function("INLINE", "s.\"Do\"", true);
        let validator = function("VALIDATOR", "s.check", true);
        assert_eq!(
            create("l", true, &[handler(), inline, validator]),
            "CREATE TRUSTED PROCEDURAL LANGUAGE l HANDLER s.run INLINE s.\"Do\" VALIDATOR s.check;\n"
        );
    }

    #[test]
    fn language_whose_functions_nothing_restores_is_left_to_its_extension() {
        let functions = [
            function("HANDLER", "plperl_call_handler", false),
            function("VALIDATOR", "s.check", true),
        ];
        assert_eq!(
            create("plperl", true, &functions),
            "CREATE OR REPLACE PROCEDURAL LANGUAGE plperl;\n"
        );
    }
}
