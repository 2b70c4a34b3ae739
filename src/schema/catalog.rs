//! The catalogs of one database, as read under one snapshot.

use std::collections::HashMap;
use std::sync::Arc;

use super::column::ColumnAcls;
use super::comment::Comments;
use super::object::{Body, Components, Object};
use super::relation::Relation;
use super::roles::Roles;
use super::security_label::SecurityLabels;
use super::selection::Selection;
use super::user_mapping::UserMappings;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{ServerVersion, Session};
use crate::sql::Dialect;

/// All objects of a database that an archive may hold, and what their entries need to know.
#[derive(Debug)]
pub struct Catalog {
    /// The server's release.
    pub server: ServerVersion,
    /// How that release writes SQL.
    pub dialect: Dialect,
    /// What the user selected.
    pub(crate) selection: Selection,
    /// Role names by OID.
    pub(crate) roles: Roles,
    /// All comments.
    pub(crate) comments: Comments,
    /// All security labels.
    pub(crate) security_labels: SecurityLabels,
    /// The privileges on columns.
    pub(crate) column_acls: ColumnAcls,
    /// How roles go to foreign servers.
    pub(crate) user_mappings: UserMappings,
    /// The extension each member belongs to.
    pub(crate) members: HashMap<CatalogId, DumpId>,
    /// The extensions that take an object along when they are dropped.
    pub(crate) extension_dependents: HashMap<CatalogId, Vec<String>>,
    objects: Vec<Object>,
    by_catalog_id: HashMap<CatalogId, DumpId>,
}

impl Catalog {
    /// An empty catalog that knows the server's release, keywords and roles. Its
    /// SQL is for release `target`, or else the server's.
    pub(crate) async fn open(
        session: &Session,
        selection: Selection,
        target: Option<u32>,
    ) -> Result<Self> {
        let server = session.server_version().clone();
        Ok(Self {
            dialect: session
                .dialect()
                .await?
                .for_target(target.unwrap_or(server.major())),
            server,
            selection,
            roles: Roles::load(session).await?,
            comments: Comments::default(),
            security_labels: SecurityLabels::default(),
            column_acls: ColumnAcls::default(),
            user_mappings: UserMappings::default(),
            members: HashMap::new(),
            extension_dependents: HashMap::new(),
            objects: Vec::new(),
            by_catalog_id: HashMap::new(),
        })
    }

    /// Takes in an object, numbers it, and links it to its extension if it is a member.
    pub(crate) fn add(&mut self, mut object: Object) -> DumpId {
        let number = self.objects.len() + 1;
        object.id =
            DumpId(u32::try_from(number).expect("OIDs are 32 bits, so there are fewer objects"));
        if let Some(extension) = self.members.get(&object.catalog_id) {
            object.needs.push(*extension);
        }
        let id = object.id;
        if object.catalog_id != CatalogId::NONE {
            self.by_catalog_id.entry(object.catalog_id).or_insert(id);
        }
        self.objects.push(object);
        id
    }

    /// Lets `catalog_id` stand for `id` in dependencies: a large object for its group.
    pub(crate) fn alias(&mut self, catalog_id: CatalogId, id: DumpId) {
        self.by_catalog_id.entry(catalog_id).or_insert(id);
    }

    /// The object behind a catalog row.
    pub(crate) fn object_id(&self, catalog_id: CatalogId) -> Option<DumpId> {
        self.by_catalog_id.get(&catalog_id).copied()
    }

    /// The object behind a catalog row or, for members of kinds that are not
    /// objects here, the extension that makes it.
    pub(crate) fn resolve(&self, catalog_id: CatalogId) -> Option<DumpId> {
        self.object_id(catalog_id)
            .or_else(|| self.members.get(&catalog_id).copied())
    }

    /// All objects, by dump id from 1.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The object with this dump id.
    pub fn object(&self, id: DumpId) -> &Object {
        &self.objects[id.0 as usize - 1]
    }

    /// The object with this dump id, to change.
    pub fn object_mut(&mut self, id: DumpId) -> &mut Object {
        &mut self.objects[id.0 as usize - 1]
    }

