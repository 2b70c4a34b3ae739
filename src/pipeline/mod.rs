//! The path of bytes from encoded pieces to a stored object, in bounded memory.
//!
//! A *segment* is the unit of work of one worker: a table's rows, or large
//! objects. The worker encodes it into a piece and sends that through the
//! [ordered window](window); the [`Assembler`] lays the pieces of all segments
//! out, in order, as the archive's format wants it (its [`Shape`]: [`Blocks`],
//! [`Files`] or [`Stream`]); [`Parts`] cuts every object of the archive into equal parts.
//! Nothing here knows where rows come from.

mod assemble;
mod blocks;
mod buffers;
mod files;
mod parts;
mod segment;
mod shape;
mod steps;
mod stream;
pub mod window;

pub use assemble::{Assembler, StoredEntry, StoredSegment};
pub use blocks::Blocks;
pub use files::Files;
pub use parts::{Parts, part_size};
pub use segment::{Message, Segment, SegmentWriter};
pub use shape::Shape;
pub use steps::{Step, Steps};
pub use stream::Stream;

#[cfg(test)]
mod tests;
