//! Stored bytes, compared with what they were when they were written.

use std::sync::Arc;

use bytes::Bytes;

use crate::archive::{ArchiveFacts, FileFacts, Manifest};
use crate::codec::{PartDigests, StoredDigest};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Location, Reader, S3Options, Store};
use crate::unpack::{Ranges, Span};

/// Bytes read at a time.
const PIECE: u64 = 4 << 20;

/// What an object turned out to be.
pub(super) struct Read {
    pub(super) size: u64,
    /// In hex.
    pub(super) sha256: String,
    /// XXH3-128 of each part, in hex.
    parts: Vec<String>,
}

/// Reads an object to its end and hands all of it to `sink`. The digests, those of parts
/// of `part_size` bytes among them, are taken on another thread.
pub(super) async fn read(
    reader: Reader,
    part_size: u64,
    sink: &mut (dyn FnMut(Bytes) -> Result<()> + Send),
) -> Result<Read> {
    let size = reader.size();
    let span = Span {
        offset: 0,
        end: size,
    };
    let mut ranges = Ranges::new(Arc::new(reader), span, PIECE);
    let mut digests = (StoredDigest::new(), PartDigests::new(part_size));
    let mut read = 0;
    while let Some(piece) = ranges.next().await? {
        read += piece.len() as u64;
        let hashed = piece.clone();
        let hashing = tokio::task::spawn_blocking(move || {
            digests.0.update(&hashed);
            digests.1.update(&hashed);
            digests
        });
        sink(piece)?;
        digests = hashing.await.map_err(|error| {
            Error::new(ErrorKind::Internal, "hashing the archive").with_source(error)
        })?;
    }
    let (whole, parts) = digests;
    Ok(Read {
        size: read,
        sha256: whole.hex(),
        parts: parts.finish(),
    })
}

/// What an archive's object should be.
pub(super) struct Expected {
    pub(super) size: Option<u64>,
    pub(super) sha256: String,
    /// Bytes of a part.
    pub(super) part_size: u64,
    /// XXH3-128 of each part, in hex, as far as it is known.
    parts: Vec<String>,
    /// Where that stands.
    pub(super) source: &'static str,
}

impl Expected {
    /// What the manifest says, or the `.sha256` beside the archive. None: nothing does.
    pub(super) async fn of(
        location: &Location,
        s3: &S3Options,
        manifest: Option<&Manifest>,
    ) -> Result<Option<Self>> {
        if let Some(manifest) = manifest {
            return Self::of_manifest(&manifest.archive).map(Some);
        }
        let text = sibling(location, s3, ".sha256").await?;
        let sha256 = text.and_then(|text| {
            let text = String::from_utf8(text.into()).ok()?;
            Some(text.split_whitespace().next()?.to_ascii_lowercase())
        });
        Ok(sha256.map(|sha256| Self {
            size: None,
            sha256,
            part_size: u64::MAX,
            parts: Vec::new(),
            source: "sha256",
        }))
    }

    fn of_manifest(facts: &ArchiveFacts) -> Result<Self> {
        let parts = facts.parts_xxh3_128.clone();
        let expected = facts.size.div_ceil(facts.part_size.max(1));
        if !parts.is_empty() && parts.len() as u64 != expected {
            return Err(Error::new(
                ErrorKind::Verification,
                format!(
                    "the manifest has digests of {} parts, expected {expected} of {} bytes",
                    parts.len(),
                    facts.part_size
                ),
            )
            .with_hint("The manifest is damaged. Compare the archive with its .sha256."));
        }
        Ok(Self {
            size: Some(facts.size),
            sha256: facts.sha256.clone(),
            part_size: match parts.is_empty() {
                true => u64::MAX,
                false => facts.part_size,
            },
            parts,
            source: "manifest",
        })
    }

    pub(super) fn compare(&self, name: &str, read: &Read) -> Result<()> {
        if let Some(expected) = self.size
            && expected != read.size
        {
            let found = read.size;
            return Err(differs(name, &format!("{expected} bytes, found {found}")));
        }
        let damaged = self.damaged_parts(read);
        if self.sha256 == read.sha256 && damaged.is_empty() {
            return Ok(());
        }
        let mut difference = format!("SHA-256 {}, found {}", self.sha256, read.sha256);
        if let Some(parts) = self.describe(&damaged) {
            difference.push_str(&parts);
        }
        Err(differs(name, &difference))
    }

    /// Parts that are not what they were, counted from 0.
    fn damaged_parts(&self, read: &Read) -> Vec<usize> {
        let parts = self.parts.iter().zip(&read.parts).enumerate();
        parts
            .filter(|(_, (expected, found))| expected != found)
            .map(|(part, _)| part)
            .collect()
    }

    /// Where to look for the damage.
    fn describe(&self, damaged: &[usize]) -> Option<String> {
        let (first, count) = (*damaged.first()?, damaged.len());
        let start = first as u64 * self.part_size;
        let end = (start + self.part_size).min(self.size.unwrap_or(u64::MAX));
        let parts = self.parts.len();
        Some(format!(
            "; {count} of {parts} parts differ, the first is part {}, bytes {start}..{end}",
            first + 1
        ))
    }
}

/// Compares a file of a directory with what the manifest says.
pub(super) fn compare_file(facts: &FileFacts, read: &Read) -> Result<()> {
    let expected = Expected {
        size: Some(facts.size),
        sha256: facts.sha256.clone(),
        part_size: u64::MAX,
        parts: Vec::new(),
        source: "manifest",
    };
    expected.compare(&facts.name, read)
}

/// A small companion of the archive; none if there is none.
async fn sibling(location: &Location, s3: &S3Options, suffix: &str) -> Result<Option<Bytes>> {
    /// A checksum file names an object, or the files of a directory.
    const LARGEST: usize = 64 << 20;
    let Some(location) = location.without_slash().sibling(suffix) else {
        return Ok(None);
    };
    match Store::open(&location, s3)?.reader().await {
        Ok(reader) => reader.read_range(0, LARGEST).await.map(Some),
        Err(error) if error.kind() == ErrorKind::StorageNotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn differs(name: &str, difference: &str) -> Error {
    Error::new(
        ErrorKind::Verification,
        format!("{name} is not what was written: expected {difference}"),
    )
    .with_hint("The stored bytes are damaged, or were replaced. Do not rely on this backup.")
}
