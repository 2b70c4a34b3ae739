//! Reading rows again after their connection was lost.

use crate::codec::RowDigest;
use crate::error::{Error, ErrorKind, Result};

/// The rows a worker has read already, to be skipped when they come again.
///
/// The same statement in the same snapshot sends the same rows in the same order:
/// it is one scan of a table, in the order of its blocks. That is checked, not
/// believed: the digest of what is skipped must be that of what was read.
pub(super) struct Resume {
    read: RowDigest,
    skipped: RowDigest,
}

impl Resume {
    /// Skips what `read` is the digest of.
    pub(super) fn after(read: RowDigest) -> Self {
        Self {
            read,
            skipped: RowDigest::new(),
        }
    }

    /// What of the next `rows` is new.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Server`] if other rows came than the first time.
    pub(super) fn new_of<'a>(&mut self, rows: &'a [u8]) -> Result<&'a [u8]> {
        let known = self.read.bytes() - self.skipped.bytes();
        if known == 0 {
            return Ok(rows);
        }
        let known = usize::try_from(known).unwrap_or(usize::MAX).min(rows.len());
        let (known, new) = rows.split_at(known);
        self.skipped.update(known);
        if self.skipped.bytes() == self.read.bytes() {
            self.finish()?;
        }
        Ok(new)
    }

    /// To be called when all rows have come.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Server`] if there were fewer than the first time.
    pub(super) fn finish(&self) -> Result<()> {
        let facts = |digest: &RowDigest| (digest.bytes(), digest.rows(), digest.sum());
        if facts(&self.skipped) == facts(&self.read) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Server,
            "the server sent other rows after the connection was lost than before",
        )
        .with_hint("Make the dump again; its snapshot did not last."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &[u8] = b"1\tone\n2\ttwo\n3\tthree\n";

    fn read(bytes: &[u8]) -> Resume {
        let mut digest = RowDigest::new();
        digest.update(bytes);
        Resume::after(digest)
    }

    fn resumed(resume: &mut Resume, rows: &[u8], step: usize) -> Result<Vec<u8>> {
        let mut new = Vec::new();
        for block in rows.chunks(step) {
            new.extend_from_slice(resume.new_of(block)?);
        }
        resume.finish().map(|()| new)
    }

    #[test]
    fn every_row_comes_once_wherever_it_was_cut() {
        for cut in 0..=ROWS.len() {
            for step in [1, 2, 5, 100] {
                let new = resumed(&mut read(&ROWS[..cut]), ROWS, step).unwrap();
                assert_eq!(new, &ROWS[cut..], "{cut}, {step}");
            }
        }
    }

    #[test]
    fn other_rows_than_before_are_an_error() {
        let other = b"1\tone\n2\tTWO\n3\tthree\n";
        for cut in 12..=ROWS.len() {
            let error = resumed(&mut read(&ROWS[..cut]), other, 4).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Server);
        }
        let fewer = resumed(&mut read(ROWS), &ROWS[..6], 4).unwrap_err();
        assert!(fewer.to_string().contains("other rows"));
    }
}
