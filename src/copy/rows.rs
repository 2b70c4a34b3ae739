//! Rows, one after the other, however they are cut.

use bytes::{Buf, Bytes};
use memchr::memchr;

use super::column::Column;

/// What a binary COPY begins with: the signature, flags and the length of an extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// And ends with, where a row would say how many fields it has.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// The length of a field that is null.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// Bytes that are handed over at a time, or a row more.
const BLOCK: usize = 128 * 1024;

/// A row of more bytes is sent as text: here it would have to be in memory whole.
const LONGEST_ROW: usize = 256 << 10;

/// Converts the rows of one COPY.
#[derive(Debug)]
pub struct BinaryRows {
    columns: Box<[Column]>,
    has_begun: bool,
    /// The beginning of a row whose end has not come.
    held: Vec<u8>,
}

/// How far a converter has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// More text is wanted.
    Hungry,
    /// There is as much to hand over as should be at a time.
    Full,
    /// The next row has to be sent as text, and so have all behind it.
    Stopped,
}

impl BinaryRows {
    /// A converter of rows with these columns.
    pub fn new(columns: &[Column]) -> Self {
        Self {
            columns: columns.into(),
            has_begun: false,
            held: Vec::new(),
        }
    }

    /// Converts rows at the beginning of `text`, which begins and ends anywhere within one,
    /// and adds them to `out`. Takes from `text` what it has converted, or holds.
    pub fn convert(&mut self, text: &mut Bytes, out: &mut Vec<u8>) -> Step {
        if !self.has_begun {
            self.has_begun = true;
            out.extend_from_slice(HEADER);
        }
        if !self.held.is_empty() {
            let end = memchr(b'\n', text).map_or(text.len(), |end| end + 1);
            self.held.extend_from_slice(&text[..end]);
            text.advance(end);
            let is_converted = match self.held.as_slice() {
                [row @ .., b'\n'] => convert(&self.columns, row, out),
                held if held.len() > LONGEST_ROW => false,
                _ => return Step::Hungry,
            };
            if !is_converted {
                return Step::Stopped;
            }
            self.held.clear();
        }
        let mut done = 0;
        let step = loop {
            if out.len() >= BLOCK {
                break Step::Full;
            }
            let rest = &text[done..];
            let Some(end) = memchr(b'\n', rest) else {
                self.held.extend_from_slice(rest);
                done = text.len();
                break Step::Hungry;
            };
            if !convert(&self.columns, &rest[..end], out) {
                break Step::Stopped;
            }
            done += end + 1;
        };
        text.advance(done);
        step
    }

    /// The beginning of a row whose end has not come, or that has to be sent as text.
    pub fn held(&self) -> &[u8] {
        &self.held
    }

    /// Ends the binary rows. Returns what is [held](Self::held).
    pub fn finish(self, out: &mut Vec<u8>) -> Vec<u8> {
        if !self.has_begun {
            out.extend_from_slice(HEADER);
        }
        out.extend_from_slice(&TRAILER);
        self.held
    }
}

/// Adds a row; nothing of it, if it has to be sent as text.
fn convert(columns: &[Column], row: &[u8], out: &mut Vec<u8>) -> bool {
    let place = out.len();
    let is_converted = add(columns, row, out).is_some();
    if !is_converted {
        out.truncate(place);
    }
    is_converted
}

fn add(columns: &[Column], row: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let count = i16::try_from(columns.len()).ok()?;
    out.extend_from_slice(&count.to_be_bytes());
    let mut rest = Some(row);
    for column in columns {
        let fields = rest?;
        let field = match memchr(b'\t', fields) {
            Some(end) => {
                rest = Some(&fields[end + 1..]);
                &fields[..end]
            }
            None => rest.take()?,
        };
        match field {
            b"\\N" => out.extend_from_slice(&NULL),
            field => column.convert(field, out)?,
        }
    }
    // A field too many.
    rest.is_none().then_some(())
}
