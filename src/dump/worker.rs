//! A worker: reads segments from one session, one after the other, and encodes them.

use std::sync::Arc;
use std::time::Duration;

use super::large_objects::LargeObjectForm;
use super::rate::Rate;
use super::resume::Resume;
use super::snapshot::ExportedSnapshot;
use super::task::{Rows, Source, Task};
use crate::cancel::Cancel;
use crate::codec::{Compression, Container, Encoder};
use crate::error::{Error, ErrorKind, Result};
use crate::pg::Session;
use crate::pipeline::SegmentWriter;
use crate::pipeline::window::{self, PieceSender};
use crate::progress::{Progress, Stage};

/// What ends the rows of a table in an archive. A script made from it needs it.
const END_OF_ROWS: &[u8] = b"\\.\n\n\n";

/// How long to wait before each attempt to get a session in the place of a lost one.
const PAUSES: [Duration; 6] = [
    Duration::ZERO,
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// What all workers of a dump have in common.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) compression: Compression,
    pub(super) container: Container,
    pub(super) large_objects: LargeObjectForm,
    pub(super) cancel: Cancel,
    pub(super) progress: Progress,
    pub(super) rate: Arc<Rate>,
}

/// A session to read with.
pub(super) struct Seat<'a> {
    session: Held<'a>,
    /// Whether the session may read foreign tables. A snapshot's session begins without.
    foreign_tables_allowed: bool,
}

enum Held<'a> {
    /// The leader's, which has locked all tables. If it is lost, so is the snapshot.
    Leader(&'a Session),
    /// One that sees the leader's snapshot, and can be replaced.
    Follower(Box<Session>, &'a ExportedSnapshot),
}

/// Reads segments and encodes them.
pub(super) struct Worker<'a> {
    pub(super) seat: Seat<'a>,
    pub(super) encoder: Encoder,
    pub(super) work: Work,
}

/// How a segment ended.
pub(super) enum Copied {
    /// It is complete.
    All,
    /// Nothing was read, since somebody waits for an exclusive lock on the table.
    Refused(PieceSender),
}

impl<'a> Worker<'a> {
    pub(super) fn new(seat: Seat<'a>, work: Work) -> Result<Self> {
        Ok(Self {
            seat,
            encoder: Encoder::new(work.compression, work.container)?,
            work,
        })
    }

    /// Copies the rows or large objects of one segment.
    pub(super) async fn copy(&mut self, task: &Task, sender: PieceSender) -> Result<Copied> {
        match &task.source {
            Source::Rows(rows) => self.copy_rows(rows, task.segment.last, sender).await,
            Source::LargeObjects(oids) => self
                .copy_large_objects(oids, sender)
                .await
                .map(|()| Copied::All),
            Source::Statements => Err(Error::new(
                ErrorKind::Internal,
                "a worker was to write statements, which only the leader knows",
            )),
        }
    }

    /// Notes that a task is done.
    pub(super) fn note_end(&self, task: &Task) {
        if task.segment.last && matches!(task.source, Source::Rows(_)) {
            self.work.progress.table_done();
        }
    }

    /// Copies rows, and begins anew in the same snapshot where the connection is lost.
    ///
    /// The `last` segment of a table has the end of its rows.
    async fn copy_rows(&mut self, rows: &Rows, last: bool, sender: PieceSender) -> Result<Copied> {
        let progress = &self.work.progress;
        progress.enter(Stage::Data, rows.table.as_str());
        tracing::debug!(table = rows.table, "copying");
        let cancel = self.work.cancel.clone();
        let mut segment = SegmentWriter::new(&mut self.encoder, sender);
        loop {
            let read = async {
                self.seat.allow_foreign_tables(rows.foreign).await?;
                read(&self.seat, rows, &mut segment, &self.work).await
            };
            let Err(error) = cancel.guard(read).await else {
                break;
            };
            if window::is_closed(&error) || error.kind() == ErrorKind::Cancelled {
                // Neither is about this table.
                return Err(error);
            }
            let untouched = segment.digest().bytes() == 0;
            if untouched && self.seat.is_refused(&error) {
                let sender = segment.into_sender();
                cancel.guard(self.seat.renew(error)).await?;
                return Ok(Copied::Refused(sender));
            }
            let error = explain(error).context(copying(&rows.table, segment.rows()));
            if !self.seat.is_lost(&error) {
                return Err(error);
            }
            tracing::warn!("{}; connecting again", error.full());
            cancel.guard(self.seat.renew(error)).await?;
        }
        let finish = async {
            if last {
                segment.write(END_OF_ROWS).await?;
            }
            segment.end_piece().await?;
            segment.finish().await
        };
        cancel.guard(finish).await?;
        Ok(Copied::All)
    }
}

