//! One entry of a script: its statements, and before them a comment that says what it is.

use super::opening::Opening;
use super::statements::Statements;
use super::{ScriptOptions, large_object, psql};
use crate::archive::toc::TocEntry;
use crate::error::Result;
use crate::sql::{Dialect, one_line};

/// Prints entries.
pub(super) struct Printer<'a> {
    dialect: &'a Dialect,
    statements: Statements<'a>,
    opening: Opening,
    options: ScriptOptions,
}

impl<'a> Printer<'a> {
    pub(super) fn new(
        entries: &'a [TocEntry],
        dialect: &'a Dialect,
        opening: Opening,
        options: ScriptOptions,
    ) -> Self {
        Self {
            dialect,
            statements: Statements::new(entries, dialect),
            opening,
            options,
        }
    }

    pub(super) fn begin(&self) -> String {
        let Opening { origin, settings } = &self.opening;
        let restrict = self.options.key.restrict();
        format!("--\n-- PostgreSQL database dump\n--\n\n{restrict}{origin}{settings}")
    }

    pub(super) fn end(&self) -> String {
        let unrestrict = self.options.key.unrestrict();
        format!("--\n-- PostgreSQL database dump complete\n--\n\n{unrestrict}\n")
    }

    pub(super) fn drop(&self, entry: &TocEntry) -> String {
        self.options.clean.statement(entry)
    }

    /// Everything of an entry but its contents.
    pub(super) fn define(&mut self, entry: &'a TocEntry) -> Result<String> {
        let statements = &mut self.statements;
        let mut text = statements.settings(entry);
        text += &comment(entry);
        text += &statements.definition(entry)?;
        text += &statements.owner(entry)?;
        text += &statements.access_method_without_storage(entry);
        match entry.desc.as_ref() {
            "DATABASE" | "DATABASE PROPERTIES" => text += &self.reconnect(&entry.tag)?,
            "BLOBS" => text += large_object::BEGIN,
            _ => text += entry.copy_stmt.as_deref().unwrap_or_default(),
        }
        Ok(text)
    }

    /// Goes on in another database, or with its new settings. Psql takes `\connect`
    /// only while it is not restricted.
    fn reconnect(&mut self, database: &str) -> Result<String> {
        self.statements.forget_settings();
        let connect = psql::connect(database, self.dialect)?;
        let key = &self.options.key;
        let (unrestrict, restrict) = (key.unrestrict(), key.restrict());
        let settings = &self.opening.settings;
        Ok(format!("{unrestrict}{connect}{restrict}{settings}"))
    }
}

/// What the entry is, for the reader. Names have no line breaks here, so that
/// nothing of a name stands outside of the comment.
fn comment(entry: &TocEntry) -> String {
    let prefix = match entry.desc.as_ref() {
        "STATISTICS DATA" => "Statistics for ",
        _ if entry.has_data => "Data for ",
        _ => "",
    };
    let or_hyphen = |name: &Option<String>| one_line(name.as_deref().unwrap_or("-"));
    let tablespace = match entry.tablespace.as_deref() {
        None | Some("") => String::new(),
        Some(name) => format!("; Tablespace: {}", one_line(name)),
    };
    format!(
        "--\n-- {prefix}Name: {}; Type: {}; Schema: {}; Owner: {}{tablespace}\n--\n\n",
        one_line(&entry.tag),
        one_line(&entry.desc),
        or_hyphen(&entry.namespace),
        or_hyphen(&entry.owner),
    )
}
