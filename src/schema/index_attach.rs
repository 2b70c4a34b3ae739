//! The place of a partition's index in the index of the partitioned table.

use super::catalog::Catalog;
use super::entries::Toc;
use super::host::Host;
use super::index::Index;
use super::object::{Body, Components, Object};
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};

/// That one index is a partition of another.
#[derive(Debug)]
pub struct IndexAttach {
    /// The OID of the index attached to.
    pub(crate) parent: Oid,
    /// The OID of the attached index.
    pub(crate) partition: Oid,
    parent_name: String,
    /// The partitioned table.
    parent_table: DumpId,
    /// The partition, whose index has the object's name.
    table: DumpId,
}

/// Adds an object for each loaded index that has a parent.
pub(crate) fn add_all(catalog: &mut Catalog) -> Result<()> {
    let mut attachments = Vec::new();
    for object in catalog.objects() {
        let index = match &object.body {
            Body::Index(index) => index,
            Body::KeyConstraint(constraint) => &constraint.index,
            _ => continue,
        };
        attachments.extend(attachment(index, catalog)?);
    }
    for attachment in attachments {
        catalog.add(attachment);
    }
    Ok(())
}

/// The attachment of `index`, if it has a parent.
fn attachment(index: &Index, catalog: &Catalog) -> Result<Option<Object>> {
    let Some(parent) = &index.parent else {
        return Ok(None);
    };
    let table = Host::of(catalog, index.table)?;
    let parent_table = Host::find(catalog, parent.table)?;
    let body = Body::IndexAttach(IndexAttach {
        parent: parent.oid,
        partition: index.oid,
        parent_name: parent.name.clone(),
        parent_table: parent_table.id(),
        table: table.id(),
    });
    let name = index.name.clone();
    let mut object = table.part(CatalogId::NONE, ObjectKind::IndexAttach, name, body);
    object.components = Components {
        comment: false,
        ..object.components
    };
    // pg_depend knows nothing of attachments. The tables are needed so that a
    // parallel restore does nothing else to them meanwhile.
    let indexes = [index.oid, parent.oid].map(|oid| CatalogId::new(catalogs::CLASS, oid));
    let indexes = indexes.into_iter().filter_map(|id| catalog.resolve(id));
    object.needs = indexes.chain([table.id(), parent_table.id()]).collect();
    Ok(Some(object))
}

impl IndexAttach {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        if !object.components.definition || toc.options.data_only {
            return Ok(());
        }
        let parent = Host::of(catalog, self.parent_table)?;
        let partition = Host::of(catalog, self.table)?;
        let mut entry = object.entry("INDEX ATTACH", Section::PostData);
        entry.defn = Some(format!(
            "ALTER INDEX {} ATTACH PARTITION {};\n",
            parent.sibling(&self.parent_name),
            partition.sibling(&object.name)
        ));
        // Only the owner of the partitioned table can attach to its indexes.
        entry.owner = Some(parent.owner().to_owned());
        toc.define(object, entry);
        Ok(())
    }
}
