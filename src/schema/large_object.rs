//! Large objects: `pg_largeobject_metadata`.

use super::acl::Acl;
use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Components, Object};
use crate::archive::{Section, TocEntry};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::Session;

/// A large object, or several with the same owner and privileges.
#[derive(Debug)]
pub struct LargeObjects {
    oids: Vec<Oid>,
    owner: String,
    acl: Acl,
    has_grants_of_others: bool,
}

/// The contents of large objects: one data block.
#[derive(Debug)]
pub struct LargeObjectData {
    /// Whose contents, in order.
    pub oids: Vec<Oid>,
    /// The entry whose name and owner it shares, in an archive that groups them.
    group: Option<DumpId>,
}

/// How an archive lists large objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layout {
    /// An entry for each and one for all contents: archive versions up to 1.15.
    Single,
    /// An entry for each group, and one for its contents: from 1.16.
    Grouped,
}

/// As many large objects as `pg_dump` puts into one entry (`MAX_BLOBS_PER_ARCHIVE_ENTRY`).
const MAX_PER_GROUP: usize = 1000;

/// Loads owner and privileges of every large object, those alike next to each other.
pub(crate) async fn load(session: &Session, catalog: &Catalog) -> Result<Vec<LargeObjects>> {
    session
        .rows(
            "SELECT oid, lomowner AS owner, lomacl::text[] AS acl,
                    pg_catalog.acldefault('L', lomowner)::text[] AS base_acl
             FROM pg_catalog.pg_largeobject_metadata
             ORDER BY lomowner, lomacl::text, oid",
            &[],
            |row| {
                let owner = catalog.roles.name(row.get("owner")?).to_string();
                let acl = Acl::from_row(row)?;
                Ok(LargeObjects {
                    oids: vec![row.get("oid")?],
                    has_grants_of_others: acl.has_grants_of_others(&owner)?,
                    owner,
                    acl,
                })
            },
        )
        .await
}

/// Adds large objects and their contents in the given layout.
pub(crate) fn add(catalog: &mut Catalog, mut loaded: Vec<LargeObjects>, layout: Layout) {
    if loaded.is_empty() {
        return;
    }
    match layout {
        Layout::Single => {
            loaded.sort_by_key(|object| object.oids[0]);
            let oids: Vec<Oid> = loaded
                .iter()
                .flat_map(|object| object.oids.clone())
                .collect();
            let needs: Vec<DumpId> = loaded
                .into_iter()
                .map(|object| add_metadata(catalog, object, ObjectKind::LargeObject))
                .collect();
            add_contents(catalog, oids, None, needs);
        }
        Layout::Grouped => {
            for group in grouped(loaded) {
                let oids = group.oids.clone();
                let id = add_metadata(catalog, group, ObjectKind::LargeObjectGroup);
                add_contents(catalog, oids, Some(id), vec![id]);
            }
        }
    }
}

/// Joins neighbours that have the same owner and privileges.
///
/// What others than the owner granted takes more than GRANTs: pg_restore 17 and 18
/// garble the statements around these when it repeats them for a group.
fn grouped(loaded: Vec<LargeObjects>) -> Vec<LargeObjects> {
    let mut groups: Vec<LargeObjects> = Vec::new();
    for next in loaded {
        match groups.last_mut() {
            Some(group)
                if group.oids.len() < MAX_PER_GROUP
                    && !group.has_grants_of_others
                    && group.owner == next.owner
                    && group.acl == next.acl =>
            {
                group.oids.extend(next.oids);
            }
            _ => groups.push(next),
        }
    }
    groups
}

fn add_metadata(catalog: &mut Catalog, objects: LargeObjects, kind: ObjectKind) -> DumpId {
    let catalog_id = CatalogId::new(catalogs::LARGE_OBJECT, objects.oids[0]);
    let others: Vec<Oid> = objects.oids[1..].to_vec();
    let name = objects.name();
    let mut object = Object::new(
        catalog_id,
        kind,
        name,
        Body::LargeObjects(Box::new(objects)),
    );
    object.components = Components::ALL;
    let id = catalog.add(object);
    for oid in others {
        catalog.alias(CatalogId::new(catalogs::LARGE_OBJECT, oid), id);
    }
    id
}

