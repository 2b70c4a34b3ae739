//! What a user knows about the database, asked of the restored one.

use crate::error::{Error, ErrorKind, Result};
use crate::pg::Session;

/// Runs queries and returns how many there were.
///
/// # Errors
///
/// [`ErrorKind::Verification`], with its number, for the first that does not return one
/// row that begins with true; what the server says to one that it does not understand.
pub(super) async fn check(session: &Session, sql: &str) -> Result<u64> {
    session.batch("RESET search_path").await?;
    let results = session.texts(sql).await.map_err(|error| {
        let error = error.context("asking the assertions");
        match error.hint() {
            Some(_) => error,
            None => error.with_hint(
                "Write names with their schemas: the search_path is the restored database's own.",
            ),
        }
    })?;
    if results.is_empty() {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "the assertions hold no query",
        ));
    }
    for (number, rows) in (1..).zip(&results) {
        let value = match rows.as_slice() {
            [row] => row.first().cloned().flatten(),
            _ => None,
        };
        if value.as_deref() != Some("t") {
            let found = match (rows.len(), value) {
                (1, Some(value)) => format!("{value:?}"),
                (1, None) => "NULL".to_owned(),
                (rows, _) => format!("{rows} rows"),
            };
            return Err(Error::new(
                ErrorKind::Verification,
                format!(
                    "assertion {number} of {} does not hold: expected one row that is true, found {found}",
                    results.len()
                ),
            ));
        }
    }
    Ok(results.len() as u64)
}
