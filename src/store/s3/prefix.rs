//! The objects under a key, as if that were a directory.

use object_store::list::{PaginatedListOptions, PaginatedListStore};

use super::client::S3Client;
use crate::error::Result;

impl S3Client {
    /// The client of an object under this key: `name` behind a slash. Both share
    /// connections and credentials.
    pub(in crate::store) fn member(&self, name: &str) -> Self {
        let key = name
            .split('/')
            .fold(self.key.clone(), |key, part| key.join(part));
        Self {
            key,
            name: format!("{}/{name}", self.name),
            ..self.clone()
        }
    }

    /// `s3://bucket/key`, for messages.
    pub(in crate::store) fn name(&self) -> &str {
        &self.name
    }

    /// Names, relative to this key, of the objects under it: at least one if
    /// there are any, and all of them if `all`. `None` if the credentials may
    /// not list.
    pub(in crate::store) async fn members(&self, all: bool) -> Result<Option<Vec<String>>> {
        let prefix = format!("{}/", self.key);
        let mut names = Vec::new();
        let mut page_token = None;
        loop {
            let options = PaginatedListOptions {
                page_token: page_token.take(),
                ..PaginatedListOptions::default()
            };
            let list = || self.store.list_paginated(Some(&prefix), options.clone());
            let page = match self.request(self.patience.brief(), list).await {
                Ok(page) => page,
                Err(failed) if failed.failure.has_code("AccessDenied") => return Ok(None),
                Err(failed) => return Err(failed.into_error(&self.doing("listing"))),
            };
            let objects = page.result.objects.iter();
            names.extend(objects.filter_map(|object| {
                // Consoles make an object of the prefix itself, to show a folder.
                let name = object.location.as_ref().strip_prefix(&prefix)?;
                (!name.is_empty()).then(|| name.to_owned())
            }));
            page_token = page.page_token;
            if page_token.is_none() || !(all || names.is_empty()) {
                return Ok(Some(names));
            }
        }
    }

    /// Whether the object exists, as far as these credentials can tell.
    pub(in crate::store) async fn exists(&self) -> Result<bool> {
        Ok(self.head(self.patience.brief()).await?.is_some())
    }
}
