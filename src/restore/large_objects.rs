//! The contents of large objects.

use std::collections::HashSet;

use bytes::Bytes;

use super::rows::check;
use super::shared::{Done, Shared};
use super::transaction::Transaction;
use crate::archive::TocEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::Oid;
use crate::pg::Session;
use crate::unpack::{Content, Contents, Found};

/// Loads the large objects of an entry, which are there and empty, in one transaction. Those
/// that could not be made are left alone.
pub(super) async fn load(
    session: &Session,
    contents: Contents<'_>,
    shared: &Shared,
    entry: &TocEntry,
) -> Result<Done> {
    let others = shared.large_objects_not_made();
    let transaction = Transaction::begin(session, shared).await?;
    let load = async {
        let written = write_all(session, contents, shared, &others).await?;
        check(shared.plan.facts(entry.dump_id), &written.found)?;
        Ok(written)
    };
    let Written { found, left_alone } = transaction.end(load.await).await?;
    Ok(Done {
        large_objects: found.objects.rows() - left_alone,
        raw_bytes: found.raw_bytes,
        ..Done::default()
    })
}

/// What was read, and what of it was not written.
struct Written {
    found: Found,
    /// Large objects.
    left_alone: u64,
}

async fn write_all(
    session: &Session,
    mut contents: Contents<'_>,
    shared: &Shared,
    others: &HashSet<Oid>,
) -> Result<Written> {
    let mut writes = Writes::default();
    let mut current = None;
    let mut left_alone = 0;
    while let Some(content) = contents.next().await? {
        match (content, current) {
            (Content::BeginLargeObject(oid), _) => {
                left_alone += u64::from(others.contains(&oid));
                current = Some((oid, 0));
            }
            (Content::EndLargeObject, _) => current = None,
            (Content::LargeObject(_), Some((oid, _))) if others.contains(&oid) => {}
            (Content::LargeObject(bytes), Some((oid, offset))) => {
                let len = bytes.len() as i64;
                shared.progress.copied(0, bytes.len() as u64);
                current = Some((oid, offset + len));
                writes.add(oid, offset, bytes);
            }
            (Content::LargeObject(_) | Content::Rows(_), _) => {
                return Err(Error::new(
                    ErrorKind::CorruptArchive,
                    "bytes of no large object",
                ));
            }
        }
        if writes.is_full() {
            std::mem::take(&mut writes).send(session).await?;
        }
    }
    writes.send(session).await?;
    Ok(Written {
        found: contents.found()?,
        left_alone,
    })
}

/// Pieces of large objects that one statement writes.
#[derive(Default)]
struct Writes {
    oids: Vec<Oid>,
    offsets: Vec<i64>,
    pieces: Vec<Bytes>,
    bytes: usize,
}

/// Bytes, and pieces, that one statement writes, or little more.
const BYTES: usize = 1 << 20;
const PIECES: usize = 1000;

impl Writes {
    fn add(&mut self, oid: Oid, offset: i64, piece: Bytes) {
        self.bytes += piece.len();
        self.oids.push(oid);
        self.offsets.push(offset);
        self.pieces.push(piece);
    }

    fn is_full(&self) -> bool {
        self.bytes >= BYTES || self.pieces.len() >= PIECES
    }

    async fn send(self, session: &Session) -> Result<()> {
        if self.pieces.is_empty() {
            return Ok(());
        }
        let pieces: Vec<&[u8]> = self.pieces.iter().map(|piece| &piece[..]).collect();
        session
            .query(
                "SELECT pg_catalog.lo_put(oid, place, piece)
                 FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]),
                                 pg_catalog.unnest($2::pg_catalog.int8[]),
                                 pg_catalog.unnest($3::pg_catalog.bytea[])) AS w(oid, place, piece)",
                &[&self.oids, &self.offsets, &pieces],
            )
            .await?;
        Ok(())
    }
}
