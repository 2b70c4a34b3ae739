//! Domains: `pg_type` with typtype `d`.

use std::collections::HashMap;

use super::collation_of;
use super::domain_constraint::{self, DomainConstraint};
use crate::dumpable::Placement;
use crate::error::Result;
use crate::ids::{DumpId, Oid};
use crate::pg::{Row, Session};
use crate::schema::catalog::Catalog;
use crate::schema::entries::{Annotated, Toc};
use crate::schema::object::{Body, Object};
use crate::sql::{Dialect, literal};

/// What a domain restricts, and how.
#[derive(Debug, Default)]
pub(super) struct Domain {
    /// The base type with its modifier.
    base: String,
    collation: Option<(String, String)>,
    /// An expression in SQL.
    default: Option<String>,
    not_null: bool,
    /// Its constraints by name. From 17 on NOT NULL is one of them.
    pub(super) constraints: Vec<DumpId>,
}

const QUERY: &str = "
    SELECT t.oid, pg_catalog.format_type(t.typbasetype, t.typtypmod) AS base,
           CASE WHEN t.typcollation <> b.typcollation THEN cn.nspname::text END AS collation_schema,
           co.collname::text AS collation_name,
           pg_catalog.pg_get_expr(
               t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass) AS default_expression,
           t.typdefault AS default_text, t.typnotnull AS not_null
    FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
    WHERE t.typtype = 'd' AND t.oid >= 16384";

