//! What a refusal means, in our own words.
//!
//! Codes: "Error responses" in the Amazon S3 API reference; stores that speak
//! its protocol use the same and a few of their own, named where they appear.

use super::http::Refusal;
use crate::error::ErrorKind;
use crate::store::REPLACE_OR_RENAME;

/// What an error code means here, and what to do about it.
pub(super) struct Meaning {
    codes: &'static [&'static str],
    pub(super) kind: ErrorKind,
    text: &'static str,
    hint: &'static str,
}

const MEANINGS: &[Meaning] = &[
    Meaning {
        codes: &["NoSuchBucket"],
        kind: ErrorKind::StorageNotFound,
        text: "the bucket does not exist",
        hint: "Create the bucket, or correct its name or the endpoint.",
    },
    Meaning {
        codes: &["InvalidBucketName"],
        kind: ErrorKind::InvalidInput,
        text: "the store allows no bucket of this name",
        hint: "Bucket names have 3 to 63 lower-case letters, digits, dots and hyphens.",
    },
    Meaning {
        codes: &["NoSuchKey"],
        kind: ErrorKind::StorageNotFound,
        text: "the object does not exist",
        hint: "",
    },
    Meaning {
        codes: &["NoSuchUpload"],
        kind: ErrorKind::Storage,
        text: "the multipart upload is gone",
        hint: "Look for a lifecycle rule that aborts incomplete uploads too early.",
    },
    Meaning {
        // NotSignedUp is s3s's word for it, InvalidClientTokenId that of Amazon's STS.
        codes: &["InvalidAccessKeyId", "NotSignedUp", "InvalidClientTokenId"],
        kind: ErrorKind::StorageDenied,
        text: "the store does not know the access key",
        hint: CHECK_KEYS,
    },
    Meaning {
        codes: &["SignatureDoesNotMatch"],
        kind: ErrorKind::StorageDenied,
        text: "the secret access key does not belong to the access key",
        hint: CHECK_KEYS,
    },
    Meaning {
        codes: &[
            "ExpiredToken",
            "ExpiredTokenException",
            "TokenRefreshRequired",
            "InvalidToken",
        ],
        kind: ErrorKind::StorageDenied,
        text: "the session token is invalid or has expired",
        hint: "Get fresh temporary credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and \
               AWS_SESSION_TOKEN change together.",
    },
    Meaning {
        codes: &["RequestTimeTooSkewed", "RequestExpired"],
        kind: ErrorKind::StorageDenied,
        text: "this machine's clock and the store's differ too much",
        hint: "Set the clock: stores refuse requests that seem more than 15 minutes old or early.",
    },
    Meaning {
        codes: &["AccessDenied", "AllAccessDisabled", "AccountProblem"],
        kind: ErrorKind::StorageDenied,
        text: "access is denied",
        hint: "Allow s3:PutObject, s3:GetObject and s3:AbortMultipartUpload for this object.",
    },
    Meaning {
        codes: &["PreconditionFailed", "ConditionalRequestConflict"],
        kind: ErrorKind::StorageExists,
        text: "the object exists",
        hint: REPLACE_OR_RENAME,
    },
    Meaning {
        codes: &[
            "PermanentRedirect",
            "TemporaryRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException",
            "InvalidRegion",
        ],
        kind: ErrorKind::InvalidInput,
        text: "the bucket is in another region",
        hint: "Set AWS_REGION to the region of the bucket.",
    },
    Meaning {
        // Of MinIO, Ceph and others; Amazon's buckets have no end.
        codes: &[
            "XMinioStorageFull",
            "XMinioAdminBucketQuotaExceeded",
            "QuotaExceeded",
            "InsufficientStorage",
        ],
        kind: ErrorKind::StorageFull,
        text: "the store is full",
        hint: "Make room, or raise the quota.",
    },
];

impl Meaning {
    pub(super) fn of(refusal: &Refusal) -> Option<&'static Self> {
        let with_code = |code: &str| {
            MEANINGS
                .iter()
                .find(|meaning| meaning.codes.contains(&code))
        };
        let known = refusal.code.as_deref().and_then(with_code);
        known.or_else(|| with_code(code_of_status(refusal.status)?))
    }

    pub(super) fn hint(&self, refusal: &Refusal) -> Option<String> {
        match &refusal.region {
            Some(region) if self.codes.contains(&"PermanentRedirect") => {
                Some(format!("Set AWS_REGION={region}."))
            }
            _ => Some(self.hint.to_owned()).filter(|hint| !hint.is_empty()),
        }
    }
}

/// The code that stands behind a status which came without a document, as the
/// answer to a HEAD does.
fn code_of_status(status: u16) -> Option<&'static str> {
    match status {
        301 | 307 => Some("PermanentRedirect"),
        401 | 403 => Some("AccessDenied"),
        404 => Some("NoSuchKey"),
        412 => Some("PreconditionFailed"),
        507 => Some("InsufficientStorage"),
        _ => None,
    }
}

/// A refusal in words: what it means, status and code, and what the store said
/// of it where that adds something.
pub(super) fn words(refusal: &Refusal) -> String {
    let meaning = Meaning::of(refusal);
    let mut words = match meaning {
        Some(meaning) => format!("{} ({refusal})", meaning.text),
        None => format!("the store answered {refusal}"),
    };
    // Only of a denial or an unknown error: what stores say about keys and
    // signatures repeats them.
    let quotes = meaning.is_none_or(|meaning| meaning.codes.contains(&"AccessDenied"));
    if let Some(message) = refusal.message.as_deref().filter(|_| quotes)
        && !["AKIA", "ASIA", "ignature"]
            .iter()
            .any(|word| message.contains(word))
    {
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        words.push_str(": ");
        words.extend(message.trim_end_matches('.').chars().take(300));
    }
    words
}

const CHECK_KEYS: &str =
    "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they are for this endpoint.";
