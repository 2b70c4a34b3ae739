//! One error type: what went wrong, while doing what, and what to do about it.

use std::error::Error as StdError;
use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// What a pgsluice operation returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, while doing what, and why.
///
/// `Display` prints the context alone; causes follow through
/// [`source`](StdError::source), so a chain prints each fact once.
/// [`Error::full`] prints the whole chain on one line. No message holds a
/// password, key or token.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    context: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
    hint: Option<String>,
    sqlstate: Option<String>,
}

/// The kinds of failure a caller can act on.
///
/// The numbers are the C status codes and are never reused; [`code`] is the
/// string Node sees; [`exit_code`] is what the command line ends with.
///
/// [`code`]: ErrorKind::code
/// [`exit_code`]: ErrorKind::exit_code
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
#[repr(i32)]
pub enum ErrorKind {
    /// An argument, option or setting is unusable. Nothing was started.
    InvalidInput = 1,
    /// A selection pattern matches nothing in the database.
    NoMatch = 2,
    /// The server cannot be reached, or the connection was lost. Retrying may help.
    Connect = 10,
    /// The server refused the role, its password or its certificate.
    Authentication = 11,
    /// The role may not read an object.
    Permission = 12,
    /// A lock was not granted in time.
    LockTimeout = 13,
    /// The server answered a statement with an error.
    Server = 14,
    /// The database holds something pgsluice cannot keep, or the server's release is not supported.
    Unsupported = 15,
    /// Bytes do not follow the archive format; the message has the offset.
    CorruptArchive = 20,
    /// The object store failed. Retrying may help.
    Storage = 30,
    /// The bucket, object, file or directory does not exist.
    StorageNotFound = 31,
    /// The store refused the credentials or the access.
    StorageDenied = 32,
    /// The target exists and overwriting was not asked for.
    StorageExists = 33,
    /// The disk is full or the quota is used up.
    StorageFull = 34,
    /// A backup is not what its manifest says.
    Verification = 40,
    /// The caller cancelled.
    Cancelled = 50,
    /// pgsluice broke one of its own rules. Please report it.
    Internal = 60,
}

impl ErrorKind {
    /// The kind as a stable, upper-case word for JSON and Node.
    pub fn code(self) -> &'static str {
        match self {
            Self::InvalidInput => "INVALID_INPUT",
            Self::NoMatch => "NO_MATCH",
            Self::Connect => "CONNECT",
            Self::Authentication => "AUTHENTICATION",
            Self::Permission => "PERMISSION",
            Self::LockTimeout => "LOCK_TIMEOUT",
            Self::Server => "SERVER",
            Self::Unsupported => "UNSUPPORTED",
            Self::CorruptArchive => "CORRUPT_ARCHIVE",
            Self::Storage => "STORAGE",
            Self::StorageNotFound => "STORAGE_NOT_FOUND",
            Self::StorageDenied => "STORAGE_DENIED",
            Self::StorageExists => "STORAGE_EXISTS",
            Self::StorageFull => "STORAGE_FULL",
            Self::Verification => "VERIFICATION",
            Self::Cancelled => "CANCELLED",
            Self::Internal => "INTERNAL",
        }
    }

    /// The exit code of the command line: 1 database side, 2 storage side,
    /// 3 usage or configuration, 4 verification, 130 cancelled.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::InvalidInput | Self::NoMatch => 3,
            Self::Storage
            | Self::StorageNotFound
            | Self::StorageDenied
            | Self::StorageExists
            | Self::StorageFull => 2,
            Self::Verification | Self::CorruptArchive => 4,
            Self::Cancelled => 130,
            Self::Connect
            | Self::Authentication
            | Self::Permission
            | Self::LockTimeout
            | Self::Server
            | Self::Unsupported
            | Self::Internal => 1,
        }
    }
}

impl Error {
    /// Makes an error of `kind`. `context` begins lower-case, names the object,
    /// says what was expected and what was met, and has no full stop.
    pub fn new(kind: ErrorKind, context: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            context: context.into(),
            source: None,
            hint: None,
            sqlstate: None,
        }))
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds advice: whole sentences.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds the five-character SQLSTATE the server sent.
    #[must_use]
    pub fn with_sqlstate(mut self, sqlstate: impl Into<String>) -> Self {
        self.0.sqlstate = Some(sqlstate.into());
        self
    }

    /// Says what was being done. Kind, hint and SQLSTATE stay those of the cause.
    #[must_use]
    pub fn context(self, context: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind: self.kind(),
            context: context.into(),
            hint: self.0.hint.clone(),
            sqlstate: self.0.sqlstate.clone(),
            source: Some(Box::new(self)),
        }))
    }

    /// The kind to act on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What to do about it, if there is anything to say.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The server's SQLSTATE, where the server caused the error.
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.sqlstate.as_deref()
    }

    /// The whole chain on one line: context, cause, cause of the cause.
    pub fn full(&self) -> String {
        chain(self)
    }
}

/// `{"kind": number, "code": word, "message", "hint", "sqlstate"}`, the last two null where
/// there are none: what programs get of an error, whatever language they are written in.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut facts = serializer.serialize_struct("Error", 5)?;
        facts.serialize_field("kind", &(self.kind() as i32))?;
        facts.serialize_field("code", self.kind().code())?;
        facts.serialize_field("message", &self.full())?;
        facts.serialize_field("hint", &self.hint())?;
        facts.serialize_field("sqlstate", &self.sqlstate())?;
        facts.end()
    }
}

/// The error that serde makes of ours when a value cannot be read. Serde carries text
/// alone: the message, and on a second line the hint.
pub(crate) fn deserialize_error<E: serde::de::Error>(error: &Error) -> E {
    match error.hint() {
        Some(hint) => E::custom(format_args!("{}\n{hint}", error.full())),
        None => E::custom(error.full()),
    }
}

/// An error and its causes on one line, each said once: some libraries repeat
/// their cause in their own message.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.ends_with(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.context)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.full())
            .field("hint", &self.0.hint)
            .field("sqlstate", &self.0.sqlstate)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_keeps_kind_hint_and_sqlstate_of_the_cause() {
        let error = Error::new(ErrorKind::Permission, "permission denied for table t")
            .with_hint("Grant SELECT.")
            .with_sqlstate("42501")
            .context("copying table \"public\".\"t\"");
        assert_eq!(error.kind(), ErrorKind::Permission);
        assert_eq!(error.hint(), Some("Grant SELECT."));
        assert_eq!(error.sqlstate(), Some("42501"));
        assert_eq!(
            error.full(),
            "copying table \"public\".\"t\": permission denied for table t"
        );
    }

    #[test]
    fn error_in_json_has_number_word_and_sqlstate() {
        let error = Error::new(ErrorKind::Permission, "permission denied for table t")
            .with_hint("Grant SELECT on it.")
            .with_sqlstate("42501")
            .context("copying t");
        let expected = serde_json::json!({
            "kind": 12,
            "code": "PERMISSION",
            "message": "copying t: permission denied for table t",
            "hint": "Grant SELECT on it.",
            "sqlstate": "42501",
        });
        assert_eq!(serde_json::to_value(&error).unwrap(), expected);
    }

    #[test]
    fn error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
