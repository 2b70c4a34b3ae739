//! Telling what is not an archive from its first bytes, and what it may be instead.

use crate::archive::MAGIC;
use crate::error::{Error, ErrorKind, Result};

/// Refuses what does not begin like an archive. `beginning` may be as little as
/// a byte; nothing at all is refused as well.
///
/// # Errors
///
/// [`ErrorKind::CorruptArchive`] with advice on what it looks like.
pub(super) fn refuse(beginning: &[u8]) -> Result<()> {
    if beginning.is_empty() {
        return Err(Error::new(
            ErrorKind::CorruptArchive,
            "it is empty, expected an archive",
        ));
    }
    let compared = beginning.len().min(MAGIC.len());
    if beginning[..compared] == MAGIC[..compared] {
        return Ok(());
    }
    let error = Error::new(
        ErrorKind::CorruptArchive,
        "it is not an archive of pg_dump's custom format: expected it to begin with PGDMP",
    );
    let advice = advice(beginning).unwrap_or(
        "Name an archive of pgsluice or of pg_dump -Fc; a directory archive by its directory.",
    );
    Err(error.with_hint(advice))
}

/// Magic numbers: RFC 1952, RFC 8878, the LZ4 frame format, the age format, POSIX ustar.
fn advice(beginning: &[u8]) -> Option<&'static str> {
    const TAR_MAGIC_AT: usize = 257;
    let begins = |magic: &[u8]| beginning.starts_with(magic);
    if begins(b"\x1f\x8b") || begins(b"\x28\xb5\x2f\xfd") || begins(b"\x04\x22\x4d\x18") {
        return Some(
            "It looks compressed as a whole. Decompress it on the way: gzip -dc FILE | pgsluice list -, or restore --force - DB; what is a script inside, psql takes.",
        );
    }
    if begins(b"age-encryption.org/") {
        return Some(
            "It looks encrypted with age. Decrypt it on the way: age -d -i KEY FILE | pgsluice list -, or restore --force - DB",
        );
    }
    if beginning
        .get(TAR_MAGIC_AT..)
        .is_some_and(|rest| rest.starts_with(b"ustar"))
    {
        return Some("It looks like a tar file. If pg_dump -Ft made it, pg_restore -l lists it.");
    }
    let sql: [&[u8]; 4] = [b"--", b"/*", b"SET ", b"\\restrict "];
    if sql.into_iter().any(begins) {
        return Some(
            "It looks like a plain SQL dump. It has no table of contents; psql restores it, and sha256sum -c compares it with the .sha256 beside it.",
        );
    }
    if begins(b"{") {
        return Some("It looks like JSON. Name the archive, not its manifest.");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginning_of_an_archive_passes_however_short() {
        for len in 1..=MAGIC.len() {
            refuse(&MAGIC[..len]).unwrap();
        }
        refuse(b"PGDMP\x01\x0e\x00").unwrap();
    }

    #[test]
    fn anything_else_is_refused_with_what_it_looks_like() {
        let mut tar = vec![b'x'; 257];
        tar.extend_from_slice(b"ustar\0");
        let cases: [(&[u8], &str); 6] = [
            (b"\x1f\x8b\x08\x00", "compressed"),
            (b"\x28\xb5\x2f\xfd\x04", "compressed"),
            (b"age-encryption.org/v1\n", "age"),
            (b"--\n-- PostgreSQL database dump\n", "plain SQL"),
            (b"{\"manifest_version\":1}", "manifest"),
            (&tar, "tar"),
        ];
        for (beginning, word) in cases {
            let error = refuse(beginning).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CorruptArchive);
            assert!(error.hint().unwrap().contains(word), "{error:?}");
        }
        for beginning in [&b""[..], b"\x7fELF", b"PGDUMP"] {
            let error = refuse(beginning).unwrap_err();
            assert_eq!(error.hint().is_some(), !beginning.is_empty());
        }
    }
}
