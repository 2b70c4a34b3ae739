//! A database that is there for one verification.

use std::hash::{BuildHasher, RandomState};

use crate::archive::Archive;
use crate::error::{Error, Result};
use crate::pg::{ConnInfo, Session};

/// A scratch database. It is to be [dropped](Self::drop) however the verification ends.
pub(super) struct Scratch {
    server: ConnInfo,
    name: String,
}

impl Scratch {
    /// Makes one with the encoding and the locale of the archive's database.
    pub(super) async fn make(server: &ConnInfo, archive: &Archive) -> Result<Self> {
        let name = format!("pgsluice_verify_{:016x}", RandomState::new().hash_one(0));
        let session = Session::connect(server).await?;
        let dialect = session.dialect().await?;
        let entries = archive.entries.iter().map(|parsed| &parsed.entry);
        let database = entries.into_iter().find(|entry| entry.desc == "DATABASE");
        let properties = database.and_then(|entry| {
            let begin = format!("CREATE DATABASE {}", dialect.ident(&entry.tag));
            let rest = entry.defn.as_deref()?.strip_prefix(&begin)?;
            // Where the original lies on disk says nothing about this server.
            let rest = rest.split(" TABLESPACE ").next()?;
            Some(rest.trim_end().trim_end_matches(';').to_owned())
        });
        let properties = properties.unwrap_or_else(|| " TEMPLATE template0".to_owned());
        let made = session
            .batch(&format!("CREATE DATABASE {name}{properties}"))
            .await;
        session.end(false).await;
        made.map_err(|error| error.context(format!("making the scratch database {name}")))?;
        tracing::info!(name, "made a scratch database");
        Ok(Self {
            server: server.clone(),
            name,
        })
    }

    /// How to reach it.
    pub(super) fn conninfo(&self) -> ConnInfo {
        self.server.clone().with_database(&self.name)
    }

    /// Drops it, and ends whatever is connected to it.
    pub(super) async fn drop(self) -> Result<()> {
        let drop = async {
            let session = Session::connect(&self.server).await?;
            let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            let dropped = session.batch(&sql).await;
            session.end(false).await;
            dropped
        };
        drop.await.map_err(|error: Error| {
            error
                .context(format!("dropping the scratch database {}", self.name))
                .with_hint(format!("Drop it by hand: DROP DATABASE {}.", self.name))
        })
    }
}
