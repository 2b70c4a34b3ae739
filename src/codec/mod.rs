//! Compression and digests of byte streams.
