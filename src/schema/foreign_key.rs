//! Foreign keys: `pg_constraint` with `contype = 'f'`.

use std::collections::HashMap;

use super::catalog::Catalog;
use super::constraint;
use super::entries::Toc;
use super::host::{self, Host};
use super::index_attach::IndexAttach;
use super::object::{Body, Object};
use super::relkind::RelKind;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{DumpId, Oid, catalogs};
use crate::pg::Session;

/// A foreign key.
#[derive(Debug)]
pub struct ForeignKey {
    /// The table that has it.
    pub(crate) table: DumpId,
    /// The table it references.
    pub(crate) referenced: Oid,
    /// `FOREIGN KEY (…) REFERENCES …`
    definition: String,
}

/// Foreign keys with a parent are made with the one on the partitioned table.
const QUERY: &str = "
    SELECT c.oid, c.conrelid AS table_oid, c.conname::text AS name,
           c.confrelid AS referenced, c.conindid AS index_oid, pg_catalog.pg_get_constraintdef(c.oid) AS definition
    FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
    JOIN pg_catalog.pg_constraint c ON c.conrelid = wanted.oid
    WHERE c.contype = 'f' AND c.conparentid = 0
    ORDER BY c.conrelid, c.conname";

/// Loads the foreign keys of the wanted tables. Index attachments must have been loaded.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let attachments = Attachments::of(catalog);
    let objects = host::parts(session, catalog, QUERY, |row, host| {
        let body = Body::ForeignKey(ForeignKey {
            table: host.id(),
            referenced: row.get("referenced")?,
            definition: host.definition(row)?,
        });
        let mut object =
            host.part_from_row(row, catalogs::CONSTRAINT, ObjectKind::ForeignKey, body)?;
        object.needs = attachments.below(row.get("index_oid")?);
        Ok(object)
    })
    .await?;
    for object in objects {
        catalog.add(object);
    }
    Ok(())
}

impl ForeignKey {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let host = Host::of(catalog, self.table)?;
        if object.components.definition && !toc.options.data_only {
            // Partitions inherit a foreign key, children of other tables do not.
            let alter = match host.relation.kind {
                RelKind::Partitioned => host.alter(),
                _ => host.alter_only(),
            };
            let entry = constraint::entry(&host, object, "FK CONSTRAINT", &alter, &self.definition);
            toc.define(object, entry);
        }
        constraint::write_comment(&host, object, catalog, toc);
        Ok(())
    }
}

/// The index attachments by parent index.
///
/// A partitioned table's unique index is valid, so that a foreign key can rely
/// on it, only after the indexes of all partitions are attached.
struct Attachments(HashMap<Oid, Vec<(DumpId, Oid)>>);

impl Attachments {
    fn of(catalog: &Catalog) -> Self {
        let mut by_parent: HashMap<Oid, Vec<(DumpId, Oid)>> = HashMap::new();
        for object in catalog.objects() {
            if let Body::IndexAttach(IndexAttach {
                parent, partition, ..
            }) = &object.body
            {
                by_parent
                    .entry(*parent)
                    .or_default()
                    .push((object.id, *partition));
            }
        }
        Self(by_parent)
    }

    /// All attachments to `index`, to the indexes attached to it, and so on.
    fn below(&self, index: Oid) -> Vec<DumpId> {
        let mut found = Vec::new();
        let mut indexes = vec![index];
        while let Some(index) = indexes.pop() {
            for (attachment, partition) in self.0.get(&index).into_iter().flatten() {
                found.push(*attachment);
                indexes.push(*partition);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_below_an_index_include_those_of_subpartitions() {
        let attachments = Attachments(HashMap::from([
            (1, vec![(DumpId(10), 2), (DumpId(11), 3)]),
            (3, vec![(DumpId(12), 4)]),
            (7, vec![(DumpId(13), 8)]),
        ]));
        let mut below = attachments.below(1);
        below.sort();
        assert_eq!(below, [DumpId(10), DumpId(11), DumpId(12)]);
        assert_eq!(attachments.below(4), []);
    }
}
