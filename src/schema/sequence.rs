//! Sequences: `pg_sequence`, and their values.

use super::catalog::Catalog;
use super::column::Identity;
use super::entries::Toc;
use super::object::{Body, Components, Object};
use super::relation::{OwningColumn, Relation};
use super::relkind::RelKind;
use crate::archive::{Section, TocEntry};
use crate::dumpable::ObjectKind;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CatalogId, DumpId, Oid};
use crate::pg::Session;
use crate::sql::{Dialect, literal};

/// How a sequence counts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SequenceOptions {
    pub(crate) type_name: String,
    pub(crate) start: i64,
    pub(crate) increment: i64,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) cache: i64,
    pub(crate) cycle: bool,
}

/// The value of a sequence, restored with `setval`.
#[derive(Debug)]
pub struct SequenceSet {
    /// The sequence.
    pub sequence: DumpId,
    last_value: i64,
    is_called: bool,
}

/// Sequences whose values are read by one statement. Large enough to save
/// round trips, small enough to plan quickly.
const VALUES_PER_QUERY: usize = 200;

/// Loads how every wanted sequence counts.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let rows = session
        .rows(
            "SELECT seqrelid AS relation, pg_catalog.format_type(seqtypid, NULL) AS type_name,
                    seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle
             FROM pg_catalog.pg_sequence",
            &[],
            |row| {
                let options = SequenceOptions {
                    type_name: row.get("type_name")?,
                    start: row.get("seqstart")?,
                    increment: row.get("seqincrement")?,
                    min: row.get("seqmin")?,
                    max: row.get("seqmax")?,
                    cache: row.get("seqcache")?,
                    cycle: row.get("seqcycle")?,
                };
                Ok((row.get::<Oid>("relation")?, options))
            },
        )
        .await?;
    for (oid, options) in rows {
        if let Some(relation) = catalog.relation_mut(oid) {
            relation.sequence = Some(options);
        }
    }
    Ok(())
}

/// Adds the values of the sequences in `ids`, read from the sequences themselves.
pub(crate) async fn load_values(
    session: &Session,
    catalog: &mut Catalog,
    ids: &[DumpId],
) -> Result<()> {
    for batch in ids.chunks(VALUES_PER_QUERY) {
        let query = batch
            .iter()
            .map(|id| {
                let name = catalog.qualified(catalog.object(*id));
                format!("SELECT {id}::int8 AS id, last_value, is_called FROM {name}")
            })
            .collect::<Vec<_>>()
            .join(" UNION ALL ");
        let rows = session
            .rows(&query, &[], |row| {
                let id: i64 = row.get("id")?;
                Ok((id, row.get("last_value")?, row.get("is_called")?))
            })
            .await
            .map_err(|error| error.context("reading sequence values"))?;
        if rows.len() != batch.len() {
            return Err(Error::new(
                ErrorKind::Server,
                format!(
                    "reading sequence values: expected {} rows, found {}",
                    batch.len(),
                    rows.len()
                ),
            ));
        }
        for (id, last_value, is_called) in rows {
            let sequence = batch.iter().copied().find(|other| i64::from(other.0) == id);
            if let Some(sequence) = sequence {
                add_value(catalog, sequence, last_value, is_called);
            }
        }
    }
    Ok(())
}

fn add_value(catalog: &mut Catalog, sequence: DumpId, last_value: i64, is_called: bool) {
    let owner = catalog.object(sequence);
    let mut object = Object::new(
        CatalogId::NONE,
        ObjectKind::SequenceSet,
        owner.name.clone(),
        Body::SequenceSet(SequenceSet {
            sequence,
            last_value,
            is_called,
        }),
    );
    object.namespace.clone_from(&owner.namespace);
    object.components = Components {
        data: true,
        ..Components::NONE
    };
    object.needs.push(sequence);
    catalog.add(object);
}

