//! Domains, and the constraints of domains: `pg_type`, `pg_constraint`.
//!
//! A constraint is printed within its domain. It has an entry of its own, in
//! post-data, if it is NOT VALID or if printing it inline would close a
//! dependency loop (a CHECK that calls a function that takes the domain).

use std::collections::HashMap;
use std::sync::Arc;

use super::{Type, collation_of};
use crate::archive::{Section, TocEntry};
use crate::dumpable::{KeyPart, ObjectKind, Placement};
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{Row, Session};
use crate::schema::catalog::Catalog;
use crate::schema::entries::{Annotated, Toc};
use crate::schema::object::{Body, Components, Object};
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
    constraints: Vec<DumpId>,
}

/// A constraint of a domain.
#[derive(Debug)]
pub struct DomainConstraint {
    /// The domain it belongs to.
    pub domain: DumpId,
    owner: Arc<str>,
    domain_name: String,
    /// What follows its name in SQL, NOT VALID included.
    definition: String,
    not_null: bool,
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

const CONSTRAINT_QUERY: &str = "
    SELECT c.oid, c.contypid AS domain, c.conname::text AS name, c.contype = 'n' AS not_null,
           c.convalidated AS valid, pg_catalog.pg_get_constraintdef(c.oid) AS definition
    FROM pg_catalog.pg_constraint c
    WHERE c.contypid = ANY ($1) AND c.contype IN ('c', 'n')
    ORDER BY c.contypid, c.conname";

/// Loads the constraints of the domains whose definition is wanted.
pub(super) async fn load_constraints(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let wanted: HashMap<Oid, DumpId> = catalog
        .objects()
        .iter()
        .filter(|object| object.components.definition)
        .filter(|object| matches!(&object.body, Body::Type(it) if it.domain().is_some()))
        .map(|object| (object.catalog_id.oid, object.id))
        .collect();
    let oids: Vec<Oid> = wanted.keys().copied().collect();
    let rows = session
        .rows(CONSTRAINT_QUERY, &[&oids], ConstraintRow::from_row)
        .await?;
    for row in rows {
        if let Some(domain) = wanted.get(&row.domain) {
            row.add(catalog, *domain);
        }
    }
    Ok(())
}

struct ConstraintRow {
    oid: Oid,
    domain: Oid,
    name: String,
    not_null: bool,
    valid: bool,
    definition: String,
}

impl ConstraintRow {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            oid: row.get("oid")?,
            domain: row.get("domain")?,
            name: row.get("name")?,
            not_null: row.get("not_null")?,
            valid: row.get("valid")?,
            definition: row.get("definition")?,
        })
    }

    fn add(self, catalog: &mut Catalog, domain: DumpId) {
        let owner = catalog.object(domain);
        let namespace = owner.namespace.clone();
        let domain_name = owner.name.clone();
        let owner = match &owner.body {
            Body::Type(it) => Arc::clone(&it.owner),
            _ => Arc::default(),
        };
        let mut object = Object::new(
            CatalogId::new(catalogs::CONSTRAINT, self.oid),
            ObjectKind::Constraint,
            self.name,
            Body::DomainConstraint(DomainConstraint {
                domain,
                owner,
                domain_name: domain_name.clone(),
                definition: self.definition,
                not_null: self.not_null,
            }),
        );
        object.namespace = namespace;
        // A number sorts before the text that the key of a table's constraint begins with.
        object.key = vec![KeyPart::Number(0), KeyPart::Text(domain_name)];
        object.components = Components {
            definition: true,
            comment: true,
            ..Components::NONE
        };
        if !self.valid {
            object.placement = Placement::Separate;
        }
        let constraint = catalog.add(object);
        let object = catalog.object_mut(domain);
        if self.valid {
            object.needs.push(constraint);
        }
        if let Body::Type(it) = &mut object.body
            && let Some(domain) = it.domain_mut()
        {
            domain.constraints.push(constraint);
        }
    }
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
        for (object, _) in checks.into_iter().chain(not_null) {
            comment_on_constraint(object, catalog, toc, on);
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

impl Type {
    fn domain(&self) -> Option<&Domain> {
        match &self.shape {
            super::Shape::Domain(domain) => Some(domain),
            _ => None,
        }
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

/// `on` is the domain the constraint belongs to; the comment depends on `on.object`.
fn comment_on_constraint(
    constraint: &Object,
    catalog: &Catalog,
    toc: &mut Toc,
    on: &Annotated<'_>,
) {
    let name = catalog.dialect.ident(&constraint.name);
    let on = Annotated {
        keyword: &format!("CONSTRAINT {name} ON DOMAIN"),
        ..*on
    };
    toc.comment_of(catalog, constraint, &on);
}

impl DomainConstraint {
    /// Writes an entry only if the constraint is not printed within its domain.
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        if object.placement != Placement::Separate {
            return;
        }
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let dialect = &catalog.dialect;
        let domain = dialect.qualified(namespace, &self.domain_name);
        if object.components.definition && !toc.options.data_only {
            let tag = format!("{} {}", self.domain_name, object.name);
            let mut entry = TocEntry::new(object.id, self.desc(), tag, Section::PostData);
            let name = dialect.ident(&object.name);
            entry.defn = Some(format!(
                "ALTER DOMAIN {domain}\n    ADD CONSTRAINT {name} {};\n",
                self.definition
            ));
            entry.drop_stmt = Some(format!("ALTER DOMAIN {domain} DROP CONSTRAINT {name};\n"));
            entry.catalog_id = object.catalog_id;
            entry.namespace = Some(namespace.to_owned());
            entry.owner = Some(self.owner.to_string());
            toc.define(object, entry);
        }
        let on = Annotated {
            object: object.id,
            keyword: "DOMAIN",
            sql_name: &domain,
            tag_name: &dialect.ident(&self.domain_name),
            namespace: Some(namespace),
            owner: Some(&self.owner),
        };
        comment_on_constraint(object, catalog, toc, &on);
    }

    fn desc(&self) -> &'static str {
        if self.not_null {
            "CONSTRAINT"
        } else {
            "CHECK CONSTRAINT"
        }
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
