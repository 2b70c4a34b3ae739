//! What goes wrong, and what is left of it: the program against a real server
//! and a real object store, each made to fail in turn.
//!
//! After every failure the same must hold: an exit code that says which side
//! failed, one message that names the object, no secret anywhere, and nothing
//! left in the store, on the disk or on the server.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a failure ends the test")]

#[path = "../support/mod.rs"]
mod support;
#[path = "../archive/walk.rs"]
#[allow(unreachable_pub, reason = "shared with another test binary")]
mod walk;

mod archives;
mod cancellation;
mod database_side;
mod directories;
mod directory_overwrite;
mod existing_target;
mod jobs;
mod ledger;
mod program;
mod secrets;
mod storage_side;
mod traces;
