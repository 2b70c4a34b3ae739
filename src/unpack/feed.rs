//! Where the stored bytes of contents come from.

use std::collections::VecDeque;

use super::access::{ListedFile, Member};
use super::frames::{Frame, Framer};
use super::open::Sequence;
use super::ranges::{Piece, Ranges};
use crate::error::Result;

/// A source of frames.
pub(super) enum Feed<'a> {
    /// A span of an object.
    Span(Option<Framer>, Ranges),
    /// Segments of rows in an object, and the one that has begun.
    Segments(Option<Framer>, Ranges),
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

impl Feed<'_> {
    /// The next frames; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Frame>>> {
        let mut frames = Vec::new();
        match self {
            Self::Span(slot, ranges) => {
                let Some(framer) = slot else {
                    return Ok(None);
                };
                let Some(mut bytes) = ranges.next().await? else {
                    framer.finish()?;
                    return Ok(None);
                };
                // What follows the end of a block is another entry's.
                if framer.take(&mut bytes, &mut frames)? {
                    *slot = None;
                }
            }
            Self::Segments(slot, ranges) => {
                let Some(piece) = ranges.next_piece().await? else {
                    return Ok(None);
                };
                let Piece {
                    span, mut bytes, ..
                } = piece;
                let framer = slot.get_or_insert_with(|| Framer::piece(span.offset));
                framer.take(&mut bytes, &mut frames)?;
                if piece.is_last {
                    framer.finish()?;
                    frames.push(Frame::EndSegment(span));
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
