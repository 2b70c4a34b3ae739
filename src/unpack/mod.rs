//! Taking stored archives apart: header and table of contents first, then the data
//! of whichever entry is asked for.
//!
//! [`OpenArchive`] has read the table of contents of an archive, wherever it is, and
//! knows from it, or from the manifest beside it, where every entry's data lies.
//! [`Access`] is the way to that data for a thread of its own: it reads ranges ahead
//! of whoever takes them and decodes them on yet another thread
//! ([`Contents`]). What comes out are rows of COPY text, or large objects, with the
//! digest that they turned out to have. The input is not trusted.
//!
//! ```text
//! ranges of the object, read ahead --> blocks, decoder, row digest --> rows, large objects
//! ```

mod access;
mod contents;
mod decode;
mod feed;
mod foreign;
mod frames;
mod manifest;
mod neighbours;
mod open;
mod pipe;
mod places;
mod ranges;
mod segments;
mod source;
mod walk;

pub use access::{Access, Connected};
pub use contents::Contents;
pub use decode::{Content, Found};
pub use manifest::read as read_manifest;
#[cfg(test)]
pub(crate) use open::{FIRST_READ, LARGEST_READ};
pub use open::{OpenArchive, OpenOptions};
pub use places::{Place, Places, Span};
pub use ranges::Ranges;
pub use segments::{Segment, Segments};
pub use walk::{Walked, Walker};

#[cfg(test)]
mod tests;
