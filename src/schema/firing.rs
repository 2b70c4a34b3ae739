//! When triggers and rules fire: `pg_trigger.tgenabled`, `pg_rewrite.ev_enabled`.

use crate::error::{Error, ErrorKind, Result};

/// For which values of `session_replication_role` a trigger or rule fires.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Firing {
    /// `O`: in the roles `origin` and `local`, which is how it is made.
    Origin,
    /// `D`: never.
    Disabled,
    /// `R`: in the role `replica`.
    Replica,
    /// `A`: in every role.
    Always,
}

impl Firing {
    /// Reads the catalog's letter.
    pub(crate) fn from_letter(letter: char) -> Result<Self> {
        Ok(match letter {
            'O' => Self::Origin,
            'D' => Self::Disabled,
            'R' => Self::Replica,
            'A' => Self::Always,
            other => {
                return Err(Error::new(
                    ErrorKind::Internal,
                    format!("expected O, D, R or A in tgenabled or ev_enabled, found {other:?}"),
                ));
            }
        })
    }

    /// What `ALTER TABLE` does to bring it about.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Origin => "ENABLE",
            Self::Disabled => "DISABLE",
            Self::Replica => "ENABLE REPLICA",
            Self::Always => "ENABLE ALWAYS",
        }
    }
}
