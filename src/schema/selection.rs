//! Which schemas and tables the user asked for.

use std::collections::HashSet;

use super::pattern::NamePattern;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::Oid;
use crate::pg::Session;

/// Patterns that select schemas and tables, and what is left out of them, as in `pg_dump`.
#[derive(Clone, Debug, Default)]
pub struct SelectionPatterns {
    /// Schemas to dump; empty for all.
    pub schemas: Vec<String>,
    /// Schemas to leave out.
    pub exclude_schemas: Vec<String>,
    /// Tables, views and sequences to dump, and nothing else; empty for all.
    pub tables: Vec<String>,
    /// Tables, views and sequences to leave out.
    pub exclude_tables: Vec<String>,
    /// Tables whose rows to leave out.
    pub exclude_table_data: Vec<String>,
    /// No publications.
    pub no_publications: bool,
    /// No subscriptions.
    pub no_subscriptions: bool,
    /// No compression methods of columns.
    pub no_toast_compression: bool,
    /// Foreign servers whose tables' rows to dump, too.
    pub include_foreign_data: Vec<String>,
}

/// What the patterns match in one database, and what is left out of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    schemas: Option<HashSet<Oid>>,
    exclude_schemas: HashSet<Oid>,
    tables: Option<HashSet<Oid>>,
    exclude_tables: HashSet<Oid>,
    exclude_table_data: HashSet<Oid>,
    no_publications: bool,
    no_subscriptions: bool,
    no_toast_compression: bool,
    foreign_servers: HashSet<Oid>,
}

impl Selection {
    /// Looks the patterns up. Patterns that include must match something.
    ///
    /// Names without a schema are those visible in the role's own search path,
    /// so this must run before the session's search path is emptied.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoMatch`] for an including pattern without a match.
    pub(crate) async fn resolve(session: &Session, patterns: &SelectionPatterns) -> Result<Self> {
        let included =
            |found: HashSet<Oid>, patterns: &[String]| (!patterns.is_empty()).then_some(found);
        let schemas = find(session, &SCHEMAS, &patterns.schemas, Missing::IsError).await?;
        let tables = find(session, &TABLES, &patterns.tables, Missing::IsError).await?;
        Ok(Self {
            schemas: included(schemas, &patterns.schemas),
            tables: included(tables, &patterns.tables),
            exclude_schemas: find(
                session,
                &SCHEMAS,
                &patterns.exclude_schemas,
                Missing::IsFine,
            )
            .await?,
            exclude_tables: find(session, &TABLES, &patterns.exclude_tables, Missing::IsFine)
                .await?,
            exclude_table_data: find(
                session,
                &TABLES,
                &patterns.exclude_table_data,
                Missing::IsFine,
            )
            .await?,
            no_publications: patterns.no_publications,
            no_subscriptions: patterns.no_subscriptions,
            no_toast_compression: patterns.no_toast_compression,
            foreign_servers: find(
                session,
                &FOREIGN_SERVERS,
                &patterns.include_foreign_data,
                Missing::IsError,
            )
            .await?,
        })
    }

    /// Whether the whole database is wanted, its unschemaed objects included.
    pub(crate) fn includes_everything(&self) -> bool {
        self.schemas.is_none() && self.tables.is_none()
    }

    /// Whether publications are wanted, if they are selected.
    pub(crate) fn includes_publications(&self) -> bool {
        !self.no_publications
    }

    /// Whether subscriptions are wanted, if they are selected.
    pub(crate) fn includes_subscriptions(&self) -> bool {
        !self.no_subscriptions
    }

    /// Whether columns' compression methods are wanted with their tables.
    pub(crate) fn includes_toast_compression(&self) -> bool {
        !self.no_toast_compression
    }

    /// Whether single tables were named.
    pub(crate) fn names_tables(&self) -> bool {
        self.tables.is_some()
    }

    /// Whether a schema was named, if any were.
    pub(crate) fn includes_namespace(&self, oid: Oid) -> Option<bool> {
        self.schemas.as_ref().map(|schemas| schemas.contains(&oid))
    }

    pub(crate) fn excludes_namespace(&self, oid: Oid) -> bool {
        self.exclude_schemas.contains(&oid)
    }

