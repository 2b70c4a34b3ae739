//! Primary keys, unique and exclusion constraints: those made of an index.

use super::catalog::Catalog;
use super::constraint;
use super::entries::Toc;
use super::host::Host;
use super::index::Index;
use super::object::{Body, Object};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, Oid, catalogs};
use crate::pg::Row;
use crate::sql::Dialect;

/// A constraint together with its index.
#[derive(Debug)]
pub struct KeyConstraint {
    pub(crate) index: Index,
    definition: Definition,
}

#[derive(Debug)]
enum Definition {
    /// As the server prints it.
    Exclusion(String),
    Key(Key),
}

/// A primary key or unique constraint. The server prints it only together with
/// its tablespace, which belongs in the entry, or without its storage parameters.
#[derive(Debug)]
struct Key {
    primary: bool,
    nulls_not_distinct: bool,
    /// The key columns, then those of INCLUDE.
    columns: Vec<String>,
    key_columns: usize,
    without_overlaps: bool,
    options: Vec<String>,
    deferrable: bool,
    initially_deferred: bool,
}

impl KeyConstraint {
    /// The constraint with OID `oid`, from the row of its index.
    pub(crate) fn part(row: &Row, host: Host<'_>, oid: Oid, index: Index) -> Result<Object> {
        let definition = match row.get("exclusion")? {
            Some(definition) => Definition::Exclusion(definition),
            None => Definition::Key(Key::from_row(row, host)?),
        };
        let id = CatalogId::new(catalogs::CONSTRAINT, oid);
        let name = row.get("constraint_name")?;
        let body = Body::KeyConstraint(Box::new(Self { index, definition }));
        Ok(host.part(id, ObjectKind::Constraint, name, body))
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let host = Host::of(catalog, self.index.table)?;
        if object.components.definition && !toc.options.data_only {
            let alter = host.alter_only();
            let definition = self.definition.to_sql(&catalog.dialect);
            let mut entry = constraint::entry(&host, object, "CONSTRAINT", &alter, &definition);
            if let Some(defn) = &mut entry.defn {
                defn.push_str(&self.afterwards(&host, catalog));
            }
            entry.tablespace = Some(self.index.tablespace.clone());
            toc.define(object, entry);
        }
        constraint::write_comment(&host, object, catalog, toc);
        Ok(())
    }

    /// What has to be said of the index once it is there. Statistics targets are
    /// missing here in `pg_dump`, too: only expressions have them.
    fn afterwards(&self, host: &Host<'_>, catalog: &Catalog) -> String {
        let (index, dialect) = (&self.index, &catalog.dialect);
        let table = host.qualified();
        let mut sql = index.cluster(&table, dialect);
        sql += &index.replica_identity(&table, dialect);
        sql += &index.depends_on_extensions(host, catalog);
        sql
    }
}

impl Definition {
    fn to_sql(&self, dialect: &Dialect) -> String {
        match self {
            Self::Exclusion(definition) => definition.clone(),
            Self::Key(key) => key.to_sql(dialect),
        }
    }
}

impl Key {
    fn from_row(row: &Row, host: Host<'_>) -> Result<Self> {
        let key_columns: i16 = row.get("key_columns")?;
        let columns: Vec<i16> = row.get("columns")?;
        let columns: Result<_> = columns
            .into_iter()
            .map(|number| host.column(number))
            .collect();
        Ok(Self {
            primary: row.get::<String>("constraint_type")? == "p",
            nulls_not_distinct: row.get("nulls_not_distinct")?,
            columns: columns?,
            key_columns: usize::try_from(key_columns).unwrap_or_default(),
            without_overlaps: row.get("without_overlaps")?,
            options: row.get::<Option<_>>("options")?.unwrap_or_default(),
            deferrable: row.get("deferrable")?,
            initially_deferred: row.get("deferred")?,
        })
    }

    fn to_sql(&self, dialect: &Dialect) -> String {
        let mut sql = String::from(if self.primary {
            "PRIMARY KEY"
        } else {
            "UNIQUE"
        });
        // An index with NULLS NOT DISTINCT can become a primary key, but the
        // words are no syntax there.
        if self.nulls_not_distinct && !self.primary {
            sql += " NULLS NOT DISTINCT";
        }
        let names: Vec<String> = self
            .columns
            .iter()
            .map(|name| dialect.ident(name))
            .collect();
        let (keys, included) = names.split_at(self.key_columns.min(names.len()));
        let overlaps = if self.without_overlaps {
            " WITHOUT OVERLAPS"
        } else {
            ""
        };
        sql += &format!(" ({}{overlaps})", keys.join(", "));
        if !included.is_empty() {
            sql += &format!(" INCLUDE ({})", included.join(", "));
        }
        if !self.options.is_empty() {
            let options = self
                .options
                .iter()
                .map(|option| dialect.storage_option("", option));
            sql += &format!(" WITH ({})", options.collect::<Vec<_>>().join(", "));
        }
        if self.deferrable {
            sql += " DEFERRABLE";
            if self.initially_deferred {
                sql += " INITIALLY DEFERRED";
            }
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(columns: &[&str], key_columns: usize) -> Key {
        Key {
            primary: false,
            nulls_not_distinct: false,
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            key_columns,
            without_overlaps: false,
            options: Vec::new(),
            deferrable: false,
            initially_deferred: false,
        }
    }

    fn sql(key: &Key) -> String {
        key.to_sql(&Dialect::new(18, ["order".to_owned()]))
    }

    #[test]
    fn columns_of_a_key_are_quoted_and_included_ones_follow() {
        assert_eq!(sql(&key(&["order", "b"], 2)), "UNIQUE (\"order\", b)");
        assert_eq!(
            sql(&key(&["a", "B", "c"], 1)),
            "UNIQUE (a) INCLUDE (\"B\", c)"
        );
    }

    #[test]
    fn clauses_of_a_unique_constraint_keep_their_order() {
        let key = Key {
            nulls_not_distinct: true,
            without_overlaps: true,
            options: vec!["fillfactor=70".to_owned()],
            deferrable: true,
            initially_deferred: true,
            ..key(&["a", "during", "b"], 2)
        };
        assert_eq!(
            sql(&key),
            "UNIQUE NULLS NOT DISTINCT (a, during WITHOUT OVERLAPS) INCLUDE (b) \
             WITH (fillfactor='70') DEFERRABLE INITIALLY DEFERRED"
        );
    }

    #[test]
    fn primary_key_on_an_index_with_nulls_not_distinct_stays_valid_sql() {
        let key = Key {
            primary: true,
            nulls_not_distinct: true,
            ..key(&["a"], 1)
        };
        assert_eq!(sql(&key), "PRIMARY KEY (a)");
    }
}
