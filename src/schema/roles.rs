//! Role names.

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::Result;
use crate::ids::Oid;
use crate::pg::Session;

/// Role names by OID, read once.
#[derive(Debug, Default)]
pub(crate) struct Roles(HashMap<Oid, Arc<str>>);

impl Roles {
    pub(crate) async fn load(session: &Session) -> Result<Self> {
        let roles = session
            .rows(
                "SELECT oid, rolname::text AS name FROM pg_catalog.pg_roles",
                &[],
                |row| Ok((row.get("oid")?, row.get::<String>("name")?.into())),
            )
            .await?;
        Ok(Self(roles.into_iter().collect()))
    }

    /// The name of a role; empty for one that was dropped behind the catalogs' back.
    pub(crate) fn name(&self, oid: Oid) -> Arc<str> {
        self.0.get(&oid).cloned().unwrap_or_default()
    }
}
