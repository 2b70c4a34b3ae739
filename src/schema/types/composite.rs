//! Free-standing composite types: `pg_class` with relkind `c`.

use std::collections::HashMap;

use super::collation_of;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{Row, Session};
use crate::schema::catalog::Catalog;
use crate::schema::entries::{Annotated, Toc};
use crate::schema::object::{Body, Object};
use crate::sql::Dialect;

/// The columns of a composite type.
#[derive(Debug)]
pub(super) struct Composite {
    /// The row of `pg_class`, to which column comments are attached.
    relation: Oid,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    number: i32,
    name: String,
    /// The type with its modifier.
    type_name: String,
    collation: Option<(String, String)>,
}

/// A type without columns has one row here, without a column.
const QUERY: &str = "
    SELECT t.oid, c.oid AS relation, a.attnum::int4 AS number, a.attname::text AS name,
           pg_catalog.format_type(a.atttypid, a.atttypmod) AS type_name,
           CASE WHEN a.attcollation <> at.typcollation THEN cn.nspname::text END AS collation_schema,
           co.collname::text AS collation_name
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
    LEFT JOIN pg_catalog.pg_attribute a
           ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_type at ON at.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
    WHERE t.oid >= 16384
    ORDER BY t.oid, a.attnum";

/// Loads all free-standing composite types, by OID of the type.
pub(super) async fn load(session: &Session) -> Result<HashMap<Oid, Composite>> {
    let rows = session
        .rows(QUERY, &[], |row| {
            let oid: Oid = row.get("oid")?;
            let relation: Oid = row.get("relation")?;
            Ok((oid, relation, Column::from_row(row)?))
        })
        .await?;
    let mut types: HashMap<Oid, Composite> = HashMap::new();
    for (oid, relation, column) in rows {
        let composite = types.entry(oid).or_insert_with(|| Composite {
            relation,
            columns: Vec::new(),
        });
        composite.columns.extend(column);
    }
    Ok(types)
}

/// The row of `pg_class` that holds the columns of a composite type. A CHECK of
/// a domain may use a column without needing the type.
#[derive(Debug)]
pub struct CompositeRelation {
    pub(crate) data_type: DumpId,
}

/// Adds the relation of a composite type. It has no entry, and the type needs it:
/// `pg_depend` has it the other way round, for the sake of DROP.
pub(super) fn add_relation(catalog: &mut Catalog, oid: Oid, data_type: DumpId) {
    let body = Body::CompositeRelation(CompositeRelation { data_type });
    let defined = catalog.object(data_type);
    let mut object = Object::new(
        CatalogId::new(catalogs::CLASS, oid),
        ObjectKind::Relation,
        defined.name.clone(),
        body,
    );
    object.namespace.clone_from(&defined.namespace);
    let relation = catalog.add(object);
    catalog.object_mut(data_type).needs.push(relation);
}

impl Column {
    fn from_row(row: &Row) -> Result<Option<Self>> {
        let Some(number) = row.get::<Option<i32>>("number")? else {
            return Ok(None);
        };
        Ok(Some(Self {
            number,
            name: row.get("name")?,
            type_name: row.get("type_name")?,
            collation: collation_of(row)?,
        }))
    }

    fn declaration(&self, dialect: &Dialect) -> String {
        let collate = match &self.collation {
            Some((schema, name)) => format!(" COLLATE {}", dialect.qualified(schema, name)),
            None => String::new(),
        };
        format!(
            "\n\t{} {}{collate}",
            dialect.ident(&self.name),
            self.type_name
        )
    }
}

impl Composite {
    pub(super) fn create(&self, qualified: &str, dialect: &Dialect) -> String {
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|column| column.declaration(dialect))
            .collect();
        format!("CREATE TYPE {qualified} AS ({}\n);\n", columns.join(","))
    }

    /// One comment for each column that has one, and its labels, which `pg_dump`
    /// does not keep. `on` is the type itself.
    pub(super) fn annotate_columns(
        &self,
        object: &Object,
        catalog: &Catalog,
        toc: &mut Toc,
        on: &Annotated<'_>,
    ) {
        if !object.components.comment {
            return;
        }
        let relation = CatalogId::new(catalogs::CLASS, self.relation);
        for column in &self.columns {
            let name = catalog.dialect.ident(&column.name);
            let on = Annotated {
                keyword: "COLUMN",
                sql_name: &format!("{}.{name}", on.sql_name),
                tag_name: &format!("{}.{name}", on.tag_name),
                ..*on
            };
            if let Some(text) = catalog.comments.of_part(relation, column.number) {
                toc.comment(&on, text);
            }
            toc.security_labels(catalog, relation, column.number, &on);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, type_name: &str, collation: Option<(&str, &str)>) -> Column {
        Column {
            number: 1,
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            collation: collation.map(|(schema, name)| (schema.to_owned(), name.to_owned())),
        }
    }

    fn create(columns: Vec<Column>) -> String {
        let composite = Composite {
            relation: 0,
            columns,
        };
        composite.create("public.pair", &Dialect::new(15, []))
    }

    #[test]
    fn column_names_and_collations_are_quoted() {
        assert_eq!(
            create(vec![
                column("a", "integer", None),
                column("B c", "text", Some(("pg_catalog", "C"))),
            ]),
            "CREATE TYPE public.pair AS (\n\ta integer,\n\t\"B c\" text COLLATE pg_catalog.\"C\"\n);\n"
        );
    }

    #[test]
    fn type_without_columns_has_empty_parentheses() {
        assert_eq!(create(Vec::new()), "CREATE TYPE public.pair AS (\n);\n");
    }
}
