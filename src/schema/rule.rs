//! Rewrite rules: `pg_rewrite`.
//!
//! The query of a view is a rule, too. It is a dependency node of its own: the
//! view needs its rule, and the rule needs what the query uses. Usually it has
//! no entry, since CREATE VIEW makes it. If view and rule are in a dependency
//! loop, the view is made with a dummy query and the rule's entry replaces it.

use super::catalog::Catalog;
use super::entries::Toc;
use super::firing::Firing;
use super::host::{self, Host};
use super::object::{Body, Object};
use crate::dumpable::{ObjectKind, Placement};
use crate::error::Result;
use crate::ids::{DumpId, catalogs};
use crate::pg::{Row, Session};

/// A rewrite rule.
#[derive(Debug)]
pub struct Rule {
    /// The table or view.
    table: DumpId,
    /// The view or materialized view whose query it is.
    pub(crate) view: Option<DumpId>,
    /// `CREATE RULE …` with its semicolon; empty for a view's query.
    definition: String,
    firing: Firing,
}

/// The queries of all views are read, since they link what a view uses to what
/// uses the view; other rules only of the wanted tables. System views link nothing.
const QUERY: &str = "
    SELECT r.oid, r.ev_class AS table_oid, r.rulename::text AS name, r.ev_enabled AS firing,
           CASE WHEN q.is_query THEN '' ELSE pg_catalog.pg_get_ruledef(r.oid) END AS definition,
           q.is_query
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
    LEFT JOIN pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid) ON wanted.oid = c.oid
    CROSS JOIN LATERAL (
        SELECT c.relkind IN ('v', 'm') AND r.ev_type = '1' AND r.is_instead) AS q (is_query)
    WHERE wanted.oid IS NOT NULL OR (q.is_query AND c.oid >= 16384)
    ORDER BY r.oid";

/// Loads the queries of all views and the rules of the wanted tables and views.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let objects = host::parts(session, catalog, QUERY, |row, host| {
        let rule = Rule::from_row(row, host)?;
        let view = rule.view;
        let mut object =
            host.part_from_row(row, catalogs::REWRITE, ObjectKind::Rule, Body::Rule(rule))?;
        if view.is_none() {
            object.placement = Placement::Separate;
            object.needs.push(host.id());
        }
        Ok((view, object))
    })
    .await?;
    for (view, object) in objects {
        let rule = catalog.add(object);
        if let Some(view) = view {
            catalog.object_mut(view).needs.push(rule);
        }
    }
    Ok(())
}

impl Rule {
    fn from_row(row: &Row, host: Host<'_>) -> Result<Self> {
        let is_query: bool = row.get("is_query")?;
        Ok(Self {
            table: host.id(),
            view: is_query.then_some(host.id()),
            definition: host.definition(row)?,
            firing: Firing::from_letter(row.char("firing")?)?,
        })
    }

    /// Writes the rule's entry, unless CREATE VIEW makes the rule.
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        if object.placement != Placement::Separate {
            return Ok(());
        }
        let host = Host::of(catalog, self.table)?;
        if object.components.definition && !toc.options.data_only {
            let name = catalog.dialect.ident(&object.name);
            let (mut defn, drop_stmt) = match self.view {
                Some(_) => (
                    host.relation
                        .real_view("CREATE OR REPLACE VIEW", host.object, catalog)?,
                    host.relation.dummy_view(host.object, catalog),
                ),
                None => (
                    format!("{}\n", self.definition),
                    format!("DROP RULE {name} ON {};\n", host.qualified()),
                ),
            };
            defn += &self.set_firing(&name, &host.qualified());
            let mut entry = host.entry(object, "RULE");
            entry.defn = Some(defn);
            entry.drop_stmt = Some(drop_stmt);
            toc.define(object, entry);
        }
        host.comment(catalog, toc, object, "RULE", object.id);
        Ok(())
    }

    /// Says when the rule applies, if not as it is made.
    fn set_firing(&self, name: &str, table: &str) -> String {
        if self.firing == Firing::Origin {
            return String::new();
        }
        format!(
            "ALTER TABLE {table} {} RULE {name};\n",
            self.firing.action()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(firing: Firing) -> Rule {
        Rule {
            table: DumpId(1),
            view: None,
            definition: String::new(),
            firing,
        }
    }

    #[test]
    fn only_a_changed_firing_is_set() {
        assert_eq!(rule(Firing::Origin).set_firing("r", "s.t"), "");
        assert_eq!(
            rule(Firing::Disabled).set_firing("r", "s.t"),
            "ALTER TABLE s.t DISABLE RULE r;\n"
        );
        assert_eq!(
            rule(Firing::Replica).set_firing("r", "s.t"),
            "ALTER TABLE s.t ENABLE REPLICA RULE r;\n"
        );
    }
}
