//! PostgreSQL logical backups straight into object storage.

pub mod archive;
pub mod cancel;
#[cfg(feature = "cli")]
pub mod cli;
pub mod codec;
pub mod dump;
pub mod dumpable;
pub mod error;
pub mod ids;
pub mod list;
pub mod order;
pub mod pg;
pub mod pipeline;
pub mod progress;
pub mod schema;
pub mod secret;
pub mod sql;
pub mod store;

pub use error::{Error, ErrorKind, Result};
