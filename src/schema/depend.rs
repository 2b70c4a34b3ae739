//! Dependencies: `pg_depend`, and the boundaries between sections.

use super::catalog::Catalog;
use super::object::{Body, Object};
use crate::archive::Section;
use crate::dumpable::{ObjectKind, Placement};
use crate::error::Result;
use crate::ids::{CatalogId, DumpId};
use crate::pg::Session;

/// Columns stand for their relation: a dump is made of whole objects. Membership
/// in an extension (`e`) is linked when an object is added.
///
/// Triggers that a constraint made are left out: they are no objects. Rows come in any
/// order, since there are several for each object and the server sorts on disk.
///
/// Members of an operator family stand for the family, unless they belong to
/// it (`i`: by way of their class) or are loose in it.
const QUERY: &str = "
    SELECT classid, objid, refclassid, refobjid
    FROM pg_catalog.pg_depend
    WHERE deptype NOT IN ('p', 'e') AND objid >= 16384
      AND NOT (deptype = 'i' AND classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass)
    UNION ALL
    SELECT 'pg_catalog.pg_opfamily'::pg_catalog.regclass::pg_catalog.oid, m.family, d.refclassid, d.refobjid
    FROM (SELECT tableoid, oid, amopfamily FROM pg_catalog.pg_amop
          UNION ALL
          SELECT tableoid, oid, amprocfamily FROM pg_catalog.pg_amproc) AS m (catalog, oid, family)
    JOIN pg_catalog.pg_depend d ON d.classid = m.catalog AND d.objid = m.oid
    WHERE d.deptype NOT IN ('p', 'e', 'i') AND m.oid >= 16384
      AND NOT (d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.refobjid = m.family)";

/// Links all loaded objects as the catalogs link them.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let mut rows = session
        .rows(QUERY, &[], |row| {
            let dependent = CatalogId::new(row.get("classid")?, row.get("objid")?);
            let needed = CatalogId::new(row.get("refclassid")?, row.get("refobjid")?);
            Ok((dependent, needed))
        })
        .await?;
    rows.sort_unstable();
    for (dependent, needed) in rows {
        let ids = catalog.object_id(dependent).zip(catalog.resolve(needed));
        // A member may depend on another of its extension, which stands for both.
        if let Some((dependent, needed)) = ids
            && dependent != needed
            && !is_part_of(catalog.object(dependent), needed)
        {
            catalog.object_mut(dependent).needs.push(needed);
        }
    }
    Ok(())
}

/// Whether `data_type` is made of the columns that `object` stands for: it needs them.
fn is_part_of(object: &Object, data_type: DumpId) -> bool {
    matches!(&object.body, Body::CompositeRelation(relation) if relation.data_type == data_type)
}

/// Adds the two boundary objects and links every object to the side it belongs to.
pub(crate) fn add_boundaries(catalog: &mut Catalog) {
    let boundary = |kind| Object::new(CatalogId::NONE, kind, "", Body::Boundary);
    let pre = catalog.add(boundary(ObjectKind::PreDataBoundary));
    let post = catalog.add(boundary(ObjectKind::PostDataBoundary));
    catalog.object_mut(post).needs.push(pre);
    let ids: Vec<DumpId> = catalog.objects().iter().map(|object| object.id).collect();
    for id in ids {
        match section_of(catalog.object(id)) {
            Side::PreData => catalog.object_mut(pre).needs.push(id),
            Side::Data => {
                catalog.object_mut(id).needs.push(pre);
                catalog.object_mut(post).needs.push(id);
            }
            Side::PostData => catalog.object_mut(id).needs.push(post),
            Side::OfItsHost => {}
        }
    }
}

/// Where an object stands to the boundaries.
enum Side {
    PreData,
    Data,
    PostData,
    /// Printed with its table, view or domain: it goes where that goes.
    OfItsHost,
}

/// Kinds are declared in the order of the sections they belong to.
fn section_of(object: &Object) -> Side {
    match object.kind {
        ObjectKind::PreDataBoundary | ObjectKind::PostDataBoundary => Side::OfItsHost,
        ObjectKind::RelationStatistics => match &object.body {
            Body::RelationStatistics(statistics) if statistics.section == Section::Data => {
                Side::Data
            }
            _ => Side::PostData,
        },
        ObjectKind::Constraint | ObjectKind::Rule if object.placement == Placement::Natural => {
            match &object.body {
                Body::Check(_) | Body::DomainConstraint(_) => Side::OfItsHost,
                Body::Rule(rule) if rule.view.is_some() => Side::OfItsHost,
                _ => Side::PostData,
            }
        }
        kind if kind < ObjectKind::PreDataBoundary => Side::PreData,
        kind if kind < ObjectKind::PostDataBoundary => Side::Data,
        _ => Side::PostData,
    }
}
