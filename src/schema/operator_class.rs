//! Operator classes: `pg_opclass`.

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

/// An operator class. Names of types come from the server qualified and quoted.
#[derive(Debug)]
pub struct OperatorClass {
    owner: Arc<str>,
    is_default: bool,
    input_type: String,
    /// The type that is stored, if it is another.
    key_type: Option<String>,
    access_method: String,
    /// Schema and name.
    family: (String, String),
    pub(super) members: Vec<Member>,
}

const QUERY: &str = "
    SELECT c.oid, c.opcname::text AS name, c.opcnamespace AS namespace, c.opcowner AS owner,
           c.opcdefault AS is_default, c.opcintype::regtype::text AS input_type,
           NULLIF(c.opckeytype, 0)::regtype::text AS key_type, a.amname::text AS access_method,
           n.nspname::text AS family_schema, f.opfname::text AS family
    FROM pg_catalog.pg_opclass c
    JOIN pg_catalog.pg_am a ON a.oid = c.opcmethod
    JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
    JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
    WHERE c.oid >= 16384
    ORDER BY c.oid";

/// Loads all operator classes but the server's own, with the members of those that are wanted.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let shared: &Catalog = catalog;
    let objects = session
        .rows(QUERY, &[], |row| OperatorClass::object(row, shared))
        .await?;
    operator_member::add_owners(session, catalog, catalogs::OPCLASS, objects).await
}

impl OperatorClass {
    fn object(row: &Row, catalog: &Catalog) -> Result<Object> {
        let id = CatalogId::new(catalogs::OPCLASS, row.get("oid")?);
        let name: String = row.get("name")?;
        let namespace: Oid = row.get("namespace")?;
        let access_method: String = row.get("access_method")?;
        let key = KeyPart::Text(access_method.clone());
        let body = Body::OperatorClass(Box::new(Self {
            owner: catalog.roles.name(row.get("owner")?),
            is_default: row.get("is_default")?,
            input_type: row.get("input_type")?,
            key_type: row.get("key_type")?,
            access_method,
            family: (row.get("family_schema")?, row.get("family")?),
            members: Vec::new(),
        }));
        let mut object = Object::new(id, ObjectKind::OperatorClass, name, body);
        object.namespace = Some(catalog.namespace_name(namespace)?);
        object.key = vec![key];
        object.components = catalog.components(id, Some(namespace));
        Ok(object)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let dialect = &catalog.dialect;
        let qualified = catalog.qualified(object);
        let using = format!(" USING {}", dialect.ident(&self.access_method));
        if object.components.definition && !toc.options.data_only {
            let mut entry = object.entry("OPERATOR CLASS", Section::PreData);
            entry.defn = Some(self.create(&qualified, dialect));
            entry.drop_stmt = Some(format!("DROP OPERATOR CLASS {qualified}{using};\n"));
            entry.owner = Some(self.owner.to_string());
            toc.define(object, entry);
        }
        let on = Annotated {
            object: object.id,
            keyword: "OPERATOR CLASS",
            sql_name: &(qualified + &using),
            tag_name: &(dialect.ident(&object.name) + &using),
            namespace: object.namespace.as_deref(),
            owner: Some(&self.owner),
        };
        toc.annotate(catalog, object, &on);
    }

    fn create(&self, qualified: &str, dialect: &Dialect) -> String {
        let default = if self.is_default { "DEFAULT " } else { "" };
        let stored = self.key_type.iter();
        let mut clauses: Vec<String> = stored.map(|name| format!("STORAGE {name}")).collect();
        clauses.extend(operator_member::clauses(&self.members, dialect));
        // The grammar wants a clause. This one says what is so anyway.
        if clauses.is_empty() {
            clauses.push(format!("STORAGE {}", self.input_type));
        }
        let (schema, family) = &self.family;
        format!(
            "CREATE OPERATOR CLASS {qualified}\n    {default}FOR TYPE {} USING {} FAMILY {} AS\n    {};\n",
            self.input_type,
            dialect.ident(&self.access_method),
            dialect.qualified(schema, family),
            clauses.join(" ,\n    ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(members: Vec<Member>) -> OperatorClass {
        OperatorClass {
            owner: Arc::from("app"),
            is_default: true,
            input_type: "s.\"T\"".to_owned(),
            key_type: None,
            access_method: "gist".to_owned(),
            family: ("s".to_owned(), "Odd family".to_owned()),
            members,
        }
    }

    #[test]
    fn class_without_members_stores_its_own_type() {
        assert_eq!(
            class(Vec::new()).create("s.c", &Dialect::new(15, [])),
            "CREATE OPERATOR CLASS s.c\n    DEFAULT FOR TYPE s.\"T\" USING gist \
             FAMILY s.\"Odd family\" AS\n    STORAGE s.\"T\";\n"
        );
    }

    #[test]
    fn storage_operators_and_functions_are_listed_in_turn() {
        let class = OperatorClass {
            is_default: false,
            key_type: Some("box".to_owned()),
            ..class(vec![
                Member::Operator {
                    strategy: 1,
                    operator: "<<(s.\"T\",s.\"T\")".to_owned(),
                    sort_family: None,
                },
                Member::Operator {
                    strategy: 15,
                    operator: "s.<->(s.\"T\",point)".to_owned(),
                    sort_family: Some(("pg_catalog".to_owned(), "float_ops".to_owned())),
                },
                Member::Function {
                    number: 1,
                    left: "s.\"T\"".to_owned(),
                    right: "s.\"T\"".to_owned(),
                    function: "s.consistent(internal)".to_owned(),
                },
            ])
        };
        assert_eq!(
            class.create("s.c", &Dialect::new(15, [])),
            "CREATE OPERATOR CLASS s.c\n    FOR TYPE s.\"T\" USING gist \
             FAMILY s.\"Odd family\" AS\n    STORAGE box ,\n    \
             OPERATOR 1 <<(s.\"T\",s.\"T\") ,\n    \
             OPERATOR 15 s.<->(s.\"T\",point) FOR ORDER BY pg_catalog.float_ops ,\n    \
             FUNCTION 1 (s.\"T\", s.\"T\") s.consistent(internal);\n"
        );
    }
}
