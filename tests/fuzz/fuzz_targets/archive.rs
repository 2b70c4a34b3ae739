//! A whole archive, every block decoded.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use pgsluice::unpack::Walker;

fuzz_target!(|input: (u16, &[u8])| {
    let (step, bytes) = input;
    let mut walker = Walker::new();
    for slice in bytes.chunks(usize::from(step) + 1) {
        if walker.push(Bytes::copy_from_slice(slice)).is_err() {
            return;
        }
    }
    let _ = walker.finish();
});
