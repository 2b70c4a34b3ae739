//! Small blocks that lie side by side, read with one request.
//!
//! A request costs some 30 ms wherever the store is, and a database may have thousands of
//! small tables. They are restored in the archive's order, by whichever session: what one
//! has read holds the blocks that others need next.

use bytes::Bytes;
use tokio::sync::Mutex;

use super::places::Span;
use crate::error::Result;
use crate::store::Reader;

/// A block that is longer is worth a request of its own.
const SMALL: u64 = 256 << 10;

/// The run of bytes that was read last. All threads of a job share it.
#[derive(Debug, Default)]
pub(super) struct Neighbours(Mutex<Run>);

#[derive(Debug, Default)]
struct Run {
    offset: u64,
    bytes: Bytes,
}

impl Neighbours {
    /// The bytes of a small span, with what was read before or with `piece` bytes that are
    /// read now. None: it is too long for that.
    pub(super) async fn read(
        &self,
        reader: &Reader,
        span: Span,
        piece: u64,
    ) -> Result<Option<Bytes>> {
        if span.len() > SMALL.min(piece) {
            return Ok(None);
        }
        let mut run = self.0.lock().await;
        if let Some(bytes) = run.get(span) {
            return Ok(Some(bytes));
        }
        let bytes = reader.read_range(span.offset, piece as usize).await?;
        *run = Run {
            offset: span.offset,
            bytes,
        };
        Ok(run.get(span))
    }
}

impl Run {
    fn get(&self, span: Span) -> Option<Bytes> {
        let start = usize::try_from(span.offset.checked_sub(self.offset)?).ok()?;
        let end = start.checked_add(usize::try_from(span.len()).ok()?)?;
        (end <= self.bytes.len()).then(|| self.bytes.slice(start..end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_has_what_lies_within_it() {
        let run = Run {
            offset: 100,
            bytes: Bytes::from_static(b"abcdef"),
        };
        let get = |offset, end| run.get(Span { offset, end });
        assert_eq!(get(100, 106).unwrap(), "abcdef");
        assert_eq!(get(102, 104).unwrap(), "cd");
        for (offset, end) in [(99, 101), (105, 107), (200, 201)] {
            assert_eq!(get(offset, end), None, "{offset}..{end}");
        }
    }
}
