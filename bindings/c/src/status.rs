//! How a function ended.

use pgsluice::ErrorKind;

/// What a function returns. The numbers are those of every release: none is ever given
/// another meaning, and new ones may come, so that a switch needs a default.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum pgsluice_status {
    /// It has done what it says.
    Ok = 0,
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
    /// The object store failed, or a sink or source callback did. Retrying may help.
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

impl From<ErrorKind> for pgsluice_status {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidInput => Self::InvalidInput,
            ErrorKind::NoMatch => Self::NoMatch,
            ErrorKind::Connect => Self::Connect,
            ErrorKind::Authentication => Self::Authentication,
            ErrorKind::Permission => Self::Permission,
            ErrorKind::LockTimeout => Self::LockTimeout,
            ErrorKind::Server => Self::Server,
            ErrorKind::Unsupported => Self::Unsupported,
            ErrorKind::CorruptArchive => Self::CorruptArchive,
            ErrorKind::Storage => Self::Storage,
            ErrorKind::StorageNotFound => Self::StorageNotFound,
            ErrorKind::StorageDenied => Self::StorageDenied,
            ErrorKind::StorageExists => Self::StorageExists,
            ErrorKind::StorageFull => Self::StorageFull,
            ErrorKind::Verification => Self::Verification,
            ErrorKind::Cancelled => Self::Cancelled,
            // Kinds may be added; a test finds those that have no status yet.
            _ => Self::Internal,
        }
    }
}
