//! The C face of pgsluice: `libpgsluice`, whose header is `include/pgsluice.h`.
//!
//! `docs/C_API.md` says how it is used, and its conventions: they hold for every
//! function here, so the comments of functions, which become those of the header,
//! do not repeat them. In Rust they are kept like this:
//!
//! * Signatures have `Option<Box<T>>` for a handle that is given away, `Option<&T>`
//!   for one that is lent, and `Option<&mut MaybeUninit<T>>` for an output. In C all
//!   of these are pointers that may be NULL; here nothing has to be `unsafe` to use
//!   them. Unsafe is what only C can promise: the length of text and what callbacks do.
//! * What can fail runs inside `ffi::guard`, which alone makes an error and a status of
//!   a failure or a panic. What cannot fail runs inside `ffi::answer`.
//! * Text comes in through `ffi::text` and goes out as a `string::Text`.
//! * Callbacks are called on the thread that has called the job: see `job`.

// C's names, in C's manner.
#![allow(non_camel_case_types)]
// Comments here become C comments, for which a heading "Safety" would be foreign. What
// pointers must be is what docs/C_API.md says of all of them.
#![allow(clippy::missing_safety_doc)]

// In the order of the header.
pub mod version;

pub mod string;

pub mod status;

pub mod error;

pub mod options;

pub mod callbacks;

pub mod progress;

pub mod cancel;

pub mod report;

pub mod dump;

pub mod restore;

pub mod verify;

pub mod list;

pub mod log;

mod ffi;
mod job;
mod signals;
mod stream;
