//! What a database holds that cannot be kept.
//!
//! An archive without it is no whole backup: the caller refuses to make one, or
//! says what is missing.

use super::catalog::Catalog;
use crate::error::Result;
use crate::pg::Session;

/// An object that cannot be kept.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct UnsupportedObject {
    /// Its kind in PostgreSQL's words.
    pub kind: &'static str,
    /// Its name, quoted.
    pub name: String,
}

/// Ordinary roles may read only some columns, before 14 not even the OID.
/// `pg_dump` warns of such subscriptions and goes on without them.
const UNREADABLE_SUBSCRIPTIONS: &str = "
    SELECT pg_catalog.quote_ident(s.subname) AS name
    FROM pg_catalog.pg_subscription s
    JOIN pg_catalog.pg_database b ON b.oid = s.subdbid
    WHERE b.datname = pg_catalog.current_database()
      AND NOT pg_catalog.has_table_privilege('pg_catalog.pg_subscription', 'SELECT')
    ORDER BY name";

/// Finds all wanted objects that cannot be kept, by kind and name.
///
/// # Errors
///
/// Those of the query.
pub async fn unsupported(session: &Session, catalog: &Catalog) -> Result<Vec<UnsupportedObject>> {
    let selection = &catalog.selection;
    if !(selection.includes_everything() && selection.includes_subscriptions()) {
        return Ok(Vec::new());
    }
    session
        .rows(UNREADABLE_SUBSCRIPTIONS, &[], |row| {
            Ok(UnsupportedObject {
                kind: "subscription",
                name: row.get("name")?,
            })
        })
        .await
}
