//! The planner's statistics of relations: counters in `pg_class`, `pg_stats`.
//!
//! Dumped on request, as calls of `pg_restore_relation_stats` and
//! `pg_restore_attribute_stats`, which servers have from 18 on. A restored table
//! is planned for like its source at once, without ANALYZE. As in `pg_dump`
//! (`getRelationStatistics`, `dumpRelationStats_dumper`), views and sequences have
//! none, and columns of indexes have some where they are expressions.

use std::collections::HashMap;

use super::catalog::Catalog;
use super::entries::Toc;
use super::object::{Body, Object};
use super::relkind::RelKind;
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CatalogId, DumpId, Oid};
use crate::pg::{Row, ServerVersion, Session};
use crate::sql::literal;

/// The first release that can restore statistics.
const OLDEST: u32 = 18;

/// The statistics of a table, materialized view, foreign table or index.
#[derive(Debug)]
pub struct RelationStatistics {
    statements: String,
    pub(crate) section: Section,
}

/// What has statistics.
struct Subject {
    /// The relation or index.
    object: DumpId,
    section: Section,
    /// What else must be restored before: the constraint that makes an index, the
    /// refresh of a materialized view, which resets them.
    after: Option<DumpId>,
}

/// Checks that the server could restore statistics.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] below PostgreSQL 18.
pub(crate) fn check(server: &ServerVersion) -> Result<()> {
    if server.major() >= OLDEST {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        format!(
            "statistics can be dumped from servers from {OLDEST} on, this is PostgreSQL {}",
            server.as_str()
        ),
    )
    .with_hint("Dump without them, and run ANALYZE after a restore."))
}

/// Adds the statistics of everything that has any and is wanted. All else must have been loaded.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let subjects = subjects(catalog);
    let oids: Vec<Oid> = subjects.keys().copied().collect();
    let version = session.server_version().num();
    let mut columns = load_columns(session, &oids, version).await?;
    let relations = session
        .rows(RELATIONS, &[&oids], |row| {
            Ok((row.get("oid")?, relation_call(row, version)?))
        })
        .await?;
    for (oid, mut statements) in relations {
        statements += &columns.remove(&oid).unwrap_or_default();
        if let Some(subject) = subjects.get(&oid) {
            subject.add(catalog, statements);
        }
    }
    Ok(())
}

fn subjects(catalog: &Catalog) -> HashMap<Oid, Subject> {
    let refreshes: HashMap<DumpId, DumpId> = catalog
        .objects()
        .iter()
        .filter_map(|object| match &object.body {
            Body::RefreshMaterializedView(refresh) => Some((refresh.view, object.id)),
            _ => None,
        })
        .collect();
    let subject = |object: &Object| {
        let (section, after) = match &object.body {
            Body::Relation(relation) if object.components.definition || object.components.data => {
                match relation.kind {
                    RelKind::Table | RelKind::Partitioned | RelKind::Foreign => {
                        (Section::Data, None)
                    }
                    RelKind::MaterializedView => {
                        (Section::PostData, refreshes.get(&object.id).copied())
                    }
                    RelKind::View | RelKind::Sequence => return None,
                }
            }
            Body::Index(_) => (Section::PostData, None),
            Body::ConstraintIndex(index) => (Section::PostData, Some(index.constraint)),
            _ => return None,
        };
        let subject = Subject {
            object: object.id,
            section,
            after,
        };
        Some((object.catalog_id.oid, subject))
    };
    catalog.objects().iter().filter_map(subject).collect()
}

const RELATIONS: &str = "
    SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relpages,
           c.reltuples::text AS reltuples, c.relallvisible, c.relallfrozen
    FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
    JOIN pg_catalog.pg_class c ON c.oid = wanted.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    ORDER BY c.oid";

fn relation_call(row: &Row, version: u32) -> Result<String> {
    let number = |column| Ok::<_, Error>(row.get::<i32>(column)?.to_string());
    let mut call = Call::new("relation", row, version)?;
    call.argument("relpages", &number("relpages")?, "integer");
    call.argument("reltuples", &row.get::<String>("reltuples")?, "real");
    call.argument("relallvisible", &number("relallvisible")?, "integer");
    call.argument("relallfrozen", &number("relallfrozen")?, "integer");
    Ok(call.finish())
}

/// Columns of `pg_stats` and types of the arguments of the same name, in their order.
const ARGUMENTS: [(&str, &str); 14] = [
    ("inherited", "boolean"),
    ("null_frac", "real"),
    ("avg_width", "integer"),
    ("n_distinct", "real"),
    ("most_common_vals", "text"),
    ("most_common_freqs", "real[]"),
    ("histogram_bounds", "text"),
    ("correlation", "real"),
    ("most_common_elems", "text"),
    ("most_common_elem_freqs", "real[]"),
    ("elem_count_histogram", "real[]"),
    ("range_length_histogram", "text"),
    ("range_empty_frac", "real"),
    ("range_bounds_histogram", "text"),
];

