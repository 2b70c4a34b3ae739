//! Operator families: `pg_opfamily`.

use std::sync::Arc;

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use super::operator_member::{self, Member};
use crate::archive::Section;
use crate::dumpable::{KeyPart, ObjectKind};
use crate::error::Result;
use crate::ids::{CatalogId, Oid, catalogs};
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// An operator family. One that a class made on its own has an entry, too.
#[derive(Debug)]
pub struct OperatorFamily {
    owner: Arc<str>,
    access_method: String,
    /// The members that no operator class brings.
    pub(super) loose: Vec<Member>,
}

const QUERY: &str = "
    SELECT f.oid, f.opfname::text AS name, f.opfnamespace AS namespace, f.opfowner AS owner,
           a.amname::text AS access_method
    FROM pg_catalog.pg_opfamily f
    JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod
    WHERE f.oid >= 16384
    ORDER BY f.oid";

/// Loads all operator families but the server's own, with the loose members of
/// those that are wanted.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let shared: &Catalog = catalog;
    let objects = session
        .rows(QUERY, &[], |row| OperatorFamily::object(row, shared))
        .await?;
    operator_member::add_owners(session, catalog, catalogs::OPFAMILY, objects).await
}

impl OperatorFamily {
    fn object(row: &Row, catalog: &Catalog) -> Result<Object> {
        let id = CatalogId::new(catalogs::OPFAMILY, row.get("oid")?);
        let name: String = row.get("name")?;
        let namespace: Oid = row.get("namespace")?;
        let access_method: String = row.get("access_method")?;
        let key = KeyPart::Text(access_method.clone());
        let body = Body::OperatorFamily(Box::new(Self {
            owner: catalog.roles.name(row.get("owner")?),
            access_method,
            loose: Vec::new(),
        }));
        let mut object = Object::new(id, ObjectKind::OperatorFamily, name, body);
        object.namespace = Some(catalog.namespace_name(namespace)?);
        object.key = vec![key];
        object.components = catalog.components(id, Some(namespace));
        Ok(object)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let dialect = &catalog.dialect;
        let using = format!(" USING {}", dialect.ident(&self.access_method));
        let identity = catalog.qualified(object) + &using;
        if object.components.definition && !toc.options.data_only {
            let mut entry = object.entry("OPERATOR FAMILY", Section::PreData);
            entry.defn = Some(self.create(&identity, dialect));
            entry.drop_stmt = Some(format!("DROP OPERATOR FAMILY {identity};\n"));
            entry.owner = Some(self.owner.to_string());
            toc.define(object, entry);
        }
        let on = Annotated {
            object: object.id,
            keyword: "OPERATOR FAMILY",
            sql_name: &identity,
            tag_name: &(dialect.ident(&object.name) + &using),
            namespace: object.namespace.as_deref(),
            owner: Some(&self.owner),
        };
        toc.annotate(catalog, object, &on);
    }

    /// `identity` is the family's name with its access method.
    fn create(&self, identity: &str, dialect: &Dialect) -> String {
        let mut sql = format!("CREATE OPERATOR FAMILY {identity};\n");
        if !self.loose.is_empty() {
            let members = operator_member::clauses(&self.loose, dialect);
            sql += &format!(
                "ALTER OPERATOR FAMILY {identity} ADD\n    {};\n",
                members.join(" ,\n    ")
            );
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_members_are_added_to_the_new_family() {
        let mut family = OperatorFamily {
            owner: Arc::from("app"),
            access_method: "btree".to_owned(),
            loose: Vec::new(),
        };
        let create =
            |family: &OperatorFamily| family.create("s.f USING btree", &Dialect::new(15, []));
        assert_eq!(create(&family), "CREATE OPERATOR FAMILY s.f USING btree;\n");
        family.loose = vec![
            Member::Operator {
                strategy: 1,
                operator: "<(integer,bigint)".to_owned(),
                sort_family: None,
            },
            Member::Function {
                number: 1,
                left: "integer".to_owned(),
                right: "bigint".to_owned(),
                function: "btint48cmp(integer,bigint)".to_owned(),
            },
        ];
        assert_eq!(
            create(&family),
            "CREATE OPERATOR FAMILY s.f USING btree;\n\
             ALTER OPERATOR FAMILY s.f USING btree ADD\n    \
             OPERATOR 1 <(integer,bigint) ,\n    \
             FUNCTION 1 (integer, bigint) btint48cmp(integer,bigint);\n"
        );
    }
}
