//! Dates and times, as `DateStyle` ISO has them, which archives set.

use jiff::civil;

const MICROSECONDS: i64 = 1_000_000;
const MINUTE: i64 = 60 * MICROSECONDS;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Where the server counts from.
const EPOCH: civil::Date = civil::date(2000, 1, 1);

/// Days since 2000.
pub(super) fn date(field: &[u8]) -> Option<i32> {
    match field {
        b"infinity" => Some(i32::MAX),
        b"-infinity" => Some(i32::MIN),
        _ => {
            let (days, rest) = days(field)?;
            rest.is_empty().then_some(days)
        }
    }
}

/// Microseconds since midnight.
pub(super) fn time(field: &[u8]) -> Option<i64> {
    if field == b"24:00:00" {
        return Some(DAY);
    }
    let (time, rest) = time_of_day(field)?;
    rest.is_empty().then_some(time)
}

/// Microseconds since 2000.
pub(super) fn timestamp(field: &[u8]) -> Option<i64> {
    if let Some(infinite) = infinite(field) {
        return Some(infinite);
    }
    let (timestamp, rest) = date_and_time(field)?;
    rest.is_empty().then_some(timestamp)
}

/// Microseconds since 2000 in UTC.
pub(super) fn timestamptz(field: &[u8]) -> Option<i64> {
    if let Some(infinite) = infinite(field) {
        return Some(infinite);
    }
    let (local, zone) = date_and_time(field)?;
    let (is_west, zone) = match zone {
        [b'+', zone @ ..] => (false, zone),
        [b'-', zone @ ..] => (true, zone),
        _ => return None,
    };
    let (hours, mut rest) = two_digits(zone)?;
    let mut offset = hours * HOUR;
    for unit in [MINUTE, MICROSECONDS] {
        if rest.is_empty() {
            break;
        }
        let (value, after) = two_digits(rest.strip_prefix(b":")?)?;
        if value > 59 {
            return None;
        }
        offset += value * unit;
        rest = after;
    }
    // Offsets of more than that are an error (`MAX_TZDISP_HOUR`).
    if hours > 15 || !rest.is_empty() {
        return None;
    }
    Some(if is_west {
        local + offset
    } else {
        local - offset
    })
}

fn infinite(field: &[u8]) -> Option<i64> {
    match field {
        b"infinity" => Some(i64::MAX),
        b"-infinity" => Some(i64::MIN),
        _ => None,
    }
}

fn date_and_time(field: &[u8]) -> Option<(i64, &[u8])> {
    let (days, rest) = days(field)?;
    let (time, rest) = time_of_day(rest.strip_prefix(b" ")?)?;
    Some((i64::from(days) * DAY + time, rest))
}

/// Days since 2000 of a date of our era with a year of four digits.
fn days(field: &[u8]) -> Option<(i32, &[u8])> {
    let (century, rest) = two_digits(field)?;
    let (year, rest) = two_digits(rest)?;
    let (month, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    let (day, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    let year = (century * 100 + year) as i16;
    if year == 0 {
        return None;
    }
    let date = civil::Date::new(year, month as i8, day as i8).ok()?;
    let days = date.duration_since(EPOCH).as_hours() / 24;
    Some((days as i32, rest))
}

fn time_of_day(field: &[u8]) -> Option<(i64, &[u8])> {
    let (hours, rest) = two_digits(field)?;
    let (minutes, rest) = two_digits(rest.strip_prefix(b":")?)?;
    let (seconds, rest) = two_digits(rest.strip_prefix(b":")?)?;
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => fraction(rest)?,
        _ => (0, rest),
    };
    let time = hours * HOUR + minutes * MINUTE + seconds * MICROSECONDS + fraction;
    Some((time, rest))
}

/// Microseconds of one to six decimals; more would have to be rounded.
fn fraction(field: &[u8]) -> Option<(i64, &[u8])> {
    let is_digit = |byte: &&u8| byte.is_ascii_digit();
    let len = field.iter().take_while(is_digit).count();
    if !(1..=6).contains(&len) {
        return None;
    }
    let (digits, rest) = field.split_at(len);
    let value = digits
        .iter()
        .chain(std::iter::repeat_n(&b'0', 6 - len))
        .fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    Some((value, rest))
}

fn two_digits(field: &[u8]) -> Option<(i64, &[u8])> {
    match field {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => {
            Some((i64::from(tens - b'0') * 10 + i64::from(ones - b'0'), rest))
        }
        _ => None,
    }
}
