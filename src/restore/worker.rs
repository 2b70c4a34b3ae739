//! Restores entries, one after the other, in one session.

use std::sync::Arc;

use super::form::Form;
use super::plan::holds_data;
use super::shared::{Done, Shared};
use super::team::Team;
use super::{large_objects, rows};
use crate::archive::TocEntry;
use crate::archive::script::Statements;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::pg::Session;
use crate::progress::Stage;
use crate::unpack::{Connected, Contents, OpenArchive};

/// A session, and the way to the archive's data.
pub(super) struct Worker<'a> {
    pub(super) shared: &'a Shared,
    pub(super) session: Session,
    pub(super) cancel: Cancel,
    data: Data<'a>,
    statements: Statements<'a>,
}

/// Where data comes from.
pub(super) enum Data<'a> {
    /// An archive that can be read anywhere.
    Stored(Connected),
    /// An archive that can be read from its beginning on.
    Stream(&'a mut OpenArchive),
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        session: Session,
        data: Data<'a>,
        cancel: Cancel,
    ) -> Self {
        Self {
            shared,
            session,
            cancel,
            data,
            statements: Statements::new(&shared.plan.entries, &shared.dialect),
        }
    }

    /// Restores an entry. An error is one to end the restore with.
    pub(super) async fn restore(&mut self, item: usize) -> Result<()> {
        let cancel = self.cancel.clone();
        let outcome = cancel.guard(self.perform(item)).await;
        self.shared.settle(item, outcome)
    }

    /// Helps those who load a table.
    pub(super) async fn help(&self, team: &Arc<Team>) -> Result<()> {
        let Data::Stored(connected) = &self.data else {
            return Ok(());
        };
        let cancel = self.cancel.clone();
        let help = team.help(&self.session, connected, self.shared);
        cancel
            .guard(async {
                help.await;
                Ok(())
            })
            .await
    }

    /// Goes on in another session.
    pub(super) fn replace_session(&mut self, session: Session) -> Session {
        self.statements.forget_settings();
        std::mem::replace(&mut self.session, session)
    }

    async fn perform(&mut self, item: usize) -> Result<Done> {
        let plan = &self.shared.plan;
        let (entry, selected) = (&plan.entries[item], plan.selected[item]);
        tracing::debug!(dump_id = entry.dump_id.0, desc = %entry.desc, tag = entry.tag, "restoring");
        for holder in plan.changed_by(entry) {
            self.shared.check_made(holder, "this was")?;
        }
        if selected.define {
            self.define(entry).await?;
        }
        match selected.load {
            true => self.load(entry).await,
            false => Ok(Done::default()),
        }
    }

    async fn define(&mut self, entry: &'a TocEntry) -> Result<()> {
        let options = &self.shared.options;
        let settings = self.statements.settings(entry);
        let mut definition = self.statements.definition(entry)?;
        if options.on_conflict_do_nothing && entry.desc == "SEQUENCE SET" {
            definition = rows::advance_sequence(&definition)?;
        }
        let owner = match options.no_owner {
            true => String::new(),
            false => self.statements.owner(entry)?,
        };
        let access_method = self.statements.access_method_without_storage(entry);
        // What fails stays by itself: an object without its owner is better than none. But
        // what could not be made is somebody else's, and keeps its owner.
        let session = &self.session;
        let made = futures::join!(run(session, &settings), run(session, &definition));
        made.0.and(made.1)?;
        if holds_data(entry) {
            self.shared.note_made(entry.dump_id);
        }
        let (owner, access_method) =
            futures::join!(run(session, &owner), run(session, &access_method));
        owner
            .map_err(|error| error.context("it was made, but setting its owner failed"))
            .and(access_method)
    }

    async fn load(&mut self, entry: &'a TocEntry) -> Result<Done> {
        let shared = self.shared;
        let plan = &shared.plan;
        if let Some(table) = plan.table_of(entry) {
            shared.check_made(table, "its rows were")?;
        }
        shared.progress.enter(Stage::Data, entry.tag.as_str());
        let done = match entry.desc.as_ref() {
            "BLOBS" => {
                let contents = contents(&mut self.data, shared, entry, true).await?;
                large_objects::load(&self.session, contents, shared, entry).await?
            }
            _ => self.load_rows(entry).await?,
        };
        shared.progress.table_done();
        Ok(done)
    }

    async fn load_rows(&mut self, entry: &'a TocEntry) -> Result<Done> {
        let form = match &self.data {
            Data::Stored(_) => Form::of(&self.session, self.shared, entry).await,
            // What has gone by cannot be sent once more.
            Data::Stream(_) => Form::Text,
        };
        match self.load_rows_as(entry, &form).await {
            Err(error) if form.is_to_blame_for(&error) => {
                tracing::debug!(table = entry.tag, "refused in binary: {}", error.full());
                self.load_rows_as(entry, &Form::Text).await
            }
            loaded => loaded,
        }
    }

    async fn load_rows_as(&mut self, entry: &'a TocEntry, form: &Form) -> Result<Done> {
        let shared = self.shared;
        if let Data::Stored(connected) = &self.data
            && let Some(team) = Team::for_entry(shared, entry, form)
        {
            return team.load(&self.session, connected, shared).await;
        }
        let contents = contents(&mut self.data, shared, entry, false).await?;
        rows::load(&self.session, contents, shared, entry, form).await
    }
}

async fn contents<'c>(
    data: &'c mut Data<'_>,
    shared: &Shared,
    entry: &TocEntry,
    large_objects: bool,
) -> Result<Contents<'c>> {
    let id = entry.dump_id;
    match data {
        Data::Stream(archive) => archive.next_contents(id).await,
        Data::Stored(connected) => {
            let place = shared.plan.places.of(id).ok_or_else(|| {
                Error::new(
                    ErrorKind::CorruptArchive,
                    "the archive has no data of this entry, although its table of contents says so",
                )
            })?;
            connected.contents(id, large_objects, place).await
        }
    }
}

async fn run(session: &Session, sql: &str) -> Result<()> {
    match sql.is_empty() {
        true => Ok(()),
        false => session.batch(sql).await,
    }
}
