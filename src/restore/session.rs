//! Sessions in the target database.

use super::RestoreOptions;
use super::plan::Plan;
use crate::archive::script;
use crate::error::Result;
use crate::pg::{ConnInfo, Server, Session};
use crate::sql::Dialect;

/// Settings of ours, which not every release has. Commits need not wait for the disk one
/// by one: the last one does, and with it all before it are safe.
const SETTINGS: &str = "
    SELECT pg_catalog.set_config(name, CASE name WHEN 'synchronous_commit' THEN 'off' ELSE '0' END, false)
    FROM pg_catalog.pg_settings
    WHERE name IN ('transaction_timeout', 'idle_session_timeout', 'synchronous_commit')";

/// Opens a session that statements of the archive can be run in.
pub(super) async fn open(
    target: &ConnInfo,
    server: Option<&Server>,
    plan: &Plan,
    options: &RestoreOptions,
) -> Result<(Session, Dialect)> {
    let session = match server {
        Some(server) => Session::connect_to(target, server).await?,
        None => Session::connect(target).await?,
    };
    let dialect = session.dialect().await?;
    let settings = script::settings(&plan.entries, dialect.target())?;
    session.batch(&settings).await?;
    session.query(SETTINGS, &[]).await?;
    if let Some(role) = &options.role {
        let set_role = format!("SET ROLE {}", dialect.ident(role));
        session
            .batch(&set_role)
            .await
            .map_err(|error| error.context(format!("acting as role {role:?}")))?;
    }
    Ok((session, dialect))
}

/// Ends the sessions of others in a database.
pub(super) async fn terminate_others(session: &Session, database: &str) -> Result<u64> {
    let row = session
        .one(
            "SELECT pg_catalog.count(pg_catalog.pg_terminate_backend(pid)) AS ended
             FROM pg_catalog.pg_stat_activity
             WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client backend'",
            &[&database],
        )
        .await
        .map_err(|error| error.context(format!("ending the sessions of others in {database:?}")))?;
    let ended: i64 = row.get("ended")?;
    Ok(ended.unsigned_abs())
}

/// The same from a session of its own.
pub(super) async fn end_others(target: &ConnInfo) -> Result<u64> {
    let session = Session::connect(target).await?;
    let ended = match target.database() {
        Some(database) => terminate_others(&session, database).await,
        None => Ok(0),
    };
    session.end(ended.is_err()).await;
    ended
}

/// Makes all that was committed safe: commits before did not wait for the disk.
pub(super) async fn make_durable(session: &Session) -> Result<()> {
    // Any commit that writes will do; an assigned transaction id is enough for it to write.
    session
        .batch("SET synchronous_commit = on; BEGIN; SELECT pg_catalog.pg_current_xact_id(); COMMIT")
        .await
        .map_err(|error| error.context("writing what was restored to the server's disk"))
}
