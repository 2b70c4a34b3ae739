//! The rows of tables, and the refresh of materialized views.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::catalog::Catalog;
use super::entries::Toc;
use super::foreign_table;
use super::object::{Body, Components, Object};
use super::relation::Relation;
use super::relation_statistics;
use super::relkind::RelKind;
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{ServerVersion, Session};
use crate::sql::one_line;

/// The rows of one table.
#[derive(Debug)]
pub struct TableData {
    /// The table.
    pub table: DumpId,
    /// `WHERE …`, of an extension's configuration table.
    condition: Option<String>,
    /// The partitioned table the rows must be loaded through.
    root: Option<DumpId>,
}

/// The contents of one materialized view, made anew by a restore.
#[derive(Debug)]
pub struct RefreshMaterializedView {
    pub(crate) view: DumpId,
    /// Whether it is refreshed; else it stays without data, as in the source.
    populated: bool,
}

/// Which data the archive takes.
#[derive(Clone, Copy, Debug, Default)]
pub struct DataScope {
    /// No data.
    pub schema_only: bool,
    /// Rows must be loadable with foreign keys in place.
    pub data_only: bool,
    /// The planner's statistics, too.
    pub statistics: bool,
}

impl DataScope {
    /// Checks that the server has what is wanted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for statistics of a server before 18.
    pub fn check(self, server: &ServerVersion) -> Result<()> {
        if self.statistics {
            relation_statistics::check(server)?;
        }
        Ok(())
    }
}

/// Adds the rows of every wanted table, and refreshes.
pub(crate) async fn add(session: &Session, catalog: &mut Catalog, scope: DataScope) -> Result<()> {
    if scope.schema_only {
        return Ok(());
    }
    let roots = tables_to_load_through_root(session, catalog).await?;
    let foreign = foreign_table::on_selected_servers(session, catalog).await?;
    add_tables(catalog, &roots, &foreign);
    add_configuration_tables(catalog);
    // A refresh makes data of data, but needs the view's definition.
    if !scope.data_only {
        add_refreshes(session, catalog).await?;
    }
    order_by_foreign_keys(session, catalog, scope).await
}

fn add_tables(catalog: &mut Catalog, roots: &HashMap<DumpId, DumpId>, foreign: &HashSet<Oid>) {
    let tables: Vec<DumpId> = catalog
        .relations()
        .filter(|(object, relation)| {
            (relation.has_rows() || foreign.contains(&relation.oid))
                && catalog.wants_contents(object, relation)
        })
        .map(|(object, _)| object.id)
        .collect();
    for table in tables {
        add_table(catalog, table, None, roots.get(&table).copied());
    }
}

fn add_table(
    catalog: &mut Catalog,
    table: DumpId,
    condition: Option<String>,
    root: Option<DumpId>,
) {
    let host = catalog.object(table);
    let mut object = Object::new(
        CatalogId::new(0, host.catalog_id.oid),
        ObjectKind::TableData,
        host.name.clone(),
        Body::TableData(TableData {
            table,
            condition,
            root,
        }),
    );
    object.namespace.clone_from(&host.namespace);
    object.components = Components {
        data: true,
        ..Components::NONE
    };
    object.needs.push(table);
    catalog.add(object);
}

/// Rows the user added to an extension's tables, which the extension cannot bring back.
fn add_configuration_tables(catalog: &mut Catalog) {
    let wanted: Vec<(DumpId, String)> = catalog
        .wanted_configuration()
        .filter(|(object, _)| Relation::of(object).is_some_and(Relation::has_rows))
        .map(|(object, configuration)| (object.id, configuration.condition.clone()))
        .collect();
    for (table, condition) in wanted {
        add_table(
            catalog,
            table,
            Some(condition).filter(|c| !c.is_empty()),
            None,
        );
    }
}

/// A row of a table that is hash partitioned by an enum can belong to another
/// partition after a restore, since an enum label's hash depends on its OID.
/// The rows of such partitions are loaded through the topmost table.
async fn tables_to_load_through_root(
    session: &Session,
    catalog: &Catalog,
) -> Result<HashMap<DumpId, DumpId>> {
    let unstable = session
        .rows(
            "SELECT p.partrelid AS relation FROM pg_catalog.pg_partitioned_table p
             WHERE p.partstrat = 'h' AND EXISTS (
                 SELECT FROM pg_catalog.unnest(p.partclass::oid[]) AS used (oid)
                 JOIN pg_catalog.pg_opclass o ON o.oid = used.oid
                 JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
                 WHERE o.opcname = 'enum_ops' AND n.nspname = 'pg_catalog')",
            &[],
            |row| row.get::<Oid>("relation"),
        )
        .await?;
    let unstable: HashSet<DumpId> = unstable
        .into_iter()
        .filter_map(|oid| Some(catalog.relation(oid)?.id))
        .collect();
    let mut roots = HashMap::new();
    for (object, relation) in catalog.relations().filter(|(_, r)| r.is_partition) {
        let mut top = (object.id, relation);
        let mut through_root = false;
        while let Some(parent) = top.1.parents.first().filter(|_| top.1.is_partition) {
            let Some(relation) = Relation::of(catalog.object(*parent)) else {
                break;
            };
            top = (*parent, relation);
            through_root |= unstable.contains(parent);
        }
        if through_root {
            roots.insert(object.id, top.0);
        }
    }
    Ok(roots)
}

