//! `pg_class.relkind`.

use crate::error::{Error, ErrorKind, Result};

/// The kinds of relations that are dumpable objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RelKind {
    /// `r`
    Table,
    /// `p`
    Partitioned,
    /// `v`
    View,
    /// `m`
    MaterializedView,
    /// `S`
    Sequence,
    /// `f`
    Foreign,
}

impl RelKind {
    /// Reads the catalog's letter.
    pub(crate) fn from_letter(letter: u8) -> Result<Self> {
        Ok(match letter {
            b'r' => Self::Table,
            b'p' => Self::Partitioned,
            b'v' => Self::View,
            b'm' => Self::MaterializedView,
            b'S' => Self::Sequence,
            b'f' => Self::Foreign,
            other => {
                return Err(Error::new(
                    ErrorKind::Internal,
                    format!("unexpected pg_class.relkind {:?}", char::from(other)),
                ));
            }
        })
    }

    /// The catalog's letter.
    pub(crate) fn letter(self) -> u8 {
        match self {
            Self::Table => b'r',
            Self::Partitioned => b'p',
            Self::View => b'v',
            Self::MaterializedView => b'm',
            Self::Sequence => b'S',
            Self::Foreign => b'f',
        }
    }

    /// The word after ALTER in statements about parts of it.
    pub(crate) fn alter_keyword(self) -> &'static str {
        match self {
            Self::Foreign => "FOREIGN TABLE",
            _ => "TABLE",
        }
    }

    /// The word after CREATE, DROP and COMMENT ON; also the entry's kind.
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::Table | Self::Partitioned => "TABLE",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
            Self::Sequence => "SEQUENCE",
            Self::Foreign => "FOREIGN TABLE",
        }
    }
}
