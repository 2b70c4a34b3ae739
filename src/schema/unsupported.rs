//! What a database holds that pgsluice cannot keep yet.
//!
//! `pg_dump` keeps all of it, so an archive without it is no whole backup: the
//! caller refuses to make one, or says what is missing. What is wanted at all
//! is decided as in `pg_dump`.

use super::catalog::Catalog;
use super::relkind::RelKind;
use super::routine::defined_namespaces;
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

/// A kind with a catalog of its own.
struct Kind {
    noun: &'static str,
    catalog: &'static str,
    /// The schema's column. Without one, objects are wanted with the whole database.
    namespace: Option<&'static str>,
    /// Which rows of the catalog, called `c`.
    condition: &'static str,
}

impl Kind {
    const fn in_schema(noun: &'static str, catalog: &'static str, namespace: &'static str) -> Self {
        Self {
            noun,
            catalog,
            namespace: Some(namespace),
            condition: "true",
        }
    }

    const fn of_database(noun: &'static str, catalog: &'static str) -> Self {
        Self {
            noun,
            catalog,
            namespace: None,
            condition: "true",
        }
    }

    const fn only(self, condition: &'static str) -> Self {
        Self { condition, ..self }
    }

    /// Leaves out what extensions or other objects bring along.
    fn select(&self, index: usize) -> String {
        let Self {
            catalog, condition, ..
        } = self;
        let wanted = match self.namespace {
            Some(column) => format!("c.{column} = ANY ($1)"),
            None => "$2".to_owned(),
        };
        format!(
            "SELECT {index}, c.tableoid, c.oid, 0, NULL::text FROM pg_catalog.{catalog} c
             WHERE c.oid >= 16384 AND {wanted} AND {condition}
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                               WHERE d.classid = c.tableoid AND d.objid = c.oid
                                 AND d.deptype IN ('e', 'i'))"
        )
    }
}

const KINDS: [Kind; 10] = [
    Kind::in_schema("conversion", "pg_conversion", "connamespace"),
    Kind::in_schema("collation", "pg_collation", "collnamespace"),
    Kind::in_schema("text search parser", "pg_ts_parser", "prsnamespace"),
    Kind::in_schema("text search template", "pg_ts_template", "tmplnamespace"),
    Kind::in_schema("text search dictionary", "pg_ts_dict", "dictnamespace"),
    Kind::in_schema("text search configuration", "pg_ts_config", "cfgnamespace"),
    Kind::of_database("language", "pg_language").only("c.lanispl"),
    Kind::of_database("foreign-data wrapper", "pg_foreign_data_wrapper"),
    Kind::of_database("foreign server", "pg_foreign_server"),
    Kind::of_database("event trigger", "pg_event_trigger"),
];

/// Privileges changed on what an extension made, of kinds that cannot be kept:
/// noun, catalog, ACL and owner columns, letter of `acldefault`. Those of the
/// extensions of `initdb` are wanted always.
const PRIVILEGES: [(&str, &str, &str, &str, char); 3] = [
    (
        "privileges on language",
        "pg_language",
        "lanacl",
        "lanowner",
        'l',
    ),
    (
        "privileges on foreign-data wrapper",
        "pg_foreign_data_wrapper",
        "fdwacl",
        "fdwowner",
        'F',
    ),
    (
        "privileges on foreign server",
        "pg_foreign_server",
        "srvacl",
        "srvowner",
        'S',
    ),
];

const SECURITY_LABEL: &str = "security label";

/// The one kind that pgsluice keeps if it may: see [`super::subscription`].
const SUBSCRIPTION: &str = "subscription";

/// Kinds that are looked for in their own way.
const OTHERS: [(&str, &str); 5] = [
    (
        "foreign table",
        "SELECT {kind}, c.tableoid, c.oid, 0, NULL FROM pg_catalog.pg_class c WHERE c.oid = ANY ($3)",
    ),
    // The catalog is closed to ordinary roles, the view is not.
    (
        "user mapping",
        "SELECT {kind}, 0::pg_catalog.oid, u.umid, 0,
                pg_catalog.format('%I on server %I', u.usename, u.srvname)
         FROM pg_catalog.pg_user_mappings u
         WHERE $2 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                                  WHERE d.classid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass
                                    AND d.objid = u.srvid AND d.deptype = 'e')",
    ),
    // Ordinary roles may read only some columns, before 14 not even the OID.
    (
        SUBSCRIPTION,
        "SELECT {kind}, 0::pg_catalog.oid, 0::pg_catalog.oid, 0, pg_catalog.quote_ident(s.subname)
         FROM pg_catalog.pg_subscription s
         JOIN pg_catalog.pg_database b ON b.oid = s.subdbid
         WHERE $2 AND b.datname = pg_catalog.current_database()
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
    let namespaces = defined_namespaces(catalog);
    let everything = catalog.selection.includes_everything();
    let foreign_tables = catalog.relation_oids(|object, relation| {
        relation.kind == RelKind::Foreign && object.components.definition
    });
    let (nouns, sql) = query();
    let found = session
        .rows(&sql, &[&namespaces, &everything, &foreign_tables], |row| {
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
    for kind in &KINDS {
        selects.push(kind.select(nouns.len()));
        nouns.push(kind.noun);
    }
    for (noun, catalog, acl, owner, letter) in PRIVILEGES {
        selects.push(format!(
            "SELECT {}, c.tableoid, c.oid, 0, NULL FROM pg_catalog.{catalog} c
             LEFT JOIN pg_catalog.pg_init_privs i
                    ON i.classoid = c.tableoid AND i.objoid = c.oid AND i.objsubid = 0
             WHERE c.{acl} IS NOT NULL
               AND c.{acl} <> COALESCE(i.initprivs, pg_catalog.acldefault('{letter}', c.{owner}))
               AND EXISTS (SELECT FROM pg_catalog.pg_depend d
                           WHERE d.classid = c.tableoid AND d.objid = c.oid AND d.deptype = 'e'
                             AND ($2 OR d.refobjid < 16384))",
            nouns.len()
        ));
        nouns.push(noun);
    }
    for (noun, select) in OTHERS {
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
        assert_eq!(nouns.len(), KINDS.len() + PRIVILEGES.len() + OTHERS.len());
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
