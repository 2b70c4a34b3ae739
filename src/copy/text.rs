//! Text, bytes and UUIDs.

use memchr::memchr2;

/// Adds a field without its escapes.
pub(super) fn unescape(field: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = field;
    // A bare carriage return is an error in COPY text, which the server shall find.
    while let Some(place) = memchr2(b'\\', b'\r', rest) {
        let (plain, escaped) = rest.split_at(place);
        out.extend_from_slice(plain);
        let [b'\\', code, after @ ..] = escaped else {
            return None;
        };
        // Those that COPY TO writes (`CopyAttributeOutText`); COPY FROM knows more.
        out.push(match code {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'\\' => b'\\',
            _ => return None,
        });
        rest = after;
    }
    out.extend_from_slice(rest);
    Some(())
}

/// Adds the bytes of a `bytea` in hexadecimal; its backslash is escaped.
pub(super) fn bytea(field: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let digits = field.strip_prefix(b"\\\\x")?;
    hex(digits, out)
}

/// The bytes of a `uuid` as `uuid_out` writes it.
pub(super) fn uuid(field: &[u8]) -> Option<[u8; 16]> {
    let field: &[u8; 36] = field.try_into().ok()?;
    if [8, 13, 18, 23].iter().any(|dash| field[*dash] != b'-') {
        return None;
    }
    /// Where the digits of each byte are, between the dashes.
    const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let mut bytes = [0; 16];
    for (byte, place) in bytes.iter_mut().zip(PAIRS) {
        *byte = pair(field[place], field[place + 1])?;
    }
    Some(bytes)
}

fn hex(digits: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    // A digit that is none makes all of it void: looking once, behind the loop, is faster.
    let mut invalid = false;
    out.extend(pairs.iter().map(|[high, low]| {
        let byte = pair(*high, *low);
        invalid |= byte.is_none();
        byte.unwrap_or_default()
    }));
    (!invalid).then_some(())
}

fn pair(high: u8, low: u8) -> Option<u8> {
    let (high, low) = (DIGITS[usize::from(high)], DIGITS[usize::from(low)]);
    (high | low < 0x10).then_some(high << 4 | low)
}

/// The value of each hexadecimal digit; of anything else more than there can be.
const DIGITS: [u8; 256] = {
    let mut digits = [0xff; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};
