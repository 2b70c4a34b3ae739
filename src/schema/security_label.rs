//! Security labels: `pg_seclabel` and, of shared objects, `pg_shseclabel`.
//!
//! An entry holds all labels of its object, one for each label provider.

use std::collections::HashMap;

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use crate::error::Result;
use crate::ids::CatalogId;
use crate::pg::{Row, Session};
use crate::sql::{Dialect, literal};

/// All security labels on a database, its objects, and its subscriptions.
#[derive(Debug, Default)]
pub(crate) struct SecurityLabels(HashMap<CatalogId, Vec<SecurityLabel>>);

/// What one label provider says of an object.
#[derive(Debug)]
pub(crate) struct SecurityLabel {
    /// The column of a relation; 0 for an object as a whole.
    pub(crate) sub_id: i32,
    provider: String,
    text: String,
}

const QUERY: &str = "
    SELECT classoid, objoid, objsubid, provider, label FROM pg_catalog.pg_seclabel
    UNION ALL
    SELECT l.classoid, l.objoid, 0, l.provider, l.label FROM pg_catalog.pg_shseclabel l
    WHERE l.classoid = 'pg_catalog.pg_subscription'::pg_catalog.regclass
       OR (l.classoid, l.objoid) = (SELECT d.tableoid, d.oid FROM pg_catalog.pg_database d
                                    WHERE d.datname = pg_catalog.current_database())
    ORDER BY classoid, objoid, objsubid, provider";

impl SecurityLabels {
    /// Loads all labels.
    pub(crate) async fn load(session: &Session) -> Result<Self> {
        let rows = session.rows(QUERY, &[], |row| {
            let id = CatalogId::new(row.get("classoid")?, row.get("objoid")?);
            Ok((id, SecurityLabel::from_row(row)?))
        });
        let mut labels: HashMap<CatalogId, Vec<SecurityLabel>> = HashMap::new();
        for (id, label) in rows.await? {
            labels.entry(id).or_default().push(label);
        }
        Ok(Self(labels))
    }

    /// The labels on an object (0) and its columns (attribute numbers), in that order.
    pub(crate) fn all_of(&self, id: CatalogId) -> &[SecurityLabel] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }
}

impl SecurityLabel {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            sub_id: row.get("objsubid")?,
            provider: row.get("provider")?,
            text: row.get("label")?,
        })
    }

    /// The statement that labels `subject`, a keyword with a name.
    pub(crate) fn statement(&self, subject: &str, dialect: &Dialect) -> String {
        let provider = dialect.ident(&self.provider);
        let text = literal(&self.text);
        format!("SECURITY LABEL FOR {provider} ON {subject} IS {text};\n")
    }
}

impl Toc {
    /// Adds the labels on an object (0) or one of its columns, if there are any.
    pub(crate) fn security_labels(
        &mut self,
        catalog: &Catalog,
        id: CatalogId,
        sub_id: i32,
        on: &Annotated<'_>,
    ) {
        let subject = format!("{} {}", on.keyword, on.sql_name);
        let labels = catalog.security_labels.all_of(id).iter();
        let statements = labels
            .filter(|label| label.sub_id == sub_id)
            .map(|label| label.statement(&subject, &catalog.dialect));
        self.security_label(on, statements.collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_and_label_are_quoted() {
        let label = SecurityLabel {
            sub_id: 0,
            provider: "My provider".to_owned(),
            text: "it's \\ secret".to_owned(),
        };
        assert_eq!(
            label.statement("TABLE s.t", &Dialect::default()),
            "SECURITY LABEL FOR \"My provider\" ON TABLE s.t IS 'it''s \\ secret';\n"
        );
    }
}