impl SequenceSet {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let sequence = catalog.object(self.sequence);
        let mut entry = object.entry("SEQUENCE SET", Section::Data);
        entry.defn = Some(format!(
            "SELECT pg_catalog.setval({}, {}, {});\n",
            literal(&catalog.qualified(sequence)),
            self.last_value,
            self.is_called
        ));
        entry.owner = Relation::of(sequence).map(|relation| relation.owner.to_string());
        toc.push_with(entry, vec![self.sequence]);
    }
}

impl Relation {
    pub(super) fn write_sequence(
        &self,
        object: &Object,
        catalog: &Catalog,
        toc: &mut Toc,
    ) -> Result<()> {
        let name = catalog.qualified(object);
        let Some(options) = &self.sequence else {
            return Err(Error::new(
                ErrorKind::Internal,
                format!("sequence {name} has no row in pg_sequence"),
            ));
        };
        let identity = self.owned_by.is_some_and(|owner| owner.identity);
        let (head, tail) = if identity {
            (self.identity_clause(&name, catalog)?, "\n);\n")
        } else {
            (
                self.create_sequence(&name, options, &catalog.dialect),
                ";\n",
            )
        };
        let mut entry = object.entry("SEQUENCE", Section::PreData);
        entry.defn = Some(format!("{head}{}{tail}", options.clauses()));
        // An identity sequence goes with its column.
        let drop_stmt = if identity {
            String::new()
        } else {
            format!("DROP SEQUENCE {name};\n")
        };
        entry.drop_stmt = Some(drop_stmt);
        entry.owner = Some(self.owner.to_string());
        toc.define(object, entry);
        if !identity {
            self.write_owned_by(object, &name, catalog, toc);
        }
        Ok(())
    }

    fn create_sequence(&self, name: &str, options: &SequenceOptions, dialect: &Dialect) -> String {
        // Before 15 every sequence is logged, that of an unlogged table, too.
        let unlogged = if self.unlogged && dialect.target() >= 15 {
            "UNLOGGED "
        } else {
            ""
        };
        let mut sql = format!("CREATE {unlogged}SEQUENCE {name}\n");
        if options.type_name != "bigint" {
            sql += &format!("    AS {}\n", options.type_name);
        }
        sql
    }

    fn identity_clause(&self, name: &str, catalog: &Catalog) -> Result<String> {
        let lost = || {
            Error::new(
                ErrorKind::Internal,
                format!("identity sequence {name} has no column"),
            )
        };
        let owner = self.owned_by.ok_or_else(lost)?;
        let table = catalog.relation(owner.table).ok_or_else(lost)?;
        let relation = Self::of(table).ok_or_else(lost)?;
        let column = relation.column(owner.number).ok_or_else(lost)?;
        let generated = match column.identity {
            Some(Identity::ByDefault) => "BY DEFAULT",
            _ => "ALWAYS",
        };
        let mut sql = format!(
            "ALTER TABLE {} ALTER COLUMN {} ADD GENERATED {generated} AS IDENTITY (\n    SEQUENCE NAME {name}\n",
            catalog.qualified(table),
            catalog.dialect.ident(&column.name)
        );
        // The sequence is made as its table is; only a difference is said.
        let differs = self.unlogged != relation.unlogged;
        if differs && catalog.server.major() >= 15 && catalog.dialect.target() >= 15 {
            sql += if self.unlogged {
                "    UNLOGGED\n"
            } else {
                "    LOGGED\n"
            };
        }
        Ok(sql)
    }

