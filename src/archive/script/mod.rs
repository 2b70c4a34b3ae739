//! The SQL script that `psql` restores: what `pg_restore -f -` prints of an
//! archive, and `pg_dump` writes in its plain format.
//!
//! A [`Script`] turns entries into text, step by step, and says where the
//! contents of an entry belong. No name of any object can become a command:
//! names stand quoted in statements and on one line in comments, and psql takes
//! no commands of its own while it is restricted ([`RestrictKey`]).
//!
//! Text and order are those of `RestoreArchive` in `pg_backup_archiver.c` of
//! the [`target`](Dialect::target) of the given [`Dialect`].

mod clean;
mod entry;
pub(crate) mod large_object;
mod opening;
mod pass;
mod psql;
mod statements;

pub(crate) use clean::Clean;
pub(crate) use opening::settings;
pub(crate) use pass::Pass;
pub(crate) use psql::RestrictKey;
pub(crate) use statements::Statements;

use entry::Printer;
use opening::Opening;

use super::header::Header;
use super::list::is_restored;
pub(crate) use super::list::{has_definition, makes_database};
use super::toc::TocEntry;
use crate::error::Result;
use crate::sql::Dialect;

/// What a script does besides making objects.
#[derive(Clone, Debug)]
pub(crate) struct ScriptOptions {
    /// Make the database, and connect to it (`--create`).
    pub(crate) create: bool,
    /// Drop what is about to be made (`--clean`, `--if-exists`).
    pub(crate) clean: Clean,
    /// Locks psql against commands in the script.
    pub(crate) key: RestrictKey,
}

/// A script in the making: an iterator over its [`Step`]s.
///
/// After an error it goes on with the next step, but what was written is not a script.
pub(crate) struct Script<'a> {
    printer: Printer<'a>,
    actions: std::vec::IntoIter<Action<'a>>,
}

/// What comes next in a script.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Step<'a> {
    /// This text.
    Text(String),
    /// The contents of this entry: COPY text up to and including the line `\.`
    /// and two empty ones, or what [`large_object`] writes.
    Data(&'a TocEntry),
}

/// What the script does, one after the other.
#[derive(Clone, Copy)]
enum Action<'a> {
    Begin,
    Drop(&'a TocEntry),
    Define(&'a TocEntry),
    Data(&'a TocEntry),
    EndLargeObjects,
    End,
}

impl<'a> Script<'a> {
    /// Prepares the script of an archive's entries.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::error::ErrorKind::Unsupported) if the
    /// entries that say how to read the others are not those of `pg_dump` 10.3 or later.
    pub(crate) fn new(
        header: &Header,
        entries: &'a [TocEntry],
        dialect: &'a Dialect,
        options: ScriptOptions,
    ) -> Result<Self> {
        let opening = Opening::new(header, entries, dialect.target())?;
        let actions = actions(entries, &options);
        Ok(Self {
            printer: Printer::new(entries, dialect, opening, options),
            actions: actions.into_iter(),
        })
    }
}

impl<'a> Iterator for Script<'a> {
    type Item = Result<Step<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let printer = &mut self.printer;
        let text = match self.actions.next()? {
            Action::Begin => Ok(printer.begin()),
            Action::Drop(entry) => Ok(printer.drop(entry)),
            Action::Define(entry) => printer.define(entry),
            Action::Data(entry) => return Some(Ok(Step::Data(entry))),
            Action::EndLargeObjects => Ok(large_object::END.to_owned()),
            Action::End => Ok(printer.end()),
        };
        Some(text.map(Step::Text))
    }
}

/// Everything the script does: drops in reverse order, then three passes over the entries.
fn actions<'a>(entries: &'a [TocEntry], options: &ScriptOptions) -> Vec<Action<'a>> {
    let mut actions = vec![Action::Begin];
    let wanted =
        |entry: &&TocEntry| is_restored(entry) && (options.create || !makes_database(entry));
    let drops = entries
        .iter()
        .rev()
        .filter(wanted)
        .filter(|entry| options.clean.drops(entry, options.create));
    actions.extend(drops.map(Action::Drop));
    for pass in Pass::ALL {
        let of_pass = |entry: &&TocEntry| Pass::of(entry) == pass;
        for entry in entries.iter().filter(wanted).filter(of_pass) {
            actions.push(Action::Define(entry));
            if entry.has_data {
                actions.push(Action::Data(entry));
            }
            if entry.has_data && entry.desc == "BLOBS" {
                actions.push(Action::EndLargeObjects);
            }
        }
    }
    actions.push(Action::End);
    actions
}

#[cfg(test)]
mod tests;
