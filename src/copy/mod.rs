//! Rows of COPY text made into those of COPY's binary format. No I/O.
//!
//! What an archive keeps is text. A server that is sent text spends half of its time on
//! reading numbers, times and hexadecimal digits, which takes a fraction of that here: see
//! `docs/BENCHMARKS.md`. The formats are in the manual ("COPY", "File Formats"), what stands
//! in a field is what the type's receive function takes (`src/backend/utils/adt`).
//!
//! Only what the server's output functions write is understood, and every value becomes
//! exactly what the type's input function would make of it. At anything else, a date
//! before Christ or a very long row, the converter stops in front of the row: from there
//! on rows have to be sent as text. So nothing depends on this module but speed.

mod column;
mod moment;
mod number;
mod rows;
mod text;

pub use column::Column;
pub use rows::{BinaryRows, Step};

#[cfg(test)]
mod tests;