/// Reads all rows, but for those the segment has already.
async fn read(
    seat: &Seat<'_>,
    rows: &Rows,
    segment: &mut SegmentWriter<'_>,
    work: &Work,
) -> Result<()> {
    let sql = match seat.session {
        Held::Leader(_) => rows.sql.clone(),
        Held::Follower(..) => rows.sql_with_lock(),
    };
    let mut resume = Resume::after(segment.digest().clone());
    let mut copy = seat.session().copy_out(&sql);
    let mut block = Vec::new();
    while copy.read(&mut block).await? {
        let before = segment.rows();
        let new = resume.new_of(&block)?;
        segment.write_rows(new).await?;
        work.progress
            .copied(segment.rows() - before, new.len() as u64);
        work.rate.read(block.len()).await;
    }
    resume.finish()
}

fn copying(table: &str, rows: u64) -> String {
    match rows {
        0 => format!("copying table {table}"),
        rows => format!("copying table {table} after {rows} rows"),
    }
}

impl<'a> Seat<'a> {
    pub(super) fn of_leader(session: &'a Session) -> Self {
        Self {
            session: Held::Leader(session),
            foreign_tables_allowed: false,
        }
    }

    /// `session` sees `snapshot`.
    pub(super) fn of_follower(session: Session, snapshot: &'a ExportedSnapshot) -> Self {
        Self {
            session: Held::Follower(Box::new(session), snapshot),
            foreign_tables_allowed: false,
        }
    }

    pub(super) fn session(&self) -> &Session {
        match &self.session {
            Held::Leader(session) => session,
            Held::Follower(session, _) => session,
        }
    }

    /// Gives up the session, of a follower.
    pub(super) fn into_session(self) -> Option<Session> {
        match self.session {
            Held::Leader(_) => None,
            Held::Follower(session, _) => Some(*session),
        }
    }

    /// Lets the session read foreign tables, or forbids it again. Only those whose rows
    /// were asked for may be read: whatever else leads to one is a trap (CVE-2024-7348).
    ///
    /// To be said before a table, not after it: after the last one nobody waits any more.
    async fn allow_foreign_tables(&mut self, allow: bool) -> Result<()> {
        if self.foreign_tables_allowed == allow {
            return Ok(());
        }
        let restricted = if allow { "view" } else { "view, foreign-table" };
        self.session()
            .query(
                "SELECT pg_catalog.set_config(name, $1, false) FROM pg_catalog.pg_settings
                 WHERE name = 'restrict_nonsystem_relation_kind'",
                &[&restricted],
            )
            .await?;
        self.foreign_tables_allowed = allow;
        Ok(())
    }

    /// Whether `error` says that the session is gone, and another can take its place.
    pub(super) fn is_lost(&self, error: &Error) -> bool {
        matches!(self.session, Held::Follower(..)) && error.kind() == ErrorKind::Connect
    }

    /// Whether `error` says that the table could not be locked at once.
    fn is_refused(&self, error: &Error) -> bool {
        matches!(self.session, Held::Follower(..)) && error.kind() == ErrorKind::LockTimeout
    }

    /// Connects again, and sees the same snapshot.
    ///
    /// # Errors
    ///
    /// `error` itself if that fails for too long or the snapshot is gone.
    pub(super) async fn renew(&mut self, error: Error) -> Result<()> {
        let Held::Follower(session, snapshot) = &mut self.session else {
            return Err(error);
        };
        for pause in PAUSES {
            tokio::time::sleep(pause).await;
            match snapshot.import().await {
                Ok(new) => {
                    **session = new;
                    self.foreign_tables_allowed = false;
                    return Ok(());
                }
                Err(again) => {
                    tracing::warn!("connecting again: {}", again.full());
                    if again.kind() != ErrorKind::Connect {
                        break;
                    }
                }
            }
        }
        Err(error)
    }
}

/// Says what to do about errors that COPY has and other statements have not.
fn explain(error: Error) -> Error {
    // insufficient_privilege: also what row_security = off answers.
    let filtered =
        error.kind() == ErrorKind::Permission && error.full().contains("row-level security");
    if filtered {
        error.with_hint(
            "The table has row security, and the role would see only a part of its rows. Dump as the table's owner, or as a role with BYPASSRLS.",
        )
    } else {
        error
    }
}
