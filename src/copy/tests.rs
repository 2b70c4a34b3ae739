//! Fields, rows however they are cut, and input that is none of the server's.
//!
//! That the server's own binary rows come out of its text is checked in `tests/restore/binary.rs`.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What the converter made of `text` in pieces, and what it left to be sent as text.
fn convert(columns: &[Column], text: &[u8], step: usize) -> (Vec<u8>, Vec<u8>) {
    let mut rows = BinaryRows::new(columns);
    let mut out = Vec::new();
    let mut pieces = text.chunks(step);
    let mut rest = Vec::new();
    'pieces: for piece in pieces.by_ref() {
        let mut piece = Bytes::copy_from_slice(piece);
        loop {
            let mut block = Vec::new();
            let step = rows.convert(&mut piece, &mut block);
            out.extend_from_slice(&block);
            match step {
                Step::Full => {}
                Step::Hungry => break,
                Step::Stopped => {
                    rest = piece.to_vec();
                    break 'pieces;
                }
            }
        }
    }
    let held = rows.finish(&mut out);
    let left = pieces.flatten().copied();
    let text = held.into_iter().chain(rest).chain(left).collect();
    (out, text)
}

/// The value of a field. None: it has to be sent as text.
fn field(column: Column, text: &str) -> Option<Vec<u8>> {
    let line = format!("{text}\n");
    let (binary, left) = convert(&[column], line.as_bytes(), line.len());
    if !left.is_empty() {
        assert_eq!(left, line.as_bytes());
        assert_eq!(binary, [HEADER, b"\xff\xff"].concat());
        return None;
    }
    let row = binary.strip_prefix(HEADER).unwrap();
    let value = row.strip_prefix(b"\0\x01").unwrap();
    let (length, value) = value.split_at(4);
    let value = value.strip_suffix(b"\xff\xff").unwrap();
    assert_eq!(
        u32::from_be_bytes(length.try_into().unwrap()) as usize,
        value.len()
    );
    Some(value.to_vec())
}

#[test]
fn values_are_what_the_manual_and_the_receive_functions_say() {
    let timestamp = |microseconds: i64| microseconds.to_be_bytes().to_vec();
    let day = 86_400_000_000;
    for (column, text, expected) in [
        (Column::Bool, "t", vec![1]),
        (Column::Bool, "f", vec![0]),
        (Column::Int2, "-32768", vec![0x80, 0]),
        (Column::Int4, "2147483647", vec![0x7f, 0xff, 0xff, 0xff]),
        (
            Column::Int8,
            "-9223372036854775808",
            i64::MIN.to_be_bytes().to_vec(),
        ),
        (Column::Int8, "-1", vec![0xff; 8]),
        (Column::Float4, "1.5", vec![0x3f, 0xc0, 0, 0]),
        (Column::Float8, "-0", vec![0x80, 0, 0, 0, 0, 0, 0, 0]),
        (Column::Float8, "1e-320", 1e-320_f64.to_be_bytes().to_vec()),
        (
            Column::Float8,
            "-Infinity",
            vec![0xff, 0xf0, 0, 0, 0, 0, 0, 0],
        ),
        (Column::Text, "", vec![]),
        (
            Column::Text,
            r"a\\b\t\n\r\b\f\vä",
            "a\\b\t\n\r\u{8}\u{c}\u{b}ä".into(),
        ),
        (
            Column::Jsonb,
            r#"{"a": "\\n"}"#,
            b"\x01{\"a\": \"\\n\"}".into(),
        ),
        (Column::Bytea, r"\\x", vec![]),
        (Column::Bytea, r"\\x00ff10", vec![0, 0xff, 0x10]),
        (
            Column::Uuid,
            "00112233-4455-6677-8899-aabbccddeeff",
            (0..16).map(|nibble| nibble * 0x11).collect(),
        ),
        (Column::Date, "2000-01-01", vec![0; 4]),
        (Column::Date, "1999-12-31", vec![0xff; 4]),
        (Column::Date, "infinity", vec![0x7f, 0xff, 0xff, 0xff]),
        (Column::Time, "24:00:00", timestamp(day)),
        (Column::Time, "00:00:01.000001", timestamp(1_000_001)),
        (
            Column::Timestamp,
            "2000-01-02 00:00:00.5",
            timestamp(day + 500_000),
        ),
        (Column::Timestamp, "-infinity", timestamp(i64::MIN)),
        (Column::TimestampTz, "2000-01-01 01:00:00+01", timestamp(0)),
        (
            Column::TimestampTz,
            "1999-12-31 20:30:00-03:30",
            timestamp(0),
        ),
        (
            Column::TimestampTz,
            "2000-01-01 00:00:59+00:00:59",
            timestamp(0),
        ),
        // How many digits to the base of 10,000, weight, sign, decimals, digits.
        (Column::Numeric, "0", vec![0; 8]),
        (Column::Numeric, "0.00", vec![0, 0, 0, 0, 0, 0, 0, 2]),
        (Column::Numeric, "1", vec![0, 1, 0, 0, 0, 0, 0, 0, 0, 1]),
        (Column::Numeric, "10000", vec![0, 1, 0, 1, 0, 0, 0, 0, 0, 1]),
        (
            Column::Numeric,
            "-1.5",
            vec![0, 2, 0, 0, 0x40, 0, 0, 1, 0, 1, 0x13, 0x88],
        ),
        (
            Column::Numeric,
            "0.00001",
            vec![0, 1, 0xff, 0xfe, 0, 0, 0, 5, 0x03, 0xe8],
        ),
        (Column::Numeric, "NaN", vec![0, 0, 0, 0, 0xc0, 0, 0, 0]),
    ] {
        assert_eq!(field(column, text), Some(expected), "{column:?} {text}");
    }
}

