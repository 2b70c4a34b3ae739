//! How data is laid out: in which objects, and between which bytes.

use bytes::Bytes;

use super::segment::Segment;
use super::steps::Steps;
use crate::codec::PieceEnd;
use crate::error::Result;
use crate::ids::{DumpId, Oid};

/// What a format makes of the data of its entries.
///
/// The calls come in the order of the trait's methods. `begin_entry` to
/// `end_entry` is repeated for every entry with data, and within the entries of
/// large objects `begin_large_object` to `end_large_object` for every object.
/// `chunk` and `end_piece` belong to the object, or to the rows of the entry;
/// outside of entries, to the statements of a script.
pub trait Shape: Send {
    /// Whether every entry has files of its own, in which offsets begin at 0.
    fn has_files(&self) -> bool {
        false
    }

    /// Writes what stands before all data.
    ///
    /// # Errors
    ///
    /// Whatever the format has to fail with; so do all methods.
    fn begin(&mut self, out: &mut Steps) -> Result<()>;

    /// Begins the entry whose first segment this is.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    fn begin_entry(&mut self, entry: DumpId, segment: &Segment, out: &mut Steps) -> Result<()>;

    /// Begins a large object.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    fn begin_large_object(&mut self, oid: Oid, out: &mut Steps) -> Result<()>;

    /// Adds encoded bytes.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    fn chunk(&mut self, bytes: Bytes, out: &mut Steps) -> Result<()>;

    /// Notes that a piece is complete.
    fn end_piece(&mut self, end: &PieceEnd);

    /// Ends a large object.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    fn end_large_object(&mut self, out: &mut Steps) -> Result<()>;

    /// Ends the entry whose last segment this is.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    fn end_entry(&mut self, segment: &Segment, out: &mut Steps) -> Result<()>;

    /// Writes what stands behind all data.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    fn end(&mut self, out: &mut Steps) -> Result<()>;
}
