//! Reading the manifest beside an archive.

use crate::archive::{MANIFEST_SUFFIX, MANIFEST_VERSION, Manifest};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Location, S3Options, Store};

/// Reads the manifest of the archive at `location`, without a look at the archive.
///
/// # Errors
///
/// The storage kinds, [`ErrorKind::StorageNotFound`] if there is none;
/// [`ErrorKind::Verification`] if what is there is no manifest;
/// [`ErrorKind::Unsupported`] if it is of a later version;
/// [`ErrorKind::InvalidInput`] for a stream, which has nothing beside it.
pub async fn read(location: &Location, s3: &S3Options) -> Result<Manifest> {
    let Some(location) = location.without_slash().sibling(MANIFEST_SUFFIX) else {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "a stream (-) has no manifest beside it",
        )
        .with_hint("Name the file or the object of the archive."));
    };
    let reader = Store::open(&location, s3)?.reader().await?;
    let size = usize::try_from(reader.size()).unwrap_or(usize::MAX);
    let text = reader.read_range(0, size).await?;
    parse(&text).map_err(|error| error.context(format!("reading {location}")))
}

fn parse(text: &[u8]) -> Result<Manifest> {
    let manifest: Manifest = serde_json::from_slice(text).map_err(|error| {
        Error::new(ErrorKind::Verification, "it is no manifest").with_source(error)
    })?;
    if manifest.manifest_version > MANIFEST_VERSION {
        let message = format!(
            "the manifest is of version {}, expected {MANIFEST_VERSION} at most",
            manifest.manifest_version
        );
        return Err(Error::new(ErrorKind::Unsupported, message)
            .with_hint("Use the release of pgsluice that wrote it, or a newer one."));
    }
    Ok(manifest)
}