    /// The relation behind a row of `pg_class`, if it was read.
    pub(crate) fn relation(&self, oid: Oid) -> Option<&Object> {
        let id = self.object_id(CatalogId::new(catalogs::CLASS, oid))?;
        let object = self.object(id);
        // The row of a constraint's index or of a composite type is no such relation.
        Relation::of(object).map(|_| object)
    }

    /// The relation behind a row of `pg_class`, to change.
    pub(crate) fn relation_mut(&mut self, oid: Oid) -> Option<&mut Relation> {
        let id = self.object_id(CatalogId::new(catalogs::CLASS, oid))?;
        Relation::of_mut(self.object_mut(id))
    }

    /// All relations.
    pub(crate) fn relations(&self) -> impl Iterator<Item = (&Object, &Relation)> {
        self.objects
            .iter()
            .filter_map(|object| Some((object, Relation::of(object)?)))
    }

    /// The OIDs of the relations that satisfy `wanted`.
    pub(crate) fn relation_oids(&self, wanted: impl Fn(&Object, &Relation) -> bool) -> Vec<Oid> {
        self.relations()
            .filter(|(object, relation)| wanted(object, relation))
            .map(|(_, relation)| relation.oid)
            .collect()
    }

    /// What an object needs, without the boundaries between sections.
    pub(crate) fn needs_but_boundaries(&self, object: &Object) -> Vec<DumpId> {
        let is_boundary = |id: &DumpId| matches!(self.object(*id).body, Body::Boundary);
        let needs = object.needs.iter().copied();
        needs.filter(|id| !is_boundary(id)).collect()
    }

    /// Whether the contents of a relation are wanted: the rows of a table, the
    /// value of a sequence, the refresh of a materialized view.
    pub(crate) fn wants_contents(&self, object: &Object, relation: &Relation) -> bool {
        object.components.data && !self.selection.excludes_table_data(relation.oid)
    }

    /// The text of a default; empty if `id` is not one.
    pub(crate) fn default_expression(&self, id: DumpId) -> &str {
        match &self.object(id).body {
            Body::Attrdef(attrdef) => &attrdef.expression,
            _ => "",
        }
    }

    /// The name of the schema with this OID.
    pub(crate) fn namespace_name(&self, oid: Oid) -> Result<Arc<str>> {
        let id = self
            .by_catalog_id
            .get(&CatalogId::new(catalogs::NAMESPACE, oid))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Internal,
                    format!("an object is in the schema with OID {oid}, which pg_namespace lacks"),
                )
            })?;
        Ok(Arc::from(self.object(*id).name.as_str()))
    }

    /// Which parts of an object other than a relation are wanted: an extension
    /// member's privileges; else what its schema's contents are wanted for;
    /// without a schema, everything if no schema or table was selected.
    pub(crate) fn components(&self, id: CatalogId, namespace: Option<Oid>) -> Components {
        if let Some(extension) = self.members.get(&id) {
            return self.member_components(*extension);
        }
        match namespace {
            Some(namespace) => self.namespace_contents(namespace),
            None if self.selection.includes_everything() => Components::ALL,
            None => Components::NONE,
        }
    }

    /// Members are made by their extension; privileges granted since are kept.
    pub(crate) fn member_components(&self, extension: DumpId) -> Components {
        if self.object(extension).components.acl {
            Components::ACL
        } else {
            Components::NONE
        }
    }

    /// What is wanted of the objects in a schema.
    pub(crate) fn namespace_contents(&self, oid: Oid) -> Components {
        let id = self
            .by_catalog_id
            .get(&CatalogId::new(catalogs::NAMESPACE, oid));
        match id.map(|id| &self.object(*id).body) {
            Some(Body::Namespace(namespace)) => namespace.contents,
            _ => Components::NONE,
        }
    }

    /// `namespace.name` of an object, quoted.
    pub(crate) fn qualified(&self, object: &Object) -> String {
        match &object.namespace {
            Some(namespace) => self.dialect.qualified(namespace, &object.name),
            None => self.dialect.ident(&object.name),
        }
    }
}