/// Adds the refreshes, each needing those of the materialized views it reads,
/// directly or through other views.
async fn add_refreshes(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let views: Vec<DumpId> = catalog
        .relations()
        .filter(|(object, relation)| {
            relation.kind == RelKind::MaterializedView && catalog.wants_contents(object, relation)
        })
        .map(|(object, _)| object.id)
        .collect();
    if views.is_empty() {
        return Ok(());
    }
    let reads = reads_of_views(session, catalog).await?;
    let inputs: HashMap<DumpId, BTreeSet<DumpId>> = views
        .iter()
        .map(|view| (*view, materialized_inputs(*view, &reads, catalog)))
        .collect();
    let mut refreshes = HashMap::new();
    for view in views {
        let populated = is_refreshed(view, &inputs[&view], catalog);
        refreshes.insert(view, add_refresh(catalog, view, populated));
    }
    for (view, inputs) in inputs {
        let needs = inputs.iter().filter_map(|input| refreshes.get(input));
        catalog.object_mut(refreshes[&view]).needs.extend(needs);
    }
    Ok(())
}

fn add_refresh(catalog: &mut Catalog, view: DumpId, populated: bool) -> DumpId {
    let host = catalog.object(view);
    let mut object = Object::new(
        CatalogId::new(0, host.catalog_id.oid),
        ObjectKind::RefreshMaterializedView,
        host.name.clone(),
        Body::RefreshMaterializedView(RefreshMaterializedView { view, populated }),
    );
    object.namespace.clone_from(&host.namespace);
    object.components = Components {
        data: true,
        ..Components::NONE
    };
    object.needs.push(view);
    catalog.add(object)
}

/// Which views and materialized views each of them reads.
async fn reads_of_views(
    session: &Session,
    catalog: &Catalog,
) -> Result<HashMap<DumpId, Vec<DumpId>>> {
    let rows = session
        .rows(
            "SELECT DISTINCT r.ev_class AS reader, d.refobjid AS input
             FROM pg_catalog.pg_rewrite r
             JOIN pg_catalog.pg_class reader ON reader.oid = r.ev_class AND reader.relkind IN ('v', 'm')
             JOIN pg_catalog.pg_depend d
               ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
              AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> r.ev_class
             JOIN pg_catalog.pg_class input ON input.oid = d.refobjid AND input.relkind IN ('v', 'm')",
            &[],
            |row| Ok((row.get::<Oid>("reader")?, row.get::<Oid>("input")?)),
        )
        .await?;
    let mut reads: HashMap<DumpId, Vec<DumpId>> = HashMap::new();
    for (reader, input) in rows {
        let class = |oid| catalog.resolve(CatalogId::new(catalogs::CLASS, oid));
        if let Some((reader, input)) = class(reader).zip(class(input)) {
            reads.entry(reader).or_default().push(input);
        }
    }
    Ok(reads)
}

/// The materialized views a view's query reads, directly or through other views of either kind.
fn materialized_inputs(
    view: DumpId,
    reads: &HashMap<DumpId, Vec<DumpId>>,
    catalog: &Catalog,
) -> BTreeSet<DumpId> {
    let mut found = BTreeSet::new();
    let mut seen = HashSet::from([view]);
    let mut open = vec![view];
    while let Some(reader) = open.pop() {
        for input in reads.get(&reader).into_iter().flatten() {
            let kind = Relation::of(catalog.object(*input)).map(|relation| relation.kind);
            if kind == Some(RelKind::MaterializedView) {
                found.insert(*input);
            }
            if seen.insert(*input) {
                open.push(*input);
            }
        }
    }
    found
}

/// A view is refreshed if it and all it reads have data: reading an unpopulated
/// materialized view fails.
fn is_refreshed(view: DumpId, inputs: &BTreeSet<DumpId>, catalog: &Catalog) -> bool {
    let populated = |id| Relation::of(catalog.object(id)).is_none_or(|relation| relation.populated);
    populated(view) && inputs.iter().copied().all(populated)
}

/// Rows that are restored while foreign keys are in place must come after the
/// rows they refer to: all of them with `--data-only`, otherwise those of
/// configuration tables, whose extension makes their keys.
async fn order_by_foreign_keys(
    session: &Session,
    catalog: &mut Catalog,
    scope: DataScope,
) -> Result<()> {
    let data_of: HashMap<Oid, DumpId> = catalog
        .objects()
        .iter()
        .filter(|object| object.kind == ObjectKind::TableData)
        .map(|object| (object.catalog_id.oid, object.id))
        .collect();
    let rows = session
        .rows(
            "SELECT conrelid, confrelid FROM pg_catalog.pg_constraint
             WHERE contype = 'f' AND conrelid <> confrelid ORDER BY conrelid, confrelid",
            &[],
            |row| Ok((row.get::<Oid>("conrelid")?, row.get::<Oid>("confrelid")?)),
        )
        .await?;
    for (referrer, referred) in rows {
        let by_extension = catalog
            .members
            .contains_key(&CatalogId::new(catalogs::CLASS, referred));
        if !(scope.data_only || by_extension) {
            continue;
        }
        if let (Some(referrer), Some(referred)) = (data_of.get(&referrer), data_of.get(&referred)) {
            catalog.object_mut(*referrer).needs.push(*referred);
        }
    }
    Ok(())
}

