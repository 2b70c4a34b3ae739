//! Reading large objects into segments.

use super::contents::Worker;
use crate::archive::script::large_object;
use crate::error::Result;
use crate::ids::Oid;
use crate::pg::Session;
use crate::pipeline::SegmentWriter;
use crate::pipeline::window::PieceSender;
use crate::progress::Progress;

/// Bytes of a large object read by one query: a whole number of statements of a script.
const READ_SIZE: i32 = 16 * large_object::WRITE_SIZE as i32;

/// Large objects whose first bytes are read by one query. Most are small, and
/// a query for each would wait for the network each time.
const OBJECTS_PER_QUERY: usize = 64;

/// What the contents of large objects become.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum LargeObjectForm {
    /// A stream for each, as in archives.
    Streams,
    /// Statements that write them, as in scripts.
    Statements,
}

impl Worker<'_> {
    /// Reads large objects, one after the other.
    pub(super) async fn copy_large_objects(
        &mut self,
        oids: &[Oid],
        sender: PieceSender,
    ) -> Result<()> {
        let form = self.large_objects;
        let mut segment = SegmentWriter::new(&mut self.encoder, sender);
        let (session, progress) = (self.session, self.progress);
        let copy = async {
            for batch in oids.chunks(OBJECTS_PER_QUERY) {
                for (oid, first) in first_bytes(session, batch).await? {
                    form.begin(oid, &mut segment).await?;
                    write_contents(session, oid, first, form, &mut segment, progress).await?;
                    form.end(&mut segment).await?;
                }
            }
            if form == LargeObjectForm::Statements {
                segment.end_piece().await?;
            }
            segment.finish().await
        };
        self.cancel.guard(copy).await
    }
}

impl LargeObjectForm {
    async fn begin(self, oid: Oid, segment: &mut SegmentWriter<'_>) -> Result<()> {
        match self {
            Self::Streams => segment.begin_large_object(oid).await,
            Self::Statements => segment.write(large_object::open(oid).as_bytes()).await,
        }
    }

    async fn write(self, bytes: &[u8], segment: &mut SegmentWriter<'_>) -> Result<()> {
        match self {
            Self::Streams => segment.write(bytes).await,
            Self::Statements => {
                let mut statements = Vec::new();
                large_object::write(bytes, &mut statements);
                segment.write(&statements).await
            }
        }
    }

    async fn end(self, segment: &mut SegmentWriter<'_>) -> Result<()> {
        match self {
            Self::Streams => segment.end_piece().await,
            Self::Statements => segment.write(large_object::CLOSE.as_bytes()).await,
        }
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

async fn write_contents(
    session: &Session,
    oid: Oid,
    first: Vec<u8>,
    form: LargeObjectForm,
    segment: &mut SegmentWriter<'_>,
    progress: &Progress,
) -> Result<()> {
    let mut bytes = first;
    let mut offset: i64 = 0;
    loop {
        form.write(&bytes, segment).await?;
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
