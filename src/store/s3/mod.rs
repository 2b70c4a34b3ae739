//! One object in Amazon S3 or a store that speaks its protocol.
//!
//! Requests, signatures and credentials are `object_store`'s; what a refusal
//! means, when a request is repeated and how an upload goes is said here. Every
//! body is signed together with its SHA-256 (`x-amz-content-sha256`), which every
//! store checks, so no further checksum is sent.

mod client;
mod failure;
mod http;
mod meaning;
mod options;
mod prefix;
mod retry;
mod upload;

use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{ClientOptions, HeaderValue, RetryConfig};

pub use options::{CredentialSource, S3Options};

pub(super) use client::S3Client;
pub(super) use upload::S3Upload;

use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::store::Store;

/// Refuses parts of a size that S3 does not take.
pub(super) fn check_part_size(bytes: usize) -> Result<()> {
    const LARGEST: u64 = 5 << 30;
    if bytes < Store::MIN_PART_SIZE || bytes as u64 > LARGEST {
        return Err(invalid(format!(
            "S3 takes parts of 5 MiB to 5 GiB, not of {bytes} bytes"
        )));
    }
    Ok(())
}

/// How pgsluice appears in the logs of a store.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("pgsluice/", env!("CARGO_PKG_VERSION")));

/// An object and the way to it.
#[derive(Clone)]
pub(super) struct S3Object {
    bucket: String,
    key: String,
    options: Arc<S3Options>,
}

impl S3Object {
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if the settings contradict each other or are
    /// not complete.
    pub(super) fn new(bucket: &str, key: &str, options: S3Options) -> Result<Self> {
        check(&options)?;
        Ok(Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            options: Arc::new(options),
        })
    }

    /// The object whose key has `suffix` appended.
    pub(super) fn sibling(&self, suffix: &str) -> Self {
        Self {
            key: format!("{}{suffix}", self.key),
            ..self.clone()
        }
    }

    /// A client with a connection pool of its own. Connections live on the
    /// runtime they were opened on, so a pool shared by a job's threads would
    /// hang or break when one of their runtimes rests or ends.
    pub(super) fn connect(&self) -> Result<S3Client> {
        let name = format!("s3://{}/{}", self.bucket, self.key);
        let unusable = |error: object_store::Error| {
            invalid(format!("the settings for {name} cannot be used")).with_source(error)
        };
        let key = Path::parse(&self.key).map_err(|error| unusable(error.into()))?;
        let store = self.builder().build().map_err(unusable)?;
        Ok(S3Client::new(store, key, name, &self.options))
    }

    pub(super) fn parts_in_flight(&self) -> usize {
        self.options.parts_in_flight
    }

    pub(super) fn limit_parts_in_flight(&mut self, most: usize) {
        let options = Arc::make_mut(&mut self.options);
        options.parts_in_flight = options.parts_in_flight.min(most);
    }

    fn builder(&self) -> AmazonS3Builder {
        let options = &self.options;
        let path_style = options
            .path_style
            .unwrap_or(options.endpoint.is_some() || self.bucket.contains('.'));
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_virtual_hosted_style_request(!path_style)
            .with_http_connector(http::Connector)
            .with_client_options(
                ClientOptions::new()
                    .with_user_agent(USER_AGENT)
                    .with_allow_http(options.allows_http())
                    .with_timeout(options.request_timeout()),
            )
            .with_retry(RetryConfig {
                max_retries: 0,
                ..RetryConfig::default()
            })
            // Bulk deletes need another permission, and some stores lack them.
            .with_disable_bulk_delete(true);
        if let Some(endpoint) = &options.endpoint {
            builder = builder.with_endpoint(if path_style {
                endpoint.clone()
            } else {
                virtual_host(endpoint, &self.bucket)
            });
        }
        for (key, value) in self.configuration() {
            if let Some(value) = value {
                builder = builder.with_config(key, value);
            }
        }
        builder
    }

    fn configuration(&self) -> [(AmazonS3ConfigKey, Option<&str>); 10] {
        use AmazonS3ConfigKey as Key;
        let options = &self.options;
        let source = &options.credentials;
        [
            (Key::Region, options.region.as_deref()),
            (Key::AccessKeyId, reveal(&options.access_key_id)),
            (Key::SecretAccessKey, reveal(&options.secret_access_key)),
            (Key::Token, reveal(&options.session_token)),
            (
                Key::WebIdentityTokenFile,
                source.web_identity_token_file.as_deref(),
            ),
            (Key::RoleArn, source.role_arn.as_deref()),
            (Key::RoleSessionName, source.role_session_name.as_deref()),
            (
                Key::ContainerCredentialsRelativeUri,
                source.container_credentials_relative_uri.as_deref(),
            ),
            (
                Key::ContainerCredentialsFullUri,
                source.container_credentials_full_uri.as_deref(),
            ),
            (
                Key::ContainerAuthorizationTokenFile,
                source.container_authorization_token_file.as_deref(),
            ),
        ]
    }
}

