//! Constraints of tables: CHECK and NOT NULL, and the statements that all kinds share.
//!
//! A valid CHECK is printed within its table's CREATE statement: the table
//! needs it, so that whatever the expression uses comes first. Those that rows
//! may violate, and those in a dependency loop, get an entry in post-data.
//! Constraints made of an index are in [`key_constraint`](super::key_constraint),
//! foreign keys in [`foreign_key`](super::foreign_key).

use super::catalog::Catalog;
use super::entries::Toc;
use super::host::{self, Host};
use super::object::{Body, Object};
use super::relation::Relation;
use crate::archive::TocEntry;
use crate::dumpable::{ObjectKind, Placement};
use crate::error::Result;
use crate::ids::{DumpId, catalogs};
use crate::pg::{Row, Session};

/// A CHECK or NOT NULL constraint of a table. Its table prints it unless its
/// placement is [`Placement::Separate`].
#[derive(Debug)]
pub struct Check {
    /// The table.
    pub(crate) table: DumpId,
    /// What follows the name: `CHECK (…)`, perhaps `NO INHERIT`, `NOT VALID`.
    pub(crate) definition: String,
    /// Whether it is defined here and not only inherited.
    pub(crate) local: bool,
    not_null: bool,
}

/// Valid NOT NULL constraints are read with their columns. Before 18 those of
/// tables have no row in `pg_constraint`.
const QUERY: &str = "
    SELECT c.oid, c.conrelid AS table_oid, c.conname::text AS name,
           pg_catalog.pg_get_constraintdef(c.oid) AS definition,
           c.conislocal AS local, c.convalidated AS validated, c.contype = 'n' AS not_null
    FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
    JOIN pg_catalog.pg_constraint c ON c.conrelid = wanted.oid
    WHERE c.contype = 'c' OR (c.contype = 'n' AND NOT c.convalidated)
    ORDER BY c.conrelid, c.conname";

/// Loads the constraints of the wanted tables, and tells each table which it has.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let objects = host::parts(session, catalog, QUERY, |row, host| {
        let check = Check::from_row(row, host)?;
        let inline = !check.not_null && row.get("validated")?;
        let body = Body::Check(check);
        let mut object =
            host.part_from_row(row, catalogs::CONSTRAINT, ObjectKind::Constraint, body)?;
        if !inline {
            object.placement = Placement::Separate;
        }
        Ok((host.id(), object))
    })
    .await?;
    for (table, object) in objects {
        add(catalog, table, object);
    }
    Ok(())
}

fn add(catalog: &mut Catalog, table: DumpId, object: Object) {
    let inline = object.placement != Placement::Separate;
    let check = catalog.add(object);
    let table = catalog.object_mut(table);
    if inline {
        table.needs.push(check);
        if let Some(relation) = Relation::of_mut(table) {
            relation.checks.push(check);
        }
    }
}

impl Check {
    fn from_row(row: &Row, host: Host<'_>) -> Result<Self> {
        Ok(Self {
            table: host.id(),
            definition: host.definition(row)?,
            local: row.get("local")?,
            not_null: row.get("not_null")?,
        })
    }

    /// Writes the constraint's own entry, if the table does not print it. One
    /// that is only inherited comes with the parent's.
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        if object.placement != Placement::Separate {
            return Ok(());
        }
        let host = Host::of(catalog, self.table)?;
        if object.components.definition && self.local && !toc.options.data_only {
            let desc = if self.not_null {
                "CONSTRAINT"
            } else {
                "CHECK CONSTRAINT"
            };
            // Without ONLY: children are to inherit it.
            let alter = host.alter();
            let entry = entry(&host, object, desc, &alter, &self.definition);
            toc.define(object, entry);
        }
        write_comment(&host, object, catalog, toc);
        Ok(())
    }
}

impl Relation {
    /// Adds the comments on the CHECK constraints printed with the table; they depend on it.
    pub(super) fn write_check_comments(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let host = Host::new(catalog, object, self);
        for check in self.checks.iter().map(|id| catalog.object(*id)) {
            let local = matches!(&check.body, Body::Check(Check { local: true, .. }));
            if local && check.placement != Placement::Separate {
                host.comment(catalog, toc, check, "CONSTRAINT", object.id);
            }
        }
    }
}

/// An entry that adds `constraint` by `alter` (`ALTER TABLE …`) and drops it again.
/// `definition` is what follows the constraint's name.
pub(crate) fn entry(
    host: &Host<'_>,
    constraint: &Object,
    desc: &'static str,
    alter: &str,
    definition: &str,
) -> TocEntry {
    let name = host.dialect.ident(&constraint.name);
    let mut entry = host.entry(constraint, desc);
    entry.defn = Some(add_statement(alter, &name, definition));
    entry.drop_stmt = Some(drop_statement(alter, &name));
    entry
}

/// Adds the comment on a constraint that has an entry.
pub(crate) fn write_comment(
    host: &Host<'_>,
    constraint: &Object,
    catalog: &Catalog,
    toc: &mut Toc,
) {
    host.comment(catalog, toc, constraint, "CONSTRAINT", constraint.id);
}

fn add_statement(alter: &str, name: &str, definition: &str) -> String {
    format!("{alter}\n    ADD CONSTRAINT {name} {definition};\n")
}

fn drop_statement(alter: &str, name: &str) -> String {
    format!("{alter} DROP CONSTRAINT {name};\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraint_is_added_on_a_line_of_its_own() {
        assert_eq!(
            add_statement("ALTER TABLE ONLY s.t", "\"C\"", "CHECK ((a > 0)) NOT VALID"),
            "ALTER TABLE ONLY s.t\n    ADD CONSTRAINT \"C\" CHECK ((a > 0)) NOT VALID;\n"
        );
        assert_eq!(
            drop_statement("ALTER TABLE ONLY s.t", "\"C\""),
            "ALTER TABLE ONLY s.t DROP CONSTRAINT \"C\";\n"
        );
    }
}
