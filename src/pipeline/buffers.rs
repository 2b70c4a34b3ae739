//! Buffers of chunks, which are used again.
//!
//! A chunk is made by one thread and dropped by another. Left to the allocator, what
//! one frees lies in heaps that others do not draw from, and a process grows far beyond
//! what is in use. Here there are never more buffers than were in use at once, and the
//! window bounds these.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::segment::CHUNK;
use crate::codec::RUN;

/// Bytes of one buffer: a chunk, and what a codec may make of one more run.
pub(super) const CAPACITY: usize = CHUNK + RUN + RUN / 4;

/// Buffers that nobody uses. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    /// An empty buffer.
    pub(super) fn take(&self) -> Vec<u8> {
        let idle = self.idle().pop();
        idle.unwrap_or_else(|| Vec::with_capacity(CAPACITY))
    }

    /// Takes a buffer back.
    pub(super) fn give(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        // One that had to grow is no measure for the others.
        if (1..=CAPACITY).contains(&buffer.capacity()) {
            self.idle().push(buffer);
        }
    }

    /// The bytes of a buffer, which comes back when they are dropped.
    pub(super) fn lend(&self, buffer: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent {
            buffer,
            home: self.clone(),
        })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Lent {
    buffer: Vec<u8>,
    home: Buffers,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.give(std::mem::take(&mut self.buffer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffer_comes_back_when_its_bytes_are_dropped() {
        let buffers = Buffers::default();
        let mut buffer = buffers.take();
        buffer.extend_from_slice(b"chunk");
        let place = buffer.as_ptr();
        let bytes = buffers.lend(buffer);
        let clone = bytes.clone();
        drop(bytes);
        assert!(buffers.idle().is_empty() && clone == b"chunk"[..]);
        drop(clone);
        let again = buffers.take();
        assert!(again.is_empty() && again.as_ptr() == place);
    }

    #[test]
    fn buffer_that_has_grown_is_not_kept() {
        let buffers = Buffers::default();
        drop(buffers.lend(vec![0; CAPACITY + 1]));
        drop(buffers.lend(Vec::new()));
        assert!(buffers.idle().is_empty());
    }
}
