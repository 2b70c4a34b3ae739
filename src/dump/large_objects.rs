//! Reading large objects into segments.

use super::worker::{Seat, Work, Worker};
use crate::archive::script::large_object;
use crate::error::Result;
use crate::ids::Oid;
use crate::pg::Session;
use crate::pipeline::SegmentWriter;
use crate::pipeline::window::PieceSender;
use crate::progress::Stage;

/// Bytes of a large object that one query reads together with those of others: a whole
/// number of statements of a script.
const FIRST_READ: i32 = 4 * large_object::WRITE_SIZE as i32;

/// Bytes of a large object read by one query after that.
const NEXT_READ: i32 = 64 * large_object::WRITE_SIZE as i32;

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
        self.work.progress.enter(Stage::Data, "large objects");
        tracing::debug!(count = oids.len(), "copying large objects");
        let form = self.work.large_objects;
        let mut segment = SegmentWriter::new(&mut self.encoder, sender);
        let mut reader = Reader {
            seat: &mut self.seat,
            work: &self.work,
        };
        let copy = async {
            for batch in oids.chunks(OBJECTS_PER_QUERY) {
                for (oid, first) in reader.first_bytes(batch).await? {
                    form.begin(oid, &mut segment).await?;
                    reader
                        .write_contents(oid, first, form, &mut segment)
                        .await?;
                    form.end(&mut segment).await?;
                }
            }
            if form == LargeObjectForm::Statements {
                segment.end_piece().await?;
            }
            segment.finish().await
        };
        self.work.cancel.guard(copy).await
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
            Self::Streams => segment.write_large_object(bytes).await,
            Self::Statements => {
                let mut statements = Vec::new();
                large_object::write(bytes, &mut statements);
                segment.write(&statements).await
            }
        }
    }

    async fn end(self, segment: &mut SegmentWriter<'_>) -> Result<()> {
        match self {
            Self::Streams => segment.end_large_object().await,
            Self::Statements => segment.write(large_object::CLOSE.as_bytes()).await,
        }
    }
}

/// Reads large objects, whatever becomes of the session: a query that was lost is put
/// again, since the snapshot gives it the same answer.
struct Reader<'a, 's> {
    seat: &'a mut Seat<'s>,
    work: &'a Work,
}

impl Reader<'_, '_> {
    /// The first bytes of each large object, in the order given.
    async fn first_bytes(&mut self, oids: &[Oid]) -> Result<Vec<(Oid, Vec<u8>)>> {
        loop {
            let read = first_bytes(self.seat.session(), oids).await;
            if let Some(first) = self.unless_lost(read).await? {
                return Ok(first);
            }
        }
    }

    /// Up to [`NEXT_READ`] bytes of a large object.
    async fn next_bytes(&mut self, oid: Oid, offset: i64) -> Result<Vec<u8>> {
        loop {
            let read = next_bytes(self.seat.session(), oid, offset).await;
            if let Some(bytes) = self.unless_lost(read).await? {
                return Ok(bytes);
            }
        }
    }

    /// `None`: the session was lost, and there is another.
    async fn unless_lost<T>(&mut self, read: Result<T>) -> Result<Option<T>> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error) if self.seat.is_lost(&error) => {
                tracing::warn!("{}; connecting again", error.full());
                self.seat.renew(error).await.map(|()| None)
            }
            Err(error) => Err(error),
        }
    }

    async fn write_contents(
        &mut self,
        oid: Oid,
        first: Vec<u8>,
        form: LargeObjectForm,
        segment: &mut SegmentWriter<'_>,
    ) -> Result<()> {
        let (mut bytes, mut asked) = (first, FIRST_READ);
        let mut offset: i64 = 0;
        loop {
            form.write(&bytes, segment).await?;
            self.work.progress.copied(0, bytes.len() as u64);
            self.work.rate.read(bytes.len()).await;
            offset += bytes.len() as i64;
            if bytes.len() < asked as usize {
                return Ok(());
            }
            bytes = self.next_bytes(oid, offset).await?;
            asked = NEXT_READ;
        }
    }
}

async fn first_bytes(session: &Session, oids: &[Oid]) -> Result<Vec<(Oid, Vec<u8>)>> {
    session
        .rows(
            "SELECT oid, pg_catalog.lo_get(oid, 0, $2) AS bytes
             FROM pg_catalog.unnest($1::pg_catalog.oid[]) WITH ORDINALITY AS wanted (oid, place)
             ORDER BY place",
            &[&oids, &FIRST_READ],
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

async fn next_bytes(session: &Session, oid: Oid, offset: i64) -> Result<Vec<u8>> {
    let read = session
        .one(
            "SELECT pg_catalog.lo_get($1, $2, $3) AS bytes",
            &[&oid, &offset, &NEXT_READ],
        )
        .await;
    read.and_then(|row| row.get("bytes"))
        .map_err(|error| error.context(format!("reading large object {oid} at byte {offset}")))
}
