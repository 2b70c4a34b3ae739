//! Columns: `pg_attribute`, and their privileges.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::acl::Acl;
use super::catalog::Catalog;
use super::relation::Relation;
use super::relkind::RelKind;
use crate::error::Result;
use crate::ids::{DumpId, Oid};
use crate::pg::{Row, Session};

/// A column of a relation.
#[derive(Debug)]
pub(crate) struct Column {
    /// The attribute number, from 1.
    pub number: i16,
    /// The name.
    pub name: String,
    /// Whether it was dropped. It keeps its number.
    pub dropped: bool,
    /// The type with its modifier. Few types have many columns: they share its name.
    pub type_name: Arc<str>,
    /// Whether it is defined here and not only inherited.
    pub local: bool,
    /// Schema and name of the collation, if it is not the type's.
    pub(crate) collation: Option<Box<(String, String)>>,
    /// How it is made NOT NULL, if it is.
    pub(crate) not_null: Option<NotNull>,
    pub(crate) identity: Option<Identity>,
    pub(crate) generated: Option<Generated>,
    /// Its default or generation expression.
    pub(crate) default: Option<DumpId>,
    /// A default of NULL that hides the one of a parent; the catalog has no row for it.
    pub(crate) null_default: bool,
    /// Whether the generation expression is inherited and thus not printed.
    pub(crate) inherits_generation: bool,
    pub(crate) statistics_target: Option<i32>,
    /// The storage mode, if it is not the type's.
    pub(crate) storage: Option<&'static str>,
    pub(crate) compression: Option<&'static str>,
    /// `n_distinct=…`, ready to print.
    pub(crate) options: Option<String>,
}

/// A NOT NULL constraint printed with its column.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct NotNull {
    /// Its name, where it is not the one the server would choose (18).
    pub(crate) name: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) no_inherit: bool,
    /// Whether it is declared here and not only inherited.
    pub(crate) local: bool,
}

/// `GENERATED … AS IDENTITY`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Identity {
    Always,
    ByDefault,
}

/// `GENERATED ALWAYS AS (…)`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Generated {
    Stored,
    Virtual,
}

/// Loads the columns of the relations in `oids`.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog, oids: &[Oid]) -> Result<()> {
    let major = catalog.server.major();
    let mut type_names = HashSet::new();
    let rows = session
        .rows(&query(major), &[&oids], |row| {
            let column = Column::from_row(row, &mut type_names)?;
            Ok((row.get::<Oid>("relation")?, column))
        })
        .await?;
    let with_compression = catalog.selection.includes_toast_compression();
    for (oid, mut column) in rows {
        column.compression = column.compression.filter(|_| with_compression);
        if let Some(relation) = catalog.relation_mut(oid) {
            relation.columns.push(column);
        }
    }
    Ok(())
}

/// Before 18, NOT NULL is a flag of the column; from 18 on, a constraint with a name.
fn query(major: u32) -> String {
    let (not_null, not_null_join) = if major >= 18 {
        (
            "nn.conname::text AS not_null_name,
             nn.convalidated AS not_null_valid, nn.connoinherit AS not_null_no_inherit,
             nn.conislocal AS not_null_local,
             nn.conname = c.relname || '_' || a.attname || '_not_null' AS not_null_name_usual,
             nd.description AS not_null_comment",
            "LEFT JOIN pg_catalog.pg_constraint nn
                    ON nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey = ARRAY[a.attnum]
             LEFT JOIN pg_catalog.pg_description nd
                    ON nd.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND nd.objoid = nn.oid",
        )
    } else {
        (
            "CASE WHEN a.attnotnull THEN '' END AS not_null_name,
             true AS not_null_valid, false AS not_null_no_inherit, true AS not_null_local,
             true AS not_null_name_usual, NULL::text AS not_null_comment",
            "",
        )
    };
    let compression = if major >= 14 {
        "a.attcompression::text"
    } else {
        "''"
    };
    format!(
        "SELECT a.attrelid AS relation, a.attnum AS number, a.attname::text AS name,
                a.attisdropped AS dropped, a.attislocal AS local,
                COALESCE(pg_catalog.format_type(t.oid, a.atttypmod), '') AS type_name,
                CASE WHEN a.attcollation <> t.typcollation THEN cn.nspname::text END AS collation_schema,
                co.collname::text AS collation_name,
                a.attidentity::text AS identity, a.attgenerated::text AS generated,
                a.attstattarget::int4 AS statistics_target,
                CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END AS storage,
                {compression} AS compression,
                a.attoptions AS options,
                {not_null}
         FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
         JOIN pg_catalog.pg_attribute a ON a.attrelid = wanted.oid
         JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
         LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
         LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
         {not_null_join}
         WHERE a.attnum > 0
         ORDER BY a.attrelid, a.attnum"
    )
}

