//! Schemas: `pg_namespace`.

use std::sync::Arc;

use super::acl::Acl;
use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Components, Object};
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, Oid, catalogs};
use crate::pg::{Row, Session};

/// A schema.
#[derive(Debug)]
pub struct Namespace {
    owner: Arc<str>,
    acl: Acl,
    /// False for `public`, which `initdb` makes, unless it was selected by name.
    create: bool,
    /// What is wanted of the objects in it.
    pub(crate) contents: Components,
}

/// Owner of `public` from 15 on: the predefined role `pg_database_owner`.
const PG_DATABASE_OWNER: Oid = 6171;
/// Owner of `public` before 15.
const BOOTSTRAP_SUPERUSER: Oid = 10;
/// The comment `initdb` puts on `public`.
const PUBLIC_COMMENT: &str = "standard public schema";

/// The privileges `public` is made with depend on its owner, who may have
/// changed; those of other schemas are in `pg_init_privs` or the default.
const QUERY: &str = "
    SELECT n.oid, n.nspname::text AS name, n.nspowner AS owner, n.nspacl::text[] AS acl,
           COALESCE(
               CASE WHEN n.nspname <> 'public' THEN i.initprivs END,
               pg_catalog.acldefault('n', n.nspowner))::text[] AS base_acl,
           pg_catalog.makeaclitem(0, n.nspowner, 'USAGE', false)::text AS public_usage
    FROM pg_catalog.pg_namespace n
    LEFT JOIN pg_catalog.pg_init_privs i
           ON i.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
          AND i.objoid = n.oid AND i.objsubid = 0";

/// Loads every schema and decides what is wanted of it and of what it holds.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let target = catalog.dialect.target();
    let rows = session
        .rows(QUERY, &[], |row| NamespaceRow::from_row(row, target))
        .await?;
    for row in rows {
        let catalog_id = CatalogId::new(catalogs::NAMESPACE, row.oid);
        let (mut components, contents) = wanted(&row, catalog);
        let named = catalog.selection.includes_namespace(row.oid) == Some(true);
        if let Some(extension) = catalog.members.get(&catalog_id) {
            components = catalog.member_components(*extension);
        }
        let mut object = Object::new(
            catalog_id,
            ObjectKind::Namespace,
            row.name.clone(),
            Body::Namespace(Box::new(Namespace {
                owner: catalog.roles.name(row.owner),
                acl: row.acl,
                create: row.name != "public" || named,
                contents,
            })),
        );
        object.components = components;
        catalog.add(object);
    }
    Ok(())
}

struct NamespaceRow {
    oid: Oid,
    name: String,
    owner: Oid,
    acl: Acl,
}

impl NamespaceRow {
    fn from_row(row: &Row, target: u32) -> Result<Self> {
        let name: String = row.get("name")?;
        let mut acl = Acl::from_row(row)?;
        if name == "public" {
            acl = public_acl(acl, row, target)?;
        }
        Ok(Self {
            oid: row.get("oid")?,
            owner: row.get("owner")?,
            name,
            acl,
        })
    }
}

/// `initdb` grants USAGE (and before 15 also CREATE) on `public` to PUBLIC.
fn public_acl(mut acl: Acl, row: &Row, target: u32) -> Result<Acl> {
    let usage: String = row.get("public_usage")?;
    let granted = if target >= 15 {
        usage
    } else {
        usage.replacen("=U/", "=UC/", 1)
    };
    // An ACL never set is the owner's default alone: PUBLIC's grant is gone.
    if acl.items.is_none() {
        acl.items = Some(acl.base.clone());
    }
    acl.base.push(granted);
    Ok(acl)
}

/// What is wanted of a schema itself, and of the objects in it.
fn wanted(row: &NamespaceRow, catalog: &Catalog) -> (Components, Components) {
    let selection = &catalog.selection;
    if selection.excludes_namespace(row.oid) || selection.names_tables() {
        return (Components::NONE, Components::NONE);
    }
    if let Some(included) = selection.includes_namespace(row.oid) {
        let components = if included {
            Components::ALL
        } else {
            Components::NONE
        };
        return (components, components);
    }
    match row.name.as_str() {
        "pg_catalog" => (Components::ACL, Components::ACL),
        "information_schema" => (Components::NONE, Components::NONE),
        name if name.starts_with("pg_") => (Components::NONE, Components::NONE),
        "public" => {
            let components = Components {
                definition: !has_usual_owner(row.owner, catalog),
                ..Components::ALL
            };
            (components, Components::ALL)
        }
        _ => (Components::ALL, Components::ALL),
    }
}

/// Whether `public` belongs to whom it will belong anyway. 13 does not know its owner
/// from 15 on, a role whose only member owns the database.
fn has_usual_owner(owner: Oid, catalog: &Catalog) -> bool {
    let newest = catalog.server.major().max(catalog.dialect.target());
    match owner {
        PG_DATABASE_OWNER => newest >= 15,
        BOOTSTRAP_SUPERUSER => newest < 15,
        _ => false,
    }
}

impl Namespace {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let name = catalog.dialect.ident(&object.name);
        if object.components.definition && !toc.options.data_only {
            let mut entry = object.entry("SCHEMA", Section::PreData);
            (entry.defn, entry.drop_stmt) = if self.create {
                (
                    Some(format!("CREATE SCHEMA {name};\n")),
                    Some(format!("DROP SCHEMA {name};\n")),
                )
            } else {
                // pg_restore recognises these by the leading "--" and sets the owner alone.
                (
                    Some("-- *not* creating schema, since initdb creates it\n".to_owned()),
                    Some("-- *not* dropping schema, since initdb creates it\n".to_owned()),
                )
            };
            entry.owner = Some(self.owner.to_string());
            toc.define(object, entry);
        }
        let on = Annotated {
            object: object.id,
            keyword: "SCHEMA",
            sql_name: &name,
            tag_name: &name,
            namespace: None,
            owner: Some(&self.owner),
        };
        self.annotate(object, catalog, toc, &on);
        if object.components.acl {
            toc.acl_of_namespace(catalog, &on, &self.acl, &object.name)?;
        }
        Ok(())
    }

    /// `public` comes with a comment: only a changed or removed one is kept.
    fn annotate(&self, object: &Object, catalog: &Catalog, toc: &mut Toc, on: &Annotated<'_>) {
        if self.create {
            toc.annotate(catalog, object, on);
        } else if object.components.comment {
            match catalog.comments.of(object.catalog_id) {
                Some(PUBLIC_COMMENT) => {}
                comment => toc.comment(on, comment.unwrap_or_default()),
            }
            toc.security_labels(catalog, object.catalog_id, 0, on);
        }
    }
}