/// Loads all domains, without their constraints, by OID.
pub(super) async fn load(session: &Session) -> Result<HashMap<Oid, Domain>> {
    let rows = session
        .rows(QUERY, &[], |row| {
            Ok((row.get("oid")?, Domain::from_row(row)?))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

impl Domain {
    fn from_row(row: &Row) -> Result<Self> {
        let expression: Option<String> = row.get("default_expression")?;
        let text: Option<String> = row.get("default_text")?;
        Ok(Self {
            base: row.get("base")?,
            collation: collation_of(row)?,
            default: expression.or_else(|| text.as_deref().map(literal)),
            not_null: row.get("not_null")?,
            constraints: Vec::new(),
        })
    }

    pub(super) fn create(&self, object: &Object, catalog: &Catalog) -> String {
        let inline: Vec<Inline<'_>> = self
            .constraints(catalog)
            .map(|(object, constraint)| Inline {
                name: &object.name,
                definition: &constraint.definition,
                not_null: constraint.not_null,
                separate: object.placement == Placement::Separate,
            })
            .collect();
        let namespace = object.namespace.as_deref().unwrap_or_default();
        self.create_with(namespace, &object.name, &inline, &catalog.dialect)
    }

    fn create_with(
        &self,
        namespace: &str,
        name: &str,
        constraints: &[Inline<'_>],
        dialect: &Dialect,
    ) -> String {
        let mut sql = format!(
            "CREATE DOMAIN {} AS {}",
            dialect.qualified(namespace, name),
            self.base
        );
        if let Some((schema, name)) = &self.collation {
            sql += &format!(" COLLATE {}", dialect.qualified(schema, name));
        }
        if self.not_null {
            sql += &not_null_clause(name, constraints, dialect);
        }
        if let Some(default) = &self.default {
            sql += &format!(" DEFAULT {default}");
        }
        for check in constraints.iter().filter(|it| !it.not_null && !it.separate) {
            sql += &format!("\n\t{}", check.clause(dialect));
        }
        sql + ";\n"
    }

    /// The comments on inline constraints: CHECKs first. `on` is the domain itself.
    pub(super) fn write_constraint_comments(
        &self,
        catalog: &Catalog,
        toc: &mut Toc,
        on: &Annotated<'_>,
    ) {
        let (not_null, checks): (Vec<_>, Vec<_>) = self
            .constraints(catalog)
            .filter(|(object, _)| object.placement != Placement::Separate)
            .partition(|(_, constraint)| constraint.not_null);
        let (not_null, commentless) = match catalog.dialect.target() {
            17.. => (not_null, Vec::new()),
            _ => (Vec::new(), not_null),
        };
        for (object, _) in commentless {
            if catalog.comments.of(object.catalog_id).is_some() {
                toc.warn(format!(
                    "the comment on constraint {} of domain {} is left out: before 17, NOT NULL is no constraint that could have one",
                    object.name, on.sql_name
                ));
            }
        }
        for (object, _) in checks.into_iter().chain(not_null) {
            domain_constraint::write_comment(object, catalog, toc, on);
        }
    }

    fn constraints<'a>(
        &'a self,
        catalog: &'a Catalog,
    ) -> impl Iterator<Item = (&'a Object, &'a DomainConstraint)> {
        self.constraints.iter().filter_map(|id| {
            let object = catalog.object(*id);
            match &object.body {
                Body::DomainConstraint(constraint) => Some((object, constraint)),
                _ => None,
            }
        })
    }
}

/// A constraint as CREATE DOMAIN sees it.
struct Inline<'a> {
    name: &'a str,
    definition: &'a str,
    not_null: bool,
    separate: bool,
}

impl Inline<'_> {
    fn clause(&self, dialect: &Dialect) -> String {
        format!(
            "CONSTRAINT {} {}",
            dialect.ident(self.name),
            self.definition
        )
    }
}

/// NOT NULL, with its name if it has one the server would not choose itself.
fn not_null_clause(domain: &str, constraints: &[Inline<'_>], dialect: &Dialect) -> String {
    match constraints.iter().find(|it| it.not_null) {
        Some(it) if it.separate => String::new(),
        Some(it) if it.name != format!("{domain}_not_null") => format!(" {}", it.clause(dialect)),
        _ => " NOT NULL".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &'static str, definition: &'static str) -> Inline<'static> {
        Inline {
            name,
            definition,
            not_null: false,
            separate: false,
        }
    }

    fn create(domain: &Domain, constraints: &[Inline<'_>]) -> String {
        domain.create_with("public", "us_zip", constraints, &Dialect::new(17, []))
    }

    #[test]
    fn clauses_come_in_the_order_of_pg_dump() {
        let domain = Domain {
            base: "character varying(5)".to_owned(),
            collation: Some(("pg_catalog".to_owned(), "C".to_owned())),
            default: Some("'00000'::character varying".to_owned()),
            not_null: true,
            ..Domain::default()
        };
        let checks = [
            check("len", "CHECK ((length((VALUE)::text) = 5))"),
            check("Upper", "CHECK (true)"),
        ];
        assert_eq!(
            create(&domain, &checks),
            "CREATE DOMAIN public.us_zip AS character varying(5) COLLATE pg_catalog.\"C\" \
             NOT NULL DEFAULT '00000'::character varying\n\
             \tCONSTRAINT len CHECK ((length((VALUE)::text) = 5))\n\
             \tCONSTRAINT \"Upper\" CHECK (true);\n"
        );
    }

    #[test]
    fn separate_constraints_are_left_out() {
        let domain = Domain {
            base: "integer".to_owned(),
            ..Domain::default()
        };
        let late = Inline {
            separate: true,
            ..check("late", "CHECK ((VALUE > 0)) NOT VALID")
        };
        assert_eq!(
            create(&domain, &[late]),
            "CREATE DOMAIN public.us_zip AS integer;\n"
        );
    }

    #[test]
    fn not_null_is_named_only_if_the_name_is_not_the_usual_one() {
        let domain = Domain {
            base: "integer".to_owned(),
            not_null: true,
            ..Domain::default()
        };
        let named = |name| Inline {
            not_null: true,
            ..check(name, "NOT NULL")
        };
        assert_eq!(
            create(&domain, &[named("us_zip_not_null")]),
            "CREATE DOMAIN public.us_zip AS integer NOT NULL;\n"
        );
        assert_eq!(
            create(&domain, &[named("filled")]),
            "CREATE DOMAIN public.us_zip AS integer CONSTRAINT filled NOT NULL;\n"
        );
    }
}
