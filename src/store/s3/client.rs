//! The requests pgsluice makes, each repeated as long as that helps.
//!
//! Nothing here needs more than `s3:PutObject`, `s3:GetObject` and
//! `s3:AbortMultipartUpload`. With `s3:ListBucket` a missing bucket and a free
//! key are told apart earlier.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use object_store::aws::AmazonS3;
use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore};
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{
    GetOptions, MultipartId, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutPayload,
};

use super::failure::{Failed, Failure};
use super::options::S3Options;
use super::retry::Patience;
use crate::error::{Error, ErrorKind, Result};
use crate::store::already_exists;

/// A connection pool, and the object or the prefix it is for.
#[derive(Clone)]
pub(in crate::store) struct S3Client {
    pub(super) store: AmazonS3,
    pub(super) key: Path,
    /// `s3://bucket/key`, for messages.
    pub(super) name: String,
    pub(super) patience: Patience,
}

impl S3Client {
    pub(super) fn new(store: AmazonS3, key: Path, name: String, options: &S3Options) -> Self {
        Self {
            store,
            key,
            name,
            patience: Patience {
                max_retries: options.max_retries,
                timeout: options.retry_timeout(),
            },
        }
    }

    /// Finds out, without storing anything, whether the object could be written.
    pub(in crate::store) async fn preflight(&self, overwrite: bool) -> Result<()> {
        if !overwrite && self.is_taken().await? {
            return Err(already_exists(&self.name));
        }
        let created = self.create_with(self.patience.brief()).await;
        let id = created.map_err(|failed| failed.into_error(&self.doing("checking")))?;
        self.abort(&id).await;
        Ok(())
    }

    /// Whether the object exists. Lists rather than asks for the object, since
    /// only the answer to that says whether the bucket is there; credentials
    /// that may not list ask for the object.
    async fn is_taken(&self) -> Result<bool> {
        match self.list().await {
            Ok(page) if page.result.objects.is_empty() => Ok(false),
            Err(failed)
                if !failed.failure.has_code("AccessDenied") && !failed.failure.is_unusable() =>
            {
                Err(failed.into_error(&self.doing("checking")))
            }
            // Something begins with the key, or there is no list to be had.
            _ => Ok(self.head(self.patience.brief()).await?.is_some()),
        }
    }

    /// The first object whose key begins with this one's.
    async fn list(&self) -> Result<PaginatedListResult, Failed> {
        let options = PaginatedListOptions {
            max_keys: Some(1),
            ..PaginatedListOptions::default()
        };
        let prefix = Some(self.key.as_ref());
        let list = || self.store.list_paginated(prefix, options.clone());
        self.request(self.patience.brief(), list).await
    }

    /// Size and ETag of the object, or `None` if there is none. Credentials that
    /// may not list get 403 for a missing object too: then nobody can tell, and
    /// the answer is `None`.
    pub(super) async fn head(&self, patience: Patience) -> Result<Option<ObjectMeta>> {
        match self.request(patience, || self.store.head(&self.key)).await {
            Ok(meta) => Ok(Some(meta)),
            Err(Failed { failure, .. }) if failure.has_status(404) || failure.has_status(403) => {
                tracing::debug!(object = %self.name, %failure, "no such object to be seen");
                Ok(None)
            }
            Err(failed) => Err(failed.into_error(&self.doing("checking"))),
        }
    }

    /// Size and ETag of an object that is to be read.
    pub(in crate::store) async fn stat(&self) -> Result<ObjectMeta> {
        let head = || self.store.head(&self.key);
        let refused = match self.request(self.patience.brief(), head).await {
            Ok(meta) => return Ok(meta),
            Err(failed) => failed,
        };
        // A refused HEAD is a bare status. What lies behind it (the keys, the
        // clock, the bucket) is in the answer to a request that may have one.
        let is_denied = refused.failure.has_status(403);
        let failed = match self.list().await {
            Err(failed) if is_denied || failed.failure.has_code("NoSuchBucket") => failed,
            _ => refused,
        };
        Err(failed.into_error(&self.doing("opening")))
    }

