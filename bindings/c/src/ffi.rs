//! The border between the languages: panics, outputs, text.

use std::any::Any;
use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pgsluice::{Error, ErrorKind, Result};

use crate::error::pgsluice_error;
use crate::status::pgsluice_status;

/// Runs what a function does. Of a failure or a panic it makes a status and, if the caller
/// wants one, an error.
pub(crate) fn guard(
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
    body: impl FnOnce() -> Result<()>,
) -> pgsluice_status {
    // What a panic leaves half done belongs to the caller, who is told to drop it.
    let outcome =
        catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| Err(explain(&*panic)));
    let Err(failure) = outcome else {
        return pgsluice_status::Ok;
    };
    let status = failure.kind().into();
    if let Some(error) = error {
        error.write(Box::into_raw(Box::new(pgsluice_error::new(&failure))));
    }
    status
}

/// Runs what cannot fail: what is NULL, or a panic, has `otherwise` for an answer.
pub(crate) fn answer<T>(otherwise: T, body: impl FnOnce() -> Option<T>) -> T {
    catch_unwind(AssertUnwindSafe(body))
        .ok()
        .flatten()
        .unwrap_or(otherwise)
}

/// Frees a handle; none is NULL.
pub(crate) fn free<T>(handle: Option<Box<T>>) {
    answer((), || {
        drop(handle);
        None
    });
}

fn explain(panic: &(dyn Any + Send)) -> Error {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Error::new(ErrorKind::Internal, format!("pgsluice panicked: {message}"))
        .with_hint("Please report it. Free the handles of the call, and do not use them again.")
}

/// What an argument refers to, which must not be NULL.
pub(crate) fn given<T>(argument: &str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, format!("{argument} is NULL"))
            .with_hint("docs/C_API.md says which arguments may be.")
    })
}

/// Reads text that C gives as pointer and length. NULL is the text of length 0, and nothing else.
///
/// # Safety
///
/// `data` is NULL or has `length` bytes that stay as they are for `'a`.
pub(crate) unsafe fn text<'a>(
    argument: &str,
    data: *const c_char,
    length: usize,
) -> Result<&'a str> {
    if length == 0 {
        return Ok("");
    }
    let data = given(argument, (!data.is_null()).then_some(data))?;
    if isize::try_from(length).is_err() {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            format!("{argument} has a length of {length} bytes, more than memory can hold"),
        )
        .with_hint("A length that was negative looks like this."));
    }
    // SAFETY: not NULL, `length` bytes are there as the caller promises, and no more than
    // a slice may have.
    let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), length) };
    std::str::from_utf8(bytes).map_err(|cause| {
        let message = format!("{argument} is not UTF-8");
        Error::new(ErrorKind::InvalidInput, message)
            .with_source(cause)
            .with_hint("All text is UTF-8, whatever the locale is.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{pgsluice_error_free, pgsluice_error_message};

    fn caught(body: impl FnOnce() -> Result<()>) -> (pgsluice_status, String) {
        let mut error = MaybeUninit::new(std::ptr::null_mut());
        let status = guard(Some(&mut error), body);
        // SAFETY: written before, by `new` or by `guard`, which made a box of it.
        let error = unsafe { error.assume_init() };
        if error.is_null() {
            return (status, String::new());
        }
        // SAFETY: `guard` has made it of a box.
        let error = unsafe { Box::from_raw(error) };
        let message = pgsluice_error_message(Some(&error));
        // SAFETY: text of an error that lives.
        let message = unsafe { text("message", message.data, message.length) };
        let message = message.unwrap().to_owned();
        pgsluice_error_free(Some(error));
        (status, message)
    }

    #[test]
    fn panic_becomes_an_internal_error_with_its_message() {
        let (status, message) = caught(|| panic!("seven is not {}", 8));
        assert_eq!(status, pgsluice_status::Internal);
        assert_eq!(message, "pgsluice panicked: seven is not 8");
        assert_eq!(answer(5, || panic!("at the disco")), 5);
    }

    #[test]
    fn error_is_written_on_failure_only() {
        assert_eq!(caught(|| Ok(())), (pgsluice_status::Ok, String::new()));
        let failure = || Err(Error::new(ErrorKind::StorageFull, "no room"));
        assert_eq!(
            caught(failure),
            (pgsluice_status::StorageFull, "no room".to_owned())
        );
        assert_eq!(guard(None, failure), pgsluice_status::StorageFull);
    }

    #[test]
    fn text_that_cannot_be_read_names_its_argument() {
        // SAFETY: NULL, or bytes that are there.
        let read = |data: *const c_char, length| unsafe { text("name", data, length) };
        assert_eq!(read(std::ptr::null(), 0).unwrap(), "");
        assert_eq!(read(c"jobs".as_ptr(), 3).unwrap(), "job");
        for (data, length, expected) in [
            (std::ptr::null(), 1, "name is NULL"),
            (c"x".as_ptr(), usize::MAX, "name has a length of"),
            (c"\xff".as_ptr(), 1, "name is not UTF-8"),
        ] {
            let error = read(data, length).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.full().starts_with(expected), "{error:?}");
        }
    }
}
