//! The path of bytes from encoded pieces to a stored object, in bounded memory.
//!
//! A *segment* is the unit of work of one worker: a table's rows, or large
//! objects. The worker encodes it into a piece and sends that through the
//! [ordered window](window); the [`Assembler`] frames the pieces of all
//! segments, in order, as the data blocks of one archive; [`Parts`] cuts the
//! archive into equal parts. Nothing here knows where rows come from.

mod assemble;
mod parts;
mod segment;
pub mod window;

pub use assemble::{Assembler, StoredEntry, StoredSegment};
pub use parts::{Parts, part_size};
pub use segment::{Message, Segment, SegmentWriter};

#[cfg(test)]
mod tests;
