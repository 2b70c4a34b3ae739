//! Compression and digests: bytes in, bytes out. No I/O.
//!
//! Every data entry and every large object of an archive is one *stream*. A
//! stream is joined from *pieces* that workers encode independently of each
//! other ([`Encoder`]); a [`Joiner`] adds what stands before, between and after
//! them. [`Decoder`] reads streams back, more strictly than `pg_restore` does.

mod compression;
mod digest;
mod gzip;
mod lz4;
mod runs;
mod stream;
mod zstd;

pub use compression::Compression;
pub use digest::{PartDigests, RowDigest, StoredDigest};
pub use stream::{Container, Decoder, Encoder, Joiner, PieceEnd, RUN};

#[cfg(test)]
mod tests;
