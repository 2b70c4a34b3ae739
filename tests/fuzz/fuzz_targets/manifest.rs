//! A manifest: what is read is written again the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pgsluice::archive::Manifest;

fuzz_target!(|bytes: &[u8]| {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else {
        return;
    };
    manifest.archive.checksums();
    let text = serde_json::to_vec(&manifest).expect("a manifest can be written");
    let again: Manifest = serde_json::from_slice(&text).expect("and read");
    assert_eq!(manifest, again);
});