fn reveal(secret: &Option<Secret>) -> Option<&str> {
    secret.as_ref().map(Secret::reveal)
}

/// `https://host` with the bucket in front of the host.
fn virtual_host(endpoint: &str, bucket: &str) -> String {
    match endpoint.split_once("://") {
        Some((scheme, host)) => format!("{scheme}://{bucket}.{host}"),
        None => endpoint.to_owned(),
    }
}

fn check(options: &S3Options) -> Result<()> {
    if let Some(endpoint) = &options.endpoint {
        check_endpoint(endpoint, options)?;
    }
    let source = &options.credentials;
    match (&options.access_key_id, &options.secret_access_key) {
        (Some(_), None) => {
            Err(invalid("an access key is set, but no secret access key")
                .with_hint(failure::SET_KEYS))
        }
        (None, Some(_)) => {
            Err(invalid("a secret access key is set, but no access key")
                .with_hint(failure::SET_KEYS))
        }
        (None, None)
            if source.ec2_metadata_disabled
                && source.web_identity_token_file.is_none()
                && source.container_credentials_relative_uri.is_none()
                && source.container_credentials_full_uri.is_none() =>
        {
            Err(
                Error::new(ErrorKind::StorageDenied, "there are no credentials for S3")
                    .with_hint(failure::SET_KEYS),
            )
        }
        _ => Ok(()),
    }
}

fn check_endpoint(endpoint: &str, options: &S3Options) -> Result<()> {
    let is_http = options.has_http_endpoint();
    // Not echoed: a URL may hold a password.
    if !is_http && !endpoint.to_ascii_lowercase().starts_with("https://") {
        return Err(
            invalid("the S3 endpoint does not begin with https:// or http://").with_hint(
                "Set AWS_ENDPOINT_URL_S3 to a URL such as https://minio.example.com:9000.",
            ),
        );
    }
    if is_http && !options.allows_http() {
        return Err(
            invalid("the S3 endpoint is http://, which allow_http forbids")
                .with_hint("Use an https:// endpoint, or leave allow_http unset."),
        );
    }
    Ok(())
}

fn invalid(context: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, context)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal_of(options: S3Options) -> Error {
        let outcome = S3Object::new("b", "k", options);
        outcome.err().expect("options must be refused")
    }

    #[test]
    fn half_a_key_pair_is_refused() {
        let error = refusal_of(S3Options {
            access_key_id: Some(Secret::new("AKIDEXAMPLE")),
            ..S3Options::default()
        });
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.hint().unwrap().contains("AWS_SECRET_ACCESS_KEY"));
    }

    #[test]
    fn no_source_of_credentials_is_told_without_asking_anybody() {
        let mut options = S3Options::default();
        options.credentials.ec2_metadata_disabled = true;
        assert_eq!(refusal_of(options).kind(), ErrorKind::StorageDenied);
    }

    #[test]
    fn endpoint_without_or_with_a_forbidden_scheme_is_refused() {
        for (endpoint, allow_http) in [("minio:9000", None), ("http://minio", Some(false))] {
            let error = refusal_of(S3Options {
                endpoint: Some(endpoint.into()),
                allow_http,
                ..S3Options::default()
            });
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{endpoint}");
        }
    }

    #[test]
    fn virtual_host_puts_the_bucket_before_the_host() {
        let endpoint = virtual_host("https://nyc3.example.com:443", "b");
        assert_eq!(endpoint, "https://b.nyc3.example.com:443");
    }
}
