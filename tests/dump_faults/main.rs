//! What goes wrong, and what is left of it: the program against a real server
//! and a real object store, each made to fail in turn.
//!
//! After every failure the same must hold: an exit code that says which side
//! failed, one message that names the object, no secret anywhere, and nothing
//! left in the store, on the disk or on the server.

#![allow(clippy::unwrap_used, reason = "a failure ends the test")]

#[path = "../support/mod.rs"]
mod support;

mod cancellation;
mod database_side;
mod existing_target;
mod ledger;
mod program;
mod storage_side;
mod traces;
