//! The data of one entry as it is read, decoded and taken.

use bytes::Bytes;
use tokio::sync::mpsc;

use super::decode::{Content, EntryDecoder, Found};
use super::feed::Feed;
use super::frames::Frame;
use super::pipe::{Blocks, Decoded, Output, Pipe};
use crate::error::{Error, ErrorKind, Result};

/// The contents of one entry. They are decoded on a thread of the runtime's blocking
/// pool, while whoever takes them reads their stored bytes. Dropping this ends both.
pub struct Contents<'a> {
    pipe: Pipe<'a>,
    found: Option<Found>,
}

impl<'a> Contents<'a> {
    pub(super) fn new(feed: Feed<'a>, decoder: EntryDecoder) -> Self {
        Self {
            pipe: Pipe::new(feed, |fed, out| decode(decoder, fed, out)),
            found: None,
        }
    }

    /// The next of the contents; none at the end.
    ///
    /// # Errors
    ///
    /// The storage kinds; [`ErrorKind::CorruptArchive`]. Nothing follows an error.
    pub async fn next(&mut self) -> Result<Option<Content<Bytes>>> {
        match self.pipe.next().await? {
            Some(Decoded::Content(content)) => Ok(Some(content)),
            Some(Decoded::EndEntry(found)) => {
                self.found = Some(*found);
                Ok(None)
            }
            Some(Decoded::EndSegment(..)) | None => Ok(None),
        }
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
}

fn decode(
    mut decoder: EntryDecoder,
    mut fed: mpsc::Receiver<Vec<Frame>>,
    out: &Output,
) -> Result<()> {
    let mut blocks = Blocks::new(out);
    while let Some(frames) = fed.blocking_recv() {
        for frame in &frames {
            decoder.take(frame, &mut |content| blocks.add(content))?;
        }
    }
    let found = decoder.finish(&mut |content| blocks.add(content))?;
    blocks.flush()?;
    out.send(Decoded::EndEntry(Box::new(found)))
}