impl Column {
    fn from_row(row: &Row, type_names: &mut HashSet<Arc<str>>) -> Result<Self> {
        let letter = |column| -> Result<Option<char>> {
            Ok(row
                .get::<Option<String>>(column)?
                .and_then(|text| text.chars().next()))
        };
        let collation_schema: Option<String> = row.get("collation_schema")?;
        let collation_name: Option<String> = row.get("collation_name")?;
        let target: Option<i32> = row.get("statistics_target")?;
        let not_null_name: Option<String> = row.get("not_null_name")?;
        let not_null_valid: Option<bool> = row.get("not_null_valid")?;
        let invalid = not_null_name.is_some() && not_null_valid == Some(false);
        Ok(Self {
            number: row.get("number")?,
            name: row.get("name")?,
            dropped: row.get("dropped")?,
            type_name: shared(row.get("type_name")?, type_names),
            local: row.get("local")?,
            collation: collation_schema.zip(collation_name).map(Box::new),
            not_null: match not_null_name {
                Some(name) if !invalid => Some(NotNull::from_row(row, name)?),
                _ => None,
            },
            identity: letter("identity")?.and_then(|letter| match letter {
                'a' => Some(Identity::Always),
                'd' => Some(Identity::ByDefault),
                _ => None,
            }),
            generated: letter("generated")?.and_then(|letter| match letter {
                's' => Some(Generated::Stored),
                'v' => Some(Generated::Virtual),
                _ => None,
            }),
            default: None,
            null_default: false,
            inherits_generation: false,
            statistics_target: target.filter(|target| *target >= 0),
            storage: letter("storage")?.and_then(storage_mode),
            compression: letter("compression")?.and_then(compression_method),
            options: printed_options(row.get::<Option<Vec<&str>>>("options")?.unwrap_or_default()),
        })
    }

    /// Whether `CREATE TABLE` lists the column. An inherited one comes with its
    /// parent, but a partition is made stand-alone.
    pub(crate) fn is_printed(&self, relation: &Relation) -> bool {
        !self.dropped && (self.local || relation.is_partition)
    }

    /// ` COLLATE x`, or nothing.
    pub(crate) fn collate_clause(&self, catalog: &Catalog) -> String {
        match self.collation.as_deref() {
            Some((namespace, name)) => {
                format!(" COLLATE {}", catalog.dialect.qualified(namespace, name))
            }
            None => String::new(),
        }
    }
}

impl NotNull {
    /// The name is printed if it carries a comment or is not the usual one.
    fn from_row(row: &Row, name: String) -> Result<Self> {
        let comment: Option<String> = row.get("not_null_comment")?;
        let usual: bool = row.get("not_null_name_usual")?;
        Ok(Self {
            name: (comment.is_some() || !usual).then_some(name),
            comment,
            no_inherit: row.get("not_null_no_inherit")?,
            local: row.get("not_null_local")?,
        })
    }
}

/// The one copy of `name` among `names`.
fn shared(name: &str, names: &mut HashSet<Arc<str>>) -> Arc<str> {
    if let Some(known) = names.get(name) {
        return Arc::clone(known);
    }
    let name: Arc<str> = name.into();
    names.insert(Arc::clone(&name));
    name
}

/// The option that minor releases since 15.20 and 17.12 keep with every column for
/// themselves. The server sets it and ignores it in `ALTER TABLE`.
const INTERNAL_OPTION: &str = "pg_attver=";

/// A column's options as `ALTER COLUMN … SET (…)` takes them, if it has any.
fn printed_options(mut options: Vec<&str>) -> Option<String> {
    options.retain(|option| !option.starts_with(INTERNAL_OPTION));
    (!options.is_empty()).then(|| options.join(", "))
}

/// `pg_attribute.attstorage` in words.
fn storage_mode(letter: char) -> Option<&'static str> {
    match letter {
        'p' => Some("PLAIN"),
        'e' => Some("EXTERNAL"),
        'x' => Some("EXTENDED"),
        'm' => Some("MAIN"),
        _ => None,
    }
}

/// `pg_attribute.attcompression` in words.
fn compression_method(letter: char) -> Option<&'static str> {
    match letter {
        'p' => Some("pglz"),
        'l' => Some("lz4"),
        _ => None,
    }
}

/// The privileges on columns, system columns included, by relation.
#[derive(Debug, Default)]
pub(crate) struct ColumnAcls(HashMap<Oid, Vec<(String, Acl)>>);

impl ColumnAcls {
    pub(crate) async fn load(session: &Session) -> Result<Self> {
        let rows = session
            .rows(
                "SELECT a.attrelid AS relation, a.attname::text AS name, a.attacl::text[] AS acl,
                        COALESCE(i.initprivs, '{}')::text[] AS base_acl
                 FROM (SELECT attrelid, attnum FROM pg_catalog.pg_attribute WHERE attacl IS NOT NULL
                       UNION
                       SELECT objoid, objsubid FROM pg_catalog.pg_init_privs
                       WHERE classoid = 'pg_catalog.pg_class'::pg_catalog.regclass) AS p
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = p.attrelid AND a.attnum = p.attnum
                 LEFT JOIN pg_catalog.pg_init_privs i
                        ON i.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
                       AND i.objoid = a.attrelid AND i.objsubid = a.attnum
                 WHERE NOT a.attisdropped
                 ORDER BY a.attrelid, a.attnum",
                &[],
                |row| {
                    let mut acl = Acl::from_row(row)?;
                    // A column without an ACL has no privileges of its own.
                    acl.items.get_or_insert_default();
                    Ok((row.get::<Oid>("relation")?, row.get("name")?, acl))
                },
            )
            .await?;
        let mut acls: HashMap<Oid, Vec<(String, Acl)>> = HashMap::new();
        for (relation, name, acl) in rows {
            acls.entry(relation).or_default().push((name, acl));
        }
        Ok(Self(acls))
    }

