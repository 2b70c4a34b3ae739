//! The objects of a database: read from the catalogs, written as TOC entries.
//!
//! One file per kind of object. It holds the catalog query with its
//! differences between server releases, the struct the rows become, and the
//! functions that write its statements and entries. What kinds share (ACLs,
//! comments, owners) has files of its own.
//!
//! Facts about the catalogs come from PostgreSQL's documentation (chapter
//! "System Catalogs") and from what `pg_dump` of the same major prints.

mod acl;
mod aggregate;
mod catalog;
mod comment;
mod default_acl;
mod entries;
mod function;
mod namespace;
mod object;
mod routine;
mod setting;
mod types;

pub use catalog::Catalog;
pub use entries::{Dependencies, PlannedEntry, Toc};
pub use object::{Body, Components, Object};
