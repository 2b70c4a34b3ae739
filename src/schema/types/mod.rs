//! Data types: `pg_type`.
//!
//! Base types, enums, domains, composite types and ranges have a file each; here
//! is what they share.

mod base;
mod companion;
mod composite;
mod domain;
mod domain_constraint;
mod enumeration;
mod range;
mod shell;

use std::collections::HashMap;
use std::sync::Arc;

pub(super) use composite::CompositeRelation;
pub(super) use domain_constraint::DomainConstraint;
pub(super) use shell::ShellType;

use self::base::Base;
use self::composite::Composite;
use self::domain::Domain;
use self::enumeration::Enum;
use self::range::Range;
use super::acl::Acl;
use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{Row, Session};

/// A data type.
#[derive(Debug)]
pub struct Type {
    owner: Arc<str>,
    acl: Acl,
    shape: Shape,
    /// What announces it to its own functions; of base and range types that are wanted.
    pub(crate) shell: Option<DumpId>,
}

#[derive(Debug)]
enum Shape {
    Base(Base),
    Enum(Enum),
    Domain(Domain),
    Composite(Composite),
    Range(Range),
    /// Announced by `CREATE TYPE name` and never defined.
    Undefined,
    /// A type of the server, of which only privileges can have changed.
    BuiltIn,
}

fn query() -> String {
    format!(
        "SELECT t.oid, t.typname::text AS name, t.typnamespace AS namespace, t.typowner AS owner,
                t.typacl::text[] AS acl,
                COALESCE(i.initprivs, pg_catalog.acldefault('T', t.typowner))::text[] AS base_acl,
                t.typisdefined AS defined, c.oid AS relation
         FROM pg_catalog.pg_type t
         LEFT JOIN pg_catalog.pg_init_privs i
                ON i.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass
               AND i.objoid = t.oid AND i.objsubid = 0
         LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
         WHERE (t.oid >= 16384 OR t.typacl IS DISTINCT FROM i.initprivs) AND NOT {}
         ORDER BY t.oid",
        companion::CONDITION
    )
}

/// Loads every type, those of unselected schemas too: dependencies lead through them.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let major = catalog.server.major();
    let mut shapes = load_shapes(session, major).await?;
    let rows = session.rows(&query(), &[], TypeRow::from_row).await?;
    for row in rows {
        let shape = match shapes.remove(&row.oid) {
            Some(shape) => shape,
            None if row.defined => Shape::BuiltIn,
            None => Shape::Undefined,
        };
        row.add(catalog, shape)?;
    }
    companion::load(session, catalog).await?;
    domain_constraint::load(session, catalog).await
}

async fn load_shapes(session: &Session, major: u32) -> Result<HashMap<Oid, Shape>> {
    let mut shapes = HashMap::new();
    let bases = base::load(session, major).await?;
    shapes.extend(bases.into_iter().map(|(oid, it)| (oid, Shape::Base(it))));
    let enums = enumeration::load(session).await?;
    shapes.extend(enums.into_iter().map(|(oid, it)| (oid, Shape::Enum(it))));
    let domains = domain::load(session).await?;
    shapes.extend(
        domains
            .into_iter()
            .map(|(oid, it)| (oid, Shape::Domain(it))),
    );
    let composites = composite::load(session).await?;
    shapes.extend(
        composites
            .into_iter()
            .map(|(oid, it)| (oid, Shape::Composite(it))),
    );
    let ranges = range::load(session, major).await?;
    shapes.extend(ranges.into_iter().map(|(oid, it)| (oid, Shape::Range(it))));
    Ok(shapes)
}

struct TypeRow {
    oid: Oid,
    name: String,
    namespace: Oid,
    owner: Oid,
    acl: Acl,
    defined: bool,
    /// The row of `pg_class` that holds the columns of a composite type.
    relation: Option<Oid>,
}

