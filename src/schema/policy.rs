//! Row security: that it is on, and its policies (`pg_policy`).
//!
//! FORCE ROW LEVEL SECURITY is printed with the table.

use super::catalog::Catalog;
use super::entries::Toc;
use super::host::{self, Host};
use super::object::{Body, Object};
use crate::dumpable::ObjectKind;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CatalogId, DumpId, catalogs};
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// That row security is on for a table.
#[derive(Debug)]
pub struct RowSecurity {
    /// The table.
    table: DumpId,
}

/// A row security policy.
#[derive(Debug)]
pub struct Policy {
    /// The table.
    table: DumpId,
    permissive: bool,
    /// `SELECT`, `INSERT`, `UPDATE`, `DELETE`; none for all of them.
    command: Option<&'static str>,
    /// The roles it applies to; none for PUBLIC.
    roles: Option<Vec<String>>,
    using: Option<String>,
    with_check: Option<String>,
}

const QUERY: &str = "
    SELECT p.oid, p.polrelid AS table_oid, p.polname::text AS name,
           p.polpermissive AS permissive, p.polcmd AS command,
           CASE WHEN p.polroles <> '{0}' THEN
               ARRAY(SELECT r.rolname::text FROM pg_catalog.pg_roles r
                     WHERE r.oid = ANY (p.polroles)) END AS roles,
           pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using_expression,
           pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS check_expression
    FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
    JOIN pg_catalog.pg_policy p ON p.polrelid = wanted.oid
    ORDER BY p.polrelid, p.polname";

/// Loads the policies of the wanted tables, and where row security is on.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let policies = host::parts(session, catalog, QUERY, |row, host| {
        let body = Body::Policy(Box::new(Policy::from_row(row, host)?));
        host.part_from_row(row, catalogs::POLICY, ObjectKind::Policy, body)
    })
    .await?;
    for object in row_security(catalog).into_iter().chain(policies) {
        catalog.add(object);
    }
    Ok(())
}

/// An object for each wanted table that has row security on. Its catalog id
/// names no catalog: with its table's, it would be taken for the table.
fn row_security(catalog: &Catalog) -> Vec<Object> {
    catalog
        .relations()
        .filter(|(object, relation)| object.components.definition && relation.row_security)
        .map(|(table, relation)| {
            let id = CatalogId::new(0, relation.oid);
            let body = Body::RowSecurity(RowSecurity { table: table.id });
            let host = Host::new(catalog, table, relation);
            host.part(id, ObjectKind::Policy, table.name.clone(), body)
        })
        .collect()
}

impl RowSecurity {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        if !object.components.definition || toc.options.data_only {
            return Ok(());
        }
        let host = Host::of(catalog, self.table)?;
        let mut entry = host.entry(object, "ROW SECURITY");
        entry.tag.clone_from(&object.name);
        entry.defn = Some(format!("{} ENABLE ROW LEVEL SECURITY;", host.alter()));
        toc.push_with(entry, vec![self.table]);
        Ok(())
    }
}

impl Policy {
    fn from_row(row: &Row, host: Host<'_>) -> Result<Self> {
        Ok(Self {
            table: host.id(),
            permissive: row.get("permissive")?,
            command: command(row.char("command")?)?,
            roles: row.get("roles")?,
            using: row.get("using_expression")?,
            with_check: row.get("check_expression")?,
        })
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let host = Host::of(catalog, self.table)?;
        if object.components.definition && !toc.options.data_only {
            let name = catalog.dialect.ident(&object.name);
            let on = format!("{name} ON {}", host.qualified());
            let mut entry = host.entry(object, "POLICY");
            entry.defn = Some(self.create(&on, &catalog.dialect));
            entry.drop_stmt = Some(format!("DROP POLICY {on};\n"));
            toc.define(object, entry);
        }
        host.comment(catalog, toc, object, "POLICY", object.id);
        Ok(())
    }

    /// `CREATE POLICY` for `name ON table`.
    fn create(&self, on: &str, dialect: &Dialect) -> String {
        let mut sql = format!("CREATE POLICY {on}");
        if !self.permissive {
            sql += " AS RESTRICTIVE";
        }
        if let Some(command) = self.command {
            sql += &format!(" FOR {command}");
        }
        if let Some(roles) = &self.roles {
            let roles: Vec<String> = roles.iter().map(|role| dialect.ident(role)).collect();
            sql += &format!(" TO {}", roles.join(", "));
        }
        if let Some(using) = &self.using {
            sql += &format!(" USING ({using})");
        }
        if let Some(check) = &self.with_check {
            sql += &format!(" WITH CHECK ({check})");
        }
        sql += ";\n";
        sql
    }
}

/// `pg_policy.polcmd` in words.
fn command(letter: char) -> Result<Option<&'static str>> {
    Ok(match letter {
        '*' => None,
        'r' => Some("SELECT"),
        'a' => Some("INSERT"),
        'w' => Some("UPDATE"),
        'd' => Some("DELETE"),
        other => {
            return Err(Error::new(
                ErrorKind::Internal,
                format!("expected *, r, a, w or d in pg_policy.polcmd, found {other:?}"),
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_for_everything_and_everybody_is_bare() {
        let policy = Policy {
            table: DumpId(1),
            permissive: true,
            command: None,
            roles: None,
            using: Some("true".to_owned()),
            with_check: None,
        };
        assert_eq!(
            policy.create("p ON s.t", &Dialect::default()),
            "CREATE POLICY p ON s.t USING (true);\n"
        );
    }

    #[test]
    fn clauses_of_a_policy_keep_their_order() {
        let policy = Policy {
            table: DumpId(1),
            permissive: false,
            command: Some("UPDATE"),
            roles: Some(vec!["app".to_owned(), "Odd Role".to_owned()]),
            using: Some("(owner = CURRENT_USER)".to_owned()),
            with_check: Some("(n > 0)".to_owned()),
        };
        assert_eq!(
            policy.create("p ON s.t", &Dialect::default()),
            "CREATE POLICY p ON s.t AS RESTRICTIVE FOR UPDATE TO app, \"Odd Role\" \
             USING ((owner = CURRENT_USER)) WITH CHECK ((n > 0));\n"
        );
    }

    #[test]
    fn unknown_command_letter_is_an_error() {
        assert!(command('x').is_err());
    }
}
