//! The leader's transaction and those that see the same: one snapshot, and settings that
//! make output portable.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::error::{Error, ErrorKind, Result};
use crate::pg::{ConnInfo, Server, Session};
use crate::sql::literal;

/// A session inside the transaction whose snapshot the whole dump sees.
pub(super) struct Snapshot {
    pub(super) session: Session,
    /// When it was taken, by the server's clock, as RFC 3339.
    pub(super) taken_at: String,
    /// A WAL position at or shortly after it.
    pub(super) lsn: Option<String>,
    /// Whether the server replays another's WAL.
    pub(super) standby: bool,
}

/// The oldest release whose catalogs are understood.
const OLDEST: u32 = 13;
/// The newest release whose catalogs are understood.
const NEWEST: u32 = 18;
/// Releases that are dumped from, and for.
pub(super) const SUPPORTED: RangeInclusive<u32> = OLDEST..=NEWEST;

/// Whatever the role or the database sets by default: text must read back
/// everywhere, no timeout may cut the dump short, and rows must never be
/// filtered. `TimeZone`, `bytea_output` and `lc_monetary` stay as they are, as
/// in `pg_dump`: their text reads back whatever they are. `synchronize_seqscans = off` keeps the row order
/// stable, so that a segment can be read again. Compiling the catalog queries
/// takes longer than running them.
const SETTINGS: &str = "
    SET datestyle = ISO;
    SET intervalstyle = postgres;
    SET extra_float_digits = 3;
    SET standard_conforming_strings = on;
    SET quote_all_identifiers = off;
    SET synchronize_seqscans = off;
    SET statement_timeout = 0;
    SET lock_timeout = 0;
    SET idle_in_transaction_session_timeout = 0;
    SET row_security = off;
    SET jit = off;
    SET default_transaction_deferrable = off;";

/// Settings that not every release has: reads nothing through views of other
/// roles (CVE-2024-7348), and no limit on the transaction's time.
const OPTIONAL_SETTINGS: &str = "
    SELECT pg_catalog.set_config(name, CASE name
               WHEN 'restrict_nonsystem_relation_kind' THEN 'view, foreign-table'
               ELSE '0' END, false)
    FROM pg_catalog.pg_settings
    WHERE name IN ('restrict_nonsystem_relation_kind', 'transaction_timeout', 'idle_session_timeout')";

const BEGIN: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// Connects and begins the transaction. Settings are made in it: a pooler gives
/// sessions to others between transactions, and may give us another.
pub(super) async fn begin(source: &ConnInfo) -> Result<Snapshot> {
    let session = Session::connect(source).await?;
    let version = session.server_version();
    if !SUPPORTED.contains(&version.major()) {
        let error = Error::new(
            ErrorKind::Unsupported,
            format!(
                "the server is PostgreSQL {}, expected {OLDEST} to {NEWEST}",
                version.as_str()
            ),
        );
        return Err(if version.major() > NEWEST {
            error.with_hint("Use a newer release of pgsluice.")
        } else {
            error.with_hint("Upgrade the server, or dump it with its own pg_dump.")
        });
    }
    session.batch(&format!("{BEGIN}; {SETTINGS}")).await?;
    // The first query of the transaction takes the snapshot.
    let row = session
        .one(
            "SELECT pg_catalog.pg_is_in_recovery() AS standby,
                    pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC',
                                       'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS taken_at,
                    CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                         ELSE pg_catalog.pg_current_wal_insert_lsn() END::text AS lsn",
            &[],
        )
        .await?;
    session.query(OPTIONAL_SETTINGS, &[]).await?;
    let snapshot = Snapshot {
        taken_at: row.get("taken_at")?,
        lsn: row.get("lsn")?,
        standby: row.get("standby")?,
        session,
    };
    tracing::info!(
        server = snapshot.session.server_version().as_str(),
        at = snapshot.taken_at,
        lsn = snapshot.lsn,
        standby = snapshot.standby,
        "took the snapshot"
    );
    Ok(snapshot)
}

/// What the text of a row depends on.
const ROW_SETTINGS: &str = "
    SELECT name, setting FROM pg_catalog.pg_settings
    WHERE name IN ('DateStyle', 'IntervalStyle', 'TimeZone', 'bytea_output',
                   'extra_float_digits', 'lc_monetary')";

/// Changes what only the definitions needed, before rows are read: names in rows, of
/// type `regclass` for instance, have no more quotes than usual, and with `any_bytes`
/// bytes that no encoding explains are passed through. Returns the settings under which
/// rows print as they will in the archive, so that digests can be recomputed.
pub(super) async fn prepare_to_copy(
    session: &Session,
    any_bytes: bool,
) -> Result<BTreeMap<String, String>> {
    let settings = session
        .rows(ROW_SETTINGS, &[], |row| {
            Ok((row.get("name")?, row.get("setting")?))
        })
        .await?;
    set_up_to_copy(session, any_bytes).await?;
    Ok(settings.into_iter().collect())
}

/// Makes rows print as they do for the leader, whose search path is empty since it read
/// the catalogs: values of type `regclass` are qualified then.
pub(super) async fn set_up_to_copy(session: &Session, any_bytes: bool) -> Result<()> {
    session
        .batch(
            "SELECT pg_catalog.set_config('search_path', '', false);
             RESET quote_all_identifiers",
        )
        .await?;
    if any_bytes {
        session.batch("SET client_encoding = SQL_ASCII").await?;
    }
    Ok(())
}

/// A snapshot that other sessions can see for as long as the one that took it lasts.
#[derive(Clone)]
pub(super) struct ExportedSnapshot {
    source: ConnInfo,
    /// Of several servers that the source may mean, the one that has the snapshot.
    server: Server,
    id: String,
    /// Whether bytes that no encoding explains are passed through.
    pub(super) any_bytes: bool,
}

impl Snapshot {
    /// Lets other sessions see this snapshot. `source` is where it was taken.
    pub(super) async fn export(&self, source: &ConnInfo) -> Result<ExportedSnapshot> {
        let row = self
            .session
            .one("SELECT pg_catalog.pg_export_snapshot() AS id", &[])
            .await
            .map_err(|error| error.context("exporting the snapshot for several jobs"))?;
        Ok(ExportedSnapshot {
            source: source.clone(),
            server: self.session.server(),
            id: row.get("id")?,
            any_bytes: false,
        })
    }
}

impl ExportedSnapshot {
    /// Opens a session that sees the snapshot and is ready to copy rows.
    ///
    /// # Errors
    ///
    /// Those of connecting; what the server says if it does not know the snapshot.
    pub(super) async fn import(&self) -> Result<Session> {
        let session = Session::connect_to(&self.source, &self.server).await?;
        let id = literal(&self.id);
        session
            .batch(&format!("{BEGIN}; SET TRANSACTION SNAPSHOT {id}"))
            .await
            .map_err(not_imported)?;
        session.batch(SETTINGS).await?;
        session.query(OPTIONAL_SETTINGS, &[]).await?;
        set_up_to_copy(&session, self.any_bytes).await?;
        Ok(session)
    }
}

/// Says why a second session does not know a snapshot that the first has just exported.
fn not_imported(error: Error) -> Error {
    let error = error.context("taking over the snapshot in a second session");
    if error.kind() == ErrorKind::Connect {
        return error;
    }
    error.with_hint(
        "Several jobs need several sessions on one server. Connect to the server itself and not through a pooler or load balancer, or use one job.",
    )
}
