//! What all sessions of a restore share.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::RestoreOptions;
use super::plan::{Plan, holds_data};
use super::report::Failure;
use super::team::Teams;
use tokio::sync::Notify;

use crate::archive::script::large_object;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{DumpId, Oid};
use crate::progress::Progress;
use crate::sql::{Dialect, one_line};

/// The plan, and how far it has come.
pub(super) struct Shared {
    pub(super) plan: Plan,
    pub(super) options: RestoreOptions,
    pub(super) dialect: Dialect,
    pub(super) cancel: Cancel,
    pub(super) progress: Progress,
    /// Those who load a table together.
    pub(super) teams: Teams,
    /// Tells those who wait that there may be something to do.
    pub(super) news: Notify,
    account: Mutex<Account>,
}

#[derive(Default)]
struct Account {
    /// What [holds data](holds_data), as far as this restore has made it.
    made: HashSet<DumpId>,
    /// And what of it could not be made.
    not_made: HashSet<DumpId>,
    done: Done,
    failures: Vec<Failure>,
}

/// What has been restored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    pub(super) entries: u64,
    pub(super) tables: u64,
    pub(super) rows: u64,
    pub(super) large_objects: u64,
    pub(super) raw_bytes: u64,
}

impl Shared {
    pub(super) fn new(
        plan: Plan,
        options: RestoreOptions,
        dialect: Dialect,
        cancel: Cancel,
        progress: Progress,
    ) -> Self {
        Self {
            plan,
            options,
            dialect,
            cancel,
            progress,
            teams: Teams::default(),
            news: Notify::new(),
            account: Mutex::default(),
        }
    }

    /// Whether this restore has made what data goes into.
    pub(super) fn was_made(&self, holder: DumpId) -> bool {
        self.account().made.contains(&holder)
    }

    /// Takes down that this restore has made it.
    pub(super) fn note_made(&self, holder: DumpId) {
        self.account().made.insert(holder);
    }

    /// Fails if this restore should have made it, and could not: what is there instead is
    /// somebody else's, and its data is left alone.
    pub(super) fn check_made(&self, holder: usize, data: &str) -> Result<()> {
        match self
            .account()
            .not_made
            .contains(&self.plan.entries[holder].dump_id)
        {
            false => Ok(()),
            true => Err(Error::new(
                ErrorKind::Server,
                format!("{} could not be made: {data} left out", self.name(holder)),
            )),
        }
    }

    /// The large objects that could not be made.
    pub(super) fn large_objects_not_made(&self) -> HashSet<Oid> {
        let account = self.account();
        let entries = account
            .not_made
            .iter()
            .filter_map(|id| self.plan.place(*id));
        entries
            .map(|place| &self.plan.entries[place])
            .flat_map(large_object::made_by)
            .collect()
    }

    /// Takes down how an entry ended. Returns the error if the restore ends with it.
    pub(super) fn settle(&self, item: usize, outcome: Result<Done>) -> Result<()> {
        let entry = &self.plan.entries[item];
        let mut account = self.account();
        let error = match outcome {
            Ok(done) => {
                account.done.add(done);
                account.done.entries += 1;
                return Ok(());
            }
            Err(error) => error,
        };
        if holds_data(entry) && !account.made.contains(&entry.dump_id) {
            account.not_made.insert(entry.dump_id);
        }
        self.fail(&mut account, item, error, "restoring")
    }

    /// Takes down that an object could not be dropped. Returns the error if the restore
    /// ends with it.
    pub(super) fn settle_drop(&self, item: usize, error: Error) -> Result<()> {
        self.fail(&mut self.account(), item, error, "dropping")
    }

    fn fail(&self, account: &mut Account, item: usize, error: Error, doing: &str) -> Result<()> {
        let entry = &self.plan.entries[item];
        let error = match error.kind() {
            ErrorKind::Cancelled => return Err(error),
            ErrorKind::Connect if error.hint().is_none() => error.with_hint(LOST),
            // Of rows, triggers of a table that is there may be what is not allowed something.
            ErrorKind::Permission if !self.plan.selected[item].load => error.with_hint(NOT_ALLOWED),
            _ if error.sqlstate() == Some(DEPENDENTS_EXIST) => error.with_hint(NEWER),
            _ => error,
        };
        let error = error.context(format!("{doing} {}", self.name(item)));
        // Without its database there is nothing to restore into.
        let is_database = entry.desc == "DATABASE";
        if self.options.stops_at_errors() || is_database || !can_go_on(&error) {
            return Err(error);
        }
        tracing::warn!("{}", error.full());
        account.failures.push(Failure::new(entry, &error));
        Ok(())
    }

    /// What was done, and what was not.
    pub(super) fn outcome(&self) -> (Done, Vec<Failure>) {
        let mut account = self.account();
        (account.done, std::mem::take(&mut account.failures))
    }

    /// The entry as messages name it.
    pub(super) fn name(&self, item: usize) -> String {
        let entry = &self.plan.entries[item];
        let name = match entry.namespace.as_deref() {
            None | Some("") => one_line(&entry.tag),
            Some(namespace) => format!("{}.{}", one_line(namespace), one_line(&entry.tag)),
        };
        format!("{} {name} (entry {})", entry.desc, entry.dump_id)
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Done {
    fn add(&mut self, other: Self) {
        self.tables += other.tables;
        self.rows += other.rows;
        self.large_objects += other.large_objects;
        self.raw_bytes += other.raw_bytes;
    }
}

const LOST: &str = "What was restored before stays, and nothing of this entry. \
                    Start again, with --clean --if-exists.";

/// "PostgreSQL Error Codes" in the manual: dependent_objects_still_exist.
const DEPENDENTS_EXIST: &str = "2BP01";

const NEWER: &str = "Something that the archive does not have hangs on it, so it was not replaced. Leave this entry out \
                     (entries, -L), or restore into a new database and rename the two.";

const NOT_ALLOWED: &str = "Restore as a role that may make it: a superuser, the owner, or one with CREATE on database and \
                           schema (CREATEDB for a new database). Without owners and privileges (no_owner, no_privileges) less is needed.";

/// Whether other entries may be restored all the same. Nothing can without a server, or
/// out of an archive that is damaged or cannot be read.
fn can_go_on(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Server
            | ErrorKind::Permission
            | ErrorKind::LockTimeout
            | ErrorKind::Unsupported
            | ErrorKind::Authentication
    )
}