/// The calls that set the statistics of columns, by relation. The columns of an
/// index with expressions go by number: a restore may give them other names.
async fn load_columns(
    session: &Session,
    oids: &[Oid],
    version: u32,
) -> Result<HashMap<Oid, String>> {
    let values: String = ARGUMENTS
        .iter()
        .map(|(name, _)| match *name {
            "inherited" => ", CASE WHEN s.inherited THEN 't' ELSE 'f' END AS inherited".to_owned(),
            name => format!(", s.{name}::text AS {name}"),
        })
        .collect();
    let query = format!(
        "SELECT c.oid, s.schemaname::text AS schema, s.tablename::text AS name,
                s.attname::text AS column_name,
                CASE WHEN i.indexprs IS NOT NULL THEN a.attnum END AS number {values}
         FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
         JOIN pg_catalog.pg_class c ON c.oid = wanted.oid
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
         LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
         ORDER BY c.oid, s.attname, s.inherited"
    );
    let rows = session
        .rows(&query, &[&oids], |row| {
            Ok((row.get::<Oid>("oid")?, column_call(row, version)?))
        })
        .await?;
    let mut calls: HashMap<Oid, String> = HashMap::new();
    for (oid, call) in rows {
        *calls.entry(oid).or_default() += &call;
    }
    Ok(calls)
}

fn column_call(row: &Row, version: u32) -> Result<String> {
    let mut call = Call::new("attribute", row, version)?;
    match row.get::<Option<i16>>("number")? {
        Some(number) => call.argument("attnum", &number.to_string(), "smallint"),
        None => call.name("attname", &row.get::<String>("column_name")?),
    }
    for (name, type_name) in ARGUMENTS {
        if let Some(value) = row.get::<Option<String>>(name)? {
            call.argument(name, &value, type_name);
        }
    }
    Ok(call.finish())
}

/// A call of a function that takes pairs of names and values.
struct Call(String);

impl Call {
    /// The beginning, common to both functions; `row` has the relation's schema and name.
    fn new(what: &str, row: &Row, version: u32) -> Result<Self> {
        let (schema, name): (String, String) = (row.get("schema")?, row.get("name")?);
        Ok(Self::on(what, &schema, &name, version))
    }

    fn on(what: &str, schema: &str, name: &str, version: u32) -> Self {
        let mut call = Self(format!(
            "SELECT * FROM pg_catalog.pg_restore_{what}_stats(\n\t'version', '{version}'::integer"
        ));
        call.name("schemaname", schema);
        call.name("relname", name);
        call
    }

    fn name(&mut self, argument: &str, value: &str) {
        self.0 += &format!(",\n\t'{argument}', {}", literal(value));
    }

    fn argument(&mut self, argument: &str, value: &str, type_name: &str) {
        self.name(argument, value);
        self.0 += &format!("::{type_name}");
    }

    fn finish(self) -> String {
        self.0 + "\n);\n"
    }
}

impl Subject {
    fn add(&self, catalog: &mut Catalog, statements: String) {
        let host = catalog.object(self.object);
        let body = Body::RelationStatistics(RelationStatistics {
            statements,
            section: self.section,
        });
        let kind = ObjectKind::RelationStatistics;
        let mut object = Object::new(CatalogId::NONE, kind, host.name.clone(), body);
        object.namespace.clone_from(&host.namespace);
        object.needs = [self.object].into_iter().chain(self.after).collect();
        catalog.add(object);
    }
}

impl RelationStatistics {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let mut entry = object.entry("STATISTICS DATA", self.section);
        entry.defn = Some(self.statements.clone());
        toc.push_with(entry, catalog.needs_but_boundaries(object));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_names_its_relation_and_every_value_by_type() {
        let mut call = Call::on("attribute", "s", "it's", 180_006);
        call.name("attname", "a");
        call.argument("null_frac", "0.5", "real");
        call.argument("most_common_vals", "{\"it's\",\\\\x}", "text");
        assert_eq!(
            call.finish(),
            "SELECT * FROM pg_catalog.pg_restore_attribute_stats(\n\
             \t'version', '180006'::integer,\n\
             \t'schemaname', 's',\n\
             \t'relname', 'it''s',\n\
             \t'attname', 'a',\n\
             \t'null_frac', '0.5'::real,\n\
             \t'most_common_vals', '{\"it''s\",\\\\x}'::text\n\
             );\n"
        );
    }
}
