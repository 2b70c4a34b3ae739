//! Shell types: a base or range type announced by its name alone.
//!
//! The functions a type is made with take or return it, so its name must be
//! there before them. `pg_dump` announces every type that has such a function.

use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::ids::{CatalogId, DumpId};
use crate::schema::catalog::Catalog;
use crate::schema::entries::Toc;
use crate::schema::object::{Body, Components, Object};

/// The announcement of a type.
#[derive(Debug)]
pub struct ShellType {
    data_type: DumpId,
}

/// Adds the shell of a type. It has no catalog row: what depends on the type
/// must not find it.
pub(super) fn add(catalog: &mut Catalog, data_type: DumpId) -> DumpId {
    let defined = catalog.object(data_type);
    let mut object = Object::new(
        CatalogId::NONE,
        ObjectKind::ShellType,
        defined.name.clone(),
        Body::ShellType(ShellType { data_type }),
    );
    object.namespace.clone_from(&defined.namespace);
    object.components = Components {
        definition: true,
        ..Components::NONE
    };
    catalog.add(object)
}

impl ShellType {
    /// Writes the entry if one of the type's functions is wanted.
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let data_type = catalog.object(self.data_type);
        let Body::Type(defined) = &data_type.body else {
            return;
        };
        if toc.options.data_only || !self.is_needed(object, data_type, catalog) {
            return;
        }
        let mut entry = object.entry("SHELL TYPE", Section::PreData);
        entry.defn = Some(format!("CREATE TYPE {};\n", catalog.qualified(object)));
        // Dropping the type is all: a DROP here would bring its ALTER OWNER,
        // which the server refuses for a shell.
        entry.owner = Some(defined.owner.to_string());
        toc.define(object, entry);
    }

    /// The sort has made the functions of the type need its shell.
    fn is_needed(&self, object: &Object, data_type: &Object, catalog: &Catalog) -> bool {
        let functions = data_type.needs.iter().map(|id| catalog.object(*id));
        let mut wanted = functions.filter(|function| function.components.any());
        wanted.any(|function| function.needs.contains(&object.id))
    }
}
