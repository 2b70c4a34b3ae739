//! Relations: `pg_class`. What tables, views, materialized views and sequences share.

use std::sync::Arc;

use super::acl::Acl;
use super::catalog::Catalog;
use super::column::Column;
use super::entries::{Annotated, Toc};
use super::foreign_table::ForeignTable;
use super::object::{Body, Components, Object};
use super::relkind::RelKind;
use super::security_label::SecurityLabel;
use super::sequence::{self, SequenceOptions};
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::{Row, Session};

/// A table, view, materialized view, sequence or foreign table.
#[derive(Debug)]
pub struct Relation {
    /// The row of `pg_class`.
    pub oid: Oid,
    /// What it is.
    pub kind: RelKind,
    /// The owner's name.
    pub owner: Arc<str>,
    /// Whether it is a partition.
    pub is_partition: bool,
    /// Whether writes to it are not logged.
    pub unlogged: bool,
    pub(crate) acl: Acl,
    /// Storage options, `name=value`, without those printed elsewhere.
    pub(crate) options: Vec<String>,
    pub(crate) toast_options: Vec<String>,
    /// `LOCAL` or `CASCADED`, of a view.
    pub(crate) check_option: Option<String>,
    /// Empty: the database's default.
    pub(crate) tablespace: String,
    pub(crate) access_method: Option<String>,
    /// The composite type of a typed table.
    pub(crate) of_type: Option<String>,
    /// `d`efault, `n`othing, `f`ull, `i`ndex.
    pub(crate) replica_identity: char,
    pub(crate) row_security: bool,
    pub(crate) force_row_security: bool,
    /// False for a materialized view made WITH NO DATA.
    pub(crate) populated: bool,
    /// The column a sequence belongs to.
    pub(crate) owned_by: Option<OwningColumn>,
    /// The tables it inherits from, or the one it is a partition of, in order.
    pub(crate) parents: Vec<DumpId>,
    /// `PARTITION BY` what.
    pub(crate) partition_key: Option<String>,
    /// What only a foreign table has.
    pub(crate) foreign: Option<ForeignTable>,
    /// `FOR VALUES …` or `DEFAULT`, if the table's own entry attaches it (before 14).
    pub(crate) partition_bound: Option<String>,
    /// Its columns by attribute number, dropped ones included.
    pub(crate) columns: Vec<Column>,
    /// Its CHECK constraints by name.
    pub(crate) checks: Vec<DumpId>,
    /// What a sequence counts.
    pub(crate) sequence: Option<SequenceOptions>,
    /// The query of a view or materialized view, with its semicolon.
    pub(crate) query: Option<String>,
    /// What it takes on disk.
    pub(crate) extent: Extent,
}

/// What a table whose rows are wanted takes on disk. It may grow while the dump runs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Extent {
    /// Bytes, TOAST included.
    pub(crate) bytes: u64,
    /// Blocks, TOAST not included.
    pub(crate) blocks: u64,
}

/// The column a sequence belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct OwningColumn {
    pub(crate) table: Oid,
    pub(crate) number: i16,
    /// Whether the column is an identity column, of which the sequence is a part.
    pub(crate) identity: bool,
}

/// Reads nothing that takes a lock or depends on one: at this point tables can still change.
const QUERY: &str = r#"
    SELECT c.oid, c.relname::text AS name, c.relnamespace AS namespace, c.relkind::text AS kind,
           c.relowner AS owner, c.relpersistence = 'u' AS unlogged, c.relispartition AS is_partition,
           c.relacl::text[] AS acl,
           COALESCE(i.initprivs, pg_catalog.acldefault(
               CASE WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::"char", c.relowner))::text[] AS base_acl,
           array_remove(array_remove(c.reloptions,
               'check_option=local'), 'check_option=cascaded') AS options,
           tc.reloptions AS toast_options,
           CASE WHEN 'check_option=local' = ANY (c.reloptions) THEN 'LOCAL'
                WHEN 'check_option=cascaded' = ANY (c.reloptions) THEN 'CASCADED' END AS check_option,
           COALESCE(ts.spcname::text, '') AS tablespace, am.amname::text AS access_method,
           CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS of_type,
           c.relreplident::text AS replica_identity,
           c.relrowsecurity AS row_security, c.relforcerowsecurity AS force_row_security,
           c.relispopulated AS populated,
           d.refobjid AS owning_table, d.refobjsubid::int2 AS owning_column, d.deptype = 'i' AS is_identity
    FROM pg_catalog.pg_class c
    LEFT JOIN pg_catalog.pg_init_privs i
           ON i.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND i.objoid = c.oid AND i.objsubid = 0
    LEFT JOIN pg_catalog.pg_class tc
           ON tc.oid = c.reltoastrelid AND tc.relkind = 't' AND c.relkind <> 'p'
    LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
    LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
    LEFT JOIN pg_catalog.pg_depend d
           ON c.relkind = 'S' AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype IN ('a', 'i')
          AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND (c.oid >= 16384 OR c.relacl IS DISTINCT FROM i.initprivs
           OR EXISTS (SELECT FROM pg_catalog.pg_attribute a
                      LEFT JOIN pg_catalog.pg_init_privs ai
                             ON ai.classoid = c.tableoid AND ai.objoid = c.oid AND ai.objsubid = a.attnum
                      WHERE a.attrelid = c.oid AND a.attacl IS DISTINCT FROM ai.initprivs))
    ORDER BY c.oid"#;

