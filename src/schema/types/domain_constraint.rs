//! Constraints of domains: `pg_constraint`.
//!
//! A constraint is printed within its domain. It has an entry of its own, in
//! post-data, if it is NOT VALID or if printing it inline would close a
//! dependency loop (a CHECK that calls a function that takes the domain).

use std::collections::HashMap;

use super::Shape;
use crate::archive::Section;
use crate::dumpable::{KeyPart, ObjectKind, Placement};
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{Row, Session};
use crate::schema::catalog::Catalog;
use crate::schema::entries::{Annotated, Toc};
use crate::schema::object::{Body, Components, Object};

/// A constraint of a domain.
#[derive(Debug)]
pub struct DomainConstraint {
    /// The domain it belongs to.
    pub domain: DumpId,
    /// What follows its name in SQL, NOT VALID included.
    pub(super) definition: String,
    pub(super) not_null: bool,
}

const QUERY: &str = "
    SELECT c.oid, c.contypid AS domain, c.conname::text AS name, c.contype = 'n' AS not_null,
           c.convalidated AS valid, pg_catalog.pg_get_constraintdef(c.oid) AS definition
    FROM pg_catalog.pg_constraint c
    WHERE c.contypid = ANY ($1) AND c.contype IN ('c', 'n')
    ORDER BY c.contypid, c.conname";

/// Loads the constraints of the domains whose definition is wanted.
pub(super) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let wanted: HashMap<Oid, DumpId> = catalog
        .objects()
        .iter()
        .filter(|object| object.components.definition)
        .filter(|object| matches!(&object.body, Body::Type(it) if it.is_domain()))
        .map(|object| (object.catalog_id.oid, object.id))
        .collect();
    let oids: Vec<Oid> = wanted.keys().copied().collect();
    let rows = session
        .rows(QUERY, &[&oids], ConstraintRow::from_row)
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
        let mut object = Object::new(
            CatalogId::new(catalogs::CONSTRAINT, self.oid),
            ObjectKind::Constraint,
            self.name,
            Body::DomainConstraint(DomainConstraint {
                domain,
                definition: self.definition,
                not_null: self.not_null,
            }),
        );
        let owner = catalog.object(domain);
        object.namespace.clone_from(&owner.namespace);
        // A number sorts before the text that the key of a table's constraint begins with.
        object.key = vec![KeyPart::Number(0), KeyPart::Text(owner.name.clone())];
        object.components = Components {
            definition: true,
            comment: true,
            ..Components::NONE
        };
        if !self.valid {
            object.placement = Placement::Separate;
        }
        let constraint = catalog.add(object);
        let owner = catalog.object_mut(domain);
        if self.valid {
            owner.needs.push(constraint);
        }
        if let Body::Type(it) = &mut owner.body
            && let Shape::Domain(domain) = &mut it.shape
        {
            domain.constraints.push(constraint);
        }
    }
}

impl DomainConstraint {
    /// Writes an entry only if the constraint is not printed within its domain.
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        if object.placement != Placement::Separate {
            return;
        }
        let domain = catalog.object(self.domain);
        let Body::Type(domain_type) = &domain.body else {
            return;
        };
        let qualified = catalog.qualified(domain);
        if object.components.definition && !toc.options.data_only {
            let name = catalog.dialect.ident(&object.name);
            let tag = format!("{} {}", domain.name, object.name);
            let mut entry = object.entry(self.desc(), Section::PostData);
            entry.tag = tag;
            entry.defn = Some(format!(
                "ALTER DOMAIN {qualified}\n    ADD CONSTRAINT {name} {};\n",
                self.definition
            ));
            entry.drop_stmt = Some(format!(
                "ALTER DOMAIN {qualified} DROP CONSTRAINT {name};\n"
            ));
            entry.owner = Some(domain_type.owner.to_string());
            toc.define(object, entry);
        }
        let name = catalog.dialect.ident(&domain.name);
        let on = Annotated {
            object: object.id,
            ..domain_type.annotated(domain, &qualified, &name)
        };
        write_comment(object, catalog, toc, &on);
    }

    fn desc(&self) -> &'static str {
        if self.not_null {
            "CONSTRAINT"
        } else {
            "CHECK CONSTRAINT"
        }
    }
}

/// `on` is the domain the constraint belongs to; the comment depends on `on.object`.
pub(super) fn write_comment(
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
    toc.annotate(catalog, constraint, &on);
}
