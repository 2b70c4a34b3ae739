//! PostgreSQL logical backups straight into object storage: pgsluice reads a
//! live database itself and streams it, compressed and hashed, into an archive
//! in S3, a file or a pipe; it restores and verifies archives straight from there.
//! Stock `pg_restore` restores them, too; `pg_dump` is not needed, and nothing is
//! written to a temporary file.
//!
//! # Example
//!
//! Dumps a database into a bucket of an S3-compatible store.
//!
//! ```no_run
//! # async fn example() -> pgsluice::Result<()> {
//! use pgsluice::cancel::Cancel;
//! use pgsluice::dump::{Dump, DumpOptions};
//! use pgsluice::pg::ConnInfo;
//! use pgsluice::progress::Progress;
//! use pgsluice::store::S3Options;
//!
//! let source = ConnInfo::parse("postgresql://backup@db.example/shop?sslmode=require")?;
//! let mut options = DumpOptions::new(source, "s3://backups/shop.dump".parse()?);
//! options.s3 = S3Options::from_env(|name| std::env::var(name).ok());
//! let report = Dump::new(options)?
//!     .run(&Cancel::new(), &Progress::new())
//!     .await?;
//! println!("{} rows, SHA-256 {}", report.rows, report.sha256);
//! # Ok(())
//! # }
//! ```
//!
//! # Overview
//!
//! A job is a type in a module of its own. [`Dump`](dump::Dump) takes
//! [`DumpOptions`](dump::DumpOptions), which name a source as a
//! [`ConnInfo`](pg::ConnInfo) and a target as a [`Location`](store::Location),
//! and gives a [`DumpReport`](dump::DumpReport). [`Restore`](restore::Restore) and
//! [`Verify`](verify::Verify) do alike with archives, of ours and of `pg_dump`'s.
//! [`List`](list::List) takes [`ListOptions`](list::ListOptions) and gives an
//! [`Archive`](archive::Archive), which a [`Listing`](archive::Listing) prints
//! as `pg_restore -l` does. All take a [`Cancel`](cancel::Cancel), with which
//! another thread stops them; all but a listing also take a
//! [`Progress`](progress::Progress), which another thread reads. Every failure
//! is an [`Error`], whose [`ErrorKind`] says what a caller can do about it.
//!
//! Jobs work on threads of their own, each with a small runtime, so the
//! caller's runtime only waits. Beside its archive a dump stores a
//! [`Manifest`](archive::Manifest) that says what is in it, and with which the others
//! compare it.
//!
//! The library never prints and never reads arguments or the environment:
//! variables reach it through lookups like the one above
//! ([`S3Options::from_env`](store::S3Options::from_env),
//! [`ConnInfo::with_env`](pg::ConnInfo::with_env)), or all at once as an
//! [`Environment`](settings::Environment), which also completes options that are
//! written as JSON. What happens inside is told
//! to `tracing`, without passwords or keys.
//!
//! # Not supported yet
//!
//! * The tar format.
//! * Google Cloud Storage and Azure.
//! * Windows.
//! * Roles and tablespaces, which belong to the whole cluster.
//!
//! What of a database a dump cannot keep, such as subscriptions that the role may
//! not read, [`schema::unsupported`] finds. A dump refuses a database that has any
//! of it, unless it is told to leave it out and list it.
//!
//! # Features
//!
//! * **cli** (on by default): the `pgsluice` program and the [`cli`] module it
//!   calls. A library user turns it off with `default-features = false`.

pub mod archive;
pub mod cancel;
#[cfg(feature = "cli")]
pub mod cli;
pub mod codec;
pub mod copy;
pub mod dump;
pub mod dumpable;
pub mod error;
pub mod ids;
pub mod list;
pub mod order;
pub mod pg;
pub mod pipeline;
mod process;
pub mod progress;
pub mod restore;
pub mod schema;
pub mod secret;
pub mod settings;
pub mod sql;
pub mod store;
mod thread;
pub mod unpack;
pub mod verify;

pub use error::{Error, ErrorKind, Result};