/// Loads every relation and decides which are wanted, without their details.
pub(crate) async fn survey(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let rows = session.rows(QUERY, &[], SurveyRow::from_row).await?;
    for row in rows {
        let components = wanted(&row, catalog);
        let mut relation = row.relation;
        relation.owner = catalog.roles.name(row.owner);
        let mut object = Object::new(
            CatalogId::new(catalogs::CLASS, relation.oid),
            ObjectKind::Relation,
            row.name,
            Body::Relation(Box::new(relation)),
        );
        object.namespace = Some(catalog.namespace_name(row.namespace)?);
        object.components = components;
        catalog.add(object);
    }
    sequence::follow_owners(catalog);
    Ok(())
}

/// Loads how many bytes the tables whose rows are wanted take on disk, TOAST
/// included. `pg_table_size` would also open the TOAST table's index and wait for
/// whoever rebuilds it.
pub(crate) async fn load_sizes(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let oids =
        catalog.relation_oids(|object, relation| object.components.data && relation.has_rows());
    let rows = session
        .rows(
            "SELECT c.oid,
                    main + CASE WHEN c.reltoastrelid = 0 THEN 0
                                ELSE pg_catalog.pg_relation_size(c.reltoastrelid) END AS bytes,
                    main / pg_catalog.current_setting('block_size')::int8 AS blocks
             FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
             JOIN pg_catalog.pg_class c ON c.oid = wanted.oid
             CROSS JOIN LATERAL pg_catalog.pg_relation_size(c.oid) AS main",
            &[&oids],
            |row| {
                let bytes: Option<i64> = row.get("bytes")?;
                let blocks: Option<i64> = row.get("blocks")?;
                let extent = Extent {
                    bytes: bytes.unwrap_or(0).unsigned_abs(),
                    blocks: blocks.unwrap_or(0).unsigned_abs(),
                };
                Ok((row.get::<Oid>("oid")?, extent))
            },
        )
        .await?;
    for (oid, extent) in rows {
        if let Some(relation) = catalog.relation_mut(oid) {
            relation.extent = extent;
        }
    }
    Ok(())
}

struct SurveyRow {
    relation: Relation,
    name: String,
    namespace: Oid,
    owner: Oid,
}

impl SurveyRow {
    fn from_row(row: &Row) -> Result<Self> {
        let letter = |column| -> Result<char> {
            let text: String = row.get(column)?;
            Ok(text.chars().next().unwrap_or_default())
        };
        let owning_table: Option<Oid> = row.get("owning_table")?;
        let owned_by = match owning_table {
            Some(table) => Some(OwningColumn {
                table,
                number: row.get("owning_column")?,
                identity: row.get("is_identity")?,
            }),
            None => None,
        };
        let options = |column| -> Result<Vec<String>> {
            Ok(row.get::<Option<Vec<String>>>(column)?.unwrap_or_default())
        };
        let relation = Relation {
            oid: row.get("oid")?,
            kind: RelKind::from_letter(letter("kind")? as u8)?,
            owner: Arc::default(),
            is_partition: row.get("is_partition")?,
            unlogged: row.get("unlogged")?,
            acl: Acl::from_row(row)?,
            options: options("options")?,
            toast_options: options("toast_options")?,
            check_option: row.get("check_option")?,
            tablespace: row.get("tablespace")?,
            access_method: row.get("access_method")?,
            of_type: row.get("of_type")?,
            replica_identity: letter("replica_identity")?,
            row_security: row.get("row_security")?,
            force_row_security: row.get("force_row_security")?,
            populated: row.get("populated")?,
            owned_by,
            parents: Vec::new(),
            partition_key: None,
            foreign: None,
            partition_bound: None,
            columns: Vec::new(),
            checks: Vec::new(),
            sequence: None,
            query: None,
            extent: Extent::default(),
        };
        Ok(Self {
            relation,
            name: row.get("name")?,
            namespace: row.get("namespace")?,
            owner: row.get("owner")?,
        })
    }
}

fn wanted(row: &SurveyRow, catalog: &Catalog) -> Components {
    let oid = row.relation.oid;
    if let Some(extension) = catalog.members.get(&CatalogId::new(catalogs::CLASS, oid)) {
        return catalog.member_components(*extension);
    }
    let selection = &catalog.selection;
    if selection.excludes_table(oid) {
        return Components::NONE;
    }
    match selection.includes_table(oid) {
        Some(true) => Components::ALL,
        Some(false) => Components::NONE,
        None => catalog.namespace_contents(row.namespace),
    }
}

