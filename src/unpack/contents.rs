//! The data of one entry as it is read, decoded and taken.

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::access::{ListedFile, Member};
use super::decode::{Content, EntryDecoder, Found};
use super::frames::{Frame, Framer};
use super::open::Sequence;
use super::ranges::Ranges;
use crate::error::{Error, ErrorKind, Result};

/// Bytes of contents that are handed over at a time, or little more.
const BLOCK: usize = 128 * 1024;

/// Pieces of stored bytes that wait for the decoder.
const FRAMES_WAITING: usize = 1;

/// Blocks that wait to be taken.
pub(super) const BLOCKS_WAITING: usize = 4;

/// The contents of one entry. They are decoded on a thread of the runtime's blocking
/// pool, while whoever takes them reads their stored bytes. Dropping this ends both.
pub struct Contents<'a> {
    feed: Feed<'a>,
    /// None once everything has been fed.
    frames: Option<mpsc::Sender<Vec<Frame>>>,
    decoded: mpsc::Receiver<Result<Decoded>>,
    found: Option<Found>,
}

enum Decoded {
    Content(Content<Bytes>),
    End(Box<Found>),
}

/// What contents wait for.
enum Event {
    Decoded(Option<Result<Decoded>>),
    /// The decoder takes more, or has gone.
    Room(bool),
}

/// Where the stored bytes come from.
pub(super) enum Feed<'a> {
    /// A span of an object.
    Span(Option<Framer>, Ranges),
    /// The next block of an archive that is read from its beginning on.
    Sequence(Option<Framer>, &'a mut Sequence),
    /// The files of large objects.
    Files(Files<'a>),
}

/// The large objects of a directory, one file each.
pub(super) struct Files<'a> {
    pub(super) member: &'a Member,
    pub(super) listed: VecDeque<ListedFile>,
    pub(super) current: Option<Ranges>,
    pub(super) begun: bool,
}

impl<'a> Contents<'a> {
    pub(super) fn new(feed: Feed<'a>, decoder: EntryDecoder) -> Self {
        let (frames, fed) = mpsc::channel(FRAMES_WAITING);
        let (out, decoded) = mpsc::channel(BLOCKS_WAITING);
        tokio::task::spawn_blocking(move || decode(decoder, fed, &out));
        Self {
            feed,
            frames: Some(frames),
            decoded,
            found: None,
        }
    }

    /// The next of the contents; none at the end.
    ///
    /// # Errors
    ///
    /// The storage kinds; [`ErrorKind::CorruptArchive`]. Nothing follows an error.
    pub async fn next(&mut self) -> Result<Option<Content<Bytes>>> {
        while let Some(frames) = &self.frames {
            let event = tokio::select! {
                biased;
                decoded = self.decoded.recv() => Event::Decoded(decoded),
                room = frames.reserve() => Event::Room(room.is_ok()),
            };
            match event {
                Event::Decoded(decoded) => return self.take(decoded),
                Event::Room(true) => self.feed().await?,
                // The decoder has failed, and says why.
                Event::Room(false) => self.frames = None,
            }
        }
        let decoded = self.decoded.recv().await;
        self.take(decoded)
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

    /// What the contents were, once all of them have been taken.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if they have not.
    pub fn found(self) -> Result<Found> {
        self.found
            .ok_or_else(|| Error::new(ErrorKind::Internal, "contents were not read to their end"))
    }

    fn take(&mut self, decoded: Option<Result<Decoded>>) -> Result<Option<Content<Bytes>>> {
        match decoded {
            Some(Ok(Decoded::Content(content))) => Ok(Some(content)),
            Some(Ok(Decoded::End(found))) => {
                self.found = Some(*found);
                Ok(None)
            }
            Some(Err(error)) => Err(error),
            None if self.found.is_some() => Ok(None),
            None => Err(Error::new(ErrorKind::Internal, "the decoder panicked")),
        }
    }
}

impl Feed<'_> {
    /// The next frames; none at the end of the entry.
    async fn next(&mut self) -> Result<Option<Vec<Frame>>> {
        let mut frames = Vec::new();
        match self {
            Self::Span(slot, ranges) => {
                let Some(framer) = slot else {
                    return Ok(None);
                };
                let Some(mut piece) = ranges.next().await? else {
                    framer.finish()?;
                    return Ok(None);
                };
                // What follows the end of a block is another entry's.
                if framer.take(&mut piece, &mut frames)? {
                    *slot = None;
                }
            }
            Self::Sequence(slot, sequence) => {
                let Some(framer) = slot else {
                    return Ok(None);
                };
                if sequence.read(framer, &mut frames).await? {
                    *slot = None;
                }
            }
            Self::Files(files) => {
                if !files.next(&mut frames).await? {
                    return Ok(None);
                }
            }
        }
        Ok(Some(frames))
    }
}

impl Files<'_> {
    /// Adds the next frames. False: there are none.
    async fn next(&mut self, frames: &mut Vec<Frame>) -> Result<bool> {
        if !std::mem::replace(&mut self.begun, true) {
            frames.push(Frame::LargeObjects);
            return Ok(true);
        }
        if let Some(ranges) = &mut self.current {
            match ranges.next().await? {
                Some(bytes) => frames.push(Frame::Bytes(bytes)),
                None => {
                    self.current = None;
                    frames.push(Frame::EndLargeObject);
                }
            }
            return Ok(true);
        }
        let Some(ListedFile { oid, name }) = self.listed.pop_front() else {
            return Ok(false);
        };
        let (ranges, compression) = self.member.open(&name).await?;
        self.current = Some(ranges);
        frames.push(Frame::BeginLargeObject(oid, compression));
        Ok(true)
    }
}

/// Decodes frames until there are no more, or nobody wants what comes of them.
fn decode(
    decoder: EntryDecoder,
    fed: mpsc::Receiver<Vec<Frame>>,
    out: &mpsc::Sender<Result<Decoded>>,
) {
    let end = decode_all(decoder, fed, out).map(|found| Decoded::End(Box::new(found)));
    // Nobody is left to hear it if the job has failed elsewhere.
    let _ = out.blocking_send(end);
}

fn decode_all(
    mut decoder: EntryDecoder,
    mut fed: mpsc::Receiver<Vec<Frame>>,
    out: &mpsc::Sender<Result<Decoded>>,
) -> Result<Found> {
    let mut blocks = Blocks {
        out,
        rows: Vec::new(),
    };
    while let Some(frames) = fed.blocking_recv() {
        for frame in &frames {
            decoder.take(frame, &mut |content| blocks.add(content))?;
        }
    }
    let found = decoder.finish(&mut |content| blocks.add(content))?;
    blocks.flush()?;
    Ok(found)
}

/// Hands over what is decoded, rows in blocks of a size that is worth a message.
struct Blocks<'a> {
    out: &'a mpsc::Sender<Result<Decoded>>,
    rows: Vec<u8>,
}

impl Blocks<'_> {
    fn add(&mut self, content: Content<&[u8]>) -> Result<()> {
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

    fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let next = Vec::with_capacity(2 * BLOCK);
        let rows = std::mem::replace(&mut self.rows, next);
        self.send(Content::Rows(rows.into()))
    }

    fn send(&self, content: Content<Bytes>) -> Result<()> {
        self.out
            .blocking_send(Ok(Decoded::Content(content)))
            .map_err(|_| Error::new(ErrorKind::Cancelled, "nobody takes the contents any more"))
    }
}