    /// Column names and privileges of one relation, by attribute number.
    pub(crate) fn of(&self, relation: Oid) -> &[(String, Acl)] {
        self.0.get(&relation).map_or(&[], Vec::as_slice)
    }
}

/// Works out what each column inherits, once columns, defaults and parents are known.
///
/// Before 18 the catalogs do not say whether a NOT NULL is inherited: it counts
/// as inherited if any parent has it. From 18 on they do, but one that no
/// parent has as valid must be printed all the same.
pub(crate) fn settle_inheritance(catalog: &mut Catalog) {
    let children: Vec<DumpId> = catalog
        .relations()
        .filter(|(object, relation)| {
            object.components.any()
                && !relation.parents.is_empty()
                && !matches!(relation.kind, RelKind::Sequence | RelKind::View)
        })
        .map(|(object, _)| object.id)
        .collect();
    for id in children {
        let settled = inherited(catalog, id);
        if let Some(relation) = Relation::of_mut(catalog.object_mut(id)) {
            for (column, settled) in relation.columns.iter_mut().zip(settled) {
                if let (Some(not_null), Some(local)) =
                    (&mut column.not_null, settled.not_null_local)
                {
                    not_null.local = local;
                }
                column.null_default = settled.null_default;
                column.inherits_generation = settled.inherits_generation;
            }
        }
    }
}

#[derive(Default)]
struct Inherited {
    not_null_local: Option<bool>,
    null_default: bool,
    inherits_generation: bool,
}

fn inherited(catalog: &Catalog, id: DumpId) -> Vec<Inherited> {
    let Some(relation) = Relation::of(catalog.object(id)) else {
        return Vec::new();
    };
    let parents: Vec<&Relation> = relation
        .parents
        .iter()
        .filter_map(|parent| Relation::of(catalog.object(*parent)))
        .collect();
    let settle = |column: &Column| {
        if column.dropped {
            return Inherited::default();
        }
        let above: Vec<(&Relation, &Column)> = parents
            .iter()
            .filter_map(|parent| {
                let mut columns = parent.columns.iter();
                Some((*parent, columns.find(|above| above.name == column.name)?))
            })
            .collect();
        column.inherited_from(&above, relation, catalog)
    };
    relation.columns.iter().map(settle).collect()
}

impl Column {
    /// `above` are the columns of the same name in the tables that `relation` inherits from.
    fn inherited_from(
        &self,
        above: &[(&Relation, &Self)],
        relation: &Relation,
        catalog: &Catalog,
    ) -> Inherited {
        let not_null_above = above.iter().any(|(_, above)| above.not_null.is_some());
        let (generated, plain): (Vec<_>, Vec<_>) = above
            .iter()
            .partition(|(_, above)| above.generated.is_some());
        let is_default =
            |above: &(&Relation, &Self)| above.1.is_default(above.0, relation, catalog);
        let same = |above: &(&Relation, &Self)| self.is_generated_as(above.1, catalog);
        Inherited {
            not_null_local: if catalog.server.major() >= 18 {
                (!not_null_above).then_some(true)
            } else {
                not_null_above.then_some(false)
            },
            null_default: self.default.is_none() && plain.iter().any(is_default),
            inherits_generation: !relation.is_partition
                && !generated.is_empty()
                && generated.iter().all(same),
        }
    }

    /// Whether a child without a default gets one from this column of `parent`.
    fn is_default(&self, parent: &Relation, child: &Relation, catalog: &Catalog) -> bool {
        // pg_dump up to 15 takes the NULL it gave to a parent for a default, too.
        let any = catalog.server.major() < 16;
        if let Some(default) = self.default {
            return any || catalog.default_expression(default) != "NULL";
        }
        // A child is made before its parent gets that NULL by a statement of its
        // own, with the default from further above. pg_dump forgot that with 16.
        let is_late = !self.is_printed(parent) && !child.is_partition;
        self.null_default && (any || is_late)
    }

    /// Up to 15, pg_dump takes any generation expression for the parent's.
    fn is_generated_as(&self, above: &Self, catalog: &Catalog) -> bool {
        let expression = |column: &Self| column.default.map(|id| catalog.default_expression(id));
        let same = self.default.is_some() && expression(above) == expression(self);
        same || catalog.server.major() < 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn option_that_the_server_keeps_for_itself_is_not_printed() {
        assert_eq!(printed_options(vec![]), None);
        assert_eq!(printed_options(vec!["pg_attver=22158912"]), None);
        assert_eq!(
            printed_options(vec![
                "n_distinct=5",
                "pg_attver=1",
                "n_distinct_inherited=-1"
            ]),
            Some("n_distinct=5, n_distinct_inherited=-1".to_owned())
        );
    }
}
