//! The archive's integers and strings (`WriteInt`, `WriteStr` and their readers
//! in PostgreSQL's `pg_backup_archiver.c`).
//!
//! Reading works on whatever part of the archive has arrived: [`Fault::Short`]
//! says that a value is not complete yet, and how many bytes it needs.

use crate::error::{Error, ErrorKind};

/// Bytes of an integer without its sign byte: `sizeof(int)` wherever PostgreSQL runs.
pub(super) const INT_SIZE: u8 = 4;

/// Bytes of an offset without its flag byte: `sizeof(pgoff_t)`.
pub(super) const OFFSET_SIZE: u8 = 8;

/// PostgreSQL keeps no string longer than 1 GiB (`MaxAllocSize`), so no archive holds one.
const MAX_STRING: i32 = 0x3fff_ffff;

/// Appends a sign byte and the magnitude, lowest byte first.
pub(super) fn put_int(value: i32, out: &mut Vec<u8>) {
    out.push(u8::from(value < 0));
    out.extend_from_slice(&value.unsigned_abs().to_le_bytes());
}

/// The integer that [`put_int`] wrote. Like PostgreSQL's reader, it takes any sign
/// byte but 0 for a minus.
pub(super) fn int_of([sign, magnitude @ ..]: [u8; 5]) -> i32 {
    // i32::MIN has a magnitude that i32 cannot hold; wrapping twice gives it back.
    let value = u32::from_le_bytes(magnitude) as i32;
    if sign == 0 {
        value
    } else {
        value.wrapping_neg()
    }
}

/// Appends a length and that many bytes, or -1 for none. An empty string is not none.
pub(super) fn put_str(value: Option<&str>, out: &mut Vec<u8>) {
    let Some(text) = value else {
        return put_int(-1, out);
    };
    // PostgreSQL's texts end at 1 GiB; what one statement makes of them stays below 2 GiB.
    let len = i32::try_from(text.len()).expect("a string of an archive has less than 2 GiB");
    put_int(len, out);
    out.extend_from_slice(text.as_bytes());
}

/// Why a value could not be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// It ends after the bytes at hand, which would have to be at least `wanted` bytes long.
    Short { wanted: usize },
    /// It is not what the format allows.
    Corrupt(Error),
    /// The string at `offset` is in some encoding other than UTF-8.
    NotUtf8 { offset: u64 },
}

/// What reading a value gives.
pub(super) type Read<T> = Result<T, Fault>;

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Corrupt(error)
    }
}

/// A place in the bytes at hand.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
    /// Offset in the archive of the first byte at hand.
    base: u64,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], base: u64) -> Self {
        Self {
            bytes,
            position: 0,
            base,
        }
    }

    /// Bytes read so far.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Offset in the archive of the next byte.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.position as u64
    }

    pub(super) fn byte(&mut self) -> Read<u8> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn int(&mut self) -> Read<i32> {
        Ok(int_of(self.array()?))
    }

    /// Reads a string that may be none.
    pub(super) fn string(&mut self) -> Read<Option<&'a str>> {
        let offset = self.offset();
        let Some(bytes) = self.bytes()? else {
            return Ok(None);
        };
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotUtf8 { offset })?;
        Ok(Some(text))
    }

    /// Reads a string that must be there; `what` names it.
    pub(super) fn required(&mut self, what: &str) -> Read<&'a str> {
        let offset = self.offset();
        let missing = || corrupt(offset, format!("{what} is missing")).into();
        self.string()?.ok_or_else(missing)
    }

    /// Reads a string that is only ever shown, in whatever encoding; none is empty.
    pub(super) fn shown(&mut self) -> Read<String> {
        let bytes = self.bytes()?.unwrap_or_default();
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    /// Reads a number of the kinds that are kept as decimal text.
    pub(super) fn number(&mut self, what: &str) -> Read<u32> {
        let offset = self.offset();
        let text = self.required(what)?;
        let not_a_number = |_| corrupt(offset, format!("{what} {text:?} is not a number")).into();
        text.parse().map_err(not_a_number)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let bytes = self.take(N)?;
        Ok(bytes
            .try_into()
            .expect("take gives as many bytes as asked for"))
    }

    /// Reads a string's bytes, or none.
    fn bytes(&mut self) -> Read<Option<&'a [u8]>> {
        let offset = self.offset();
        match self.int()? {
            -1 => Ok(None),
            len if (0..=MAX_STRING).contains(&len) => self.take(len as usize).map(Some),
            len => {
                let message = format!("string of {len} bytes, expected 0 to {MAX_STRING}");
                Err(corrupt(offset, message).into())
            }
        }
    }

    fn take(&mut self, len: usize) -> Read<&'a [u8]> {
        let wanted = self.position + len;
        let bytes = self
            .bytes
            .get(self.position..wanted)
            .ok_or(Fault::Short { wanted })?;
        self.position = wanted;
        Ok(bytes)
    }
}

/// An error about the bytes at `offset` of an archive.
pub(crate) fn corrupt(offset: u64, message: impl AsRef<str>) -> Error {
    let message = message.as_ref();
    Error::new(
        ErrorKind::CorruptArchive,
        format!("archive is damaged at byte {offset}: {message}"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn int(value: i32) -> Vec<u8> {
        let mut out = Vec::new();
        put_int(value, &mut out);
        out
    }

    #[test]
    fn integers_are_sign_and_magnitude() {
        assert_eq!(int(258), [0, 2, 1, 0, 0]);
        assert_eq!(int(-1), [1, 1, 0, 0, 0]);
        assert_eq!(int(i32::MIN), [1, 0, 0, 0, 0x80]);
    }

    #[test]
    fn empty_string_differs_from_none() {
        let mut out = Vec::new();
        put_str(None, &mut out);
        put_str(Some(""), &mut out);
        put_str(Some("ab"), &mut out);
        assert_eq!(out, b"\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\0\0ab");

        let mut cursor = Cursor::new(&out, 0);
        assert_eq!(cursor.string().unwrap(), None);
        assert_eq!(cursor.string().unwrap(), Some(""));
        assert_eq!(cursor.string().unwrap(), Some("ab"));
        assert_eq!(cursor.position(), out.len());
    }

    #[test]
    fn length_beyond_a_gigabyte_is_corrupt_before_any_byte_arrives() {
        for len in [-2, i32::MIN, i32::MAX, 1 << 30] {
            let bytes = int(len);
            let Err(Fault::Corrupt(error)) = Cursor::new(&bytes, 7).string() else {
                panic!("length {len} was accepted");
            };
            assert_eq!(error.kind(), ErrorKind::CorruptArchive);
            assert!(error.to_string().contains("at byte 7"), "{error}");
        }
    }

    #[test]
    fn short_input_says_how_much_is_wanted() {
        let bytes = [int(6), b"ab".to_vec()].concat();
        let Err(Fault::Short { wanted }) = Cursor::new(&bytes, 0).string() else {
            panic!("half a string was accepted");
        };
        assert_eq!(wanted, 11);
    }

    proptest! {
        #[test]
        fn integers_round_trip(value: i32) {
            prop_assert_eq!(Cursor::new(&int(value), 0).int().unwrap(), value);
        }
    }
}
