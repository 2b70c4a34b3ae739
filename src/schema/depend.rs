//! Dependencies: `pg_depend`, and the boundaries between sections.

use super::catalog::Catalog;
use super::object::{Body, Object};
use crate::dumpable::{ObjectKind, Placement};
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, catalogs};
use crate::pg::Session;

/// Columns stand for their relation: a dump is made of whole objects. Membership
/// in an extension (`e`) is linked when an object is added.
///
/// Members of an operator family stand for the family, unless they belong to
/// it (`i`: by way of their class) or are loose in it.
const QUERY: &str = "
    SELECT classid, objid, refclassid, refobjid
    FROM pg_catalog.pg_depend
    WHERE deptype NOT IN ('p', 'e') AND objid >= 16384
    UNION ALL
    SELECT 'pg_catalog.pg_opfamily'::pg_catalog.regclass::pg_catalog.oid, m.family, d.refclassid, d.refobjid
    FROM (SELECT tableoid, oid, amopfamily FROM pg_catalog.pg_amop
          UNION ALL
          SELECT tableoid, oid, amprocfamily FROM pg_catalog.pg_amproc) AS m (catalog, oid, family)
    JOIN pg_catalog.pg_depend d ON d.classid = m.catalog AND d.objid = m.oid
    WHERE d.deptype NOT IN ('p', 'e', 'i') AND m.oid >= 16384
      AND NOT (d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.refobjid = m.family)
    ORDER BY classid, objid, refclassid, refobjid";

/// Links all loaded objects as the catalogs link them.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let rows = session
        .rows(QUERY, &[], |row| {
            let dependent = CatalogId::new(row.get("classid")?, row.get("objid")?);
            let needed = CatalogId::new(row.get("refclassid")?, row.get("refobjid")?);
            Ok((dependent, needed))
        })
        .await?;
    for (dependent, needed) in rows {
        let ids = catalog.object_id(dependent).zip(catalog.resolve(needed));
        if let Some((dependent_id, needed)) = ids
            && !is_stand_in(catalog.object(dependent_id), dependent)
        {
            link(catalog, dependent_id, needed);
        }
    }
    Ok(())
}

/// What the index behind a constraint depends on is the index's own affair, as it is
/// with the array type of a type: others may need it, and so the constraint or the
/// type, but not the other way round.
fn is_stand_in(object: &Object, row: CatalogId) -> bool {
    let is_array = row.table == catalogs::TYPE && matches!(object.body, Body::Type(_));
    (is_array || matches!(object.body, Body::KeyConstraint(_))) && object.catalog_id != row
}

fn link(catalog: &mut Catalog, dependent: DumpId, needed: DumpId) {
    let object = catalog.object(dependent);
    // A column may depend on its table, a member on another of its extension.
    if dependent == needed {
        return;
    }
    // A part that is printed with its host must not need it: the host needs the part.
    let part_of_host = match &object.body {
        Body::Attrdef(attrdef) => attrdef.table == needed,
        Body::Check(check) => check.table == needed,
        Body::DomainConstraint(check) => check.domain == needed,
        Body::Rule(rule) => rule.view == Some(needed),
        Body::CompositeRelation(relation) => relation.data_type == needed,
        _ => false,
    };
    let printed_inline = object.placement == Placement::Natural;
    if part_of_host && (printed_inline || matches!(object.body, Body::Rule(_))) {
        return;
    }
    catalog.object_mut(dependent).needs.push(needed);
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