#[test]
fn what_the_server_does_not_write_is_left_to_it() {
    let longest = "9".repeat(1001);
    for (column, texts) in [
        (Column::Bool, &["true", "", "T"][..]),
        (
            Column::Int2,
            &["32768", "-32769", "+1", " 1", "1 ", "", "-", "1.0", "0x1"],
        ),
        (Column::Int4, &["2147483648", "-2147483649"]),
        (
            Column::Int8,
            &[
                "9223372036854775808",
                "-9223372036854775809",
                "99999999999999999999",
            ],
        ),
        (
            Column::Float4,
            &["1e39", "1e-50", "inf", "nan", "", "-", "1_0"],
        ),
        (
            Column::Float8,
            &["1e400", "-1e400", "1e-400", "infinity", "0x10", "1,5", "١"],
        ),
        (
            Column::Numeric,
            &[
                "", "-", ".5", "1.", "1e5", "+1", "1 ", "Infinity", "1.2.3", "--1", &longest,
            ],
        ),
        (
            Column::Text,
            &[r"\x41", r"\101", r"\.", "a\\", "a\rb", r"\q", "two\tfields"],
        ),
        (
            Column::Bytea,
            &["", r"\\x0", r"\\x0g", r"\\xFF", "abc", r"\\000", r"\\x 00"],
        ),
        (
            Column::Uuid,
            &[
                "{00112233-4455-6677-8899-aabbccddeeff}",
                "00112233445566778899aabbccddeeff",
                "",
            ],
        ),
        (
            Column::Date,
            &[
                "2023-02-29",
                "0000-01-01",
                "0044-03-15 BC",
                "12000-01-01",
                "2000-1-1",
                "01/02/2000",
                "epoch",
                "",
            ],
        ),
        (
            Column::Time,
            &[
                "24:00:01",
                "23:59:60",
                "12:00",
                "12:00:00.1234567",
                "12:00:00.",
                "12:00:00+01",
            ],
        ),
        (
            Column::Timestamp,
            &[
                "2000-01-01",
                "2000-01-01T00:00:00",
                "2000-01-01 24:00:00",
                "2000-01-01 00:00:00+00",
                "now",
            ],
        ),
        (
            Column::TimestampTz,
            &[
                "2000-01-01 00:00:00",
                "2000-01-01 00:00:00 UTC",
                "2000-01-01 00:00:00+16",
                "2000-01-01 00:00:00+01:60",
                "2000-01-01 00:00:00+1",
            ],
        ),
        (Column::Jsonb, &["{}\r"]),
    ] {
        for text in texts {
            assert_eq!(field(column, text), None, "{column:?} {text:?}");
        }
    }
}

#[test]
fn fields_must_be_as_many_as_the_columns() {
    let columns = [Column::Int4, Column::Text];
    for line in ["1\n", "1\ta\tb\n", "\n"] {
        let (binary, left) = convert(&columns, line.as_bytes(), 1);
        assert_eq!(left, line.as_bytes());
        assert_eq!(binary, [HEADER, b"\xff\xff"].concat());
    }
}

#[test]
fn rows_are_the_same_however_they_are_cut() {
    let columns = [Column::Int4, Column::Text, Column::Bool];
    let text = b"1\tone\tt\n-7\t\\N\t\\N\n\\N\t\tf\n";
    let row = |fields: &[Option<&[u8]>]| {
        let mut row = b"\0\x03".to_vec();
        for field in fields {
            let length = field.map_or(-1, |field| field.len() as i32);
            row.extend_from_slice(&length.to_be_bytes());
            row.extend_from_slice(field.unwrap_or_default());
        }
        row
    };
    let expected = [
        HEADER,
        &row(&[Some(&[0, 0, 0, 1]), Some(b"one"), Some(&[1])]),
        &row(&[Some(&[0xff, 0xff, 0xff, 0xf9]), None, None]),
        &row(&[None, Some(b""), Some(&[0])]),
        b"\xff\xff",
    ]
    .concat();
    for step in 1..=text.len() {
        assert_eq!(
            convert(&columns, text, step),
            (expected.clone(), vec![]),
            "{step}"
        );
    }
    assert_eq!(
        convert(&columns, b"", 1),
        ([HEADER, b"\xff\xff"].concat(), vec![])
    );
}

