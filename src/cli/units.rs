//! Amounts as people write them: times and sizes with units.

use crate::error::{Error, ErrorKind, Result};

/// Reads a time as PostgreSQL's settings take it: a number with a unit, or of
/// milliseconds without one. Returns milliseconds.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] if it is no time, or one that no PostgreSQL setting can hold.
pub(super) fn parse_milliseconds(text: &str) -> Result<u64> {
    let hint = "Write milliseconds, or a number with us, ms, s, min, h or d, as in 30s.";
    let invalid = |what: &str| {
        Err(Error::new(ErrorKind::InvalidInput, format!("{text:?} {what}")).with_hint(hint))
    };
    let (number, unit) = split_unit(text);
    let Ok(number) = number.parse::<f64>() else {
        return invalid("is not a time");
    };
    let milliseconds = match unit {
        "us" => number / 1000.0,
        "" | "ms" => number,
        "s" => number * 1000.0,
        "min" => number * 60_000.0,
        "h" => number * 3_600_000.0,
        "d" => number * 86_400_000.0,
        _ => return invalid("is not a time: its unit is unknown"),
    };
    if milliseconds > f64::from(i32::MAX) {
        return invalid("is too long: expected less than 25 days");
    }
    Ok(milliseconds.round() as u64)
}

/// Reads a size: a number of bytes, or with a unit. Units are powers of 1024,
/// with or without an `i`, as PostgreSQL and the AWS tools take them.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] if it is no size, or one that does not fit into memory.
pub(super) fn parse_bytes(text: &str) -> Result<usize> {
    let (number, unit) = split_unit(text);
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => Some(0),
        "k" | "kb" | "kib" => Some(10),
        "m" | "mb" | "mib" => Some(20),
        "g" | "gb" | "gib" => Some(30),
        _ => None,
    };
    let number: Option<usize> = number.parse().ok();
    let bytes = number
        .zip(shift)
        .and_then(|(number, shift)| number.checked_mul(1 << shift));
    bytes.ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, format!("{text:?} is not a size"))
            .with_hint("Write a whole number of bytes, or one with KiB, MiB or GiB, as in 16MiB.")
    })
}

fn split_unit(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start())
}

/// Writes seconds so that they can be taken in at a glance: `0.4 s`, `12 min 5 s`, `2 h 3 min`.
pub(super) fn seconds(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    match hours {
        0 => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_postgresql_reads_them() {
        let cases = [
            ("0", 0),
            ("1500", 1500),
            ("1500us", 2),
            ("30ms", 30),
            ("30s", 30_000),
            ("1.5 s", 1500),
            (" 5min ", 300_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
        ];
        for (text, milliseconds) in cases {
            assert_eq!(parse_milliseconds(text).unwrap(), milliseconds, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_a_hint() {
        for text in [
            "",
            "s",
            "-1",
            "5 parsecs",
            "1m",
            "1.2.3s",
            "30d",
            "nan",
            "inf",
        ] {
            let error = parse_milliseconds(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn sizes_are_powers_of_1024() {
        let cases = [
            ("5242880", 5 << 20),
            ("16MiB", 16 << 20),
            ("16 mb", 16 << 20),
            ("64M", 64 << 20),
            ("8192k", 8 << 20),
            ("1GiB", 1 << 30),
        ];
        for (text, bytes) in cases {
            assert_eq!(parse_bytes(text).unwrap(), bytes, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_a_hint() {
        for text in [
            "",
            "MiB",
            "1.5GiB",
            "-1",
            "5TiB",
            "99999999999999999999",
            "99999999999GiB",
        ] {
            let error = parse_bytes(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn seconds_are_short() {
        let cases = [
            (0.04, "0.0 s"),
            (3.26, "3.3 s"),
            (60.0, "1 min 0 s"),
            (725.4, "12 min 5 s"),
            (7385.0, "2 h 3 min"),
        ];
        for (value, text) in cases {
            assert_eq!(seconds(value), text);
        }
    }
}
