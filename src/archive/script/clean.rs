//! Dropping what a script is about to make (`--clean`, `--if-exists`).

use super::large_object;
use crate::archive::toc::TocEntry;

/// What a script drops before it makes anything.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Clean {
    /// Nothing.
    #[default]
    Nothing,
    /// Everything it makes, which must be there.
    All,
    /// What is there of everything it makes.
    Existing,
}

impl Clean {
    /// Whether the entry's object is dropped. Where the database is made anew, nothing
    /// but the old one is: psql is still connected to another.
    pub(crate) fn drops(self, entry: &TocEntry, create: bool) -> bool {
        let is_database = matches!(entry.desc.as_ref(), "DATABASE" | "DATABASE PROPERTIES");
        let is_droppable = entry
            .drop_stmt
            .as_deref()
            .is_some_and(|sql| !sql.is_empty());
        self != Self::Nothing && is_droppable && (is_database || !create)
    }

    /// The statements that drop the entry's object.
    pub(crate) fn statement(self, entry: &TocEntry) -> String {
        let drop_stmt = entry.drop_stmt.as_deref().unwrap_or_default();
        let if_exists = self == Self::Existing;
        match entry.desc.as_ref() {
            "BLOB METADATA" => large_object::unlink_all(entry, if_exists),
            "BLOB" if if_exists => large_object::unlink_existing(&entry.tag),
            desc if if_exists => drop_if_exists(desc, drop_stmt),
            _ => drop_stmt.to_owned(),
        }
    }
}

/// Adds IF EXISTS where the statement takes it.
fn drop_if_exists(desc: &str, drop_stmt: &str) -> String {
    if drop_stmt.starts_with("--") {
        return drop_stmt.to_owned();
    }
    let (table, rest) = match drop_stmt.strip_prefix("ALTER TABLE") {
        Some(rest) => ("ALTER TABLE IF EXISTS", rest),
        None => ("", drop_stmt),
    };
    let drop = match desc {
        // ALTER COLUMN … DROP DEFAULT and UPDATE pg_database do not take it.
        "DEFAULT" | "DATABASE PROPERTIES" => return format!("{table}{rest}"),
        "CONSTRAINT" | "CHECK CONSTRAINT" | "FK CONSTRAINT" => "DROP CONSTRAINT".to_owned(),
        desc => format!("DROP {desc}"),
    };
    // A view that loses its rule becomes a dummy: CREATE OR REPLACE VIEW drops nothing.
    let replaces_view = rest.starts_with("CREATE OR REPLACE VIEW");
    match rest.split_once(&drop) {
        Some((before, after)) if !replaces_view => {
            format!("{table}{before}{drop} IF EXISTS{after}")
        }
        _ => format!("{table}{rest}"),
    }
}