#[test]
fn everything_from_a_row_on_that_stops_it_is_left() {
    let text = b"1\n2\nthree\n4\n";
    let (all, _) = convert(&[Column::Int4], b"1\n2\n", 4);
    for step in 1..=text.len() {
        let (binary, left) = convert(&[Column::Int4], text, step);
        assert_eq!(
            (binary, left),
            (all.clone(), b"three\n4\n".to_vec()),
            "{step}"
        );
    }
    // Without its end a row is not one.
    assert_eq!(
        convert(&[Column::Int4], b"1\n2\n3", 2),
        (all, b"3".to_vec())
    );
}

#[test]
fn long_rows_are_converted_if_they_are_there_whole_and_never_held() {
    let line = format!("{}\n", "x".repeat(3 << 20));
    let (_, left) = convert(&[Column::Text], line.as_bytes(), line.len());
    assert!(left.is_empty());
    for step in [100_000, 1 << 20] {
        let (binary, left) = convert(&[Column::Text], line.as_bytes(), step);
        assert_eq!(binary.len(), HEADER.len() + 2);
        assert_eq!(left, line.as_bytes());
    }
}

#[test]
fn blocks_are_handed_over_before_they_grow() {
    let text = Bytes::from("1\n".repeat(100_000));
    let mut rows = BinaryRows::new(&[Column::Int8]);
    let (mut rest, mut blocks, mut bytes) = (text, 0, 0);
    loop {
        let mut block = Vec::new();
        let step = rows.convert(&mut rest, &mut block);
        assert!(block.len() < 128 * 1024 + 100);
        blocks += 1;
        bytes += block.len();
        match step {
            Step::Full => {}
            _ => break,
        }
    }
    assert_eq!((blocks, bytes), (11, HEADER.len() + 100_000 * (2 + 4 + 8)));
}

const ALL: [Column; 15] = [
    Column::Bool,
    Column::Bytea,
    Column::Int2,
    Column::Int4,
    Column::Int8,
    Column::Float4,
    Column::Float8,
    Column::Numeric,
    Column::Text,
    Column::Jsonb,
    Column::Uuid,
    Column::Date,
    Column::Time,
    Column::Timestamp,
    Column::TimestampTz,
];

proptest! {
    #[test]
    fn no_byte_is_lost_of_whatever_comes(
        text in prop::collection::vec(prop_oneof![
            Just(b'\n'), Just(b'\t'), Just(b'\\'), Just(b'-'), Just(b'.'), Just(b':'), Just(b' '), b'0'..=b'9', any::<u8>()
        ], 0..200),
        column in 0..ALL.len(),
        step in 1..50_usize,
    ) {
        let column = ALL[column];
        let (binary, left) = convert(&[column], &text, step);
        prop_assert!(binary.starts_with(HEADER) && binary.ends_with(b"\xff\xff"));
        prop_assert!(text.ends_with(&left));
        // What is not left was rows, each of them converted.
        let converted = &text[..text.len() - left.len()];
        prop_assert!(converted.is_empty() || converted.ends_with(b"\n"));
        let mut rest = &binary[HEADER.len()..];
        for line in converted.split_inclusive(|byte| *byte == b'\n') {
            prop_assert!(rest.starts_with(b"\0\x01"));
            let length = i32::from_be_bytes(rest[2..6].try_into().unwrap());
            prop_assert_eq!(length < 0, line == b"\\N\n");
            rest = &rest[6 + usize::try_from(length).unwrap_or(0)..];
        }
        prop_assert_eq!(rest, b"\xff\xff");
    }

    #[test]
    fn numbers_are_what_they_were(integer in any::<i64>(), float in any::<f64>(), small in any::<f32>()) {
        prop_assert_eq!(field(Column::Int8, &integer.to_string()), Some(integer.to_be_bytes().to_vec()));
        if float.is_finite() {
            for text in [format!("{float:e}"), float.to_string()] {
                prop_assert_eq!(field(Column::Float8, &text), Some(float.to_be_bytes().to_vec()), "{}", text);
            }
        }
        if small.is_finite() {
            prop_assert_eq!(field(Column::Float4, &format!("{small:e}")), Some(small.to_be_bytes().to_vec()));
        }
    }
}
