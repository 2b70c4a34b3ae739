//! The choice of codec and level, as `-Z` takes it and options store it.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use super::stream::RUN;
use crate::error::{Error, ErrorKind, Result, deserialize_error};

/// How data is compressed. Written `none`, `gzip[:n]`, `zstd[:n]` or `lz4`.
///
/// Values that come from a string hold a permitted level; a level outside the
/// range is refused when the encoder is made.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(into = "String")]
#[non_exhaustive]
pub enum Compression {
    /// Bytes as they are.
    None,
    /// Deflate in a zlib stream. Every `pg_restore` reads it.
    Gzip {
        /// 1 (fast) to 9 (small).
        level: u8,
    },
    /// Zstandard frames, for `pg_restore` 16 and newer.
    Zstd {
        /// 1 (fast) to 19 (small); -1 to -7 are faster still.
        level: i8,
    },
    /// LZ4 frames, for `pg_restore` 16 and newer.
    Lz4,
}

/// What zlib, and with it `pg_dump`, takes for level 6.
const GZIP_LEVELS: RangeInclusive<i32> = 1..=9;

/// Levels above 19 need windows that grow to the 128 MiB at which `pg_restore`
/// gives up (`ZSTD_WINDOWLOG_LIMIT_DEFAULT`), and gigabytes of memory per worker.
const ZSTD_LEVELS: RangeInclusive<i32> = -7..=19;

impl Compression {
    /// gzip at zlib's default level.
    pub const GZIP: Self = Self::Gzip { level: 6 };

    /// zstd at its default level.
    pub const ZSTD: Self = Self::Zstd { level: 3 };

    /// The codec's name without the level.
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip { .. } => "gzip",
            Self::Zstd { .. } => "zstd",
            Self::Lz4 => "lz4",
        }
    }

    /// Bytes that an encoder takes, at most.
    pub fn encoder_memory(self) -> usize {
        const MIB: usize = 1 << 20;
        match self {
            Self::None => RUN,
            Self::Gzip { .. } | Self::Lz4 => MIB,
            Self::Zstd { level } => match level {
                ..=4 => 5 * MIB,
                5..=8 => 8 * MIB,
                9..=11 => 32 * MIB,
                12..=15 => 72 * MIB,
                _ => 104 * MIB,
            },
        }
    }

    /// Refuses levels that the codec or `pg_restore` does not take.
    pub(super) fn check(self) -> Result<()> {
        let (level, range) = match self {
            Self::None | Self::Lz4 => return Ok(()),
            Self::Gzip { level } => (i32::from(level), GZIP_LEVELS),
            Self::Zstd { level } => (i32::from(level), ZSTD_LEVELS),
        };
        if range.contains(&level) && level != 0 {
            return Ok(());
        }
        Err(level_out_of_range(self.algorithm(), &level.to_string()))
    }
}

impl FromStr for Compression {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (algorithm, level) = match text.split_once(':') {
            Some((algorithm, level)) => (algorithm, Some(level)),
            None => (text, None),
        };
        let compression = match (algorithm, level) {
            ("none", None) => Self::None,
            ("lz4", None) => Self::Lz4,
            ("gzip", None) => Self::GZIP,
            ("zstd", None) => Self::ZSTD,
            ("gzip", Some(level)) => Self::Gzip {
                level: level
                    .parse()
                    .map_err(|_| level_out_of_range("gzip", level))?,
            },
            ("zstd", Some(level)) => Self::Zstd {
                level: level
                    .parse()
                    .map_err(|_| level_out_of_range("zstd", level))?,
            },
            ("none" | "lz4", Some(level)) => {
                let message = format!("{algorithm} takes no level, but {level:?} was given");
                return Err(Error::new(ErrorKind::InvalidInput, message)
                    .with_hint(format!("Use \"{algorithm}\".")));
            }
            _ => {
                let message = format!("unknown compression {text:?}");
                return Err(Error::new(ErrorKind::InvalidInput, message).with_hint(
                    "Use none, gzip, gzip:1 to gzip:9, zstd, zstd:1 to zstd:19, or lz4.",
                ));
            }
        };
        compression.check()?;
        Ok(compression)
    }
}

fn level_out_of_range(algorithm: &str, level: &str) -> Error {
    let allowed = match algorithm {
        "gzip" => "1 to 9",
        _ => "1 to 19, or -7 to -1",
    };
    let message = format!("{algorithm} level {level:?} is out of range: expected {allowed}");
    let hint = match level {
        "0" => "Use \"none\" to store bytes uncompressed.".to_owned(),
        _ => format!("Use {algorithm}:n with n from {allowed}."),
    };
    Error::new(ErrorKind::InvalidInput, message).with_hint(hint)
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None | Self::Lz4 => f.write_str(self.algorithm()),
            Self::Gzip { level } => write!(f, "gzip:{level}"),
            Self::Zstd { level } => write!(f, "zstd:{level}"),
        }
    }
}

impl<'de> Deserialize<'de> for Compression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| deserialize_error(&error))
    }
}

impl From<Compression> for String {
    fn from(compression: Compression) -> Self {
        compression.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_levels_parse_and_print() {
        for (text, value, printed) in [
            ("none", Compression::None, "none"),
            ("lz4", Compression::Lz4, "lz4"),
            ("gzip", Compression::Gzip { level: 6 }, "gzip:6"),
            ("gzip:1", Compression::Gzip { level: 1 }, "gzip:1"),
            ("zstd", Compression::Zstd { level: 3 }, "zstd:3"),
            ("zstd:19", Compression::Zstd { level: 19 }, "zstd:19"),
            ("zstd:-7", Compression::Zstd { level: -7 }, "zstd:-7"),
        ] {
            assert_eq!(text.parse::<Compression>().unwrap(), value, "{text}");
            assert_eq!(value.to_string(), printed);
            assert_eq!(printed.parse::<Compression>().unwrap(), value);
        }
    }

    #[test]
    fn level_outside_the_range_is_refused_with_the_range() {
        for text in ["gzip:10", "gzip:-1", "gzip:x", "gzip:", "gzip:300"] {
            let error = text.parse::<Compression>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().ends_with("expected 1 to 9"), "{error}");
        }
        for text in ["zstd:20", "zstd:-8", "zstd:0", "zstd:1.5"] {
            let error = text.parse::<Compression>().unwrap_err();
            assert!(
                error.to_string().ends_with("expected 1 to 19, or -7 to -1"),
                "{error}"
            );
        }
    }

    #[test]
    fn level_zero_is_refused_in_favour_of_none() {
        let error = "gzip:0".parse::<Compression>().unwrap_err();
        assert_eq!(
            error.hint(),
            Some("Use \"none\" to store bytes uncompressed.")
        );
    }

    #[test]
    fn unknown_names_and_needless_levels_are_refused() {
        for text in ["", "brotli", "GZIP", "none:1", "lz4:1", "gzip:6:7", " gzip"] {
            let error = text.parse::<Compression>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn serde_uses_the_same_string() {
        let json = serde_json::to_string(&Compression::ZSTD).unwrap();
        assert_eq!(json, r#""zstd:3""#);
        assert_eq!(
            serde_json::from_str::<Compression>(&json).unwrap(),
            Compression::ZSTD
        );
        assert!(serde_json::from_str::<Compression>(r#""zstd:99""#).is_err());
    }
}
