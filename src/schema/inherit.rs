//! Inheritance and partitions: `pg_inherits`.

use std::collections::{HashMap, HashSet};

use super::catalog::Catalog;
use super::entries::Toc;
use super::object::{Body, Components, Object};
use super::relation::Relation;
use crate::archive::Section;
use crate::dumpable::{ObjectKind, Placement};
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid};
use crate::pg::Session;

/// A partition's place in its partitioned table.
#[derive(Debug)]
pub struct TableAttach {
    parent: DumpId,
    partition: DumpId,
    /// `FOR VALUES …` or `DEFAULT`.
    bound: String,
}

/// Loads which relation inherits from which.
pub(crate) async fn load_parents(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let rows = session
        .rows(
            "SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits ORDER BY inhrelid, inhseqno",
            &[],
            |row| Ok((row.get::<Oid>("inhrelid")?, row.get::<Oid>("inhparent")?)),
        )
        .await?;
    for (child, parent) in rows {
        // Indexes have parents, too; they are no relations here.
        let ids = catalog
            .relation(child)
            .map(|child| child.id)
            .zip(catalog.relation(parent).map(|parent| parent.id));
        if let Some((child, parent)) = ids
            && let Some(relation) = Relation::of_mut(catalog.object_mut(child))
        {
            relation.parents.push(parent);
        }
    }
    Ok(())
}

/// Loads partition keys and bounds of the relations in `oids` and adds the
/// partitions' places. A partition is made stand-alone and attached later, so
/// that its columns keep their order and a restore can load it by itself.
pub(crate) async fn load_partitions(
    session: &Session,
    catalog: &mut Catalog,
    oids: &[Oid],
) -> Result<()> {
    let rows = session
        .rows(
            "SELECT c.oid, pg_catalog.pg_get_partkeydef(c.oid) AS key,
                    pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound
             FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
             JOIN pg_catalog.pg_class c ON c.oid = wanted.oid
             WHERE c.relkind = 'p' OR c.relispartition
             ORDER BY c.oid",
            &[&oids],
            |row| {
                let oid: Oid = row.get("oid")?;
                let key: Option<String> = row.get("key")?;
                Ok((oid, key, row.get::<Option<String>>("bound")?))
            },
        )
        .await?;
    for (oid, key, bound) in rows {
        let Some(partition) = catalog.relation(oid).map(|object| object.id) else {
            continue;
        };
        let parent = partitioned_table_of(partition, catalog);
        let own_statement = parent.is_some_and(|parent| !attaches_with_its_table(parent, catalog));
        let Some(relation) = Relation::of_mut(catalog.object_mut(partition)) else {
            continue;
        };
        relation.partition_key = key;
        match (parent, bound) {
            (Some(parent), Some(bound)) if own_statement => {
                attach(catalog, partition, parent, bound);
            }
            (_, bound) => relation.partition_bound = bound,
        }
    }
    Ok(())
}

/// Before 14, `pg_dump` writes a partition's place into the entry of its table. Here
/// that needs a partitioned table that is dumped, too: else the table would go down
/// with the statement that attaches it.
fn attaches_with_its_table(parent: DumpId, catalog: &Catalog) -> bool {
    catalog.server.major() < 14 && catalog.object(parent).components.definition
}

fn attach(catalog: &mut Catalog, partition: DumpId, parent: DumpId, bound: String) {
    let table = catalog.object(partition);
    let mut object = Object::new(
        CatalogId::NONE,
        ObjectKind::TableAttach,
        table.name.clone(),
        Body::TableAttach(TableAttach {
            parent,
            partition,
            bound,
        }),
    );
    object.namespace.clone_from(&table.namespace);
    object.components = Components {
        definition: table.components.definition,
        ..Components::NONE
    };
    object.needs = vec![partition, parent];
    catalog.add(object);
}

/// Makes what acts on other tables, too, need their rows: triggers and foreign
/// keys of partitioned tables, and foreign keys to them, those of all partitions,
/// constraints that are not valid yet those of all descendants. `pg_restore --jobs`
/// goes by such dependencies alone, takes those on a table for ones on its rows,
/// and finds none for other tables: a trigger would fire and a constraint reject
/// rows while a partition is still being loaded. It takes them for locks, too: a
/// foreign key would otherwise lock partitions in another order than the statement
/// that attaches their indexes, and one of both end in a deadlock. `pg_dump`
/// leaves that to chance.
pub(crate) fn await_rows_of_descendants(catalog: &mut Catalog) {
    let rows = rows_of_descendants(catalog);
    let ids: Vec<DumpId> = catalog.objects().iter().map(|object| object.id).collect();
    for id in ids {
        let object = catalog.object(id);
        let (table, other) = match &object.body {
            Body::Trigger(trigger) => (trigger.table, None),
            Body::ForeignKey(key) => (key.table, catalog.relation(key.referenced)),
            Body::Check(check) if object.placement == Placement::Separate => (check.table, None),
            _ => continue,
        };
        let tables = std::iter::once(table).chain(other.map(|other| other.id));
        // Children that are no partitions inherit neither triggers nor foreign keys.
        let inherited = matches!(object.body, Body::Check(_));
        let rows = tables.filter_map(|table| rows.get(&table)).flatten();
        let rows: Vec<DumpId> = rows
            .filter(|(_, is_partition)| *is_partition || inherited)
            .map(|(rows, _)| *rows)
            .collect();
        catalog.object_mut(id).needs.extend(rows);
    }
}

/// By ancestor: the rows of each descendant, and whether that is a partition of it.
fn rows_of_descendants(catalog: &Catalog) -> HashMap<DumpId, Vec<(DumpId, bool)>> {
    let mut rows: HashMap<DumpId, Vec<(DumpId, bool)>> = HashMap::new();
    for object in catalog.objects() {
        let Body::TableData(data) = &object.body else {
            continue;
        };
        let mut seen = HashSet::from([data.table]);
        let mut open = vec![data.table];
        while let Some(table) = open.pop().and_then(|id| Relation::of(catalog.object(id))) {
            for parent in table.parents.iter().filter(|parent| seen.insert(**parent)) {
                let below = rows.entry(*parent).or_default();
                below.push((object.id, table.is_partition));
                open.push(*parent);
            }
        }
    }
    rows
}

fn partitioned_table_of(table: DumpId, catalog: &Catalog) -> Option<DumpId> {
    let relation = Relation::of(catalog.object(table))?;
    // A partition has exactly one parent.
    relation
        .parents
        .first()
        .copied()
        .filter(|_| relation.is_partition)
}

impl TableAttach {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        if !object.components.definition || toc.options.data_only {
            return;
        }
        let partition = catalog.object(self.partition);
        let mut entry = object.entry("TABLE ATTACH", Section::PreData);
        entry.defn = Some(attach_statement(
            catalog.object(self.parent),
            partition,
            &self.bound,
            catalog,
        ));
        entry.owner = Relation::of(partition).map(|relation| relation.owner.to_string());
        toc.define(object, entry);
    }
}

/// The statement that makes a table a partition.
pub(super) fn attach_statement(
    parent: &Object,
    partition: &Object,
    bound: &str,
    catalog: &Catalog,
) -> String {
    format!(
        "ALTER TABLE ONLY {} ATTACH PARTITION {} {bound};\n",
        catalog.qualified(parent),
        catalog.qualified(partition)
    )
}
