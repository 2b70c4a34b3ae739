//! What integration tests stand on: real servers, private to the test binary.

// Each test binary is a crate of its own that contains all of this, uses a part, and
// exports nothing.
#![allow(dead_code, unreachable_pub)]

pub mod account;
pub mod certificates;
pub mod cluster;
#[cfg(feature = "cli")]
pub mod program;
pub mod s3;
pub mod sessions;
