//! A directory of objects under a prefix.
//!
//! Objects appear one by one; the main file, which comes last, makes them an
//! archive. Where one is replaced, the new files are a generation of their own
//! beside the old ones: those stay as they are until the main file, in one PUT,
//! names the new instead, and are deleted then.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::StreamExt;

use super::completions::{Completions, Failed};
use super::{Contents, Site, not_empty, refuse_foreign};
use crate::error::{Error, ErrorKind, Result};
use crate::store::reader::Reader;
use crate::store::s3::{S3Client, S3Object, S3Upload};
use crate::store::upload::{Sink, StoredObject, Upload};

/// The way to a prefix.
pub(super) struct Prefix {
    object: S3Object,
    contents: Contents,
}

impl Prefix {
    pub(super) fn new(object: S3Object, contents: Contents) -> Self {
        Self { object, contents }
    }

    /// The object that has the prefix's name, without a slash.
    pub(super) fn object(&self) -> &S3Object {
        &self.object
    }

    pub(super) async fn preflight(&self, overwrite: bool) -> Result<Site> {
        let client = self.object.connect()?;
        let main = client.member(self.contents.main);
        let found = match client.members(overwrite).await? {
            Some(found) => found,
            None => self.seen_without_list(&main, overwrite).await?,
        };
        if !found.is_empty() {
            if !overwrite {
                return Err(not_empty(client.name()));
            }
            refuse_foreign(client.name(), &found, self.contents)?;
        }
        main.preflight(true).await?;
        Ok(Site {
            generation: free_generation(&found),
            replaced: found,
        })
    }

    /// What is there, for credentials that may not list: the main file, at most.
    async fn seen_without_list(&self, main: &S3Client, overwrite: bool) -> Result<Vec<String>> {
        if !main.exists().await? {
            return Ok(Vec::new());
        }
        if overwrite {
            return Err(Error::new(
                ErrorKind::StorageDenied,
                format!(
                    "replacing {}: the files it belongs to cannot be listed",
                    main.name()
                ),
            )
            .with_hint("Allow s3:ListBucket, or choose another prefix."));
        }
        Ok(vec![self.contents.main.to_owned()])
    }

    pub(super) fn limit_parts_in_flight(&mut self, most: usize) {
        self.object.limit_parts_in_flight(most);
    }

    pub(super) fn begin(&self, replaced: Vec<String>, overwrite: bool) -> Result<PrefixUpload> {
        Ok(PrefixUpload {
            client: self.object.connect()?,
            parts_in_flight: self.object.parts_in_flight(),
            main: self.contents.main,
            replaced: replaced.into_iter().collect(),
            overwrite,
            completions: Completions::default(),
            stored: BTreeSet::new(),
            held_back: Vec::new(),
        })
    }

    pub(super) async fn delete(&self, files: Vec<String>) {
        match self.object.connect() {
            Ok(client) => delete(&client, self.contents.main, files).await,
            Err(error) => tracing::warn!("{}", error.full()),
        }
    }
}

/// A generation, `2_` or above, that none of these files is of; none is needed
/// where there are no files.
fn free_generation(found: &[String]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let number = |name: &String| name.split_once('_')?.0.parse::<u64>().ok();
    let highest = found.iter().filter_map(number).max().unwrap_or(1);
    format!("{}_", highest.saturating_add(1))
}

/// Objects on their way under a prefix.
pub(super) struct PrefixUpload {
    client: S3Client,
    parts_in_flight: usize,
    main: &'static str,
    /// What is there and goes once the new main file is there.
    replaced: BTreeSet<String>,
    overwrite: bool,
    completions: Completions,
    /// What may have been stored.
    stored: BTreeSet<String>,
    /// Files that can only be stored in the place of one that is replaced.
    held_back: Vec<(String, Upload)>,
}

impl PrefixUpload {
    pub(super) fn begin_file(&self, name: &str, part_size: usize) -> Upload {
        let overwrite = self.overwrite && (name == self.main || self.replaced.contains(name));
        let client = self.client.member(name);
        let upload = S3Upload::new(client, part_size, self.parts_in_flight, overwrite);
        Upload::new(part_size, Sink::S3(Box::new(upload)))
    }

    pub(super) async fn room_for(&mut self, bytes: usize) -> Result<()> {
        let room = self.completions.room_for(bytes).await;
        room.map_err(|failed| self.failed(failed))
    }

    pub(super) fn complete(&mut self, name: &str, upload: Upload) {
        if self.replaced.contains(name) {
            self.held_back.push((name.to_owned(), upload));
        } else {
            self.stored.insert(name.to_owned());
            self.completions.spawn(name.to_owned(), upload);
        }
    }

