//! The upload of one object: a plain PUT, or a multipart upload if it has more
//! than one part.

use std::sync::Arc;

use bytes::Bytes;
use object_store::MultipartId;
use object_store::multipart::PartId;
use tokio::task::{JoinError, JoinHandle, JoinSet};

use super::client::S3Client;
use crate::error::{Error, ErrorKind, Result};

/// Parts on their way. They are uploaded by tasks of the runtime, so they move
/// on whenever it runs, not only while a method of this type is awaited.
///
/// Dropping an upload stops its tasks, but only [`abort`](Self::abort) removes
/// what they have stored.
pub(in crate::store) struct S3Upload {
    client: Arc<S3Client>,
    overwrite: bool,
    parts_in_flight: usize,
    /// The first part, until a second one shows that this is a multipart upload.
    first: Option<Bytes>,
    /// The request for an upload id. A task, so that an id which is under way
    /// when the caller gives up can still be aborted.
    creation: Option<JoinHandle<Result<MultipartId>>>,
    id: Option<MultipartId>,
    uploads: JoinSet<Result<(usize, PartId)>>,
    /// By index; `None` while a part is on its way.
    receipts: Vec<Option<PartId>>,
}

/// Parts grow with the archive, memory should not: large ones go up by fewer at a time.
const BYTES_IN_FLIGHT: usize = 128 << 20;

impl S3Upload {
    /// Uploads at most `parts_in_flight` parts of `part_size` bytes at once, and
    /// at most [`BYTES_IN_FLIGHT`], but always one.
    pub(in crate::store) fn new(
        client: S3Client,
        part_size: usize,
        parts_in_flight: usize,
        overwrite: bool,
    ) -> Self {
        let affordable = BYTES_IN_FLIGHT / part_size.max(1);
        Self {
            client: Arc::new(client),
            overwrite,
            parts_in_flight: parts_in_flight.min(affordable).max(1),
            first: None,
            creation: None,
            id: None,
            uploads: JoinSet::new(),
            receipts: Vec::new(),
        }
    }

    /// Hands over the next part; waits while `parts_in_flight` are on their way.
    pub(in crate::store) async fn put(&mut self, part: Bytes) -> Result<()> {
        if self.first.is_none() && self.receipts.is_empty() {
            self.first = Some(part);
            return Ok(());
        }
        let id = self.upload_id().await?;
        if let Some(first) = self.first.take() {
            self.send(id.clone(), first).await?;
        }
        self.send(id, part).await
    }

    /// Waits until everything handed over is stored, except a first part that
    /// is still alone.
    pub(in crate::store) async fn flush(&mut self) -> Result<()> {
        while let Some(outcome) = self.uploads.join_next().await {
            self.receive(outcome)?;
        }
        Ok(())
    }

    /// Bytes of a first part that is still alone.
    pub(in crate::store) fn held(&self) -> usize {
        self.first.as_ref().map_or(0, Bytes::len)
    }

    /// Waits until a part on its way fails; for ever if none does.
    pub(in crate::store) async fn failure(&mut self) -> Error {
        while let Some(outcome) = self.uploads.join_next().await {
            if let Err(error) = self.receive(outcome) {
                return error;
            }
        }
        std::future::pending().await
    }

    /// Makes the object appear; its ETag. On failure nothing is left behind.
    pub(in crate::store) async fn finish(mut self, size: u64) -> Result<Option<String>> {
        if self.receipts.is_empty() {
            let bytes = self.first.take().unwrap_or_default();
            return self.client.put(&bytes, self.overwrite).await;
        }
        match self.complete(size).await {
            Ok(e_tag) => Ok(e_tag),
            Err(error) => {
                self.abort().await;
                Err(error)
            }
        }
    }

    /// Stops the parts on their way, then removes those that are stored.
    pub(in crate::store) async fn abort(mut self) {
        self.uploads.shutdown().await;
        let was_begun = self.id.is_some() || self.creation.is_some();
        if was_begun && let Ok(id) = self.upload_id().await {
            self.client.abort(&id).await;
        }
    }

    async fn complete(&mut self, size: u64) -> Result<Option<String>> {
        self.flush().await?;
        let id = self.upload_id().await?;
        let parts: Option<Vec<PartId>> = self.receipts.iter().cloned().collect();
        let parts = parts.ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "an upload was finished after a part had failed",
            )
        })?;
        self.client
            .complete(&id, &parts, size, self.overwrite)
            .await
    }

    async fn upload_id(&mut self) -> Result<MultipartId> {
        if let Some(id) = &self.id {
            return Ok(id.clone());
        }
        let client = &self.client;
        let creation = self.creation.get_or_insert_with(|| {
            let client = Arc::clone(client);
            tokio::spawn(async move { client.create().await })
        });
        let outcome = creation.await;
        self.creation = None;
        let id = outcome.map_err(broken_task)??;
        Ok(self.id.insert(id).clone())
    }

    async fn send(&mut self, id: MultipartId, part: Bytes) -> Result<()> {
        while let Some(outcome) = self.uploads.try_join_next() {
            self.receive(outcome)?;
        }
        while self.uploads.len() >= self.parts_in_flight {
            if let Some(outcome) = self.uploads.join_next().await {
                self.receive(outcome)?;
            }
        }
        let index = self.receipts.len();
        self.receipts.push(None);
        let client = Arc::clone(&self.client);
        self.uploads.spawn(async move {
            let receipt = client.put_part(&id, index, part).await?;
            Ok((index, receipt))
        });
        Ok(())
    }

    fn receive(&mut self, outcome: Result<Result<(usize, PartId)>, JoinError>) -> Result<()> {
        let (index, receipt) = outcome.map_err(broken_task)??;
        self.receipts[index] = Some(receipt);
        Ok(())
    }
}

fn broken_task(error: JoinError) -> Error {
    Error::new(ErrorKind::Internal, "an upload task broke off").with_source(error)
}
