//! Numbers and booleans.

use std::str::FromStr;

/// Digits of a `numeric` are of this many decimal ones (`numeric.c`).
const DECIMALS: usize = 4;

/// Longer ones are rare enough to be sent as text.
const LONGEST_NUMERIC: usize = 1000;

const NUMERIC_NEGATIVE: u16 = 0x4000;
const NUMERIC_NAN: u16 = 0xc000;

pub(super) fn boolean(field: &[u8]) -> Option<[u8; 1]> {
    match field {
        b"t" => Some([1]),
        b"f" => Some([0]),
        _ => None,
    }
}

/// An integer of any size up to eight bytes.
pub(super) fn integer(field: &[u8]) -> Option<i64> {
    let (digits, is_negative) = magnitude(field);
    // Any 19 digits fit into a u64.
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits
        .iter()
        .fold(0, |value: u64, digit| value * 10 + u64::from(digit - b'0'));
    match is_negative {
        true => 0_i64.checked_sub_unsigned(value),
        false => i64::try_from(value).ok(),
    }
}

/// A `real` or a `double precision`.
pub(super) fn float<F: FromStr + Copy + Into<f64>>(field: &[u8]) -> Option<F> {
    // Of the names that parsers know these are all that the server writes.
    let is_name = matches!(field, b"NaN" | b"Infinity" | b"-Infinity");
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'+' | b'-');
    if !is_name && !field.iter().all(is_part) {
        return None;
    }
    let value: F = str::from_utf8(field).ok()?.parse().ok()?;
    (is_name || is_in_range(field, value.into())).then_some(value)
}

/// What is too large or too small for its type is an error, which the server shall find.
fn is_in_range(field: &[u8], value: f64) -> bool {
    let mut mantissa = field.iter().take_while(|byte| **byte != b'e');
    value.is_finite() && (value != 0.0 || !mantissa.any(|byte| matches!(byte, b'1'..=b'9')))
}

/// Adds a `numeric` (`numeric_recv`): how many digits to the base of 10,000, the exponent of
/// the first, the sign, how many decimals are shown, the digits.
pub(super) fn numeric(field: &[u8], out: &mut Vec<u8>) -> Option<()> {
    if field == b"NaN" {
        put_numeric(out, 0, NUMERIC_NAN, 0, &[]);
        return Some(());
    }
    let (digits, is_negative) = magnitude(field);
    if digits.len() > LONGEST_NUMERIC {
        return None;
    }
    let (whole, fraction) = match digits.iter().position(|byte| *byte == b'.') {
        Some(point) => (&digits[..point], Some(&digits[point + 1..])),
        None => (digits, None),
    };
    if whole.is_empty() || fraction.is_some_and(<[u8]>::is_empty) {
        return None;
    }
    let fraction = fraction.unwrap_or_default();
    let mut values = [0_i16; LONGEST_NUMERIC / DECIMALS + 2];
    let mut count = 0;
    let (first, groups) = whole.as_rchunks::<DECIMALS>();
    if !first.is_empty() {
        values[0] = group(first)?;
        count = 1;
    }
    let mut weight = (count + groups.len()) as i16 - 1;
    let (fractions, last) = fraction.as_chunks::<DECIMALS>();
    for digits in groups.iter().chain(fractions) {
        values[count] = group(digits)?;
        count += 1;
    }
    if !last.is_empty() {
        let mut digits = [b'0'; DECIMALS];
        digits[..last.len()].copy_from_slice(last);
        values[count] = group(&digits)?;
        count += 1;
    }
    let mut values = &values[..count];
    while let [0, rest @ ..] = values {
        values = rest;
        weight -= 1;
    }
    while let [rest @ .., 0] = values {
        values = rest;
    }
    let sign = match is_negative && !values.is_empty() {
        true => NUMERIC_NEGATIVE,
        false => 0,
    };
    if values.is_empty() {
        weight = 0;
    }
    put_numeric(out, weight, sign, fraction.len() as u16, values);
    Some(())
}

fn put_numeric(out: &mut Vec<u8>, weight: i16, sign: u16, scale: u16, digits: &[i16]) {
    out.extend_from_slice(&(digits.len() as u16).to_be_bytes());
    out.extend_from_slice(&weight.to_be_bytes());
    out.extend_from_slice(&sign.to_be_bytes());
    out.extend_from_slice(&scale.to_be_bytes());
    for digit in digits {
        out.extend_from_slice(&digit.to_be_bytes());
    }
}

/// A digit to the base of 10,000.
fn group(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0, |value, digit| match digit {
        b'0'..=b'9' => Some(value * 10 + i16::from(digit - b'0')),
        _ => None,
    })
}

/// A number without its sign, and whether it is negative.
fn magnitude(field: &[u8]) -> (&[u8], bool) {
    match field {
        [b'-', digits @ ..] => (digits, true),
        digits => (digits, false),
    }
}
