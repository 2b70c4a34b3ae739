//! Reading rows into segments.

use super::large_objects::LargeObjectForm;
use crate::cancel::Cancel;
use crate::codec::Encoder;
use crate::error::{Error, ErrorKind, Result};
use crate::pg::Session;
use crate::pipeline::SegmentWriter;
use crate::pipeline::window::PieceSender;
use crate::progress::Progress;

/// What ends the rows of a table in an archive. A script made from it needs it.
const END_OF_ROWS: &[u8] = b"\\.\n\n\n";

/// Reads segments from one session, one after the other.
pub(super) struct Worker<'a> {
    pub(super) session: &'a Session,
    pub(super) encoder: Encoder,
    pub(super) cancel: &'a Cancel,
    pub(super) progress: &'a Progress,
    pub(super) large_objects: LargeObjectForm,
    /// Whether the session may read foreign tables. A snapshot's session begins without.
    pub(super) foreign_tables_allowed: bool,
}

impl Worker<'_> {
    /// Lets the session read foreign tables, or forbids it again. Only those whose rows
    /// were asked for may be read: whatever else leads to one is a trap (CVE-2024-7348).
    ///
    /// To be said before a table, not after it: after the last one nobody waits any more.
    pub(super) async fn allow_foreign_tables(&mut self, allowed: bool) -> Result<()> {
        if self.foreign_tables_allowed == allowed {
            return Ok(());
        }
        let restricted = if allowed {
            "view"
        } else {
            "view, foreign-table"
        };
        self.session
            .query(
                "SELECT pg_catalog.set_config(name, $1, false) FROM pg_catalog.pg_settings
                 WHERE name = 'restrict_nonsystem_relation_kind'",
                &[&restricted],
            )
            .await?;
        self.foreign_tables_allowed = allowed;
        Ok(())
    }

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
            let mut copy = self.session.copy_out(sql);
            let mut block = Vec::new();
            loop {
                let before = segment.rows();
                let read = copy.read(&mut block).await;
                if !read.map_err(|error| failed(error, before))? {
                    break;
                }
                segment.write_rows(&block).await?;
                let rows = segment.rows() - before;
                self.progress.copied(rows, block.len() as u64);
            }
            segment.write(END_OF_ROWS).await?;
            segment.end_piece().await?;
            segment.finish().await
        };
        self.cancel.guard(copy).await?;
        self.progress.table_done();
        Ok(())
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
