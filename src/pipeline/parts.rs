//! Equal parts for a multipart upload.

use bytes::{Bytes, BytesMut};

use crate::codec::Compression;

/// Smallest part, in bytes. S3 takes 5 MiB; 8 MiB halves the requests and is
/// what most tools use.
const MIN_PART: u64 = 8 * 1024 * 1024;

/// Most parts of one upload (S3, R2, Spaces, MinIO: 10,000).
const MAX_PARTS: u64 = 10_000;

/// Chooses the size of parts, in bytes, for an archive of tables that take
/// `estimate` bytes on disk.
///
/// All parts but the last must be equal (R2 refuses anything else), so the size
/// is chosen before the first. COPY text may be larger than the tables, since
/// TOAST compresses: the size leaves room for four times the estimate, and for
/// twice the estimate if the archive is compressed, too. 8 MiB do up to 20 GiB
/// uncompressed and 40 GiB compressed.
pub fn part_size(estimate: u64, compression: Compression) -> usize {
    let headroom = match compression {
        Compression::None => 4,
        _ => 2,
    };
    let needed = estimate.saturating_mul(headroom).div_ceil(MAX_PARTS);
    // Whole MiB, as people reading a bucket's parts expect.
    let mib = needed.div_ceil(1024 * 1024) * 1024 * 1024;
    usize::try_from(mib.max(MIN_PART)).unwrap_or(usize::MAX)
}

/// Cuts a byte stream into parts of one size.
pub struct Parts {
    size: usize,
    filling: BytesMut,
    /// What to allocate for the next part: little at first, since a small
    /// archive should not cost a whole part; whole parts once there was one.
    reserve: usize,
}

impl Parts {
    /// Parts of `size` bytes.
    pub fn new(size: usize) -> Self {
        Self {
            size,
            filling: BytesMut::new(),
            reserve: size.min(64 * 1024),
        }
    }

    /// Adds bytes; returns the parts they complete.
    pub fn push(&mut self, mut bytes: &[u8]) -> Vec<Bytes> {
        let mut full = Vec::new();
        while !bytes.is_empty() {
            if self.filling.capacity() == 0 {
                self.filling.reserve(self.reserve);
            }
            let taken = bytes.len().min(self.size - self.filling.len());
            self.filling.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if self.filling.len() == self.size {
                full.push(std::mem::take(&mut self.filling).freeze());
                self.reserve = self.size;
            }
        }
        full
    }

    /// The last part, which may be shorter and, if the stream's length is a
    /// multiple of the size, empty.
    pub fn finish(&mut self) -> Bytes {
        std::mem::take(&mut self.filling).freeze()
    }
}
