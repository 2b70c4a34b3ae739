//! The objects of a database: read from the catalogs, written as TOC entries.
//!
//! One file per kind of object. It holds the catalog query with its
//! differences between server releases, the struct the rows become, and the
//! functions that write its statements and entries. What kinds share (ACLs,
//! comments, labels, owners) has files of its own.
//!
//! Facts about the catalogs come from PostgreSQL's documentation (chapter
//! "System Catalogs") and from what `pg_dump` of the same major prints.

mod access_method;
mod acl;
mod aggregate;
mod attrdef;
mod cast;
mod catalog;
mod collation;
mod column;
mod comment;
mod constraint;
mod conversion;
mod database;
mod default_acl;
mod depend;
mod entries;
mod event_trigger;
mod extension;
mod firing;
mod foreign_data_wrapper;
mod foreign_key;
mod foreign_server;
mod foreign_table;
mod function;
mod generic_options;
mod host;
mod index;
mod index_attach;
mod inherit;
mod key_constraint;
mod language;
mod large_object;
mod load;
mod namespace;
mod object;
mod operator;
mod operator_class;
mod operator_family;
mod operator_member;
mod pattern;
mod policy;
mod publication;
mod publication_member;
mod relation;
mod relation_statistics;
mod release;
mod relkind;
mod roles;
mod routine;
mod rule;
mod security_label;
mod selection;
mod sequence;
mod standalone;
mod statistics;
mod subscription;
mod table;
mod table_data;
mod text_search;
mod transform;
mod trigger;
mod types;
mod unsupported;
mod user_mapping;
mod view;

pub use catalog::Catalog;
pub use database::Database;
pub use entries::{Dependencies, EntryOptions, PlannedEntry, Toc};
pub use large_object::{LargeObjectData, LargeObjects, Layout};
pub use object::{Body, Components, Object};
pub use relation::Relation;
pub(crate) use release::{Lacking, lacking};
pub use relkind::RelKind;
pub use selection::SelectionPatterns;
pub use table_data::{DataScope, TableData};
pub use unsupported::{UnsupportedObject, unsupported};
