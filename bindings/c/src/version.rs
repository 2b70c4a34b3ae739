//! Which release of the library this is.

use crate::ffi::answer;
use crate::string::pgsluice_string;

/// The version of the library that the program runs with, such as "0.1.0". It belongs to
/// the library. `PGSLUICE_VERSION` is that of the header it was compiled with.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_version() -> pgsluice_string {
    answer(pgsluice_string::EMPTY, || {
        let version = concat!(env!("CARGO_PKG_VERSION"), "\0");
        Some(pgsluice_string::of_static(version))
    })
}

/// The same as a number to compare with `PGSLUICE_VERSION_NUMBER`: major times 10,000 plus
/// minor times 100 plus patch.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_version_number() -> u32 {
    answer(0, || {
        let parts = [
            env!("CARGO_PKG_VERSION_MAJOR"),
            env!("CARGO_PKG_VERSION_MINOR"),
            env!("CARGO_PKG_VERSION_PATCH"),
        ];
        parts.into_iter().try_fold(0, |number, part| {
            Some(number * 100 + part.parse::<u32>().ok()?)
        })
    })
}