    /// Bytes of a range, of the very object that has `e_tag`. A request that breaks off
    /// is repeated for what is still missing.
    pub(in crate::store) async fn get_range(
        &self,
        range: Range<u64>,
        e_tag: Option<&str>,
    ) -> Result<Bytes> {
        // A range that is read at once fits into memory.
        let arrived = Mutex::new(BytesMut::with_capacity((range.end - range.start) as usize));
        let read = || self.get_rest(&range, e_tag, &arrived);
        match self.request(self.patience, read).await {
            Ok(true) => {
                let bytes = std::mem::take(&mut *lock(&arrived)).freeze();
                self.check_length(&range, bytes)
            }
            // A range that was there is not any more: it is a shorter object.
            Err(failed) if !failed.failure.has_status(412) && !failed.failure.has_status(416) => {
                let Range { start, end } = range;
                let doing = format!("reading bytes {start}..{end} of {}", self.name);
                Err(failed.into_error(&doing))
            }
            // Refused for its tag, or sent in spite of it: some stores ignore conditions.
            _ => Err(Error::new(
                ErrorKind::Storage,
                format!("{} was replaced while it was read", self.name),
            )),
        }
    }

    /// An answer may end early without an error, if nothing in it tells its length.
    fn check_length(&self, range: &Range<u64>, bytes: Bytes) -> Result<Bytes> {
        let Range { start, end } = *range;
        if bytes.len() as u64 == end - start {
            return Ok(bytes);
        }
        Err(Error::new(
            ErrorKind::Storage,
            format!(
                "reading bytes {start}..{end} of {}: the store sent {} bytes",
                self.name,
                bytes.len()
            ),
        ))
    }

    /// Adds what is missing of a range to what has arrived of it. False: the store sends
    /// another object.
    async fn get_rest(
        &self,
        range: &Range<u64>,
        e_tag: Option<&str>,
        arrived: &Mutex<BytesMut>,
    ) -> object_store::Result<bool> {
        let start = range.start + lock(arrived).len() as u64;
        if start == range.end {
            // It broke off behind the last byte.
            return Ok(true);
        }
        let options = GetOptions {
            range: Some((start..range.end).into()),
            if_match: e_tag.map(str::to_owned),
            ..GetOptions::default()
        };
        let answer = self.store.get_opts(&self.key, options).await?;
        if e_tag.is_some() && answer.meta.e_tag.as_deref() != e_tag {
            return Ok(false);
        }
        let mut body = answer.into_stream();
        while let Some(bytes) = body.try_next().await? {
            lock(arrived).extend_from_slice(&bytes);
        }
        Ok(true)
    }

    /// Stores the object in one request. Without `overwrite` the store itself
    /// refuses to replace one (`If-None-Match`), if it is able to.
    pub(in crate::store) async fn put(
        &self,
        bytes: &Bytes,
        overwrite: bool,
    ) -> Result<Option<String>> {
        if overwrite {
            return self
                .put_in_mode(bytes, PutMode::Overwrite)
                .await
                .map_err(|failed| self.not_put(failed));
        }
        match self.put_in_mode(bytes, PutMode::Create).await {
            Ok(e_tag) => Ok(e_tag),
            Err(failed) if failed.failure.has_status(501) => {
                if self.head(self.patience).await?.is_some() {
                    return Err(already_exists(&self.name));
                }
                self.put_in_mode(bytes, PutMode::Overwrite)
                    .await
                    .map_err(|failed| self.not_put(failed))
            }
            Err(failed) if failed.failure.has_status(412) => {
                // The answer to an earlier attempt may have been lost after the
                // store had acted on it: then the object is ours.
                match self.head(self.patience).await? {
                    Some(meta) if failed.attempts > 1 && self.holds(bytes).await => Ok(meta.e_tag),
                    _ => Err(already_exists(&self.name)),
                }
            }
            Err(failed) => Err(self.not_put(failed)),
        }
    }

    async fn put_in_mode(&self, bytes: &Bytes, mode: PutMode) -> Result<Option<String>, Failed> {
        let put = || {
            let payload = PutPayload::from(bytes.clone());
            self.store.put_opts(&self.key, payload, mode.clone().into())
        };
        Ok(self.request(self.patience, put).await?.e_tag)
    }

    async fn holds(&self, bytes: &Bytes) -> bool {
        let read = || async { self.store.get(&self.key).await?.bytes().await };
        let stored = self.request(self.patience, read).await;
        stored.is_ok_and(|stored| stored == bytes)
    }

    /// Begins a multipart upload.
    pub(super) async fn create(&self) -> Result<MultipartId> {
        let created = self.create_with(self.patience).await;
        created.map_err(|failed| failed.into_error(&self.doing("beginning the upload of")))
    }

