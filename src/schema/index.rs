//! Indexes: `pg_index`.
//!
//! An index that a constraint made has no entry of its own: the
//! [`KeyConstraint`] holds and prints it. Others depend on it all the same, so
//! there is a [`ConstraintIndex`] in its place. What both kinds read is one query;
//! what both print after their first statement is here.

use std::collections::HashMap;

use super::catalog::Catalog;
use super::entries::{Annotated, Toc};
use super::host::{self, Host};
use super::index_attach;
use super::key_constraint::KeyConstraint;
use super::object::{Body, Object};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// An index, whether it is an object or part of a constraint.
#[derive(Debug)]
pub struct Index {
    pub(crate) oid: Oid,
    /// The table it is on.
    pub(crate) table: DumpId,
    pub(crate) name: String,
    /// `CREATE INDEX …`, empty if a constraint makes it.
    definition: String,
    /// Empty: the database's default.
    pub(crate) tablespace: String,
    /// The partitioned index it is attached to.
    pub(crate) parent: Option<ParentIndex>,
    /// `CLUSTER` without a name orders the table by it.
    clustered: bool,
    /// It is the table's replica identity.
    replica_identity: bool,
    /// Numbers of its columns, and their statistics targets.
    statistics: Vec<(i16, i32)>,
}

/// The index of a partitioned table that a partition's index is attached to.
#[derive(Debug)]
pub(crate) struct ParentIndex {
    pub(crate) oid: Oid,
    pub(crate) name: String,
    pub(crate) table: Oid,
}

/// One query, and no subquery that would run for each index: these would keep the
/// server from printing definitions in parallel.
///
/// An invalid index is left over from a failed `CREATE INDEX CONCURRENTLY`,
/// except on a partitioned table, where it waits for partitions.
fn query(major: u32) -> String {
    let nulls_not_distinct = if major >= 15 {
        "i.indnullsnotdistinct"
    } else {
        "false"
    };
    let without_overlaps = if major >= 18 { "c.conperiod" } else { "false" };
    format!(
        "SELECT i.indexrelid AS oid, i.indrelid AS table_oid, x.relname::text AS name,
            CASE WHEN c.oid IS NULL THEN pg_catalog.pg_get_indexdef(i.indexrelid) END AS definition,
            s.spcname::text AS tablespace,
            p.oid AS parent_oid, p.table_oid AS parent_table, p.name AS parent_name,
            i.indisclustered AS clustered, i.indisreplident AS replica_identity,
            c.oid AS constraint_oid, c.conname::text AS constraint_name,
            c.contype::text AS constraint_type,
            c.condeferrable AS deferrable, c.condeferred AS deferred,
            {nulls_not_distinct} AS nulls_not_distinct, {without_overlaps} AS without_overlaps,
            CASE WHEN c.contype = 'x' THEN pg_catalog.pg_get_constraintdef(c.oid) END AS exclusion,
            CASE WHEN c.contype IN ('p', 'u') THEN i.indkey::int2[] END AS columns,
            i.indnkeyatts AS key_columns, x.reloptions AS options
         FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
         JOIN pg_catalog.pg_index i ON i.indrelid = wanted.oid
         JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
         LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = x.reltablespace
         LEFT JOIN pg_catalog.pg_constraint c
                ON c.conrelid = i.indrelid AND c.conindid = i.indexrelid
               AND c.contype IN ('p', 'u', 'x')
         LEFT JOIN (SELECT h.inhrelid AS child, pi.indexrelid AS oid, pi.indrelid AS table_oid,
                           px.relname::text AS name
                    FROM pg_catalog.pg_inherits h
                    JOIN pg_catalog.pg_index pi ON pi.indexrelid = h.inhparent
                    JOIN pg_catalog.pg_class px ON px.oid = h.inhparent) p
                ON p.child = i.indexrelid
         WHERE i.indisready AND (i.indisvalid OR x.relkind = 'I')
         ORDER BY i.indrelid, x.relname"
    )
}

