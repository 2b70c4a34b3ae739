//! One large table, loaded by several sessions at once.
//!
//! The manifest says where the segments of its rows lie, and each can be decoded alone.
//! Every session loads segments in a transaction of its own, and none commits before all
//! segments are there and together are the rows that the manifest describes. That is for
//! tables which this restore has made: nobody else sees them, and nothing in them refers to
//! rows of another transaction.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::form::{Form, Rows};
use super::shared::{Done, Shared};
use super::transaction::Transaction;
use crate::archive::{DataFacts, SegmentFacts, TocEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::pg::Session;
use crate::unpack::{Connected, Found, Segment, Span};

/// Those who load a table, and what they have so far.
pub(super) struct Team {
    /// The entry's place in the plan.
    item: usize,
    facts: DataFacts,
    form: Form,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// The next segment.
    next: usize,
    /// Sessions with segments that are not loaded yet.
    loading: usize,
    /// Sessions that have not committed or rolled back.
    open: usize,
    /// What was loaded, if all of it was.
    found: Found,
    has_failed: bool,
    failure: Option<Error>,
}

/// Teams that others can join.
#[derive(Default)]
pub(super) struct Teams(Mutex<Vec<Arc<Team>>>);

impl Teams {
    /// Joins a team that has something left to do. The caller must [help](Team::help).
    pub(super) fn join_any(&self) -> Option<Arc<Team>> {
        let teams = self.lock();
        teams.iter().find(|team| team.join()).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Team>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Team {
    /// How many sessions may load an entry's rows at most: one for each segment.
    pub(super) fn most_sessions(shared: &Shared, entry: &TocEntry) -> usize {
        divisible(shared, entry).map_or(1, |facts| facts.segments.len())
    }

    /// A team for an entry's rows, if it is worth one.
    pub(super) fn for_entry(shared: &Shared, entry: &TocEntry, form: &Form) -> Option<Arc<Self>> {
        let facts = divisible(shared, entry).filter(|_| shared.options.jobs > 1)?;
        Some(Arc::new(Self {
            item: shared.plan.place(entry.dump_id).unwrap_or_default(),
            facts: facts.clone(),
            form: form.clone(),
            state: Mutex::default(),
            changed: Notify::new(),
        }))
    }

    /// Loads the table, with whoever joins. Returns when all of them have ended.
    pub(super) async fn load(
        self: &Arc<Self>,
        session: &Session,
        connected: &Connected,
        shared: &Shared,
    ) -> Result<Done> {
        self.join();
        shared.teams.lock().push(Arc::clone(self));
        shared.news.notify_waiters();
        self.help(session, connected, shared).await;
        shared.teams.lock().retain(|team| !Arc::ptr_eq(team, self));
        self.wait_until(|state| state.open == 0).await;
        let mut state = self.state();
        if state.has_failed {
            return Err(state.failure.take().unwrap_or_else(gave_up));
        }
        let rows = state.found.digest.rows();
        shared.progress.copied(rows, 0);
        Ok(Done {
            tables: 1,
            rows,
            raw_bytes: state.found.raw_bytes,
            ..Done::default()
        })
    }

    /// Loads segments until there are no more, and commits if all of them are good. What
    /// goes wrong is told to whoever began.
    pub(super) async fn help(
        self: &Arc<Self>,
        session: &Session,
        connected: &Connected,
        shared: &Shared,
    ) {
        // A future that is dropped by a cancellation must not keep the others waiting.
        let mut member = Member {
            team: self,
            is_loading: true,
        };
        let ended = async {
            let transaction = Transaction::begin(session, shared).await?;
            let loaded = self.load_segments(session, connected, shared).await;
            let is_sound = loaded.is_ok();
            member.end_loading(loaded);
            self.wait_until(|state| state.loading == 0).await;
            let verdict = match is_sound {
                true => self.verdict(),
                false => Err(gave_up()),
            };
            transaction.end(verdict).await
        };
        if let Err(error) = ended.await {
            self.fail(error);
        }
        drop(member);
    }

    /// Loads segments by one COPY. While the rows of one are sent, those of the next are read.
    async fn load_segments(
        self: &Arc<Self>,
        session: &Session,
        connected: &Connected,
        shared: &Shared,
    ) -> Result<()> {
        let entry = &shared.plan.entries[self.item];
        let sql = entry.copy_stmt.as_deref().unwrap_or_default();
        let team = Arc::clone(self);
        let taken = std::iter::from_fn(move || team.take());
        let mut segments = connected.segments(taken.map(Span::from))?;
        let mut copy = Rows::begin(session, sql, &self.form).await?;
        while let Some(segment) = segments.next().await? {
            match segment {
                Segment::Rows(rows) => {
                    shared.progress.copied(0, rows.len() as u64);
                    copy = copy.send(rows).await?;
                }
                Segment::End(span, found) => self.add(span, &found)?,
            }
        }
        copy.finish().await
    }

    /// Joins, if there is something left to do.
    fn join(&self) -> bool {
        let mut state = self.state();
        let is_open = state.next < self.facts.segments.len() && !state.has_failed;
        if is_open {
            state.loading += 1;
            state.open += 1;
        }
        is_open
    }

    fn take(&self) -> Option<SegmentFacts> {
        let mut state = self.state();
        if state.has_failed {
            return None;
        }
        let segment = self.facts.segments.get(state.next).copied();
        state.next += 1;
        segment
    }

    /// Adds what a segment held, if that is what the manifest says.
    fn add(&self, span: Span, found: &Found) -> Result<()> {
        let segments = &self.facts.segments;
        // Where nothing is compressed, one without rows begins where the next does.
        let key = |segment: &SegmentFacts| (segment.offset, segment.stored_bytes);
        let place = segments.binary_search_by_key(&(span.offset, span.len()), key);
        let expected = place.map(|place| (segments[place].rows, segments[place].raw_bytes));
        let counted = (found.digest.rows(), found.raw_bytes);
        if expected != Ok(counted) {
            let (rows, bytes) = expected.unwrap_or_default();
            return Err(Error::new(
                ErrorKind::Verification,
                format!(
                    "the segment at byte {} is not what the manifest describes: expected {rows} rows of {bytes} bytes, found {} of {}",
                    span.offset, counted.0, counted.1
                ),
            )
            .with_hint("The archive is damaged, or its manifest is of another one."));
        }
        let mut state = self.state();
        state.found.digest.merge(&found.digest);
        state.found.raw_bytes += found.raw_bytes;
        Ok(())
    }

    /// Whether what all have loaded is what the manifest describes.
    fn verdict(&self) -> Result<()> {
        let state = self.state();
        match state.has_failed {
            true => Err(gave_up()),
            false => state.found.check(&self.facts),
        }
    }

    /// Keeps the first failure, and stops the others.
    fn fail(&self, error: Error) {
        let mut state = self.state();
        state.has_failed = true;
        if state.failure.is_none() && !is_giving_up(&error) {
            state.failure = Some(error);
        }
        drop(state);
        self.changed.notify_waiters();
    }

    async fn wait_until(&self, is_so: impl Fn(&State) -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // From here on nothing is missed.
            changed.as_mut().enable();
            if is_so(&self.state()) {
                return;
            }
            changed.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of an entry, if several sessions can load them: by segments, and with nothing
/// but COPY, into a table that this restore has made.
fn divisible<'a>(shared: &'a Shared, entry: &TocEntry) -> Option<&'a DataFacts> {
    let plan = &shared.plan;
    let facts = plan.facts(entry.dump_id)?;
    let table = plan.table_of(entry)?;
    let is_copied = entry
        .copy_stmt
        .as_deref()
        .is_some_and(|sql| !sql.is_empty())
        && shared.options.only_copies();
    let is_ours = shared.was_made(plan.entries[table].dump_id);
    let has_pieces = facts.segments.len() > 1 && facts.file.is_none();
    (is_copied && is_ours && has_pieces).then_some(facts)
}

/// A session's part in a team, which it leaves however it ends.
struct Member<'a> {
    team: &'a Team,
    is_loading: bool,
}

impl Member<'_> {
    fn end_loading(&mut self, loaded: Result<()>) {
        if let Err(error) = loaded {
            self.team.fail(error);
        }
        self.is_loading = false;
        self.team.state().loading -= 1;
        self.team.changed.notify_waiters();
    }
}

impl Drop for Member<'_> {
    fn drop(&mut self) {
        let mut state = self.team.state();
        if self.is_loading {
            state.loading -= 1;
            state.has_failed = true;
        }
        state.open -= 1;
        drop(state);
        self.team.changed.notify_waiters();
    }
}

/// Ends a transaction whose failure is told already.
fn gave_up() -> Error {
    Error::new(ErrorKind::Cancelled, GAVE_UP)
}

const GAVE_UP: &str = "another session could not load its part of the table";

fn is_giving_up(error: &Error) -> bool {
    error.kind() == ErrorKind::Cancelled && error.to_string() == GAVE_UP
}
