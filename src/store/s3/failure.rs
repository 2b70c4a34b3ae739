//! Why a request failed, whether it may be repeated, and how it is reported.
//!
//! A report names the object and the cause. It holds no URL, key or signature,
//! so it never passes on what `object_store` and the store wrote as they wrote it.

use std::error::Error as StdError;
use std::fmt;

use object_store::client::{HttpError, HttpErrorKind};

use super::http::Refusal;
use super::meaning::{Meaning, words};
use crate::error::{Error, ErrorKind};

/// Why one request came to nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Failure {
    /// The store said no.
    Refused(Refusal),
    /// Nobody could be reached.
    Unreachable(String),
    /// The connection broke or went silent; the store may have acted.
    Interrupted(String),
    /// The answer makes no sense.
    Unusable(String),
    /// There is nothing to sign a request with.
    NoCredentials(String),
}

impl Failure {
    pub(super) fn of(error: &object_store::Error) -> Self {
        let mut last: &dyn StdError = error;
        let mut transport = None;
        while let Some(cause) = last.source() {
            last = cause;
            if let Some(refusal) = cause.downcast_ref::<Refusal>() {
                return Self::Refused(refusal.clone());
            }
            if let Some(error) = cause.downcast_ref::<HttpError>() {
                transport = Some(error.kind());
            }
        }
        // Only the innermost cause: the ones around it hold URLs, and one another.
        let reason = last.to_string();
        match transport {
            Some(HttpErrorKind::Connect) => Self::Unreachable(reason),
            Some(_) => Self::Interrupted(reason),
            None => Self::Unusable(reason),
        }
    }

    /// A failure to get credentials, told as such rather than as one of the store.
    pub(super) fn of_credentials(error: &object_store::Error) -> Self {
        Self::NoCredentials(match Self::of(error) {
            Self::Refused(refusal) => format!("their service answered {refusal}"),
            Self::Unreachable(reason)
            | Self::Interrupted(reason)
            | Self::Unusable(reason)
            | Self::NoCredentials(reason) => reason,
        })
    }

    /// Whether the same request may succeed later.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Interrupted(_) | Self::NoCredentials(_) => true,
            Self::Unusable(_) => false,
            Self::Refused(refusal) => match refusal.status {
                408 | 429 => true,
                // Not implemented is an answer for good; as is a full store.
                501 | 507 => false,
                500.. => true,
                _ => TRANSIENT_CODES.iter().any(|code| refusal.has_code(code)),
            },
        }
    }

    /// Whether there was an answer, but not one that makes sense.
    pub(super) fn is_unusable(&self) -> bool {
        matches!(self, Self::Unusable(_))
    }

    pub(super) fn has_code(&self, code: &str) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.has_code(code))
    }

    pub(super) fn has_status(&self, status: u16) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.status == status)
    }
}

/// Codes that come with a 4xx, or after a 200, and still pass: conflicts with
/// another request, bodies that stalled or were damaged on their way, overload.
const TRANSIENT_CODES: &[&str] = &[
    "OperationAborted",
    "ConditionalRequestConflict",
    "RequestTimeout",
    "IncompleteBody",
    "BadDigest",
    "XAmzContentSHA256Mismatch",
    "InternalError",
    "SlowDown",
    "ServiceUnavailable",
];

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => f.write_str(&words(refusal)),
            Self::Unreachable(reason) => write!(f, "the store cannot be reached: {reason}"),
            Self::Interrupted(reason) => write!(f, "the connection failed: {reason}"),
            Self::Unusable(reason) => write!(f, "the answer makes no sense: {reason}"),
            Self::NoCredentials(reason) => write!(f, "there are no credentials: {reason}"),
        }
    }
}

/// A failure for good: no attempt is left, or none would help.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) failure: Failure,
    pub(super) attempts: u32,
}

