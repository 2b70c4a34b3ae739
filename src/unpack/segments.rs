//! Segments of a table's rows, one after the other.

use bytes::Bytes;
use tokio::sync::mpsc;

use super::decode::{Content, EntryDecoder, Found};
use super::feed::Feed;
use super::frames::Frame;
use super::pipe::{Blocks, Decoded, Output, Pipe};
use super::places::Span;
use super::ranges::Ranges;
use crate::codec::Compression;
use crate::error::Result;

/// Rows of several segments. While those of one are taken, the next ones are read and
/// decoded, as with [`Contents`](super::Contents).
pub struct Segments(Pipe<'static>);

/// What segments consist of.
#[derive(Debug)]
pub enum Segment {
    /// Bytes of rows: COPY text. They begin and end anywhere within a row.
    Rows(Bytes),
    /// All rows of the segment in this span have been taken, and were these.
    End(Span, Box<Found>),
}

impl Segments {
    pub(super) fn new(ranges: Ranges, compression: Compression) -> Self {
        let feed = Feed::Segments(None, ranges);
        Self(Pipe::new(feed, move |fed, out| {
            decode(compression, fed, out)
        }))
    }

    /// What comes next; nothing behind the last segment.
    ///
    /// # Errors
    ///
    /// The storage kinds; [`ErrorKind::CorruptArchive`](crate::ErrorKind::CorruptArchive).
    /// Nothing follows an error.
    pub async fn next(&mut self) -> Result<Option<Segment>> {
        while let Some(decoded) = self.0.next().await? {
            match decoded {
                Decoded::Content(Content::Rows(rows)) => return Ok(Some(Segment::Rows(rows))),
                Decoded::EndSegment(span, found) => return Ok(Some(Segment::End(span, found))),
                // Segments are of rows.
                Decoded::Content(_) | Decoded::EndEntry(_) => {}
            }
        }
        Ok(None)
    }
}

fn decode(
    compression: Compression,
    mut fed: mpsc::Receiver<Vec<Frame>>,
    out: &Output,
) -> Result<()> {
    let mut blocks = Blocks::new(out);
    let mut decoder = EntryDecoder::of_piece(compression)?;
    while let Some(frames) = fed.blocking_recv() {
        for frame in &frames {
            let Frame::EndSegment(span) = frame else {
                decoder.take(frame, &mut |content| blocks.add(content))?;
                continue;
            };
            let next = EntryDecoder::of_piece(compression)?;
            let ended = std::mem::replace(&mut decoder, next);
            let found = ended.finish(&mut |content| blocks.add(content))?;
            blocks.flush()?;
            out.send(Decoded::EndSegment(*span, Box::new(found)))?;
        }
    }
    Ok(())
}
