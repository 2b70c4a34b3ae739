//! Foreign keys of a restored database, row by row.
//!
//! The server checks a key when it makes it, but not one that it is told is valid, and
//! not with triggers that somebody has disabled: here each is asked for rows without the
//! row they refer to.

use super::ForeignKeys;
use crate::error::{Error, ErrorKind, Result};
use crate::pg::Session;

/// Valid keys of tables themselves, with the columns on both sides. Those of partitions
/// are parts of their table's; those over periods have no single row to refer to.
const KEYS: &str = "
    SELECT c.conname AS name, c.conrelid::pg_catalog.regclass::text AS referencing,
           c.confrelid::pg_catalog.regclass::text AS referenced,
           (SELECT pg_catalog.string_agg(pg_catalog.format('r.%I = k.%I', f.attname, a.attname), ' AND ' ORDER BY p.place)
            FROM ROWS FROM (pg_catalog.unnest(c.conkey), pg_catalog.unnest(c.confkey), pg_catalog.unnest(c.conpfeqop))
                 WITH ORDINALITY AS p(k, f, op, place)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = p.k
            JOIN pg_catalog.pg_attribute AS f ON f.attrelid = c.confrelid AND f.attnum = p.f) AS same,
           (SELECT pg_catalog.string_agg(pg_catalog.format('k.%I IS NOT NULL', a.attname), ' AND ')
            FROM pg_catalog.unnest(c.conkey) AS p(k)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = p.k) AS refers
    FROM pg_catalog.pg_constraint AS c
    WHERE c.contype = 'f' AND c.convalidated AND c.conparentid = 0
      AND NOT COALESCE((pg_catalog.to_jsonb(c) ->> 'conperiod')::boolean, false)
    ORDER BY 2, 1";

struct Key {
    name: String,
    referencing: String,
    referenced: String,
    same: String,
    refers: String,
}

/// Checks keys, and returns how many.
///
/// # Errors
///
/// [`ErrorKind::Verification`], naming the first that does not hold.
pub(super) async fn check(session: &Session, which: ForeignKeys) -> Result<u64> {
    let limit = match which {
        ForeignKeys::Skip => return Ok(0),
        ForeignKeys::Full => String::new(),
        ForeignKeys::Sample(rows) => format!("LIMIT {rows}"),
    };
    let keys = session
        .rows(KEYS, &[], |row| {
            Ok(Key {
                name: row.get("name")?,
                referencing: row.get("referencing")?,
                referenced: row.get("referenced")?,
                same: row.get("same")?,
                refers: row.get("refers")?,
            })
        })
        .await?;
    for key in &keys {
        check_key(session, key, &limit).await?;
    }
    Ok(keys.len() as u64)
}

async fn check_key(session: &Session, key: &Key, limit: &str) -> Result<()> {
    let Key {
        name,
        referencing,
        referenced,
        same,
        refers,
    } = key;
    let sql = format!(
        "SELECT pg_catalog.count(*) AS orphans
         FROM (SELECT * FROM {referencing} AS k WHERE {refers} {limit}) AS k
         WHERE NOT EXISTS (SELECT FROM {referenced} AS r WHERE {same})"
    );
    let orphans: i64 = session
        .one(&sql, &[])
        .await
        .map_err(|error| error.context(format!("checking foreign key {name} of {referencing}")))?
        .get("orphans")?;
    match orphans {
        0 => Ok(()),
        orphans => Err(Error::new(
            ErrorKind::Verification,
            format!(
                "foreign key {name} of {referencing} does not hold: {orphans} rows refer to none of {referenced}"
            ),
        )),
    }
}
