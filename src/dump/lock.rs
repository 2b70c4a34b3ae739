//! Locking every table that is dumped, so that none changes shape meanwhile.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::pg::Session;

/// Bytes of table names in one `LOCK TABLE`: few round trips, and a statement
/// that the server's log can still print.
const BATCH_BYTES: usize = 100_000;

/// Locks `tables`, qualified and quoted, in `ACCESS SHARE` mode.
///
/// # Errors
///
/// [`ErrorKind::LockTimeout`] naming a table that somebody holds, after
/// `timeout` for its batch; [`ErrorKind::Permission`] naming one the role may
/// not read; [`ErrorKind::Server`] if one was dropped since it was listed, or if there are
/// more than the server's lock table has room for.
pub(super) async fn lock(
    session: &Session,
    tables: &[String],
    timeout: Option<Duration>,
) -> Result<()> {
    if let Some(timeout) = timeout {
        let milliseconds = timeout.as_millis().max(1);
        session
            .batch(&format!("SET lock_timeout = {milliseconds}"))
            .await?;
    }
    for batch in batches(tables) {
        match lock_batch(session, batch, timeout).await {
            Err(error) if error.sqlstate() == Some(OUT_OF_MEMORY) => {
                return Err(size_up(session, tables.len(), error).await);
            }
            locked => locked?,
        }
    }
    if timeout.is_some() {
        session.batch("SET lock_timeout = 0").await?;
    }
    Ok(())
}

/// `out_of_memory`: what the server reports when its shared lock table is full.
const OUT_OF_MEMORY: &str = "53200";

async fn lock_batch(session: &Session, batch: &[String], timeout: Option<Duration>) -> Result<()> {
    session.batch("SAVEPOINT lock_batch").await?;
    let names = batch.join(", ");
    let locked = session
        .batch(&format!("LOCK TABLE {names} IN ACCESS SHARE MODE"))
        .await;
    match locked {
        Ok(()) => session.batch("RELEASE SAVEPOINT lock_batch").await,
        Err(error) if error.kind() == ErrorKind::LockTimeout => {
            Err(name_the_locked(session, batch, timeout, error).await)
        }
        Err(error) => Err(explain(error, batch)),
    }
}

/// The server does not say which table of a batch it waited for: tries each without waiting.
async fn name_the_locked(
    session: &Session,
    batch: &[String],
    timeout: Option<Duration>,
    error: Error,
) -> Error {
    let waited = timeout.unwrap_or_default();
    for table in batch {
        let attempt = format!(
            "ROLLBACK TO SAVEPOINT lock_batch; LOCK TABLE {table} IN ACCESS SHARE MODE NOWAIT"
        );
        if session.batch(&attempt).await.is_err() {
            return error
                .context(format!(
                    "locking table {table}: not granted within {} ms",
                    waited.as_millis()
                ))
                .with_hint(
                    "Another session holds an ACCESS EXCLUSIVE lock on it, as ALTER TABLE, VACUUM FULL or REINDEX do. Look it up in pg_locks, wait for it, or raise the lock wait timeout.",
                );
        }
    }
    error.context(format!("locking {} tables", batch.len()))
}

/// Says what the lock table would have to hold. All locks of a transaction are in it at
/// once, however many statements take them.
async fn size_up(session: &Session, tables: usize, error: Error) -> Error {
    let error = error.context(format!(
        "locking {tables} tables: the server's lock table is full"
    ));
    match locks_per_session(session, tables).await {
        Ok((current, needed)) => error.with_hint(format!(
            "Raise max_locks_per_transaction from {current} to {needed} or more and restart the server, or dump fewer tables at a time."
        )),
        Err(_) => error.with_hint(
            "Raise max_locks_per_transaction and restart the server, or dump fewer tables at a time.",
        ),
    }
}

/// The setting `max_locks_per_transaction`, and what it would have to be for `tables`
/// locks: the table has that many for every session that there can be.
async fn locks_per_session(session: &Session, tables: usize) -> Result<(u64, u64)> {
    session.batch("ROLLBACK TO SAVEPOINT lock_batch").await?;
    let row = session
        .one(
            "SELECT pg_catalog.current_setting('max_locks_per_transaction')::int8 AS locks,
                    pg_catalog.current_setting('max_connections')::int8
                        + pg_catalog.current_setting('max_prepared_transactions')::int8 AS sessions",
            &[],
        )
        .await?;
    let current = row.get::<i64>("locks")?.unsigned_abs();
    let sessions = row.get::<i64>("sessions")?.unsigned_abs().max(1);
    let needed = (tables as u64).div_ceil(sessions);
    // Full although the tables alone would fit: others hold locks, too.
    Ok((current, needed.max(current) + current))
}

fn explain(error: Error, batch: &[String]) -> Error {
    let context = match batch {
        [only] => format!("locking table {only}"),
        _ => format!("locking {} tables", batch.len()),
    };
    // undefined_table
    let dropped = error.sqlstate() == Some("42P01");
    let error = error.context(context);
    if dropped {
        error.with_hint("A table was dropped or renamed while the dump started. Try again.")
    } else {
        error
    }
}

/// Neighbouring tables whose names fit one statement.
fn batches(tables: &[String]) -> Vec<&[String]> {
    let mut batches = Vec::new();
    let mut start = 0;
    let mut bytes = 0;
    for (i, table) in tables.iter().enumerate() {
        bytes += table.len() + 2;
        if bytes > BATCH_BYTES {
            batches.push(&tables[start..=i]);
            start = i + 1;
            bytes = 0;
        }
    }
    if start < tables.len() {
        batches.push(&tables[start..]);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_cover_all_tables_once_in_order() {
        let tables: Vec<String> = (0..20_000).map(|i| format!("public.table_{i}")).collect();
        let batches = batches(&tables);
        assert!(batches.len() > 1);
        assert_eq!(batches.concat(), tables);
        assert!(super::batches(&[]).is_empty());
    }
}