/// Loads the indexes of the wanted tables, and the primary keys, unique and
/// exclusion constraints that are made of indexes, and
/// what is attached to what.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let mut statistics = load_statistics(session).await?;
    let query = query(catalog.server.major());
    let objects = host::parts(session, catalog, &query, |row, host| {
        let mut index = Index::from_row(row, host)?;
        index.statistics = statistics.remove(&index.oid).unwrap_or_default();
        match row.get("constraint_oid")? {
            Some(constraint) => KeyConstraint::part(row, host, constraint, index),
            None => {
                let body = Body::Index(Box::new(index));
                host.part_from_row(row, catalogs::CLASS, ObjectKind::Index, body)
            }
        }
    })
    .await?;
    for object in objects {
        let maker = catalog.add(object);
        if let Body::KeyConstraint(key) = &catalog.object(maker).body {
            let index = ConstraintIndex::object(&key.index, catalog.object(maker));
            catalog.add(index);
        }
    }
    index_attach::add_all(catalog)
}

/// The statistics targets of columns of indexes, by index. Few have any.
async fn load_statistics(session: &Session) -> Result<HashMap<Oid, Vec<(i16, i32)>>> {
    let rows = session
        .rows(
            "SELECT a.attrelid AS index, a.attnum AS number, a.attstattarget::int4 AS target
             FROM pg_catalog.pg_attribute a
             JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
             WHERE a.attstattarget >= 0 AND a.attnum > 0 AND c.relkind IN ('i', 'I')
             ORDER BY a.attrelid, a.attnum",
            &[],
            |row| {
                Ok((
                    row.get::<Oid>("index")?,
                    (row.get("number")?, row.get("target")?),
                ))
            },
        )
        .await?;
    let mut statistics: HashMap<Oid, Vec<(i16, i32)>> = HashMap::new();
    for (index, target) in rows {
        statistics.entry(index).or_default().push(target);
    }
    Ok(statistics)
}

/// The index of a constraint: what foreign keys and attached indexes depend on.
/// Its comment stands where the index would, not with the constraint.
#[derive(Debug)]
pub struct ConstraintIndex {
    pub(crate) constraint: DumpId,
}

impl ConstraintIndex {
    fn object(index: &Index, constraint: &Object) -> Object {
        let body = Body::ConstraintIndex(Self {
            constraint: constraint.id,
        });
        let id = CatalogId::new(catalogs::CLASS, index.oid);
        let mut object = Object::new(id, ObjectKind::Index, &index.name, body);
        object.namespace.clone_from(&constraint.namespace);
        object.components = constraint.components;
        object
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let constraint = catalog.object(self.constraint);
        if let Body::KeyConstraint(key) = &constraint.body
            && object.components.comment
        {
            let host = Host::of(catalog, key.index.table)?;
            key.index
                .write_comment(&host, catalog, toc, self.constraint);
        }
        Ok(())
    }
}

impl Index {
    fn from_row(row: &Row, host: Host<'_>) -> Result<Self> {
        let is_constraint = row.get::<Option<Oid>>("constraint_oid")?.is_some();
        Ok(Self {
            oid: row.get("oid")?,
            table: host.id(),
            name: row.get("name")?,
            definition: if is_constraint {
                String::new()
            } else {
                host.definition(row)?
            },
            tablespace: row.get::<Option<_>>("tablespace")?.unwrap_or_default(),
            parent: ParentIndex::from_row(row)?,
            clustered: row.get("clustered")?,
            replica_identity: row.get("replica_identity")?,
            statistics: Vec::new(),
        })
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let host = Host::of(catalog, self.table)?;
        if object.components.definition && !toc.options.data_only {
            let mut entry = host.entry(object, "INDEX");
            entry.tag.clone_from(&self.name);
            let index = host.sibling(&self.name);
            let extensions = self.depends_on_extensions(&host, catalog);
            entry.defn =
                Some(self.statements(&host.qualified(), &index, &extensions, &catalog.dialect));
            entry.drop_stmt = Some(self.drop_statement(&index));
            entry.tablespace = Some(self.tablespace.clone());
            toc.define(object, entry);
        }
        if object.components.comment {
            self.write_comment(&host, catalog, toc, object.id);
        }
        Ok(())
    }

    /// Adds the comment on the index, which depends on the entry that makes the index.
    pub(crate) fn write_comment(
        &self,
        host: &Host<'_>,
        catalog: &Catalog,
        toc: &mut Toc,
        entry: DumpId,
    ) {
        let Some(text) = catalog
            .comments
            .of(CatalogId::new(catalogs::CLASS, self.oid))
        else {
            return;
        };
        let on = Annotated {
            object: entry,
            keyword: "INDEX",
            sql_name: &host.sibling(&self.name),
            tag_name: &catalog.dialect.ident(&self.name),
            namespace: host.namespace(),
            owner: Some(host.owner()),
        };
        toc.comment(&on, text);
    }