impl TypeRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            oid: row.get("oid")?,
            name: row.get("name")?,
            namespace: row.get("namespace")?,
            owner: row.get("owner")?,
            acl: Acl::from_row(row)?,
            defined: row.get("defined")?,
            relation: row.get("relation")?,
        })
    }

    fn add(self, catalog: &mut Catalog, shape: Shape) -> Result<()> {
        let catalog_id = CatalogId::new(catalogs::TYPE, self.oid);
        let components = catalog.components(catalog_id, Some(self.namespace));
        let announced = matches!(shape, Shape::Base(_) | Shape::Range(_));
        let body = Body::Type(Box::new(Type {
            owner: catalog.roles.name(self.owner),
            acl: self.acl,
            shape,
            shell: None,
        }));
        let mut object = Object::new(catalog_id, ObjectKind::Type, self.name, body);
        object.namespace = Some(catalog.namespace_name(self.namespace)?);
        object.components = components;
        let id = catalog.add(object);
        if let Some(relation) = self.relation {
            composite::add_relation(catalog, relation, id);
        }
        if announced && components.definition {
            let shell = shell::add(catalog, id);
            if let Body::Type(data_type) = &mut catalog.object_mut(id).body {
                data_type.shell = Some(shell);
            }
        }
        Ok(())
    }
}

impl Type {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let qualified = catalog.qualified(object);
        let name = catalog.dialect.ident(&object.name);
        if object.components.definition && !toc.options.data_only {
            self.define(object, catalog, toc, &qualified);
        }
        let on = self.annotated(object, &qualified, &name);
        toc.annotate(catalog, object, &on);
        if object.components.acl {
            let on = Annotated {
                keyword: "TYPE",
                ..on
            };
            toc.acl(catalog, &on, &self.acl, None, None)?;
        }
        match &self.shape {
            Shape::Composite(composite) => {
                composite.annotate_columns(object, catalog, toc, &on);
            }
            Shape::Domain(domain) => domain.write_constraint_comments(catalog, toc, &on),
            _ => {}
        }
        Ok(())
    }

    fn define(&self, object: &Object, catalog: &Catalog, toc: &mut Toc, qualified: &str) {
        let defn = match &self.shape {
            Shape::Base(base) => base.create(qualified),
            Shape::Enum(labels) => labels.create(qualified),
            Shape::Domain(domain) => domain.create(object, catalog),
            Shape::Composite(composite) => composite.create(qualified, &catalog.dialect),
            Shape::Range(range) => range.create(qualified, &catalog.dialect),
            Shape::Undefined => format!("CREATE TYPE {qualified};\n"),
            Shape::BuiltIn => return,
        };
        let keyword = self.keyword();
        let mut entry = object.entry(keyword, Section::PreData);
        entry.defn = Some(defn);
        // A base type and its functions need each other: neither goes alone.
        let cascade = if matches!(self.shape, Shape::Base(_)) {
            " CASCADE"
        } else {
            ""
        };
        entry.drop_stmt = Some(format!("DROP {keyword} {qualified}{cascade};\n"));
        entry.owner = Some(self.owner.to_string());
        toc.define(object, entry);
    }

    /// The word after CREATE, DROP and COMMENT ON. Grants always say TYPE.
    fn keyword(&self) -> &'static str {
        if self.is_domain() { "DOMAIN" } else { "TYPE" }
    }

    fn is_domain(&self) -> bool {
        matches!(self.shape, Shape::Domain(_))
    }

    /// The type as comments name it.
    fn annotated<'a>(
        &'a self,
        object: &'a Object,
        sql_name: &'a str,
        tag_name: &'a str,
    ) -> Annotated<'a> {
        Annotated {
            object: object.id,
            keyword: self.keyword(),
            sql_name,
            tag_name,
            namespace: object.namespace.as_deref(),
            owner: Some(&self.owner),
        }
    }
}

/// Reads the schema and name of a collation that is not the type's own, from
/// the columns `collation_schema` and `collation_name`.
fn collation_of(row: &Row) -> Result<Option<(String, String)>> {
    let schema: Option<String> = row.get("collation_schema")?;
    let name: Option<String> = row.get("collation_name")?;
    Ok(schema.zip(name))
}
