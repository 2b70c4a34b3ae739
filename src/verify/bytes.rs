//! Stored bytes, compared with what they were when they were written.

use std::sync::Arc;

use bytes::Bytes;

use crate::archive::{FileFacts, Manifest};
use crate::codec::StoredDigest;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Location, Reader, S3Options, Store};
use crate::unpack::{Ranges, Span};

/// Bytes read at a time.
const PIECE: u64 = 4 << 20;

/// Reads an object to its end, hands all of it to `sink`, and returns its size and
/// SHA-256 in hex. The digest is taken on another thread.
pub(super) async fn read(
    reader: Reader,
    sink: &mut (dyn FnMut(Bytes) -> Result<()> + Send),
) -> Result<(u64, String)> {
    let size = reader.size();
    let span = Span {
        offset: 0,
        end: size,
    };
    let mut ranges = Ranges::new(Arc::new(reader), span, PIECE);
    let mut digest = StoredDigest::new();
    let mut read = 0;
    while let Some(piece) = ranges.next().await? {
        read += piece.len() as u64;
        let hashed = piece.clone();
        let hashing = tokio::task::spawn_blocking(move || {
            digest.update(&hashed);
            digest
        });
        sink(piece)?;
        digest = hashing.await.map_err(|error| {
            Error::new(ErrorKind::Internal, "hashing the archive").with_source(error)
        })?;
    }
    Ok((read, digest.hex()))
}

/// What an archive's object should be.
pub(super) struct Expected {
    pub(super) size: Option<u64>,
    pub(super) sha256: String,
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
            return Ok(Some(Self {
                size: Some(manifest.archive.size),
                sha256: manifest.archive.sha256.clone(),
                source: "manifest",
            }));
        }
        let text = sibling(location, s3, ".sha256").await?;
        let sha256 = text.and_then(|text| {
            let text = String::from_utf8(text.into()).ok()?;
            Some(text.split_whitespace().next()?.to_ascii_lowercase())
        });
        Ok(sha256.map(|sha256| Self {
            size: None,
            sha256,
            source: "sha256",
        }))
    }

    pub(super) fn compare(&self, name: &str, size: u64, sha256: &str) -> Result<()> {
        if let Some(expected) = self.size
            && expected != size
        {
            return Err(differs(name, &format!("{expected} bytes, found {size}")));
        }
        match self.sha256 == sha256 {
            true => Ok(()),
            false => Err(differs(
                name,
                &format!("SHA-256 {}, found {sha256}", self.sha256),
            )),
        }
    }
}

/// Compares a file of a directory with what the manifest says.
pub(super) fn compare_file(facts: &FileFacts, size: u64, sha256: &str) -> Result<()> {
    let expected = Expected {
        size: Some(facts.size),
        sha256: facts.sha256.clone(),
        source: "manifest",
    };
    expected.compare(&facts.name, size, sha256)
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
