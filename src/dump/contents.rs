//! Reading rows and large objects into segments.

use crate::cancel::Cancel;
use crate::codec::Encoder;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::Oid;
use crate::pg::Session;
use crate::pipeline::SegmentWriter;
use crate::pipeline::window::PieceSender;
use crate::progress::Progress;

/// What ends the rows of a table in an archive. A script made from it needs it.
const END_OF_ROWS: &[u8] = b"\\.\n\n\n";

/// Bytes of a large object read by one query.
const READ_SIZE: i32 = 256 * 1024;

/// Large objects whose first bytes are read by one query. Most are small, and
/// a query for each would wait for the network each time.
const OBJECTS_PER_QUERY: usize = 64;

/// Reads segments from one session, one after the other.
pub(super) struct Worker<'a> {
    pub(super) session: &'a Session,
    pub(super) encoder: Encoder,
    pub(super) cancel: &'a Cancel,
    pub(super) progress: &'a Progress,
}

impl Worker<'_> {
    /// Copies the rows of `table`, named as in messages, that `sql` sends.
    pub(super) async fn copy_rows(
        &mut self,
        table: &str,
        sql: &str,
        sender: PieceSender,
    ) -> Result<()> {
        let mut segment = SegmentWriter::new(&mut self.encoder, sender);
        let failed = |error: Error, rows: u64| {
            let context = if rows == 0 {
                format!("copying table {table}")
            } else {
                format!("copying table {table} after {rows} rows")
            };
            explain(error).context(context)
        };
        let copy = async {
            let mut rows = self
                .session
                .copy_out(sql)
                .await
                .map_err(|error| failed(error, 0))?;
            loop {
                let next = rows.next().await;
                let Some(row) = next.map_err(|error| failed(error, segment.rows()))? else {
                    break;
                };
                segment.write_rows(&row).await?;
                self.progress.copied(1, row.len() as u64);
            }
            segment.write(END_OF_ROWS).await?;
            segment.end_piece().await?;
            segment.finish().await
        };
        self.cancel.guard(copy).await?;
        self.progress.table_done();
        Ok(())
    }

    /// Reads large objects, each into a stream of its own.
    pub(super) async fn copy_large_objects(
        &mut self,
        oids: &[Oid],
        sender: PieceSender,
    ) -> Result<()> {
        let mut segment = SegmentWriter::new(&mut self.encoder, sender);
        let (session, progress) = (self.session, self.progress);
        let copy = async {
            for batch in oids.chunks(OBJECTS_PER_QUERY) {
                for (oid, first) in first_bytes(session, batch).await? {
                    segment.begin_large_object(oid).await?;
                    write_large_object(session, oid, first, &mut segment, progress).await?;
                    segment.end_piece().await?;
                }
            }
            segment.finish().await
        };
        self.cancel.guard(copy).await
    }
}

/// The first bytes of each large object, in the order given.
async fn first_bytes(session: &Session, oids: &[Oid]) -> Result<Vec<(Oid, Vec<u8>)>> {
    session
        .rows(
            "SELECT oid, pg_catalog.lo_get(oid, 0, $2) AS bytes
             FROM pg_catalog.unnest($1::pg_catalog.oid[]) WITH ORDINALITY AS wanted (oid, place)
             ORDER BY place",
            &[&oids, &READ_SIZE],
            |row| Ok((row.get("oid")?, row.get("bytes")?)),
        )
        .await
        .map_err(|error| {
            let context = match oids {
                [first, .., last] => format!("reading large objects {first} to {last}"),
                [only] => format!("reading large object {only}"),
                [] => "reading large objects".to_owned(),
            };
            error.context(context)
        })
}

async fn write_large_object(
    session: &Session,
    oid: Oid,
    first: Vec<u8>,
    segment: &mut SegmentWriter<'_>,
    progress: &Progress,
) -> Result<()> {
    let mut bytes = first;
    let mut offset: i64 = 0;
    loop {
        segment.write(&bytes).await?;
        progress.copied(0, bytes.len() as u64);
        offset += bytes.len() as i64;
        if bytes.len() < READ_SIZE as usize {
            return Ok(());
        }
        let row = session
            .one(
                "SELECT pg_catalog.lo_get($1, $2, $3) AS bytes",
                &[&oid, &offset, &READ_SIZE],
            )
            .await
            .map_err(|error| {
                error.context(format!("reading large object {oid} at byte {offset}"))
            })?;
        bytes = row.get("bytes")?;
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
