//! Enum types: `pg_enum`.

use std::collections::HashMap;

use crate::error::Result;
use crate::ids::Oid;
use crate::pg::Session;
use crate::sql::literal;

/// The labels of an enum type, in order.
#[derive(Debug)]
pub(super) struct Enum(Vec<String>);

/// An enum may lack labels, and then has no row in `pg_enum`.
const QUERY: &str = "
    SELECT t.oid,
           ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e
                 WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_type t
    WHERE t.typtype = 'e' AND t.oid >= 16384";

/// Loads all enum types, by OID.
pub(super) async fn load(session: &Session) -> Result<HashMap<Oid, Enum>> {
    let rows = session
        .rows(QUERY, &[], |row| {
            Ok((row.get("oid")?, Enum(row.get("labels")?)))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

impl Enum {
    pub(super) fn create(&self, qualified: &str) -> String {
        let labels: Vec<String> = self
            .0
            .iter()
            .map(|label| format!("\n    {}", literal(label)))
            .collect();
        format!(
            "CREATE TYPE {qualified} AS ENUM ({}\n);\n",
            labels.join(",")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_literals_one_a_line() {
        let labels = Enum(vec!["new".to_owned(), "it's \\done".to_owned()]);
        assert_eq!(
            labels.create("public.state"),
            "CREATE TYPE public.state AS ENUM (\n    'new',\n    'it''s \\done'\n);\n"
        );
    }

    #[test]
    fn enum_without_labels_has_empty_parentheses() {
        assert_eq!(
            Enum(Vec::new()).create("s.\"E\""),
            "CREATE TYPE s.\"E\" AS ENUM (\n);\n"
        );
    }
}
