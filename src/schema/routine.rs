//! What functions, procedures and aggregates share: rows of `pg_proc`, signatures, ACLs.

use std::sync::Arc;

use super::acl::Acl;
use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use crate::dumpable::{KeyPart, ObjectKind};
use crate::error::Result;
use crate::ids::{CatalogId, Oid, catalogs};
use crate::pg::Row;
use crate::sql::Dialect;

/// Who may call a routine, and with what.
#[derive(Debug, Default)]
pub(crate) struct Routine {
    pub(crate) owner: Arc<str>,
    acl: Acl,
    /// The types of its input arguments.
    types: Vec<String>,
    /// The arguments that identify it, with names and modes.
    identity: String,
    /// All arguments, with defaults; known if its definition is wanted.
    arguments: Option<String>,
}

/// The query for all routines that satisfy `condition`, with further `columns`
/// from further `joins`.
///
/// Routines that come with something else, as a range type's constructors do,
/// are left out, as are those of `initdb` whose privileges are untouched.
/// Parameter 1 lists the schemas whose routines' definitions are wanted: only
/// for those is anything printed that takes more than the row itself.
pub(crate) fn query(condition: &str, columns: &str, joins: &str) -> String {
    format!(
        "SELECT p.oid, p.proname::text AS name, p.pronamespace AS namespace, p.proowner AS owner,
                p.proacl::text[] AS acl,
                COALESCE(i.initprivs, pg_catalog.acldefault('f', p.proowner))::text[] AS base_acl,
                s.types, s.type_schemas, s.type_names,
                pg_catalog.pg_get_function_identity_arguments(p.oid) AS identity_arguments,
                CASE WHEN p.pronamespace = ANY ($1)
                     THEN pg_catalog.pg_get_function_arguments(p.oid) END AS arguments,
                {columns}
         FROM pg_catalog.pg_proc p
         LEFT JOIN pg_catalog.pg_init_privs i
                ON i.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass
               AND i.objoid = p.oid AND i.objsubid = 0
         CROSS JOIN LATERAL (
             SELECT pg_catalog.array_agg(pg_catalog.format_type(t.oid, NULL) ORDER BY a.at) AS types,
                    pg_catalog.array_agg(n.nspname::text ORDER BY a.at) AS type_schemas,
                    pg_catalog.array_agg(t.typname::text ORDER BY a.at) AS type_names
             FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) WITH ORDINALITY AS a (type, at)
             JOIN pg_catalog.pg_type t ON t.oid = a.type
             JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace) s
         {joins}
         WHERE {condition}
           AND (p.oid >= 16384 OR p.proacl IS DISTINCT FROM i.initprivs)
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                           WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                             AND d.objid = p.oid AND d.deptype = 'i')
         ORDER BY p.oid"
    )
}

/// An SQL expression: `namespace.name(type, …)` of the function with the OID
/// that the expression `oid` gives, quoted; NULL if there is none.
pub(crate) fn signature(oid: &str) -> String {
    format!(
        "(SELECT pg_catalog.format('%I.%I(%s)', n.nspname, p.proname,
                 (SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.at)
                  FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[])
                       WITH ORDINALITY AS a (type, at)))
          FROM pg_catalog.pg_proc p
          JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
          WHERE p.oid = {oid})"
    )
}

/// The schemas whose objects' definitions are wanted: parameter 1 of [`query`].
pub(crate) fn defined_namespaces(catalog: &Catalog) -> Vec<Oid> {
    catalog
        .objects()
        .iter()
        .filter(|object| matches!(&object.body, Body::Namespace(it) if it.contents.definition))
        .map(|object| object.catalog_id.oid)
        .collect()
}

/// The part of a row that [`query`] adds for every routine.
pub(crate) struct RoutineRow {
    oid: Oid,
    name: String,
    namespace: Oid,
    owner: Oid,
    key: Vec<KeyPart>,
    routine: Routine,
}

impl RoutineRow {
    pub(crate) fn from_row(row: &Row) -> Result<Self> {
        // An aggregate over no arguments is NULL.
        let list = |column| -> Result<Vec<String>> {
            Ok(row.get::<Option<Vec<String>>>(column)?.unwrap_or_default())
        };
        Ok(Self {
            oid: row.get("oid")?,
            name: row.get("name")?,
            namespace: row.get("namespace")?,
            owner: row.get("owner")?,
            key: sort_key(list("type_schemas")?, list("type_names")?),
            routine: Routine {
                owner: Arc::default(),
                acl: Acl::from_row(row)?,
                types: list("types")?,
                identity: row.get("identity_arguments")?,
                arguments: row.get("arguments")?,
            },
        })
    }

