//! Header and table of contents, in slices of a size that the input chooses.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pgsluice::archive::{Archive, ArchiveReader, Listing};

fuzz_target!(|input: (u8, &[u8])| {
    let (step, bytes) = input;
    let mut reader = ArchiveReader::new();
    let pushed = bytes
        .chunks(usize::from(step) + 1)
        .try_for_each(|slice| reader.push(slice).map(drop));
    let in_slices = pushed.and_then(|()| reader.finish());
    let at_once = Archive::parse(bytes);
    match (in_slices, at_once) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one, other);
            Listing::new(&one).text("UTC");
        }
        (Err(_), Err(_)) => {}
        (one, other) => panic!("in slices {one:?}, at once {other:?}"),
    }
});
