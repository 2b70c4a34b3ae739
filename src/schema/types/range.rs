//! Range types: `pg_range`.

use std::collections::HashMap;

use crate::error::Result;
use crate::ids::Oid;
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// What a range type is made of. Names from the server come qualified and quoted.
#[derive(Debug, Default)]
pub(super) struct Range {
    subtype: String,
    /// Servers before 14 have no multirange types.
    multirange: Option<String>,
    /// Schema and name, if it is not the subtype's default.
    opclass: Option<(String, String)>,
    /// Schema and name, if it is not the subtype's.
    collation: Option<(String, String)>,
    canonical: Option<String>,
    subtype_diff: Option<String>,
}

fn query(major: u32) -> String {
    let multirange = if major >= 14 {
        "pg_catalog.format_type(r.rngmultitypid, NULL)"
    } else {
        "NULL"
    };
    format!(
        "SELECT r.rngtypid AS oid, pg_catalog.format_type(r.rngsubtype, NULL) AS subtype,
                {multirange}::text AS multirange,
                CASE WHEN NOT o.opcdefault THEN n.nspname::text END AS opclass_schema,
                o.opcname::text AS opclass_name,
                CASE WHEN r.rngcollation <> s.typcollation THEN cn.nspname::text END AS collation_schema,
                co.collname::text AS collation_name,
                NULLIF(r.rngcanonical::text, '-') AS canonical,
                NULLIF(r.rngsubdiff::text, '-') AS subtype_diff
         FROM pg_catalog.pg_range r
         JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
         JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc
         JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
         LEFT JOIN pg_catalog.pg_collation co ON co.oid = r.rngcollation
         LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
         WHERE r.rngtypid >= 16384"
    )
}

/// Loads all range types, by OID.
pub(super) async fn load(session: &Session, major: u32) -> Result<HashMap<Oid, Range>> {
    let rows = session
        .rows(&query(major), &[], |row| {
            Ok((row.get("oid")?, Range::from_row(row)?))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

impl Range {
    fn from_row(row: &Row) -> Result<Self> {
        let opclass_schema: Option<String> = row.get("opclass_schema")?;
        Ok(Self {
            subtype: row.get("subtype")?,
            multirange: row.get("multirange")?,
            opclass: opclass_schema.zip(row.get("opclass_name")?),
            collation: super::collation_of(row)?,
            canonical: row.get("canonical")?,
            subtype_diff: row.get("subtype_diff")?,
        })
    }

    pub(super) fn create(&self, qualified: &str, dialect: &Dialect) -> String {
        let quoted = |name: &Option<(String, String)>| {
            let (schema, name) = name.as_ref()?;
            Some(dialect.qualified(schema, name))
        };
        // Before 14 a range type has no multirange type.
        let multirange = self.multirange.clone().filter(|_| dialect.target() >= 14);
        let parts = [
            ("subtype", Some(self.subtype.clone())),
            ("multirange_type_name", multirange),
            ("subtype_opclass", quoted(&self.opclass)),
            ("collation", quoted(&self.collation)),
            ("canonical", self.canonical.clone()),
            ("subtype_diff", self.subtype_diff.clone()),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter_map(|(key, value)| Some(format!("\n    {key} = {}", value?)))
            .collect();
        format!(
            "CREATE TYPE {qualified} AS RANGE ({}\n);\n",
            parts.join(",")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_from_the_subtype_is_named() {
        let range = Range {
            subtype: "double precision".to_owned(),
            multirange: Some("public.floatmultirange".to_owned()),
            subtype_diff: Some("float8mi".to_owned()),
            ..Range::default()
        };
        assert_eq!(
            range.create("public.floatrange", &Dialect::new(15, [])),
            "CREATE TYPE public.floatrange AS RANGE (\n    subtype = double precision,\n    \
             multirange_type_name = public.floatmultirange,\n    subtype_diff = float8mi\n);\n"
        );
    }

    #[test]
    fn opclass_and_collation_are_qualified_and_quoted() {
        let pair = |schema: &str, name: &str| Some((schema.to_owned(), name.to_owned()));
        let range = Range {
            subtype: "text".to_owned(),
            opclass: pair("pg_catalog", "text_pattern_ops"),
            collation: pair("pg_catalog", "C"),
            ..Range::default()
        };
        assert_eq!(
            range.create("s.\"R\"", &Dialect::new(13, [])),
            "CREATE TYPE s.\"R\" AS RANGE (\n    subtype = text,\n    \
             subtype_opclass = pg_catalog.text_pattern_ops,\n    \
             collation = pg_catalog.\"C\"\n);\n"
        );
    }
}