    /// Adds the routine as an object of `kind`.
    pub(crate) fn add(
        self,
        catalog: &mut Catalog,
        kind: ObjectKind,
        body: impl FnOnce(Routine) -> Body,
    ) -> Result<()> {
        let catalog_id = CatalogId::new(catalogs::PROC, self.oid);
        let routine = Routine {
            owner: catalog.roles.name(self.owner),
            ..self.routine
        };
        let mut object = Object::new(catalog_id, kind, self.name, body(routine));
        object.namespace = Some(catalog.namespace_name(self.namespace)?);
        object.key = self.key;
        object.components = catalog.components(catalog_id, Some(self.namespace));
        catalog.add(object);
        Ok(())
    }
}

/// Number of arguments, then schema and name of each argument's type.
fn sort_key(schemas: Vec<String>, names: Vec<String>) -> Vec<KeyPart> {
    let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
    let types = schemas.into_iter().zip(names);
    std::iter::once(KeyPart::Number(count))
        .chain(types.flat_map(|(schema, name)| [KeyPart::Text(schema), KeyPart::Text(name)]))
        .collect()
}

impl Routine {
    /// `(argument, …)` as in CREATE.
    pub(crate) fn parameters(&self) -> String {
        format!("({})", self.arguments.as_deref().unwrap_or(&self.identity))
    }

    /// `(argument, …)` as in DROP and COMMENT ON.
    pub(crate) fn identity(&self) -> String {
        format!("({})", self.identity)
    }

    /// `(type, …)`: input arguments only.
    pub(crate) fn input_types(&self) -> String {
        format!("({})", self.types.join(", "))
    }

    pub(crate) fn takes_nothing(&self) -> bool {
        self.types.is_empty()
    }

    /// Adds the ACL entry; `keyword` and `signature`, the part after the name,
    /// are those of GRANT.
    pub(crate) fn write_acl(
        &self,
        object: &Object,
        catalog: &Catalog,
        toc: &mut Toc,
        keyword: &str,
        signature: &str,
    ) -> Result<()> {
        if object.components.acl {
            let names = RoutineNames::new(object, &catalog.dialect, signature);
            let on = names.annotated(object, keyword, &self.owner);
            toc.acl(catalog, &on, &self.acl, None, None)?;
        }
        Ok(())
    }
}

/// A routine with its signature, as statements and as tags name it.
pub(crate) struct RoutineNames {
    /// `namespace.name(…)`
    pub(crate) qualified: String,
    /// `name(…)`
    pub(crate) plain: String,
}

impl RoutineNames {
    pub(crate) fn new(object: &Object, dialect: &Dialect, signature: &str) -> Self {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        Self {
            qualified: dialect.qualified(namespace, &object.name) + signature,
            plain: dialect.ident(&object.name) + signature,
        }
    }

    pub(crate) fn annotated<'a>(
        &'a self,
        object: &'a Object,
        keyword: &'a str,
        owner: &'a str,
    ) -> Annotated<'a> {
        Annotated {
            object: object.id,
            keyword,
            sql_name: &self.qualified,
            tag_name: &self.plain,
            namespace: object.namespace.as_deref(),
            owner: Some(owner),
        }
    }
}

#[cfg(test)]
impl Routine {
    pub(super) fn with_arguments(types: &[&str], identity: &str, arguments: &str) -> Self {
        Self {
            types: types.iter().map(|name| (*name).to_owned()).collect(),
            identity: identity.to_owned(),
            arguments: Some(arguments.to_owned()),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_arguments_sort_first_then_types_by_schema_and_name() {
        let key = |types: &[(&str, &str)]| {
            let (schemas, names) = types
                .iter()
                .map(|(schema, name)| ((*schema).to_owned(), (*name).to_owned()))
                .unzip();
            sort_key(schemas, names)
        };
        let none = key(&[]);
        let int = key(&[("pg_catalog", "int4")]);
        let text = key(&[("pg_catalog", "text")]);
        let local = key(&[("a", "x")]);
        let two = key(&[("a", "x"), ("a", "x")]);
        assert!(none < local && local < int && int < text && text < two);
    }
}