fn add_contents(catalog: &mut Catalog, oids: Vec<Oid>, group: Option<DumpId>, needs: Vec<DumpId>) {
    let name = match group {
        Some(group) => catalog.object(group).name.clone(),
        None => "BLOBS".to_owned(),
    };
    let mut object = Object::new(
        CatalogId::NONE,
        ObjectKind::LargeObjectData,
        name,
        Body::LargeObjectData(LargeObjectData { oids, group }),
    );
    object.components = Components::ALL;
    object.needs = needs;
    catalog.add(object);
}

impl LargeObjects {
    /// `oid`, or `first..last`.
    fn name(&self) -> String {
        match self.oids.as_slice() {
            [only] => only.to_string(),
            [first, .., last] => format!("{first}..{last}"),
            [] => String::new(),
        }
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        if toc.options.schema_only {
            return Ok(());
        }
        let entry = match object.kind {
            ObjectKind::LargeObjectGroup => self.group_entry(object),
            _ => self.single_entry(object),
        };
        toc.define(object, entry);
        self.annotate(object, catalog, toc);
        self.write_acl(object, catalog, toc)
    }

    fn single_entry(&self, object: &Object) -> TocEntry {
        let oid = self.oids[0];
        let mut entry = object.entry("BLOB", Section::PreData);
        entry.defn = Some(format!("SELECT pg_catalog.lo_create('{oid}');\n"));
        entry.drop_stmt = Some(format!("SELECT pg_catalog.lo_unlink('{oid}');\n"));
        entry.owner = Some(self.owner.clone());
        entry
    }

    /// pg_restore makes the commands from a bare list of OIDs.
    fn group_entry(&self, object: &Object) -> TocEntry {
        let mut entry = object.entry("BLOB METADATA", Section::Data);
        entry.defn = Some(self.oids.iter().map(|oid| format!("{oid}\n")).collect());
        entry.drop_stmt = Some("-- dummy".to_owned());
        entry.owner = Some(self.owner.clone());
        entry
    }

    fn annotate(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        for oid in &self.oids {
            let id = CatalogId::new(catalogs::LARGE_OBJECT, *oid);
            let name = oid.to_string();
            let on = self.annotated(object, &name, &name);
            if let Some(comment) = catalog.comments.of(id) {
                toc.comment(&on, comment);
            }
            toc.security_labels(catalog, id, 0, &on);
        }
    }

    /// The commands name the first; pg_restore repeats them for the others of a group.
    fn write_acl(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let first = self.oids[0].to_string();
        let on = self.annotated(object, &first, &first);
        toc.acl_of_group(catalog, &on, &self.acl, self.group_tag())
    }

    fn group_tag(&self) -> Option<String> {
        (self.oids.len() > 1).then(|| format!("LARGE OBJECTS {}", self.name()))
    }

    fn annotated<'a>(
        &'a self,
        object: &Object,
        sql_name: &'a str,
        tag_name: &'a str,
    ) -> Annotated<'a> {
        Annotated {
            object: object.id,
            keyword: "LARGE OBJECT",
            sql_name,
            tag_name,
            namespace: None,
            owner: Some(&self.owner),
        }
    }
}

impl LargeObjectData {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        if toc.options.schema_only {
            return;
        }
        let mut entry = object.entry("BLOBS", Section::Data);
        entry.has_data = true;
        let mut needs = Vec::new();
        if let Some(group) = self.group {
            if let Body::LargeObjects(objects) = &catalog.object(group).body {
                entry.owner = Some(objects.owner.clone());
            }
            needs.push(group);
        }
        toc.push_with(entry, needs);
    }
}