    async fn create_with(&self, patience: Patience) -> Result<MultipartId, Failed> {
        let create = || self.store.create_multipart(&self.key);
        self.request(patience, create).await
    }

    /// Stores part `index`, counted from 0; messages count from 1, as stores do.
    pub(super) async fn put_part(
        &self,
        id: &MultipartId,
        index: usize,
        part: Bytes,
    ) -> Result<PartId> {
        let put = || {
            let payload = PutPayload::from(part.clone());
            self.store.put_part(&self.key, id, index, payload)
        };
        self.request(self.patience, put).await.map_err(|failed| {
            failed.into_error(&format!("uploading part {} of {}", index + 1, self.name))
        })
    }

    /// Makes the parts an object of `size` bytes.
    pub(super) async fn complete(
        &self,
        id: &MultipartId,
        parts: &[PartId],
        size: u64,
        overwrite: bool,
    ) -> Result<Option<String>> {
        let before = self.head(self.patience).await?;
        if before.is_some() && !overwrite {
            return Err(already_exists(&self.name));
        }
        let complete = || self.store.complete_multipart(&self.key, id, parts.to_vec());
        let failed = match self.request(self.patience, complete).await {
            Ok(answer) => return Ok(answer.e_tag),
            Err(failed) => failed,
        };
        // The answer to an earlier attempt may have been lost after the store had
        // acted on it: then the upload is gone because it is complete.
        if failed.attempts > 1
            && failed.failure.has_code("NoSuchUpload")
            && let Some(now) = self.head(self.patience).await?
            && now.size == size
            && now.e_tag != before.and_then(|before| before.e_tag)
        {
            return Ok(now.e_tag);
        }
        Err(failed.into_error(&self.doing("completing the upload of")))
    }

    /// Ends a multipart upload and frees its parts. A failure is logged, no more:
    /// whoever aborts has an error to report already.
    pub(super) async fn abort(&self, id: &MultipartId) {
        let abort = || self.store.abort_multipart(&self.key, id);
        let outcome = self.request(self.patience.brief(), abort);
        // Somebody may be waiting for their prompt after Ctrl-C.
        let limit = Duration::from_secs(30);
        match tokio::time::timeout(limit, outcome).await {
            Ok(Ok(())) => {}
            Ok(Err(failed)) if failed.failure.has_code("NoSuchUpload") => {}
            Ok(Err(failed)) => {
                let error = failed.into_error(&self.doing("aborting the upload of"));
                tracing::warn!(upload_id = %id, "{error}");
            }
            Err(_) => {
                tracing::warn!(object = %self.name, upload_id = %id, "aborting the upload took too long");
            }
        }
    }

    /// Deletes the object. Deleting what does not exist succeeds.
    pub(in crate::store) async fn delete(&self) -> Result<()> {
        let delete = || self.store.delete(&self.key);
        match self.request(self.patience.brief(), delete).await {
            Err(failed) if !failed.failure.has_code("NoSuchKey") => {
                Err(failed.into_error(&self.doing("deleting")))
            }
            _ => Ok(()),
        }
    }

    /// Makes a request as often as `patience` allows. Credentials are had first,
    /// so that their absence is not mistaken for a failure of the store.
    pub(super) async fn request<T, F>(
        &self,
        patience: Patience,
        request: impl Fn() -> F,
    ) -> Result<T, Failed>
    where
        F: Future<Output = object_store::Result<T>>,
    {
        patience
            .retry(|| async {
                self.credentials().await?;
                request().await.map_err(|error| Failure::of(&error))
            })
            .await
    }

    /// Looks the credentials up; `object_store` keeps them until they expire.
    async fn credentials(&self) -> Result<(), Failure> {
        // Instance and container services answer at once or are not there.
        let limit = Duration::from_secs(5);
        match tokio::time::timeout(limit, self.store.credentials().get_credential()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Failure::of_credentials(&error)),
            Err(_) => Err(Failure::NoCredentials(
                "their service does not answer".into(),
            )),
        }
    }

    pub(super) fn doing(&self, verb: &str) -> String {
        format!("{verb} {}", self.name)
    }

    fn not_put(&self, failed: Failed) -> Error {
        failed.into_error(&self.doing("uploading"))
    }
}

fn lock(arrived: &Mutex<BytesMut>) -> MutexGuard<'_, BytesMut> {
    arrived.lock().unwrap_or_else(PoisonError::into_inner)
}
