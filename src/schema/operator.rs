//! Operators: `pg_operator`.

use std::sync::Arc;

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::object::{Body, Object};
use crate::archive::Section;
use crate::dumpable::{KeyPart, ObjectKind};
use crate::error::Result;
use crate::ids::{CatalogId, Oid, catalogs};
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// An operator.
#[derive(Debug)]
pub struct Operator {
    owner: Arc<str>,
    attributes: Attributes,
}

/// What CREATE OPERATOR says. Names of functions and types come from the
/// server qualified and quoted.
#[derive(Debug, Default)]
struct Attributes {
    /// None for an operator that was only announced, as another's commutator or negator.
    function: Option<String>,
    left: Option<String>,
    right: Option<String>,
    /// Schema and name.
    commutator: Option<(String, String)>,
    negator: Option<(String, String)>,
    merges: bool,
    hashes: bool,
    restrict: Option<String>,
    join: Option<String>,
}

/// `regprocedure`, unlike `regproc`, leaves an overloaded function of the
/// server unqualified, as `pg_dump` does.
const QUERY: &str = "
    SELECT o.oid, o.oprname::text AS name, o.oprnamespace AS namespace, o.oprowner AS owner,
           o.oprkind AS kind, NULLIF(o.oprcode, 0)::regprocedure::text AS function,
           NULLIF(o.oprleft, 0)::regtype::text AS left_type,
           ln.nspname::text AS left_schema, l.typname::text AS left_name,
           NULLIF(o.oprright, 0)::regtype::text AS right_type,
           rn.nspname::text AS right_schema, r.typname::text AS right_name,
           c.oprname::text AS commutator, cn.nspname::text AS commutator_schema,
           n.oprname::text AS negator, nn.nspname::text AS negator_schema,
           o.oprcanmerge AS merges, o.oprcanhash AS hashes,
           NULLIF(o.oprrest, 0)::regprocedure::text AS restrict,
           NULLIF(o.oprjoin, 0)::regprocedure::text AS join_function
    FROM pg_catalog.pg_operator o
    LEFT JOIN pg_catalog.pg_type l ON l.oid = o.oprleft
    LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.typnamespace
    LEFT JOIN pg_catalog.pg_type r ON r.oid = o.oprright
    LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.typnamespace
    LEFT JOIN pg_catalog.pg_operator c ON c.oid = o.oprcom
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace
    LEFT JOIN pg_catalog.pg_operator n ON n.oid = o.oprnegate
    LEFT JOIN pg_catalog.pg_namespace nn ON nn.oid = n.oprnamespace
    WHERE o.oid >= 16384
    ORDER BY o.oid";

/// Loads all operators but the server's own.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let shared: &Catalog = catalog;
    let objects = session
        .rows(QUERY, &[], |row| Operator::object(row, shared))
        .await?;
    for object in objects {
        catalog.add(object);
    }
    Ok(())
}

impl Operator {
    fn object(row: &Row, catalog: &Catalog) -> Result<Object> {
        let id = CatalogId::new(catalogs::OPERATOR, row.get("oid")?);
        let name: String = row.get("name")?;
        let namespace: Oid = row.get("namespace")?;
        let body = Body::Operator(Box::new(Self {
            owner: catalog.roles.name(row.get("owner")?),
            attributes: Attributes::from_row(row)?,
        }));
        let mut object = Object::new(id, ObjectKind::Operator, name, body);
        object.namespace = Some(catalog.namespace_name(namespace)?);
        object.key = sort_key(
            row.char("kind")?,
            [
                row.get("left_schema")?,
                row.get("left_name")?,
                row.get("right_schema")?,
                row.get("right_name")?,
            ],
        );
        object.components = catalog.components(id, Some(namespace));
        Ok(object)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        if self.attributes.function.is_none() {
            return;
        }
        let dialect = &catalog.dialect;
        let namespace = dialect.ident(object.namespace.as_deref().unwrap_or_default());
        let name = &object.name;
        let identity = format!("{name} {}", self.attributes.arguments());
        let qualified = format!("{namespace}.{identity}");
        if object.components.definition && !toc.options.data_only {
            let clauses = self.attributes.clauses(dialect).join(",\n    ");
            let mut entry = object.entry("OPERATOR", Section::PreData);
            entry.defn = Some(format!(
                "CREATE OPERATOR {namespace}.{name} (\n    {clauses}\n);\n"
            ));
            entry.drop_stmt = Some(format!("DROP OPERATOR {qualified};\n"));
            entry.owner = Some(self.owner.to_string());
            toc.define(object, entry);
        }
        let on = Annotated {
            object: object.id,
            keyword: "OPERATOR",
            sql_name: &qualified,
            tag_name: &identity,
            namespace: object.namespace.as_deref(),
            owner: Some(&self.owner),
        };
        toc.annotate(catalog, object, &on);
    }
}