    /// `OWNED BY` is an entry of its own: it works only after both owners are set.
    fn write_owned_by(&self, object: &Object, name: &str, catalog: &Catalog, toc: &mut Toc) {
        let Some(owner) = self.owned_by else {
            return;
        };
        let Some(table) = catalog.relation(owner.table) else {
            return;
        };
        let column = Self::of(table).and_then(|relation| relation.column(owner.number));
        let (true, Some(column)) = (table.components.definition, column) else {
            return;
        };
        let mut entry = TocEntry::new(
            toc.new_id(),
            "SEQUENCE OWNED BY",
            object.name.as_str(),
            Section::PreData,
        );
        entry.defn = Some(format!(
            "ALTER SEQUENCE {name} OWNED BY {}.{};\n",
            catalog.qualified(table),
            catalog.dialect.ident(&column.name)
        ));
        entry.namespace = object.namespace.as_deref().map(str::to_owned);
        entry.owner = Some(self.owner.to_string());
        toc.push_with(entry, vec![object.id]);
    }
}

impl SequenceOptions {
    fn clauses(&self) -> String {
        let (default_min, default_max) = self.default_range();
        let bound = |word: &str, value: i64, default: i64| {
            if value == default {
                format!("    NO {word}\n")
            } else {
                format!("    {word} {value}\n")
            }
        };
        format!(
            "    START WITH {}\n    INCREMENT BY {}\n{}{}    CACHE {}{}",
            self.start,
            self.increment,
            bound("MINVALUE", self.min, default_min),
            bound("MAXVALUE", self.max, default_max),
            self.cache,
            if self.cycle { "\n    CYCLE" } else { "" }
        )
    }

    /// The bounds a sequence of this type and direction gets by itself.
    fn default_range(&self) -> (i64, i64) {
        let (min, max) = match self.type_name.as_str() {
            "smallint" => (i16::MIN.into(), i16::MAX.into()),
            "integer" => (i32::MIN.into(), i32::MAX.into()),
            _ => (i64::MIN, i64::MAX),
        };
        if self.increment > 0 {
            (1, max)
        } else {
            (min, -1)
        }
    }
}

/// A column's sequence is wanted with its table: an identity sequence exactly as
/// far as that is, a `serial` one at least as far.
pub(crate) fn follow_owners(catalog: &mut Catalog) {
    let owned: Vec<(DumpId, OwningColumn)> = catalog
        .relations()
        .filter_map(|(object, relation)| Some((object.id, relation.owned_by?)))
        .collect();
    for (sequence, owner) in owned {
        let Some(table) = catalog.relation(owner.table).map(|table| table.components) else {
            continue;
        };
        let components = &mut catalog.object_mut(sequence).components;
        *components = if owner.identity {
            table
        } else {
            components.union(table)
        };
    }
}

/// The sequences whose values are wanted, those of extensions' configuration included.
pub(crate) fn with_values(catalog: &Catalog) -> Vec<DumpId> {
    let wanted = catalog
        .relations()
        .filter(|(object, relation)| catalog.wants_contents(object, relation));
    let configuration = catalog
        .wanted_configuration()
        .filter_map(|(object, _)| Some((object, Relation::of(object)?)));
    wanted
        .chain(configuration)
        .filter(|(_, relation)| relation.kind == RelKind::Sequence)
        .map(|(object, _)| object.id)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(type_name: &str, increment: i64, min: i64, max: i64) -> SequenceOptions {
        SequenceOptions {
            type_name: type_name.to_owned(),
            start: 5,
            increment,
            min,
            max,
            cache: 10,
            cycle: true,
        }
    }

    #[test]
    fn usual_bounds_of_the_type_are_not_spelt_out() {
        let text = "    START WITH 5\n    INCREMENT BY 1\n    NO MINVALUE\n    NO MAXVALUE\n    CACHE 10\n    CYCLE";
        assert_eq!(options("bigint", 1, 1, i64::MAX).clauses(), text);
        assert_eq!(options("smallint", 1, 1, 32767).clauses(), text);
    }

    #[test]
    fn descending_sequence_has_negative_bounds() {
        let text = options("integer", -2, -100, -1).clauses();
        assert!(
            text.contains("    MINVALUE -100\n    NO MAXVALUE\n"),
            "{text}"
        );
    }
}