    /// `CREATE INDEX` and what has to be said of the index afterwards. `table`
    /// and `index` are qualified names; `extensions` are statements.
    fn statements(&self, table: &str, index: &str, extensions: &str, dialect: &Dialect) -> String {
        let mut sql = format!("{};\n", self.definition);
        sql += &self.cluster(table, dialect);
        for (column, target) in &self.statistics {
            sql += &format!("ALTER INDEX {index} ALTER COLUMN {column} SET STATISTICS {target};\n");
        }
        sql += extensions;
        sql += &self.replica_identity(table, dialect);
        sql
    }

    /// The server refuses to drop a partition's index: it goes with the partition or the parent.
    fn drop_statement(&self, index: &str) -> String {
        match self.parent {
            Some(_) => String::new(),
            None => format!("DROP INDEX {index};\n"),
        }
    }

    /// `ALTER TABLE … CLUSTER ON`, or nothing.
    pub(crate) fn cluster(&self, table: &str, dialect: &Dialect) -> String {
        if !self.clustered {
            return String::new();
        }
        let name = dialect.ident(&self.name);
        format!("\nALTER TABLE {table} CLUSTER ON {name};\n")
    }

    /// `ALTER TABLE … REPLICA IDENTITY`, or nothing.
    pub(crate) fn replica_identity(&self, table: &str, dialect: &Dialect) -> String {
        if !self.replica_identity {
            return String::new();
        }
        let name = dialect.ident(&self.name);
        format!("\nALTER TABLE ONLY {table} REPLICA IDENTITY USING INDEX {name};\n")
    }

    /// `ALTER INDEX … DEPENDS ON EXTENSION`, or nothing.
    pub(crate) fn depends_on_extensions(&self, host: &Host<'_>, catalog: &Catalog) -> String {
        let id = CatalogId::new(catalogs::CLASS, self.oid);
        if !catalog.extension_dependents.contains_key(&id) {
            return String::new();
        }
        catalog.depends_on_extensions(id, "INDEX", &host.sibling(&self.name))
    }
}

impl ParentIndex {
    fn from_row(row: &Row) -> Result<Option<Self>> {
        let Some(oid) = row.get("parent_oid")? else {
            return Ok(None);
        };
        Ok(Some(Self {
            oid,
            name: row.get("parent_name")?,
            table: row.get("parent_table")?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        Index {
            name: "By Name".to_owned(),
            definition: "CREATE INDEX \"By Name\" ON s.t USING btree (name)".to_owned(),
            oid: 1,
            table: DumpId(1),
            tablespace: String::new(),
            parent: None,
            clustered: false,
            replica_identity: false,
            statistics: Vec::new(),
        }
    }

    fn statements(index: &Index) -> String {
        let extensions = "\nALTER INDEX s.\"By Name\" DEPENDS ON EXTENSION cube;";
        index.statements("s.t", "s.\"By Name\"", extensions, &Dialect::default())
    }

    #[test]
    fn properties_follow_in_the_order_of_pg_dump() {
        let index = Index {
            clustered: true,
            replica_identity: true,
            statistics: vec![(1, 0), (3, 500)],
            ..index()
        };
        assert_eq!(
            statements(&index),
            "CREATE INDEX \"By Name\" ON s.t USING btree (name);\n\
             \nALTER TABLE s.t CLUSTER ON \"By Name\";\n\
             ALTER INDEX s.\"By Name\" ALTER COLUMN 1 SET STATISTICS 0;\n\
             ALTER INDEX s.\"By Name\" ALTER COLUMN 3 SET STATISTICS 500;\n\
             \nALTER INDEX s.\"By Name\" DEPENDS ON EXTENSION cube;\
             \nALTER TABLE ONLY s.t REPLICA IDENTITY USING INDEX \"By Name\";\n"
        );
    }

    #[test]
    fn index_of_a_partition_is_not_dropped_by_itself() {
        let mut index = index();
        assert_eq!(index.drop_statement("s.i"), "DROP INDEX s.i;\n");
        index.parent = Some(ParentIndex {
            oid: 1,
            name: "p".to_owned(),
            table: 2,
        });
        assert_eq!(index.drop_statement("s.i"), "");
    }
}
