//! Several statements that go together.

use super::shared::Shared;
use crate::error::Result;
use crate::pg::Session;

/// A transaction around the data of one entry; where all of the restore is one, a part of that.
pub(super) struct Transaction<'a> {
    session: &'a Session,
    is_part: bool,
}

impl<'a> Transaction<'a> {
    pub(super) async fn begin(session: &'a Session, shared: &Shared) -> Result<Self> {
        let is_part = shared.options.single_transaction;
        if !is_part {
            session.batch("BEGIN").await?;
        }
        Ok(Self { session, is_part })
    }

    /// Commits what has succeeded, and takes back what has not.
    pub(super) async fn end<T>(self, outcome: Result<T>) -> Result<T> {
        match outcome {
            _ if self.is_part => outcome,
            Ok(value) => {
                self.session.batch("COMMIT").await?;
                Ok(value)
            }
            Err(error) => {
                // A session that is lost has nothing left to take back.
                if let Err(second) = self.session.batch("ROLLBACK").await {
                    tracing::debug!("rolling back: {}", second.full());
                }
                Err(error)
            }
        }
    }
}
