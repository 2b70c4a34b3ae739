//! Comments: `pg_description`.

use std::collections::HashMap;

use crate::error::Result;
use crate::ids::CatalogId;
use crate::pg::Session;

/// All comments on a database's objects.
#[derive(Debug, Default)]
pub(crate) struct Comments(HashMap<CatalogId, Vec<(i32, String)>>);

impl Comments {
    /// Loads the comments that `initdb` did not make, those on schemas, since the
    /// one on `public` can be changed, and those on large objects, whose OIDs may
    /// have been chosen.
    pub(crate) async fn load(session: &Session) -> Result<Self> {
        let rows = session
            .rows(
                "SELECT classoid, objoid, objsubid, description
                 FROM pg_catalog.pg_description
                 WHERE objoid >= 16384
                    OR classoid IN ('pg_catalog.pg_namespace'::pg_catalog.regclass,
                                    'pg_catalog.pg_largeobject'::pg_catalog.regclass)
                 ORDER BY classoid, objoid, objsubid",
                &[],
                |row| {
                    let id = CatalogId::new(row.get("classoid")?, row.get("objoid")?);
                    Ok((id, row.get("objsubid")?, row.get("description")?))
                },
            )
            .await?;
        let mut comments: HashMap<CatalogId, Vec<(i32, String)>> = HashMap::new();
        for (id, sub_id, text) in rows {
            comments.entry(id).or_default().push((sub_id, text));
        }
        Ok(Self(comments))
    }

    /// The comment on an object as a whole.
    pub(crate) fn of(&self, id: CatalogId) -> Option<&str> {
        self.of_part(id, 0)
    }

    /// The comment on an object (0) or one of its columns (attribute numbers).
    pub(crate) fn of_part(&self, id: CatalogId, sub_id: i32) -> Option<&str> {
        let mut comments = self.all_of(id).iter();
        let (_, text) = comments.find(|(part, _)| *part == sub_id)?;
        Some(text)
    }

    /// The comments on a relation (0) and its columns (attribute numbers), in that order.
    pub(crate) fn all_of(&self, id: CatalogId) -> &[(i32, String)] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }
}
