//! What a script begins with: a remark, and settings that all statements rely on
//! (`_doSetFixedOutputState` in `pg_backup_archiver.c`).

use crate::archive::header::Header;
use crate::archive::toc::TocEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::one_line;

/// The texts before the first object. The settings are made again after every `\connect`.
pub(super) struct Opening {
    /// Where the script comes from, as comments.
    pub(super) origin: String,
    /// The settings, followed by an empty line.
    pub(super) settings: String,
}

impl Opening {
    pub(super) fn new(header: &Header, entries: &[TocEntry], target: u32) -> Result<Self> {
        Ok(Self {
            origin: format!(
                "-- Dumped from database version {}\n-- Dumped by {}\n\n",
                one_line(&header.server_version),
                one_line(&header.dump_version)
            ),
            settings: settings(entries, target)?,
        })
    }
}

/// The settings that all statements of an archive rely on, as statements of release
/// `target`, followed by an empty line.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] if the archive does not say how it is to be read.
pub(crate) fn settings(entries: &[TocEntry], target: u32) -> Result<String> {
    let encoding = leading(entries, "ENCODING")?;
    let search_path = leading(entries, "SEARCHPATH")?;
    // Literals are printed, and large objects written, as this setting has them.
    if !leading(entries, "STDSTRINGS")?.contains("'on'") {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "the archive is written with standard_conforming_strings = off",
        ));
    }
    let transaction_timeout = match target {
        17.. => "SET transaction_timeout = 0;\n",
        _ => "",
    };
    Ok(format!(
        "SET statement_timeout = 0;\n\
         SET lock_timeout = 0;\n\
         SET idle_in_transaction_session_timeout = 0;\n\
         {transaction_timeout}\
         {encoding}\
         SET standard_conforming_strings = on;\n\
         {search_path}\
         SET check_function_bodies = false;\n\
         SET xmloption = content;\n\
         SET client_min_messages = warning;\n\
         SET row_security = off;\n\n"
    ))
}

/// The text of one of the entries that say how to read the others.
fn leading<'a>(entries: &'a [TocEntry], desc: &str) -> Result<&'a str> {
    let found = entries.iter().find(|entry| entry.desc == desc);
    found
        .and_then(|entry| entry.defn.as_deref())
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Unsupported,
                format!("the archive has no {desc} entry, expected one as in archives of pg_dump 10.3 and newer"),
            )
        })
}
