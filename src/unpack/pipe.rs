//! From stored bytes to contents: the one who takes contents reads, a thread of the
//! runtime's blocking pool decodes.

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::decode::{Content, Found};
use super::feed::Feed;
use super::frames::Frame;
use super::places::Span;
use crate::error::{Error, ErrorKind, Result};

/// Bytes of contents that are handed over at a time, or little more.
const BLOCK: usize = 128 * 1024;

/// Pieces of stored bytes that wait for the decoder.
const FRAMES_WAITING: usize = 1;

/// Blocks that wait to be taken.
const BLOCKS_WAITING: usize = 4;

/// Dropping it ends both sides.
pub(super) struct Pipe<'a> {
    feed: Feed<'a>,
    /// None once everything has been fed.
    frames: Option<mpsc::Sender<Vec<Frame>>>,
    decoded: mpsc::Receiver<Result<Decoded>>,
    /// None once it has ended.
    decoder: Option<JoinHandle<()>>,
}

/// What comes out.
pub(super) enum Decoded {
    Content(Content<Bytes>),
    /// The entry was complete.
    EndEntry(Box<Found>),
    /// This segment was.
    EndSegment(Span, Box<Found>),
}

/// What the pipe waits for.
enum Event {
    Decoded(Option<Result<Decoded>>),
    /// The decoder takes more, or has gone.
    Room(bool),
}

impl<'a> Pipe<'a> {
    /// `decode` takes frames until there are no more, or nobody wants what comes of them.
    pub(super) fn new(
        feed: Feed<'a>,
        decode: impl FnOnce(mpsc::Receiver<Vec<Frame>>, &Output) -> Result<()> + Send + 'static,
    ) -> Self {
        let (frames, fed) = mpsc::channel(FRAMES_WAITING);
        let (out, decoded) = mpsc::channel(BLOCKS_WAITING);
        let decoder = tokio::task::spawn_blocking(move || {
            let output = Output(out);
            if let Err(error) = decode(fed, &output) {
                // Nobody is left to hear it if the job has failed elsewhere.
                let _ = output.0.blocking_send(Err(error));
            }
        });
        Self {
            feed,
            frames: Some(frames),
            decoded,
            decoder: Some(decoder),
        }
    }

    /// What comes out next; nothing follows an error.
    pub(super) async fn next(&mut self) -> Result<Option<Decoded>> {
        while let Some(frames) = &self.frames {
            let event = tokio::select! {
                biased;
                decoded = self.decoded.recv() => Event::Decoded(decoded),
                room = frames.reserve() => Event::Room(room.is_ok()),
            };
            match event {
                Event::Decoded(Some(decoded)) => return decoded.map(Some),
                Event::Room(true) => self.feed().await?,
                // The decoder has failed, and said why.
                Event::Decoded(None) | Event::Room(false) => self.frames = None,
            }
        }
        match self.decoded.recv().await {
            Some(decoded) => decoded.map(Some),
            None => self.end().await,
        }
    }

    /// Gives the decoder, which has room for them, the next frames.
    async fn feed(&mut self) -> Result<()> {
        match (self.feed.next().await?, &self.frames) {
            (Some(more), Some(frames)) => {
                // One that has failed meanwhile says so itself.
                let _ = frames.send(more).await;
            }
            _ => self.frames = None,
        }
        Ok(())
    }

    async fn end(&mut self) -> Result<Option<Decoded>> {
        match self.decoder.take() {
            None => Ok(None),
            Some(decoder) => decoder.await.map(|()| None).map_err(|error| {
                Error::new(ErrorKind::Internal, "decoding the archive").with_source(error)
            }),
        }
    }
}

/// Where a decoder puts what it has decoded.
pub(super) struct Output(mpsc::Sender<Result<Decoded>>);

impl Output {
    pub(super) fn send(&self, decoded: Decoded) -> Result<()> {
        self.0
            .blocking_send(Ok(decoded))
            .map_err(|_| Error::new(ErrorKind::Cancelled, "nobody takes the contents any more"))
    }
}

/// Hands over what is decoded, rows in blocks of a size that is worth a message.
pub(super) struct Blocks<'a> {
    out: &'a Output,
    rows: Vec<u8>,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(out: &'a Output) -> Self {
        let rows = Vec::new();
        Self { out, rows }
    }

    pub(super) fn add(&mut self, content: Content<&[u8]>) -> Result<()> {
        match content {
            Content::Rows(rows) => {
                for run in rows.chunks(BLOCK) {
                    self.rows.extend_from_slice(run);
                    if self.rows.len() >= BLOCK {
                        self.flush()?;
                    }
                }
                Ok(())
            }
            Content::LargeObject(bytes) => bytes
                .chunks(BLOCK)
                .try_for_each(|run| self.send(Content::LargeObject(Bytes::copy_from_slice(run)))),
            Content::BeginLargeObject(oid) => self.send(Content::BeginLargeObject(oid)),
            Content::EndLargeObject => self.send(Content::EndLargeObject),
        }
    }

    /// Hands over what there is of a block.
    pub(super) fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let next = Vec::with_capacity(2 * BLOCK);
        let rows = std::mem::replace(&mut self.rows, next);
        self.send(Content::Rows(rows.into()))
    }

    fn send(&self, content: Content<Bytes>) -> Result<()> {
        self.out.send(Decoded::Content(content))
    }
}
