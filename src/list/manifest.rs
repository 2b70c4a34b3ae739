//! Reading the manifest that a dump leaves beside its archive.

use super::ListOptions;
use crate::archive::Manifest;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::unpack;

/// A look at an archive's manifest that has not been taken. The archive itself is not
/// looked at: [`Verify`](crate::verify::Verify) compares the two.
#[derive(Debug)]
pub struct ReadManifest {
    options: ListOptions,
}

impl ReadManifest {
    /// Prepares to read the manifest of the archive that the options name.
    ///
    /// # Errors
    ///
    /// None yet, as for [`List`](super::List).
    pub fn new(options: ListOptions) -> Result<Self> {
        Ok(Self { options })
    }

    /// Reads it, on the caller's tokio runtime.
    ///
    /// # Errors
    ///
    /// Those of [`unpack::read_manifest`];
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    pub async fn run(self, cancel: &Cancel) -> Result<Manifest> {
        let ListOptions { archive, s3 } = &self.options;
        cancel.guard(unpack::read_manifest(archive, s3)).await
    }
}