impl Attributes {
    fn from_row(row: &Row) -> Result<Self> {
        let operator = |schema: &str, name: &str| -> Result<Option<(String, String)>> {
            let schema: Option<String> = row.get(schema)?;
            Ok(schema.zip(row.get(name)?))
        };
        let function = |column: &str| -> Result<Option<String>> {
            let procedure: Option<String> = row.get(column)?;
            Ok(procedure.map(|it| without_arguments(&it).to_owned()))
        };
        Ok(Self {
            function: function("function")?,
            left: row.get("left_type")?,
            right: row.get("right_type")?,
            commutator: operator("commutator_schema", "commutator")?,
            negator: operator("negator_schema", "negator")?,
            merges: row.get("merges")?,
            hashes: row.get("hashes")?,
            restrict: function("restrict")?,
            join: function("join_function")?,
        })
    }

    /// `(left, right)`, of which one may be missing.
    fn arguments(&self) -> String {
        let or_none = |side: &Option<String>| side.clone().unwrap_or_else(|| "NONE".to_owned());
        format!("({}, {})", or_none(&self.left), or_none(&self.right))
    }

    fn clauses(&self, dialect: &Dialect) -> Vec<String> {
        let operator = |name: &Option<(String, String)>| {
            let (schema, name) = name.as_ref()?;
            Some(format!("OPERATOR({}.{name})", dialect.ident(schema)))
        };
        let named = [
            ("FUNCTION", self.function.clone()),
            ("LEFTARG", self.left.clone()),
            ("RIGHTARG", self.right.clone()),
            ("COMMUTATOR", operator(&self.commutator)),
            ("NEGATOR", operator(&self.negator)),
        ];
        let flags = [("MERGES", self.merges), ("HASHES", self.hashes)];
        let estimators = [
            ("RESTRICT", self.restrict.clone()),
            ("JOIN", self.join.clone()),
        ];
        let clause = |(keyword, value): (&str, Option<String>)| {
            value.map(|value| format!("{keyword} = {value}"))
        };
        let set = flags.into_iter().filter(|(_, set)| *set);
        let mut clauses: Vec<String> = named.into_iter().filter_map(clause).collect();
        clauses.extend(set.map(|(keyword, _)| keyword.to_owned()));
        clauses.extend(estimators.into_iter().filter_map(clause));
        clauses
    }
}

/// Operators of one name go postfix, prefix, infix, then by schema and name of
/// their types, left before right.
fn sort_key(kind: char, types: [Option<String>; 4]) -> Vec<KeyPart> {
    let kind = match kind {
        'r' => 0,
        'l' => 1,
        _ => 2,
    };
    let names = types.into_iter().map(Option::unwrap_or_default);
    std::iter::once(KeyPart::Number(kind))
        .chain(names.map(KeyPart::Text))
        .collect()
}

/// The name in what `regprocedure` prints: all before the first parenthesis
/// that is not within double quotes.
fn without_arguments(procedure: &str) -> &str {
    let mut quoted = false;
    let end = procedure.find(|c| {
        quoted ^= c == '"';
        c == '(' && !quoted
    });
    end.map_or(procedure, |end| &procedure[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_operator_has_no_left_argument() {
        let attributes = Attributes {
            function: Some("numeric_fac".to_owned()),
            right: Some("bigint".to_owned()),
            ..Attributes::default()
        };
        assert_eq!(attributes.arguments(), "(NONE, bigint)");
        assert_eq!(
            attributes.clauses(&Dialect::new(15, [])),
            ["FUNCTION = numeric_fac", "RIGHTARG = bigint"]
        );
    }

    #[test]
    fn clauses_come_in_the_order_of_pg_dump() {
        let operator = |name: &str| Some(("My schema".to_owned(), name.to_owned()));
        let attributes = Attributes {
            function: Some("s.eq".to_owned()),
            left: Some("s.a".to_owned()),
            right: Some("s.b".to_owned()),
            commutator: operator("==="),
            negator: operator("!=="),
            merges: true,
            hashes: true,
            restrict: Some("eqsel".to_owned()),
            join: Some("eqjoinsel".to_owned()),
        };
        assert_eq!(
            attributes.clauses(&Dialect::new(15, []))[3..],
            [
                "COMMUTATOR = OPERATOR(\"My schema\".===)",
                "NEGATOR = OPERATOR(\"My schema\".!==)",
                "MERGES",
                "HASHES",
                "RESTRICT = eqsel",
                "JOIN = eqjoinsel",
            ]
        );
    }

    #[test]
    fn operators_of_one_name_go_by_kind_and_types() {
        let key = |kind, left: Option<&str>, right: Option<&str>| {
            let schema = |name: Option<&str>| name.map(|_| "pg_catalog".to_owned());
            let types = [
                schema(left),
                left.map(str::to_owned),
                schema(right),
                right.map(str::to_owned),
            ];
            sort_key(kind, types)
        };
        let postfix = key('r', Some("int8"), None);
        let prefix = key('l', None, Some("int8"));
        let infix = key('b', Some("int4"), Some("int8"));
        assert!(postfix < prefix && prefix < infix);
        assert!(infix < key('b', Some("int8"), Some("int4")));
    }

    #[test]
    fn parenthesis_in_a_quoted_name_begins_no_arguments() {
        for (procedure, name) in [
            ("int4eq(integer,integer)", "int4eq"),
            ("\"my (s)\".\"f\"\"(\"(\"T (1)\")", "\"my (s)\".\"f\"\"(\""),
            ("s.f()", "s.f"),
            ("16400", "16400"),
            ("\"open(", "\"open("),
        ] {
            assert_eq!(without_arguments(procedure), name);
        }
    }
}
