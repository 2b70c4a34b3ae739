//! Triggers: `pg_trigger`.

use super::catalog::Catalog;
use super::entries::Toc;
use super::firing::Firing;
use super::host::{self, Host};
use super::object::{Body, Object};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{Row, Session};

/// A trigger that a user made, or the copy of one on a partition.
#[derive(Debug)]
pub struct Trigger {
    /// The table.
    pub(crate) table: DumpId,
    /// `CREATE TRIGGER …`
    definition: String,
    firing: Firing,
    /// Made with the trigger of the partitioned table; here only because it
    /// fires at other times than that one.
    is_copy: bool,
    /// The trigger that the user made, if this is the copy of a copy.
    original: Option<Oid>,
}

/// Triggers on a partitioned table have copies on its partitions. Up to 14
/// these count as internal, as do the triggers of constraints on all releases.
fn query(major: u32) -> String {
    let (is_copy, made_by_user) = if major >= 15 {
        (
            "t.tgparentid <> 0",
            "NOT t.tgisinternal AND t.tgparentid = 0",
        )
    } else {
        ("t.tgisinternal", "NOT t.tgisinternal")
    };
    format!(
        "SELECT t.oid, t.tgrelid AS table_oid, t.tgname::text AS name,
                pg_catalog.pg_get_triggerdef(t.oid, false) AS definition,
                t.tgenabled AS firing, {is_copy} AS is_copy,
                CASE WHEN parent.tgparentid <> 0 THEN (
                    WITH RECURSIVE above (oid, parent) AS (
                        SELECT t.oid, t.tgparentid
                        UNION ALL
                        SELECT up.oid, up.tgparentid
                        FROM above JOIN pg_catalog.pg_trigger up ON up.oid = above.parent)
                    SELECT oid FROM above WHERE parent = 0) END AS original
         FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
         JOIN pg_catalog.pg_trigger t ON t.tgrelid = wanted.oid
         LEFT JOIN pg_catalog.pg_trigger parent ON parent.oid = t.tgparentid
         WHERE ({made_by_user}) OR t.tgenabled <> parent.tgenabled
         ORDER BY t.tgrelid, t.tgname"
    )
}

/// Loads the triggers of the wanted tables and views.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = query(catalog.server.major());
    let objects = host::parts(session, catalog, &query, |row, host| {
        let body = Body::Trigger(Trigger::from_row(row, host)?);
        host.part_from_row(row, catalogs::TRIGGER, ObjectKind::Trigger, body)
    })
    .await?;
    for object in objects {
        catalog.add(object);
    }
    order_copies(catalog);
    Ok(())
}

/// Has copies of copies wait for what makes them all. `pg_depend` leads to their parents,
/// which need not have entries.
fn order_copies(catalog: &mut Catalog) {
    let needs = catalog.objects().iter().filter_map(|object| {
        let Body::Trigger(trigger) = &object.body else {
            return None;
        };
        let original = CatalogId::new(catalogs::TRIGGER, trigger.original?);
        Some((object.id, catalog.object_id(original)?))
    });
    for (copy, original) in needs.collect::<Vec<_>>() {
        catalog.object_mut(copy).needs.push(original);
    }
}

impl Trigger {
    fn from_row(row: &Row, host: Host<'_>) -> Result<Self> {
        Ok(Self {
            table: host.id(),
            definition: host.definition(row)?,
            firing: Firing::from_letter(row.char("firing")?)?,
            is_copy: row.get("is_copy")?,
            original: row.get("original")?,
        })
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let host = Host::of(catalog, self.table)?;
        if object.components.definition && !toc.options.data_only {
            let name = catalog.dialect.ident(&object.name);
            let on = format!("{name} ON {}", host.qualified());
            let extensions = catalog.depends_on_extensions(object.catalog_id, "TRIGGER", &on);
            let mut entry = host.entry(object, "TRIGGER");
            entry.defn = Some(self.statements(&name, &host.alter(), &extensions));
            entry.drop_stmt = Some(self.drop_statement(&on));
            toc.define(object, entry);
        }
        host.comment(catalog, toc, object, "TRIGGER", object.id);
        Ok(())
    }

    /// `CREATE TRIGGER` and what has to be said of the trigger afterwards. A
    /// copy is there already. `alter` is `ALTER TABLE …`, `extensions` are statements.
    fn statements(&self, name: &str, alter: &str, extensions: &str) -> String {
        let mut sql = String::new();
        if !self.is_copy {
            sql += &format!("{};\n{extensions}", self.definition);
        }
        if self.is_copy || self.firing != Firing::Origin {
            sql += &format!("\n{alter} {} TRIGGER {name};\n", self.firing.action());
        }
        sql
    }

    /// A copy goes with the trigger of the partitioned table.
    fn drop_statement(&self, trigger_on_table: &str) -> String {
        if self.is_copy {
            String::new()
        } else {
            format!("DROP TRIGGER {trigger_on_table};\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger(firing: Firing, is_copy: bool) -> Trigger {
        Trigger {
            table: DumpId(1),
            definition: "CREATE TRIGGER t BEFORE INSERT ON s.a EXECUTE FUNCTION f()".to_owned(),
            firing,
            is_copy,
            original: None,
        }
    }

    fn statements(trigger: &Trigger) -> String {
        trigger.statements("t", "ALTER TABLE s.a", "")
    }

    #[test]
    fn trigger_that_fires_as_made_is_its_definition() {
        let trigger = trigger(Firing::Origin, false);
        assert_eq!(
            statements(&trigger),
            "CREATE TRIGGER t BEFORE INSERT ON s.a EXECUTE FUNCTION f();\n"
        );
        assert_eq!(
            trigger.drop_statement("t ON s.a"),
            "DROP TRIGGER t ON s.a;\n"
        );
    }

    #[test]
    fn disabled_trigger_is_made_and_then_disabled() {
        assert_eq!(
            statements(&trigger(Firing::Disabled, false)),
            "CREATE TRIGGER t BEFORE INSERT ON s.a EXECUTE FUNCTION f();\n\
             \nALTER TABLE s.a DISABLE TRIGGER t;\n"
        );
    }

    #[test]
    fn copy_on_a_partition_is_altered_alone() {
        let copy = trigger(Firing::Origin, true);
        assert_eq!(statements(&copy), "\nALTER TABLE s.a ENABLE TRIGGER t;\n");
        assert_eq!(copy.drop_statement("t ON s.a"), "");
    }
}