    /// Whether a table was named, if any were.
    pub(crate) fn includes_table(&self, oid: Oid) -> Option<bool> {
        self.tables.as_ref().map(|tables| tables.contains(&oid))
    }

    pub(crate) fn excludes_table(&self, oid: Oid) -> bool {
        self.exclude_tables.contains(&oid)
    }

    pub(crate) fn excludes_table_data(&self, oid: Oid) -> bool {
        self.exclude_table_data.contains(&oid)
    }

    /// The servers whose foreign tables' rows were asked for.
    pub(crate) fn foreign_servers(&self) -> Vec<Oid> {
        self.foreign_servers.iter().copied().collect()
    }
}

/// What a pattern without a match means.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Missing {
    IsError,
    IsFine,
}

/// What patterns are matched with.
struct Lookup {
    noun: &'static str,
    /// Parts a name may have, the database's included.
    parts: usize,
    /// Gets the regular expressions for name and schema as `$1` and `$2`.
    query: &'static str,
}

const SCHEMAS: Lookup = Lookup {
    noun: "schema",
    parts: 2,
    query: "SELECT oid FROM pg_catalog.pg_namespace
            WHERE nspname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog.default
              AND $2::text IS NULL",
};

/// Without a schema, a name is looked for in the search path.
const TABLES: Lookup = Lookup {
    noun: "table",
    parts: 3,
    query: "SELECT c.oid FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'S', 'v', 'm', 'f', 'p')
              AND c.relname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog.default
              AND CASE WHEN $2::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
                       ELSE n.nspname OPERATOR(pg_catalog.~) $2::text
                            COLLATE pg_catalog.default END",
};

const FOREIGN_SERVERS: Lookup = Lookup {
    noun: "foreign server",
    parts: 1,
    query: "SELECT oid FROM pg_catalog.pg_foreign_server
            WHERE srvname OPERATOR(pg_catalog.~) $1::text COLLATE pg_catalog.default
              AND $2::text IS NULL",
};

async fn find(
    session: &Session,
    lookup: &Lookup,
    patterns: &[String],
    missing: Missing,
) -> Result<HashSet<Oid>> {
    let mut found = HashSet::new();
    for pattern in patterns {
        let parsed = NamePattern::parse(pattern, lookup.parts)?;
        check_database(session, pattern, parsed.database.as_deref()).await?;
        let oids = session
            .rows(lookup.query, &[&parsed.name, &parsed.namespace], |row| {
                row.get::<Oid>("oid")
            })
            .await
            .map_err(|error| {
                error.context(format!("looking for a {} like {pattern:?}", lookup.noun))
            })?;
        expect_match(lookup.noun, pattern, &oids, missing)?;
        found.extend(oids);
    }
    Ok(found)
}

/// A pattern may name a database only if it is the one being dumped.
async fn check_database(session: &Session, pattern: &str, database: Option<&str>) -> Result<()> {
    let Some(database) = database else {
        return Ok(());
    };
    let current: Vec<bool> = session
        .rows(
            "SELECT pg_catalog.current_database() OPERATOR(pg_catalog.~) $1::text
                    COLLATE pg_catalog.default AS same",
            &[&database],
            |row| row.get("same"),
        )
        .await?;
    if current == [true] {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidInput,
        format!("pattern {pattern:?} names another database than the one being dumped"),
    ))
}

fn expect_match(kind: &str, pattern: &str, oids: &[Oid], missing: Missing) -> Result<()> {
    if !oids.is_empty() {
        return Ok(());
    }
    if missing == Missing::IsFine {
        tracing::warn!("no {kind} matches the exclusion {pattern:?}");
        return Ok(());
    }
    let mut error = Error::new(
        ErrorKind::NoMatch,
        format!("no {kind} matches the pattern {pattern:?}"),
    );
    if pattern.chars().any(char::is_uppercase) && !pattern.contains('"') {
        error = error.with_hint(
            "Upper case is folded to lower case. Write the name in double quotes to keep it, for example '\"Orders\"'.",
        );
    } else if kind == "table" && !pattern.contains('.') {
        error = error.with_hint(
            "Only tables in the search path are looked at. Write schema.table for others.",
        );
    }
    Err(error)
}
