//! Runs of raw bytes, all of one length.
//!
//! zlib-rs looks for matches no further than to the end of what it was given, a
//! zstd frame ends after a write, and so does a chunk of an archive. Rows come as
//! the network brings them; without runs, two archives of the same rows would differ.

use super::stream::RUN;
use crate::error::Result;

/// Bytes that wait for the rest of their run.
#[derive(Default)]
pub(super) struct Runs(Vec<u8>);

impl Runs {
    /// Hands whole runs to `encode`, copying none that arrives as a whole, and
    /// keeps the rest.
    pub(super) fn write(
        &mut self,
        mut raw: &[u8],
        mut encode: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let Self(held) = self;
        if !held.is_empty() {
            let missing = RUN - held.len();
            let (now, later) = raw.split_at(missing.min(raw.len()));
            held.extend_from_slice(now);
            if held.len() < RUN {
                return Ok(());
            }
            encode(held)?;
            held.clear();
            raw = later;
        }
        let mut runs = raw.chunks_exact(RUN);
        runs.try_for_each(encode)?;
        held.extend_from_slice(runs.remainder());
        Ok(())
    }

    /// Hands on what is left, which is less than a run.
    pub(super) fn finish(&mut self, mut encode: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let Self(held) = self;
        if !held.is_empty() {
            encode(held)?;
            held.clear();
        }
        Ok(())
    }
}
