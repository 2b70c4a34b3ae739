//! How to reach an S3 store: endpoint, region, credentials, patience.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::secret::Secret;

/// Settings of an S3 store. The default reaches Amazon S3 in `us-east-1` with
/// the credentials of the container or instance.
///
/// Secrets are read from JSON but never written to it, and print as `***`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3Options {
    /// URL of a store other than Amazon's, such as `https://minio.example.com:9000`.
    pub endpoint: Option<String>,
    /// Region of the bucket. Default `us-east-1`, which most other stores accept.
    pub region: Option<String>,
    /// Access key id. Together with [`secret_access_key`](Self::secret_access_key)
    /// it goes before every other source of credentials.
    #[serde(skip_serializing, deserialize_with = "secret")]
    pub access_key_id: Option<Secret>,
    /// Secret access key.
    #[serde(skip_serializing, deserialize_with = "secret")]
    pub secret_access_key: Option<Secret>,
    /// Session token of temporary credentials.
    #[serde(skip_serializing, deserialize_with = "secret")]
    pub session_token: Option<Secret>,
    /// Where credentials come from when no access key is set.
    pub credentials: CredentialSource,
    /// Whether to speak unencrypted HTTP. Default: exactly if
    /// [`endpoint`](Self::endpoint) begins with `http://`.
    pub allow_http: Option<bool>,
    /// Whether the bucket goes into the path of the URL instead of the host name.
    /// Default: with an endpoint, and for buckets whose name holds a dot (no
    /// certificate covers those as host names).
    pub path_style: Option<bool>,
    /// How often a failed request is repeated. Default 10: more than a minute of
    /// growing pauses.
    pub max_retries: u32,
    /// No request is repeated after this many seconds. Default 300.
    pub retry_timeout_secs: u64,
    /// A request, upload of one part included, that takes longer is given up and
    /// repeated. Default 300 seconds; a dead connection is noticed sooner.
    pub request_timeout_secs: u64,
    /// How many parts are uploaded at once, and so are in memory. Default 4, at
    /// least 1. Parts above 32 MiB are fewer: at most 128 MiB, or one part, at once.
    pub parts_in_flight: usize,
}

/// Where temporary credentials come from. The names are those of the `AWS_*`
/// variables that ECS, EKS and the AWS tools use.
///
/// Tried in this order: web identity, container, instance metadata (EC2).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CredentialSource {
    /// File with an OIDC token (EKS service accounts); needs `role_arn`.
    pub web_identity_token_file: Option<String>,
    /// Role to assume with the web identity.
    pub role_arn: Option<String>,
    /// Name of the assumed session, as it appears in logs of the store.
    pub role_session_name: Option<String>,
    /// Path at the ECS agent.
    pub container_credentials_relative_uri: Option<String>,
    /// URL of the EKS Pod Identity agent; needs `container_authorization_token_file`.
    pub container_credentials_full_uri: Option<String>,
    /// File with the token for that agent.
    pub container_authorization_token_file: Option<String>,
    /// Do not ask the EC2 instance metadata service.
    pub ec2_metadata_disabled: bool,
}

impl Default for S3Options {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: None,
            access_key_id: None,
            secret_access_key: None,
            session_token: None,
            credentials: CredentialSource::default(),
            allow_http: None,
            path_style: None,
            max_retries: 10,
            retry_timeout_secs: 300,
            request_timeout_secs: 300,
            parts_in_flight: 4,
        }
    }
}

impl S3Options {
    /// The settings in the standard `AWS_*` variables. `lookup` returns a
    /// variable's value; an empty value counts as unset.
    ///
    /// The library reads no environment itself: a program passes
    /// `|name| std::env::var(name).ok()`.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let var = |name: &str| lookup(name).filter(|value| !value.is_empty());
        Self {
            endpoint: var("AWS_ENDPOINT_URL_S3").or_else(|| var("AWS_ENDPOINT_URL")),
            region: var("AWS_REGION").or_else(|| var("AWS_DEFAULT_REGION")),
            access_key_id: var("AWS_ACCESS_KEY_ID").map(Secret::from),
            secret_access_key: var("AWS_SECRET_ACCESS_KEY").map(Secret::from),
            session_token: var("AWS_SESSION_TOKEN").map(Secret::from),
            credentials: CredentialSource {
                web_identity_token_file: var("AWS_WEB_IDENTITY_TOKEN_FILE"),
                role_arn: var("AWS_ROLE_ARN"),
                role_session_name: var("AWS_ROLE_SESSION_NAME"),
                container_credentials_relative_uri: var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
                container_credentials_full_uri: var("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
                container_authorization_token_file: var("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
                ec2_metadata_disabled: var("AWS_EC2_METADATA_DISABLED")
                    .is_some_and(|value| value.eq_ignore_ascii_case("true")),
            },
            ..Self::default()
        }
    }

    /// Whether requests may go over unencrypted HTTP.
    pub(super) fn allows_http(&self) -> bool {
        self.allow_http.unwrap_or_else(|| self.has_http_endpoint())
    }

    pub(super) fn has_http_endpoint(&self) -> bool {
        let endpoint = self.endpoint.as_deref().unwrap_or_default();
        endpoint
            .get(..7)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
    }

    pub(super) fn retry_timeout(&self) -> Duration {
        Duration::from_secs(self.retry_timeout_secs)
    }

    pub(super) fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_secs)
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    // Not by serde's own words for a wrong type, which repeat the value.
    match Option::<serde_json::Value>::deserialize(deserializer)? {
        None => Ok(None),
        Some(serde_json::Value::String(text)) => Ok(Some(Secret::from(text))),
        Some(_) => Err(serde::de::Error::custom("expected a string")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> S3Options {
        S3Options::from_env(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn service_endpoint_and_region_go_before_the_general_ones() {
        let options = from(&[
            ("AWS_ENDPOINT_URL", "https://general"),
            ("AWS_ENDPOINT_URL_S3", "https://s3"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_REGION", "eu-central-1"),
        ]);
        assert_eq!(options.endpoint.as_deref(), Some("https://s3"));
        assert_eq!(options.region.as_deref(), Some("eu-central-1"));
    }

    #[test]
    fn empty_variables_count_as_unset() {
        let options = from(&[
            ("AWS_ENDPOINT_URL_S3", ""),
            ("AWS_ENDPOINT_URL", "https://general"),
            ("AWS_ACCESS_KEY_ID", ""),
        ]);
        assert_eq!(options.endpoint.as_deref(), Some("https://general"));
        assert!(options.access_key_id.is_none());
    }

    #[test]
    fn http_is_allowed_for_an_http_endpoint_only() {
        let with = |endpoint: &str| from(&[("AWS_ENDPOINT_URL", endpoint)]).allows_http();
        assert!(with("http://127.0.0.1:9000"));
        assert!(with("HTTP://minio"));
        assert!(!with("https://minio"));
        assert!(!S3Options::default().allows_http());
    }

    #[test]
    fn secrets_are_read_from_json_but_never_written() {
        let json = r#"{"access_key_id":"AKIDEXAMPLE","secret_access_key":"hunter2"}"#;
        let options: S3Options = serde_json::from_str(json).unwrap();
        assert_eq!(options.secret_access_key, Some(Secret::new("hunter2")));
        let written = serde_json::to_string(&options).unwrap() + &format!("{options:?}");
        assert!(!written.contains("hunter2") && !written.contains("AKIDEXAMPLE"));
        serde_json::from_str::<S3Options>(&serde_json::to_string(&options).unwrap()).unwrap();
    }
}
