//! Event triggers: `pg_event_trigger`.

use super::catalog::Catalog;
use super::firing::Firing;
use super::object::Body;
use super::standalone::{StandaloneKind, StandaloneQuery};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::catalogs;
use crate::pg::{Row, Session};
use crate::sql::{Dialect, literal};

static EVENT_TRIGGER: StandaloneKind = StandaloneKind {
    kind: ObjectKind::EventTrigger,
    body: Body::Standalone,
    catalog: (catalogs::EVENT_TRIGGER, "pg_event_trigger"),
    prefix: "evt",
    in_schema: false,
    owned: true,
    desc: "EVENT TRIGGER",
    comment_on: "EVENT TRIGGER",
    grant_on: None,
};

/// When an event trigger fires, and what.
#[derive(Debug)]
struct Attributes {
    event: String,
    /// The commands it is for; empty for all.
    tags: Vec<String>,
    /// Qualified and quoted by the server.
    function: String,
    firing: Firing,
}

const COLUMNS: &str = ", c.evtevent::text AS event, c.evttags AS tags,
    c.evtfoid::pg_catalog.regproc::text AS function, c.evtenabled AS enabled";

/// Loads every event trigger.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = StandaloneQuery {
        columns: COLUMNS,
        ..StandaloneQuery::default()
    };
    EVENT_TRIGGER
        .load(session, catalog, query, |row, name, catalog| {
            Ok(Attributes::from_row(row)?.statements(name, &catalog.dialect))
        })
        .await
}

impl Attributes {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            event: row.get("event")?,
            tags: row.get::<Option<Vec<String>>>("tags")?.unwrap_or_default(),
            function: row.get("function")?,
            firing: Firing::from_letter(row.char("enabled")?)?,
        })
    }

    fn statements(&self, name: &str, dialect: &Dialect) -> String {
        let mut sql = format!(
            "CREATE EVENT TRIGGER {name} ON {}",
            dialect.ident(&self.event)
        );
        if !self.tags.is_empty() {
            let tags: Vec<String> = self.tags.iter().map(|tag| literal(tag)).collect();
            sql += &format!("\n         WHEN TAG IN ({})", tags.join(", "));
        }
        sql += &format!("\n   EXECUTE FUNCTION {}();\n", self.function);
        if self.firing != Firing::Origin {
            let action = self.firing.action();
            sql += &format!("\nALTER EVENT TRIGGER {name} {action};\n");
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_state_are_kept() {
        let mut trigger = Attributes {
            event: "ddl_command_end".to_owned(),
            tags: Vec::new(),
            function: "s.\"Audit\"".to_owned(),
            firing: Firing::Origin,
        };
        assert_eq!(
            trigger.statements("e", &Dialect::default()),
            "CREATE EVENT TRIGGER e ON ddl_command_end\n   EXECUTE FUNCTION s.\"Audit\"();\n"
        );
        trigger.tags = vec!["CREATE TABLE".to_owned(), "DROP TABLE".to_owned()];
        trigger.firing = Firing::Always;
        assert_eq!(
            trigger.statements("\"E\"", &Dialect::default()),
            "CREATE EVENT TRIGGER \"E\" ON ddl_command_end\n         \
             WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')\n   EXECUTE FUNCTION s.\"Audit\"();\n\
             \nALTER EVENT TRIGGER \"E\" ENABLE ALWAYS;\n"
        );
    }
}