impl Failed {
    /// The error to report. `doing` names the work and the object, as in
    /// `uploading part 3 of s3://backups/x.dump`.
    pub(super) fn into_error(self, doing: &str) -> Error {
        let (kind, hint) = match &self.failure {
            Failure::Refused(refusal) => match Meaning::of(refusal) {
                Some(meaning) => (meaning.kind, meaning.hint(refusal)),
                None => (ErrorKind::Storage, None),
            },
            Failure::Unreachable(_) => (ErrorKind::Storage, Some(CHECK_ENDPOINT.to_owned())),
            Failure::Interrupted(_) | Failure::Unusable(_) => (ErrorKind::Storage, None),
            Failure::NoCredentials(_) => (ErrorKind::StorageDenied, Some(SET_KEYS.to_owned())),
        };
        let attempts = match self.attempts {
            1 => String::new(),
            attempts => format!(" ({attempts} attempts)"),
        };
        let error = Error::new(kind, format!("{doing}: {}{attempts}", self.failure));
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

const CHECK_ENDPOINT: &str =
    "Check the endpoint (AWS_ENDPOINT_URL_S3), its scheme and port, the network and any proxy.";
/// Advice where there are no credentials.
pub(super) const SET_KEYS: &str =
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Profiles in ~/.aws are not read.";

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn refused(status: u16, code: &str, message: &str) -> Failure {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Failure::Refused(Refusal {
            status,
            code: text(code),
            message: text(message),
            region: None,
        })
    }

    fn reported(failure: Failure, attempts: u32) -> Error {
        Failed { failure, attempts }.into_error("uploading part 3 of s3://b/x.dump")
    }

    /// An `object_store` error as deep in a chain as the real ones are.
    fn wrapped(error: HttpError) -> object_store::Error {
        object_store::Error::Generic {
            store: "S3",
            source: Box::new(io::Error::other(object_store::Error::Generic {
                store: "S3",
                source: Box::new(error),
            })),
        }
    }

    #[test]
    fn codes_become_kinds() {
        let cases = [
            (404, "NoSuchBucket", ErrorKind::StorageNotFound),
            (403, "InvalidAccessKeyId", ErrorKind::StorageDenied),
            (403, "SignatureDoesNotMatch", ErrorKind::StorageDenied),
            (400, "ExpiredToken", ErrorKind::StorageDenied),
            (403, "RequestTimeTooSkewed", ErrorKind::StorageDenied),
            (412, "PreconditionFailed", ErrorKind::StorageExists),
            (301, "PermanentRedirect", ErrorKind::InvalidInput),
            (507, "XMinioStorageFull", ErrorKind::StorageFull),
            (503, "SlowDown", ErrorKind::Storage),
            (403, "", ErrorKind::StorageDenied),
            (404, "", ErrorKind::StorageNotFound),
            (418, "", ErrorKind::Storage),
        ];
        for (status, code, kind) in cases {
            assert_eq!(
                reported(refused(status, code, ""), 1).kind(),
                kind,
                "{status} {code}"
            );
        }
    }

    #[test]
    fn message_names_object_cause_and_attempts() {
        let error = reported(
            refused(500, "InternalError", "We encountered\n an error."),
            4,
        );
        assert_eq!(
            error.to_string(),
            "uploading part 3 of s3://b/x.dump: the store answered 500 InternalError: \
             We encountered an error (4 attempts)"
        );
    }

    #[test]
    fn messages_about_keys_and_signatures_are_not_repeated() {
        let failures = [
            refused(
                403,
                "InvalidAccessKeyId",
                "The key AKIDEXAMPLE does not exist",
            ),
            refused(403, "SignatureDoesNotMatch", "AKIDEXAMPLE/20260101"),
            refused(
                400,
                "Odd",
                "?AWSAccessKeyId=AKIDEXAMPLE&Signature=AKIDEXAMPLE",
            ),
        ];
        for failure in failures {
            assert!(!format!("{:?}", reported(failure, 1)).contains("AKIDEXAMPLE"));
        }
    }

    #[test]
    fn denial_quotes_the_store_and_region_names_itself() {
        let denied = reported(refused(403, "AccessDenied", "not allowed: s3:PutObject"), 1);
        assert!(
            denied
                .to_string()
                .ends_with("(403 AccessDenied): not allowed: s3:PutObject")
        );
        let elsewhere = Failure::Refused(Refusal {
            status: 400,
            code: Some("AuthorizationHeaderMalformed".into()),
            message: None,
            region: Some("eu-west-1".into()),
        });
        assert_eq!(
            reported(elsewhere, 1).hint(),
            Some("Set AWS_REGION=eu-west-1.")
        );
    }

    #[test]
    fn only_passing_failures_are_transient() {
        for failure in [
            refused(500, "InternalError", ""),
            refused(503, "SlowDown", ""),
            refused(200, "SlowDown", ""),
            refused(429, "", ""),
            refused(400, "RequestTimeout", ""),
            refused(409, "ConditionalRequestConflict", ""),
            Failure::Unreachable("connection refused".into()),
            Failure::Interrupted("connection reset".into()),
        ] {
            assert!(failure.is_transient(), "{failure:?}");
        }
        for failure in [
            refused(501, "NotImplemented", ""),
            refused(507, "", ""),
            refused(403, "AccessDenied", ""),
            refused(404, "NoSuchUpload", ""),
            refused(412, "PreconditionFailed", ""),
        ] {
            assert!(!failure.is_transient(), "{failure:?}");
        }
    }

    #[test]
    fn refusal_is_found_however_deep_it_lies() {
        let refusal = Refusal {
            status: 404,
            code: Some("NoSuchBucket".into()),
            ..Refusal::default()
        };
        let error = wrapped(HttpError::new(HttpErrorKind::Unknown, refusal.clone()));
        assert_eq!(Failure::of(&error), Failure::Refused(refusal));
    }

    #[test]
    fn transport_failure_keeps_its_innermost_cause_alone() {
        let cause = io::Error::new(io::ErrorKind::ConnectionReset, "reset by peer");
        let error = wrapped(HttpError::new(HttpErrorKind::Interrupted, cause));
        assert_eq!(
            Failure::of(&error),
            Failure::Interrupted("reset by peer".into())
        );
    }
}