impl Relation {
    /// The relation an object is, if it is one.
    pub fn of(object: &Object) -> Option<&Self> {
        match &object.body {
            Body::Relation(relation) => Some(relation),
            _ => None,
        }
    }

    /// The relation an object is, to change.
    pub(crate) fn of_mut(object: &mut Object) -> Option<&mut Self> {
        match &mut object.body {
            Body::Relation(relation) => Some(relation),
            _ => None,
        }
    }

    /// Whether it holds rows that COPY can read.
    pub(crate) fn has_rows(&self) -> bool {
        self.kind == RelKind::Table
    }

    /// The column that a comment or label is on, unless it was dropped.
    fn present_column(&self, sub_id: i32) -> Option<&Column> {
        let column = self.column(i16::try_from(sub_id).ok()?)?;
        (!column.dropped).then_some(column)
    }

    /// A column by attribute number.
    pub(crate) fn column(&self, number: i16) -> Option<&Column> {
        self.columns.iter().find(|column| column.number == number)
    }

    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        if object.components.definition && !toc.options.data_only {
            match self.kind {
                RelKind::Sequence => self.write_sequence(object, catalog, toc)?,
                RelKind::View | RelKind::MaterializedView => {
                    self.write_view(object, catalog, toc)?;
                }
                RelKind::Table | RelKind::Partitioned | RelKind::Foreign => {
                    self.write_table(object, catalog, toc);
                }
            }
        }
        if object.components.comment {
            self.write_comments(object, catalog, toc);
            self.write_security_labels(object, catalog, toc);
        }
        if object.components.definition && !toc.options.data_only {
            self.write_not_null_comments(object, catalog, toc);
            self.write_check_comments(object, catalog, toc);
        }
        if object.components.acl {
            self.write_acls(object, catalog, toc)?;
        }
        Ok(())
    }

    /// One comment on the relation, one for each column that has one.
    fn write_comments(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let qualified = catalog.qualified(object);
        let name = catalog.dialect.ident(&object.name);
        for (number, text) in catalog.comments.all_of(object.catalog_id) {
            if *number == 0 {
                toc.comment(&self.annotated(object, &qualified, &name), text);
                continue;
            }
            let Some(column) = self.present_column(*number) else {
                continue;
            };
            let column = catalog.dialect.ident(&column.name);
            let on = Annotated {
                keyword: "COLUMN",
                ..self.annotated(object, "", "")
            };
            toc.comment(
                &Annotated {
                    sql_name: &format!("{qualified}.{column}"),
                    tag_name: &format!("{name}.{column}"),
                    ..on
                },
                text,
            );
        }
    }

    /// One entry with the labels of the relation and of its columns.
    fn write_security_labels(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let dialect = &catalog.dialect;
        let qualified = catalog.qualified(object);
        let labels = catalog.security_labels.all_of(object.catalog_id);
        let statement = |label: &SecurityLabel| {
            let subject = if label.sub_id == 0 {
                format!("{} {qualified}", self.kind.keyword())
            } else {
                let column = self.present_column(label.sub_id)?;
                format!("COLUMN {qualified}.{}", dialect.ident(&column.name))
            };
            Some(label.statement(&subject, dialect))
        };
        let name = dialect.ident(&object.name);
        let on = self.annotated(object, &qualified, &name);
        toc.security_label(&on, labels.iter().filter_map(statement).collect());
    }

    /// The relation's own ACL, then those of its columns, which need it.
    fn write_acls(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let qualified = catalog.qualified(object);
        let name = catalog.dialect.ident(&object.name);
        let on = Annotated {
            keyword: if self.kind == RelKind::Sequence {
                "SEQUENCE"
            } else {
                "TABLE"
            },
            ..self.annotated(object, &qualified, &name)
        };
        let own = toc.acl(catalog, &on, &self.acl, None, None)?;
        for (column, acl) in catalog.column_acls.of(self.oid) {
            let column = catalog.dialect.ident(column);
            toc.acl(catalog, &on, acl, Some(&column), own)?;
        }
        Ok(())
    }

    /// The relation as comments name it.
    pub(crate) fn annotated<'a>(
        &'a self,
        object: &'a Object,
        sql_name: &'a str,
        tag_name: &'a str,
    ) -> Annotated<'a> {
        Annotated {
            object: object.id,
            keyword: self.kind.keyword(),
            sql_name,
            tag_name,
            namespace: object.namespace.as_deref(),
            owner: Some(&self.owner),
        }
    }

    /// `WITH (…)` contents: its own options and those of its TOAST table.
    pub(crate) fn storage_options(&self, catalog: &Catalog) -> String {
        let own = self.options.iter().map(|option| ("", option));
        let toast = self.toast_options.iter().map(|option| ("toast.", option));
        let printed: Vec<String> = own
            .chain(toast)
            .map(|(prefix, option)| catalog.dialect.storage_option(prefix, option))
            .collect();
        printed.join(", ")
    }
}