    pub(super) async fn flush(&mut self) -> Result<()> {
        let flushed = self.completions.flush().await;
        flushed.map_err(|failed| self.failed(failed))
    }

    pub(super) async fn failure(&mut self) -> Error {
        let failed = self.completions.failure().await;
        self.failed(failed)
    }

    pub(super) async fn finish(mut self, main: Upload) -> Result<StoredObject> {
        let mut undo = Vec::new();
        let outcome = self.replace(main, &mut undo).await;
        match &outcome {
            Ok(_) => {
                let undone = |name: &String| undo.iter().any(|(replaced, _)| replaced == name);
                let old = self.replaced.iter().filter(|name| !undone(name));
                delete(&self.client, self.main, old.cloned().collect()).await;
            }
            Err(error) => {
                if !self.overwrite && error.kind() != ErrorKind::StorageExists {
                    // The answer that it was stored may have been lost.
                    self.stored.insert(self.main.to_owned());
                }
                if self.put_back(undo).await {
                    self.abort().await;
                }
            }
        }
        outcome
    }

    /// Stores the main file, and before it what was held back for it. Notes in
    /// `undo` what these replace.
    async fn replace(
        &mut self,
        main: Upload,
        undo: &mut Vec<(String, Bytes)>,
    ) -> Result<StoredObject> {
        for (name, _) in &self.held_back {
            undo.push((name.clone(), self.read(name).await?));
        }
        if self.replaced.contains(self.main) {
            undo.push((self.main.to_owned(), self.read(self.main).await?));
        }
        for (_, upload) in std::mem::take(&mut self.held_back) {
            upload.finish().await?;
        }
        main.finish().await
    }

    async fn read(&self, name: &str) -> Result<Bytes> {
        let reader = Reader::open_s3(self.client.member(name)).await?;
        reader.read_range(0, reader.size() as usize).await
    }

    /// Puts back what was replaced. If that cannot be done nobody knows which
    /// main file is there, so that neither's files may be deleted.
    async fn put_back(&self, undo: Vec<(String, Bytes)>) -> bool {
        for (name, bytes) in undo {
            if let Err(error) = self.client.member(&name).put(&bytes, true).await {
                tracing::warn!("restoring what was replaced: {}", error.full());
                return false;
            }
        }
        true
    }

    pub(super) async fn abort(mut self) {
        for failed in self.completions.wind_down().await {
            self.failed(failed);
        }
        for (_, upload) in self.held_back {
            upload.abort().await;
        }
        let stored = self.stored.into_iter().collect();
        delete(&self.client, self.main, stored).await;
    }

    /// Takes note of a failure. What exists already is somebody else's.
    fn failed(&mut self, failed: Failed) -> Error {
        if failed.error.kind() == ErrorKind::StorageExists {
            self.stored.remove(&failed.name);
        }
        failed.error
    }
}

/// Objects deleted at a time.
const DELETIONS: usize = 32;

/// Failures after which the rest is left where it is: the store is out of reach.
const ENOUGH: usize = 8;

/// Deletes objects under the prefix, the main file first. What cannot be deleted is logged.
async fn delete(client: &S3Client, main: &str, mut files: Vec<String>) {
    if let Some(at) = files.iter().position(|name| name == main) {
        files.swap_remove(at);
        if let Err(error) = client.member(main).delete().await {
            tracing::warn!("{}", error.full());
        }
    }
    let total = files.len();
    let deletions = files.into_iter().map(|name| {
        let object = client.member(&name);
        async move { object.delete().await }
    });
    let mut deletions = futures::stream::iter(deletions).buffer_unordered(DELETIONS);
    let (mut deleted, mut failures) = (0, 0);
    while let Some(outcome) = deletions.next().await {
        match outcome {
            Ok(()) => deleted += 1,
            Err(error) => {
                tracing::warn!("{}", error.full());
                failures += 1;
                if failures == ENOUGH {
                    break;
                }
            }
        }
    }
    if deleted < total {
        let (left, name) = (total - deleted, client.name());
        tracing::warn!("{left} objects of {total} may be left under {name}/: delete them by hand");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_files_are_a_generation_of_their_own() {
        let generation = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            free_generation(&names)
        };
        assert_eq!(generation(&[]), "");
        assert_eq!(generation(&["toc.dat", "7.dat", "blob_9.dat"]), "2_");
        assert_eq!(generation(&["toc.dat", "2_7.dat", "11_blob_99.dat"]), "12_");
    }
}
