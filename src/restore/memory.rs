//! How the memory of a restore is shared out.

use crate::error::{Error, ErrorKind, Result};
use crate::unpack::Access;

/// Unless the options say otherwise.
const DEFAULT: usize = 256 << 20;

/// The program, its threads and the sessions.
const BASE: u64 = 24 << 20;

/// Of each session: a long row, what it becomes in binary, and that once more on its way
/// to the socket.
const ROWS: u64 = 3 << 20;

/// Less than that for each session is too little.
const LEAST: u64 = ROWS + (7 << 20);

/// Lets every session read as much at a time as `max_memory` allows.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] if that is too little, saying how much would do.
pub(super) fn share(access: Access, max_memory: Option<usize>, jobs: u32) -> Result<Access> {
    let whole = max_memory.unwrap_or(DEFAULT) as u64;
    let each = whole.saturating_sub(BASE) / u64::from(jobs);
    if each >= LEAST {
        return Ok(access.within(each - ROWS));
    }
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let needed = mib(BASE + u64::from(jobs) * LEAST);
    Err(Error::new(
        ErrorKind::InvalidInput,
        format!(
            "max_memory is {} MiB, expected {needed} MiB at least for {jobs} jobs",
            mib(whole)
        ),
    )
    .with_hint("Allow more memory, or use fewer jobs."))
}
