//! Restoring: archives of pgsluice and of stock `pg_dump` go back into databases by
//! `pgsluice restore`, and what comes of them is compared with their source, or with what
//! stock `pg_restore` makes of the same archive.
//!
//! The server is a private cluster, the object store a real one over HTTP. `roundtrip`
//! takes more databases from below `PGSLUICE_SHARED`, by default `../shared`, if that is there.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a failure ends the test")]

mod binary;
mod cancellation;
mod damage;
#[path = "../fidelity/databases.rs"]
#[allow(dead_code, reason = "shared with another test binary")]
mod databases;
mod encodings;
mod faults;
mod hostile;
#[path = "../dump_faults/ledger.rs"]
#[allow(dead_code, reason = "shared with another test binary")]
mod ledger;
mod merging;
mod modes;
mod precautions;
mod program;
mod roundtrip;
mod rows;
mod safety;
mod selection;
mod shop;
mod sources;
mod streams;
#[path = "../support/mod.rs"]
mod support;
#[path = "../dump_faults/traces.rs"]
#[allow(dead_code, reason = "shared with another test binary")]
mod traces;
