//! From the catalogs to an ordered table of contents and what is to be read for it.

use super::DumpFormat;
use super::needs::Ways;
use super::shape::Shape;
use super::task::{self, Cut, Task};
use crate::archive::{TocEntry, write_toc};
use crate::dumpable::{ObjectKind, Placement};
use crate::error::Result;
use crate::ids::DumpId;
use crate::order::{self, Node, Role, UnresolvedLoop};
use crate::schema::{
    Body, Catalog, Database, Dependencies, Object, PlannedEntry, RelKind, Relation, Toc,
};

/// What will be in the archive, in which order.
pub(super) struct Plan {
    /// Header and table of contents, as they are stored; a script has none.
    pub(super) head: Vec<u8>,
    pub(super) entries: Vec<TocEntry>,
    /// What is to be read, in the order of its blocks.
    pub(super) tasks: Vec<Task>,
    /// What the user should know about the entries and their order.
    pub(super) warnings: Vec<String>,
}

impl Plan {
    /// Forgets the entries that the head has and that the data does not need, before
    /// the archive's parts take their place in memory.
    pub(super) fn keep_data_entries(&mut self) {
        self.entries.retain(|entry| entry.has_data);
        self.entries.shrink_to_fit();
    }
}

/// Sorts the catalog's objects and writes their entries.
pub(super) fn plan(
    catalog: &mut Catalog,
    database: &Database,
    shape: &Shape,
    format: DumpFormat,
    cut: Cut,
) -> Result<Plan> {
    let (order, loops) = sort(catalog);
    let last = DumpId(u32::try_from(catalog.objects().len()).expect("dump ids are u32"));
    let mut toc = Toc::new(shape.entries, last);
    database.write(shape.encoding, catalog, &mut toc)?;
    for id in &order {
        catalog.object(*id).write(catalog, &mut toc)?;
    }
    let (entries, mut warnings) = toc.finish();
    let entries = with_dependencies(entries, &order, catalog);
    warnings.extend(loops.iter().map(|members| warning(members, catalog)));
    Ok(Plan {
        head: match format {
            DumpFormat::Plain => Vec::new(),
            _ => head(shape, &entries)?,
        },
        tasks: task::tasks(&entries, catalog, format, cut)?,
        entries,
        warnings,
    })
}

/// Sorts the catalog's objects, and changes their needs and placements as the sort demands.
fn sort(catalog: &mut Catalog) -> (Vec<DumpId>, Vec<UnresolvedLoop>) {
    let major = catalog.server.major();
    let mut nodes: Vec<Node<'_>> = catalog
        .objects()
        .iter()
        .map(|object| node(object, major))
        .collect();

    let sorted = order::sort(&mut nodes);
    let changed = nodes.into_iter().map(|node| (node.needs, node.placement));
    let changed: Vec<_> = changed.collect();
    for (i, (needs, placement)) in changed.into_iter().enumerate() {
        let object = catalog.object_mut(catalog.objects()[i].id);
        object.needs = needs;
        if placement != Placement::Natural {
            object.placement = placement;
        }
    }
    sorted
}

fn head(shape: &Shape, entries: &[TocEntry]) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    shape.header.write(&mut head)?;
    let version = shape.header.version;
    write_toc(version, shape.files.as_ref(), entries, &mut head);
    Ok(head)
}

fn node(object: &Object, server_major: u32) -> Node<'_> {
    Node {
        kind: object.kind,
        rank: object.kind.rank(server_major),
        namespace: object.namespace.as_deref(),
        name: &object.name,
        key: &object.key,
        oid: object.catalog_id.oid,
        role: role(object),
        needs: object.needs.clone(),
        placement: Placement::Natural,
    }
}

/// Only a part that is printed with its host can be split off it.
fn role(object: &Object) -> Role {
    let inline = object.placement == Placement::Natural;
    match &object.body {
        Body::Relation(relation) => match relation.kind {
            RelKind::View => Role::View,
            RelKind::MaterializedView => Role::MaterializedView,
            _ => Role::Plain,
        },
        Body::Type(data_type) => data_type.shell.map_or(Role::Plain, Role::Announced),
        Body::Rule(rule) => rule.view.map_or(Role::Plain, Role::ViewRule),
        Body::Check(check) if inline => Role::InlineCheck(check.table),
        Body::DomainConstraint(check) if inline => Role::InlineCheck(check.domain),
        Body::Attrdef(attrdef) if inline => Role::InlineDefault(attrdef.table),
        _ => Role::Plain,
    }
}

/// Fills in what each entry depends on.
fn with_dependencies(
    planned: Vec<PlannedEntry>,
    order: &[DumpId],
    catalog: &Catalog,
) -> Vec<TocEntry> {
    let mut ways = Ways::new(catalog.objects().len());
    for planned in &planned {
        ways.end_at(planned.entry.dump_id);
    }
    for id in order {
        let object = catalog.object(*id);
        if !matches!(object.body, Body::Boundary) {
            ways.pass(*id, &object.needs);
        }
    }
    planned
        .into_iter()
        .map(|planned| {
            let mut entry = planned.entry;
            entry.dependencies = match planned.dependencies {
                Dependencies::Exactly(needs) => needs,
                Dependencies::OfObject(id) => ways.ends(&catalog.object(id).needs),
            };
            entry
        })
        .collect()
}

fn warning(members: &UnresolvedLoop, catalog: &Catalog) -> String {
    let objects: Vec<&Object> = members.0.iter().map(|id| catalog.object(*id)).collect();
    let names: Vec<String> = objects
        .iter()
        .map(|object| format!("{} {}", object.kind.noun(), catalog.qualified(object)))
        .collect();
    let names = names.join(", ");
    if objects
        .iter()
        .all(|object| object.kind == ObjectKind::TableData)
    {
        return format!(
            "foreign keys refer to each other in a circle among {names}: restore this archive with --disable-triggers, or dump definitions and data together"
        );
    }
    format!("could not order {names}, which depend on each other; a restore may report errors")
}

/// Bytes of rows the plan will read, by the sizes of the relations on disk.
pub(super) fn estimate(catalog: &Catalog) -> u64 {
    let size_of = |object: &Object| match &object.body {
        Body::TableData(data) => {
            Relation::of(catalog.object(data.table)).map(|table| table.extent.bytes)
        }
        _ => None,
    };
    catalog.objects().iter().filter_map(size_of).sum()
}
