//! Objects that one statement makes and that are no part of another object:
//! languages, collations, foreign servers and the like.
//!
//! They differ in their catalogs, whose columns are named alike, and in that
//! statement. All else is here: which are wanted, `DROP`, owner, comment, labels, ACL.

use std::sync::Arc;

use super::acl::Acl;
use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Components, Object};
use crate::archive::Section;
use crate::dumpable::{KeyPart, ObjectKind};
use crate::error::Result;
use crate::ids::{CatalogId, FIRST_NORMAL_OID, Oid};
use crate::pg::{Row, Session};

/// An object of one of these kinds.
#[derive(Debug)]
pub struct Standalone {
    kind: &'static StandaloneKind,
    /// None: its kind has no owners.
    owner: Option<Arc<str>>,
    acl: Acl,
    /// `CREATE …`
    definition: String,
}

/// What all objects of a kind have in common.
#[derive(Debug)]
pub(crate) struct StandaloneKind {
    pub(crate) kind: ObjectKind,
    /// The variant for its objects.
    pub(crate) body: fn(Box<Standalone>) -> Body,
    /// The catalog's OID and name.
    pub(crate) catalog: (Oid, &'static str),
    /// What the names of the catalog's columns begin with: `coll` of `collname`.
    pub(crate) prefix: &'static str,
    pub(crate) in_schema: bool,
    pub(crate) owned: bool,
    /// The entry's desc, which also follows DROP.
    pub(crate) desc: &'static str,
    /// What follows COMMENT ON.
    pub(crate) comment_on: &'static str,
    /// What follows GRANT … ON, and the letter `acldefault()` knows it by.
    pub(crate) grant_on: Option<(&'static str, char)>,
}

/// A kind's own part of the query for its objects, whose catalog is `c`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StandaloneQuery<'a> {
    pub(crate) columns: &'a str,
    pub(crate) joins: &'a str,
    pub(crate) condition: &'a str,
    /// A number that orders objects of the same name.
    pub(crate) tie_break: &'a str,
}

impl Default for StandaloneQuery<'_> {
    fn default() -> Self {
        Self {
            columns: "",
            joins: "",
            condition: "true",
            tie_break: "0",
        }
    }
}

impl StandaloneKind {
    /// Loads the objects of this kind. `define` gets a row and the object's name in
    /// SQL, and returns the statement that makes the object.
    pub(crate) async fn load(
        &'static self,
        session: &Session,
        catalog: &mut Catalog,
        own: StandaloneQuery<'_>,
        define: impl Fn(&Row, &str, &Catalog) -> Result<String>,
    ) -> Result<()> {
        let shared: &Catalog = catalog;
        let objects = session
            .rows(&self.query(own), &[], |row| {
                self.object(row, shared, &define)
            })
            .await?;
        for object in objects {
            catalog.add(object);
        }
        Ok(())
    }

    /// What `initdb` made is left out, unless its privileges changed since.
    fn query(&self, own: StandaloneQuery<'_>) -> String {
        let (_, table) = self.catalog;
        let [acl, default_acl] = self.acl_columns();
        let oid_column = |exists: bool, name: &str| match exists {
            true => format!("c.{}{name}", self.prefix),
            false => "NULL::pg_catalog.oid".to_owned(),
        };
        format!(
            "SELECT c.oid, c.{}name::text AS name, {} AS namespace, {} AS owner,
                    {acl}::text[] AS acl, COALESCE(i.initprivs, {default_acl})::text[] AS base_acl,
                    {}::int8 AS tie_break {}
             FROM pg_catalog.{table} c
             LEFT JOIN pg_catalog.pg_init_privs i
                    ON i.classoid = c.tableoid AND i.objoid = c.oid AND i.objsubid = 0
             {}
             WHERE (c.oid >= {FIRST_NORMAL_OID} OR {acl} IS DISTINCT FROM i.initprivs) AND {}
             ORDER BY c.oid",
            self.prefix,
            oid_column(self.in_schema, "namespace"),
            oid_column(self.owned, "owner"),
            own.tie_break,
            own.columns,
            own.joins,
            own.condition,
        )
    }

    /// The privileges in force and those by default. Kinds without privileges have
    /// what `initdb` noted of them: nothing.
    fn acl_columns(&self) -> [String; 2] {
        let prefix = self.prefix;
        match self.grant_on {
            Some((_, letter)) => [
                format!("c.{prefix}acl"),
                format!("pg_catalog.acldefault('{letter}', c.{prefix}owner)"),
            ],
            None => ["i.initprivs".to_owned(), "i.initprivs".to_owned()],
        }
    }

    fn object(
        &'static self,
        row: &Row,
        catalog: &Catalog,
        define: &impl Fn(&Row, &str, &Catalog) -> Result<String>,
    ) -> Result<Object> {
        let id = CatalogId::new(self.catalog.0, row.get("oid")?);
        let name: String = row.get("name")?;
        let namespace_oid: Option<Oid> = row.get("namespace")?;
        let namespace = namespace_oid
            .map(|oid| catalog.namespace_name(oid))
            .transpose()?;
        let sql_name = match &namespace {
            Some(namespace) => catalog.dialect.qualified(namespace, &name),
            None => catalog.dialect.ident(&name),
        };
        let owner: Option<Oid> = row.get("owner")?;
        let body = (self.body)(Box::new(Standalone {
            kind: self,
            owner: owner.map(|oid| catalog.roles.name(oid)),
            acl: Acl::from_row(row)?,
            definition: define(row, &sql_name, catalog)?,
        }));
        let mut object = Object::new(id, self.kind, name, body);
        object.namespace = namespace;
        object.key = vec![KeyPart::Number(row.get("tie_break")?)];
        object.components = wanted(id, namespace_oid, catalog);
        Ok(object)
    }

    /// Kinds are declared in the order of their sections.
    fn section(&self) -> Section {
        if self.kind < ObjectKind::PreDataBoundary {
            Section::PreData
        } else {
            Section::PostData
        }
    }
}

/// What `initdb` makes is there before any restore: only its privileges can differ.
fn wanted(id: CatalogId, namespace: Option<Oid>, catalog: &Catalog) -> Components {
    let components = catalog.components(id, namespace);
    if id.oid >= FIRST_NORMAL_OID {
        return components;
    }
    Components {
        acl: components.acl,
        ..Components::NONE
    }
}

impl Standalone {
    /// The owner's name; empty if the kind has no owners.
    pub(crate) fn owner(&self) -> &str {
        self.owner.as_deref().unwrap_or_default()
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let name = catalog.qualified(object);
        let kind = self.kind;
        if object.components.definition && !toc.options.data_only {
            let mut entry = object.entry(kind.desc, kind.section());
            entry.defn = Some(self.definition.clone());
            entry.drop_stmt = Some(format!("DROP {} {name};\n", kind.desc));
            entry.owner = self.owner.as_deref().map(str::to_owned);
            toc.define(object, entry);
        }
        let on = Annotated {
            object: object.id,
            keyword: kind.comment_on,
            sql_name: &name,
            tag_name: &catalog.dialect.ident(&object.name),
            namespace: object.namespace.as_deref(),
            // Empty, not absent, where the kind has no owners: so are pg_dump's.
            owner: Some(self.owner()),
        };
        toc.annotate(catalog, object, &on);
        if let Some((keyword, _)) = kind.grant_on
            && object.components.acl
        {
            toc.acl(catalog, &Annotated { keyword, ..on }, &self.acl, None, None)?;
        }
        Ok(())
    }
}
