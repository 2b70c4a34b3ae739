//! What a database holds that pgsluice cannot keep yet.
//!
//! `pg_dump` keeps all of it, so an archive without it is no whole backup: the
//! caller refuses to make one, or says what is missing. What is wanted at all
//! is decided as in `pg_dump`.

use super::catalog::Catalog;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::CatalogId;
use crate::pg::{Row, Session};

/// An object that cannot be kept.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct UnsupportedObject {
    /// Its kind in PostgreSQL's words: `operator`, `text search parser` …
    pub kind: &'static str,
    /// Its name as the server identifies it: qualified, quoted, with arguments.
    pub name: String,
}

const SECURITY_LABEL: &str = "security label";

/// The one kind that pgsluice keeps if it may: see [`super::subscription`].
const SUBSCRIPTION: &str = "subscription";

/// Kinds, and how objects of them that are wanted are found.
const KINDS: [(&str, &str); 3] = [
    // Ordinary roles may read only some columns, before 14 not even the OID.
    (
        SUBSCRIPTION,
        "SELECT {kind}, 0::pg_catalog.oid, 0::pg_catalog.oid, 0, pg_catalog.quote_ident(s.subname)
         FROM pg_catalog.pg_subscription s
         JOIN pg_catalog.pg_database b ON b.oid = s.subdbid
         WHERE $1 AND b.datname = pg_catalog.current_database()
           AND NOT pg_catalog.has_table_privilege('pg_catalog.pg_subscription', 'SELECT')",
    ),
    (
        SECURITY_LABEL,
        "SELECT DISTINCT {kind}, l.classoid, l.objoid, l.objsubid, NULL
         FROM pg_catalog.pg_seclabel l
         WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                           WHERE d.classid = l.classoid AND d.objid = l.objoid AND d.deptype = 'e')",
    ),
    (
        "security label of the database",
        "SELECT DISTINCT {kind}, l.classoid, l.objoid, 0, NULL
         FROM pg_catalog.pg_shseclabel l
         JOIN pg_catalog.pg_database b ON b.oid = l.objoid
         WHERE l.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass
           AND b.datname = pg_catalog.current_database()",
    ),
];

/// Finds all wanted objects that cannot be kept, by kind and name.
///
/// # Errors
///
/// Those of the query.
pub async fn unsupported(session: &Session, catalog: &Catalog) -> Result<Vec<UnsupportedObject>> {
    let everything = catalog.selection.includes_everything();
    let (nouns, sql) = query();
    let found = session
        .rows(&sql, &[&everything], |row| {
            let object = read(row, &nouns)?;
            let id = CatalogId::new(row.get("class")?, row.get("object")?);
            let wanted = match object.kind {
                SECURITY_LABEL => label_is_wanted(catalog, id),
                SUBSCRIPTION => catalog.selection.includes_subscriptions(),
                _ => true,
            };
            Ok(wanted.then_some(object))
        })
        .await?;
    let mut found: Vec<UnsupportedObject> = found.into_iter().flatten().collect();
    found.sort();
    Ok(found)
}

/// The nouns by index, and one query whose column `kind` is that index.
fn query() -> (Vec<&'static str>, String) {
    let mut nouns = Vec::new();
    let mut selects = Vec::new();
    for (noun, select) in KINDS {
        selects.push(select.replace("{kind}", &nouns.len().to_string()));
        nouns.push(noun);
    }
    let sql = format!(
        "SELECT kind, class, object, COALESCE(name, (pg_catalog.pg_identify_object(
                    class, object, part)).identity) AS name
         FROM ({}) AS found (kind, class, object, part, name)",
        selects.join("\nUNION ALL ")
    );
    (nouns, sql)
}

fn read(row: &Row, nouns: &[&'static str]) -> Result<UnsupportedObject> {
    let index: i32 = row.get("kind")?;
    let kind = usize::try_from(index)
        .ok()
        .and_then(|index| nouns.get(index));
    let kind = kind.copied().ok_or_else(|| {
        let message = format!("unexpected kind {index} among unsupported objects");
        Error::new(ErrorKind::Internal, message)
    })?;
    Ok(UnsupportedObject {
        kind,
        // An object dropped since the snapshot was taken has no identity any more.
        name: row.get::<Option<String>>("name")?.unwrap_or_default(),
    })
}

/// Labels are wanted where comments are; those on other kinds, large objects
/// above all, with the whole database.
fn label_is_wanted(catalog: &Catalog, labelled: CatalogId) -> bool {
    match catalog.object_id(labelled) {
        Some(id) => catalog.object(id).components.comment,
        None => catalog.selection.includes_everything(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_looked_for_under_its_own_index() {
        let (nouns, sql) = query();
        assert_eq!(nouns.len(), KINDS.len());
        for index in 0..nouns.len() {
            let selected = [
                format!("SELECT {index},"),
                format!("SELECT DISTINCT {index},"),
            ];
            assert!(
                selected.iter().any(|select| sql.contains(select)),
                "{index}"
            );
        }
    }
}
