//! What comes back is what was there: databases are dumped by the program,
//! restored by stock `pg_restore`, and compared with their source; archives are
//! compared with those that stock `pg_dump` makes of the same database.
//!
//! The server is a private cluster, the object store a real one over HTTP.
//! `fixtures` needs the databases below `PGSLUICE_SHARED`, by default `../shared`.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a failure ends the test")]

mod archives;
mod completeness;
mod database_properties;
mod databases;
mod fixtures;
mod foreign;
mod jobs;
mod names;
mod operators;
mod parts;
mod plain;
mod privileges;
mod relation_statistics;
mod release;
mod replication;
mod rows;
mod sample;
mod security_labels;
mod selection;
mod standalone;
mod statements;
#[path = "../support/mod.rs"]
mod support;
mod torture;
mod types;
