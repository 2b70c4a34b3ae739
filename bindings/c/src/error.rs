//! What went wrong.

use pgsluice::Error;

use crate::ffi::{answer, free};
use crate::status::pgsluice_status;
use crate::string::{Text, pgsluice_string};

/// What went wrong, while doing what, and what to do about it. No text of it holds a
/// password, key or token.
///
/// A function that fails makes one for whoever gives it a place, and the caller frees it
/// with `pgsluice_error_free`.
pub struct pgsluice_error {
    status: pgsluice_status,
    code: Text,
    message: Text,
    hint: Option<Text>,
    sqlstate: Option<Text>,
}

impl pgsluice_error {
    pub(crate) fn new(error: &Error) -> Self {
        Self {
            status: error.kind().into(),
            code: Text::new(error.kind().code()),
            message: Text::new(&error.full()),
            hint: error.hint().map(Text::new),
            sqlstate: error.sqlstate().map(Text::new),
        }
    }
}

/// The status that the function returned; `PGSLUICE_STATUS_OK` for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_error_status(error: Option<&pgsluice_error>) -> pgsluice_status {
    answer(pgsluice_status::Ok, || Some(error?.status))
}

/// The status as a word that never changes, such as "STORAGE_EXISTS": what Node and JSON
/// have for it. It belongs to the error; empty for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_error_code(error: Option<&pgsluice_error>) -> pgsluice_string {
    answer(pgsluice_string::EMPTY, || Some(error?.code.lend()))
}

/// What happened, with all its causes, on one line that begins lower-case and has no full
/// stop. It belongs to the error; empty for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_error_message(error: Option<&pgsluice_error>) -> pgsluice_string {
    answer(pgsluice_string::EMPTY, || Some(error?.message.lend()))
}

/// What to do about it, in whole sentences; empty if there is nothing to say, and for NULL.
/// It belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_error_hint(error: Option<&pgsluice_error>) -> pgsluice_string {
    answer(pgsluice_string::EMPTY, || {
        Some(error?.hint.as_ref()?.lend())
    })
}

/// The five characters of the server's SQLSTATE; empty if it was not the server's error, and
/// for NULL. It belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_error_sqlstate(error: Option<&pgsluice_error>) -> pgsluice_string {
    answer(pgsluice_string::EMPTY, || {
        Some(error?.sqlstate.as_ref()?.lend())
    })
}

/// Frees an error and its text. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_error_free(error: Option<Box<pgsluice_error>>) {
    free(error);
}
