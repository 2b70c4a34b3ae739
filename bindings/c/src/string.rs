//! Text on its way out.

use std::ffi::c_char;

/// Text that belongs to something else: the handle it was asked of, or the library itself.
///
/// It is valid as long as that is. `data` is UTF-8, is never NULL, and has a NUL
/// byte behind its last one, which `length` does not count: it can be printed with "%s".
/// Where there is no text, `length` is 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct pgsluice_string {
    /// The first byte.
    pub data: *const c_char,
    /// Bytes, the NUL not counted.
    pub length: usize,
}

impl pgsluice_string {
    /// No text.
    pub(crate) const EMPTY: Self = Self::of_static("\0");

    /// Text that is always there; the last byte is the NUL.
    pub(crate) const fn of_static(text: &'static str) -> Self {
        Self {
            data: text.as_ptr().cast::<c_char>(),
            length: text.len() - 1,
        }
    }
}

/// Text that C may borrow: UTF-8 with a NUL byte behind it.
pub(crate) struct Text(Box<str>);

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        Self(format!("{text}\0").into())
    }

    /// The text, for as long as this lives.
    pub(crate) fn lend(&self) -> pgsluice_string {
        pgsluice_string {
            data: self.0.as_ptr().cast::<c_char>(),
            length: self.0.len() - 1,
        }
    }
}
