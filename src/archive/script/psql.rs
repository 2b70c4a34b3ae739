//! The commands of psql's own that a script needs.

use crate::error::{Error, ErrorKind, Result};
use crate::sql::Dialect;

/// The word that `\restrict` locks psql with, and `\unrestrict` opens again.
///
/// In between psql takes no backslash command, whatever a script holds. Whoever
/// has written names or values into the database cannot know the word.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RestrictKey(String);

impl RestrictKey {
    /// Bytes of a key.
    pub(crate) const LENGTH: usize = 63;

    /// Makes a key of bytes that nobody can guess.
    pub(crate) fn new(random: [u8; Self::LENGTH]) -> Self {
        const LETTERS: &[u8; 62] =
            b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte) % LETTERS.len()]);
        Self(random.into_iter().map(letter).collect())
    }

    pub(super) fn restrict(&self) -> String {
        format!("\\restrict {}\n\n", self.0)
    }

    pub(super) fn unrestrict(&self) -> String {
        format!("\\unrestrict {}\n", self.0)
    }
}

/// `\connect` to a database (`appendPsqlMetaConnect` in `string_utils.c`).
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] if the name has line breaks, which would end the command.
pub(super) fn connect(database: &str, dialect: &Dialect) -> Result<String> {
    if database.contains(['\n', '\r']) {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!("the name of database {database:?} has a line break, after which psql's \\connect would end"),
        )
        .with_hint("Dump it without --create, or in an archive format."));
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if database.chars().all(is_plain) {
        return Ok(format!("\\connect {}\n", dialect.ident(database)));
    }
    let escaped = database.replace('\\', "\\\\").replace('\'', "\\'");
    // psql must hand the name's bytes on as they are, and reads double quotes as SQL does.
    Ok(format!(
        "\\encoding SQL_ASCII\n\\connect -reuse-previous=on {}\n",
        dialect.ident(&format!("dbname='{escaped}'"))
    ))
}
