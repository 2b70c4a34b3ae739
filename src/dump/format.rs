//! The shape that a dump is given (`pg_dump -F`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// What a dump is written as. Printed, and parsed again, as `custom`,
/// `directory` or `plain`; the first letter does as well.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DumpFormat {
    /// One object, for `pg_restore`.
    #[default]
    Custom,
    /// An object per table under a common prefix, for `pg_restore -j`.
    Directory,
    /// One SQL script, for `psql`.
    Plain,
}

impl DumpFormat {
    /// The format's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Custom => "custom",
            Self::Directory => "directory",
            Self::Plain => "plain",
        }
    }
}

impl fmt::Display for DumpFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DumpFormat {
    type Err = Error;

    /// Reads a name as `pg_dump -F` does, in any case.
    fn from_str(text: &str) -> Result<Self> {
        match text.to_ascii_lowercase().as_str() {
            "c" | "custom" => Ok(Self::Custom),
            "d" | "directory" => Ok(Self::Directory),
            "p" | "plain" => Ok(Self::Plain),
            "t" | "tar" => Err(
                Error::new(ErrorKind::InvalidInput, "tar archives are not written")
                    .with_hint("Use custom: one file as well, compressed, and quicker to restore."),
            ),
            _ => Err(
                Error::new(ErrorKind::InvalidInput, format!("unknown format {text:?}"))
                    .with_hint("Use custom, directory or plain."),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_as_pg_dump_reads_them() {
        for format in [DumpFormat::Custom, DumpFormat::Directory, DumpFormat::Plain] {
            let name = format.name();
            for text in [name, &name[..1], &name.to_uppercase()] {
                assert_eq!(text.parse::<DumpFormat>().unwrap(), format, "{text}");
            }
            let json = serde_json::to_string(&format).unwrap();
            assert_eq!(json, format!("\"{format}\""));
            assert_eq!(serde_json::from_str::<DumpFormat>(&json).unwrap(), format);
        }
    }

    #[test]
    fn other_formats_are_refused_with_what_to_use() {
        for text in ["tar", "t", "zip", ""] {
            let error = text.parse::<DumpFormat>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
            assert!(error.hint().is_some());
        }
    }
}