impl TableData {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let table = catalog.object(self.table);
        let target = catalog.object(self.root.unwrap_or(self.table));
        let mut entry = object.entry("TABLE DATA", Section::Data);
        entry.copy_stmt = Some(format!(
            "COPY {} {} FROM stdin;\n",
            catalog.qualified(target),
            self.column_list(catalog)
        ));
        if self.root.is_some() {
            // pg_restore knows by this comment not to truncate the partition first.
            let root = catalog.qualified(target);
            entry.defn = Some(format!("-- load via partition root {}", one_line(&root)));
        }
        entry.owner = Relation::of(table).map(|relation| relation.owner.to_string());
        entry.has_data = true;
        toc.push_with(entry, vec![self.table]);
    }

    /// The statement that sends the rows. `ONLY` its own: inheritance children have their own entries.
    pub(crate) fn copy_out_sql(&self, catalog: &Catalog) -> String {
        let name = catalog.qualified(catalog.object(self.table));
        if self.condition.is_none() && !self.is_foreign(catalog) {
            return format!("COPY {name} {} TO STDOUT", self.column_list(catalog));
        }
        let columns = self.columns(catalog).join(", ");
        let condition = self.condition.as_deref().unwrap_or_default();
        format!("COPY (SELECT {columns} FROM {name} {condition}) TO STDOUT")
    }

    /// The statements that each send the rows of one part of the table, in order and
    /// together all of them, parts being of about `part_bytes` on disk. `None`: it
    /// is not worth it, or the server cannot find a part without reading all.
    ///
    /// What was added to the table since it was measured is not in the snapshot;
    /// even so, the last part has no end.
    pub(crate) fn copy_out_parts(&self, catalog: &Catalog, part_bytes: u64) -> Option<Vec<String>> {
        let table = catalog.object(self.table);
        let relation = Relation::of(table)?;
        let is_heap = relation.access_method.as_deref() == Some("heap");
        let columns = self.columns(catalog).join(", ");
        let parts = relation.extent.bytes.div_ceil(part_bytes.max(1));
        let parts = parts.min(relation.extent.blocks);
        // From 14 on a range of tuple ids is found by its blocks.
        if catalog.server.major() < 14
            || !is_heap
            || self.condition.is_some()
            || columns.is_empty()
            || parts < 2
        {
            return None;
        }
        let name = catalog.qualified(table);
        let border = |part: u64| relation.extent.blocks * part / parts;
        let statement = |part: u64| {
            let mut conditions = Vec::new();
            if part > 0 {
                conditions.push(format!("ctid >= '({},0)'", border(part)));
            }
            if part + 1 < parts {
                conditions.push(format!("ctid < '({},0)'", border(part + 1)));
            }
            let conditions = conditions.join(" AND ");
            format!("COPY (SELECT {columns} FROM ONLY {name} WHERE {conditions}) TO STDOUT")
        };
        Some((0..parts).map(statement).collect())
    }

    /// Whether the rows come from a foreign server, where COPY cannot read them by itself.
    pub(crate) fn is_foreign(&self, catalog: &Catalog) -> bool {
        let relation = Relation::of(catalog.object(self.table));
        relation.is_some_and(|relation| relation.kind == RelKind::Foreign)
    }

    /// `(a, b)`; nothing for a table without columns.
    fn column_list(&self, catalog: &Catalog) -> String {
        let columns = self.columns(catalog);
        if columns.is_empty() {
            return String::new();
        }
        format!("({})", columns.join(", "))
    }

    /// The columns that COPY can write back: not dropped, not generated.
    fn columns(&self, catalog: &Catalog) -> Vec<String> {
        let relation = Relation::of(catalog.object(self.table));
        relation
            .into_iter()
            .flat_map(|relation| &relation.columns)
            .filter(|column| !column.dropped && column.generated.is_none())
            .map(|column| catalog.dialect.ident(&column.name))
            .collect()
    }
}

impl RefreshMaterializedView {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        if !self.populated {
            return;
        }
        let view = catalog.object(self.view);
        let mut entry = object.entry("MATERIALIZED VIEW DATA", Section::PostData);
        entry.defn = Some(format!(
            "REFRESH MATERIALIZED VIEW {};\n",
            catalog.qualified(view)
        ));
        entry.owner = Relation::of(view).map(|relation| relation.owner.to_string());
        toc.push_with(entry, catalog.needs_but_boundaries(object));
    }
}
