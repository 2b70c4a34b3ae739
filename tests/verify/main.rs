//! Proving that backups are good, and finding those that are not.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a failure ends the test")]

#[path = "../support/mod.rs"]
mod support;

mod damage;
mod levels;
mod restored;
mod shop;
