//! The native part of the npm package `pgsluice`.
//!
//! It is as small as it can be: options come in as JSON, reports and errors go out as
//! JSON, bytes of archives through bounded channels. What a user sees (promises with
//! errors of a class of their own, abort signals, progress, Node streams) is made of it
//! by the JavaScript beside it, in `lib/`.
//!
//! Nothing here works on JavaScript's thread: jobs bring threads of their own, and what
//! waits for them runs on napi's tokio runtime. No function throws, and a panic is an
//! `INTERNAL` error.

mod engine;
mod input;
mod job;
mod outcome;
mod output;
mod request;
mod running;

use napi_derive::napi;

/// The release of pgsluice that this is a part of.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
