//! Default privileges: `pg_default_acl`.

use std::sync::Arc;

use super::acl::{Acl, GrantTarget};
use super::catalog::Catalog;
use super::entries::Toc;
use super::object::{Body, Object};
use crate::archive::{Section, TocEntry};
use crate::dumpable::{KeyPart, ObjectKind};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CatalogId, Oid, catalogs};
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// The privileges that one kind of object will have when a role makes it.
#[derive(Debug)]
pub struct DefaultAcl {
    role: Arc<str>,
    /// The kind of object as GRANT names it: `TABLES`, `FUNCTIONS` …
    objects: &'static str,
    acl: Acl,
}

/// A row for all schemas replaces the built-in default; a row for one schema
/// can only add to it.
const QUERY: &str = r#"
    SELECT d.oid, d.defaclrole AS role, d.defaclnamespace AS namespace,
           d.defaclobjtype AS object_type, d.defaclacl::text[] AS acl,
           CASE WHEN d.defaclnamespace = 0 THEN pg_catalog.acldefault(
               CASE WHEN d.defaclobjtype = 'S' THEN 's' ELSE d.defaclobjtype END::"char",
               d.defaclrole)::text[] END AS base_acl
    FROM pg_catalog.pg_default_acl d
    ORDER BY d.oid"#;

/// Loads all default privileges of the database.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let rows = session.rows(QUERY, &[], DefaultAclRow::from_row).await?;
    for row in rows {
        row.add(catalog)?;
    }
    Ok(())
}

struct DefaultAclRow {
    oid: Oid,
    role: Oid,
    namespace: Oid,
    object_type: char,
    acl: Acl,
}

impl DefaultAclRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            oid: row.get("oid")?,
            role: row.get("role")?,
            namespace: row.get("namespace")?,
            object_type: row.char("object_type")?,
            acl: Acl::from_row(row)?,
        })
    }

    fn add(self, catalog: &mut Catalog) -> Result<()> {
        let catalog_id = CatalogId::new(catalogs::DEFAULT_ACL, self.oid);
        let namespace = (self.namespace != 0).then_some(self.namespace);
        let role = catalog.roles.name(self.role);
        let mut object = Object::new(
            catalog_id,
            ObjectKind::DefaultAcl,
            self.object_type,
            Body::DefaultAcl(Box::new(DefaultAcl {
                role: Arc::clone(&role),
                objects: objects_of(self.object_type)?,
                acl: self.acl,
            })),
        );
        object.key = vec![KeyPart::Text(role.to_string())];
        object.components = catalog.components(catalog_id, namespace);
        object.namespace = namespace
            .map(|oid| catalog.namespace_name(oid))
            .transpose()?;
        catalog.add(object);
        Ok(())
    }
}

/// `pg_default_acl.defaclobjtype` as GRANT names it. Large objects came in 18.
fn objects_of(object_type: char) -> Result<&'static str> {
    Ok(match object_type {
        'r' => "TABLES",
        'S' => "SEQUENCES",
        'f' => "FUNCTIONS",
        'T' => "TYPES",
        'n' => "SCHEMAS",
        'L' => "LARGE OBJECTS",
        other => {
            return Err(Error::new(
                ErrorKind::Internal,
                format!("unexpected pg_default_acl.defaclobjtype {other:?}"),
            ));
        }
    })
}

impl DefaultAcl {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let options = &toc.options;
        if !object.components.acl || options.data_only || options.no_privileges {
            return Ok(());
        }
        let namespace = object.namespace.as_deref();
        let tag = format!("DEFAULT PRIVILEGES FOR {}", self.objects);
        let mut entry = TocEntry::new(object.id, "DEFAULT ACL", tag, Section::PostData);
        entry.defn = Some(self.commands(namespace, &catalog.dialect)?);
        entry.catalog_id = object.catalog_id;
        entry.namespace = namespace.map(str::to_owned);
        entry.owner = Some(self.role.to_string());
        toc.define(object, entry);
        Ok(())
    }

    fn commands(&self, namespace: Option<&str>, dialect: &Dialect) -> Result<String> {
        let role = dialect.ident(&self.role);
        let mut prefix = format!("ALTER DEFAULT PRIVILEGES FOR ROLE {role} ");
        if let Some(namespace) = namespace {
            prefix += &format!("IN SCHEMA {} ", dialect.ident(namespace));
        }
        let target = GrantTarget {
            keyword: self.objects,
            name: "",
            column: None,
        };
        self.acl.commands(target, &self.role, &prefix, dialect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(major: u32, items: &[&str], base: &[&str], namespace: Option<&str>) -> String {
        let owned = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        let default = DefaultAcl {
            role: "app owner".into(),
            objects: "FUNCTIONS",
            acl: Acl {
                items: Some(owned(items)),
                base: owned(base),
            },
        };
        default
            .commands(namespace, &Dialect::new(major, []))
            .expect("the items are well formed")
    }

    #[test]
    fn row_of_one_schema_only_grants() {
        assert_eq!(
            commands(16, &["reader=X/\"app owner\""], &[], Some("Sales")),
            "ALTER DEFAULT PRIVILEGES FOR ROLE \"app owner\" IN SCHEMA \"Sales\" \
             GRANT ALL ON FUNCTIONS TO reader;\n"
        );
    }

    #[test]
    fn row_of_all_schemas_revokes_what_the_built_in_default_grants() {
        let owner = "\"app owner\"=X/\"app owner\"";
        let base = ["=X/\"app owner\"", owner];
        assert_eq!(
            commands(17, &[owner], &base, None),
            "ALTER DEFAULT PRIVILEGES FOR ROLE \"app owner\" REVOKE ALL ON FUNCTIONS FROM PUBLIC;\n"
        );
    }

    #[test]
    fn missing_name_leaves_a_second_space_before_16() {
        assert_eq!(
            commands(15, &["=X/\"app owner\""], &[], None),
            "ALTER DEFAULT PRIVILEGES FOR ROLE \"app owner\" GRANT ALL ON FUNCTIONS  TO PUBLIC;\n"
        );
    }
}
