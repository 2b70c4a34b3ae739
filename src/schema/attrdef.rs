//! Column defaults and generation expressions: `pg_attrdef`.

use super::catalog::Catalog;
use super::entries::Toc;
use super::object::{Body, Components, Object};
use super::relation::Relation;
use super::relkind::RelKind;
use crate::archive::Section;
use crate::dumpable::{KeyPart, ObjectKind, Placement};
use crate::error::Result;
use crate::ids::{CatalogId, DumpId, Oid, catalogs};
use crate::pg::Session;

/// The default of a column, or what it is generated from.
#[derive(Debug)]
pub struct Attrdef {
    /// The table or view.
    pub table: DumpId,
    pub(crate) column: i16,
    pub(crate) expression: String,
}

/// Loads the defaults of the relations in `oids`, after their columns.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog, oids: &[Oid]) -> Result<()> {
    let rows = session
        .rows(
            "SELECT d.oid, d.adrelid AS relation, d.adnum AS number,
                    pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression
             FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted (oid)
             JOIN pg_catalog.pg_attrdef d ON d.adrelid = wanted.oid
             ORDER BY d.adrelid, d.adnum",
            &[&oids],
            |row| {
                let number: i16 = row.get("number")?;
                let relation: Oid = row.get("relation")?;
                let expression: String = row.get("expression")?;
                Ok((row.get::<Oid>("oid")?, relation, number, expression))
            },
        )
        .await?;
    for (oid, relation, column, expression) in rows {
        add(catalog, oid, relation, column, expression);
    }
    Ok(())
}

fn add(catalog: &mut Catalog, oid: Oid, relation: Oid, number: i16, expression: String) {
    let Some(table) = catalog.relation(relation) else {
        return;
    };
    let Some(body) = Relation::of(table) else {
        return;
    };
    let Some(column) = body.column(number).filter(|column| !column.dropped) else {
        return;
    };
    let inline =
        column.generated.is_some() || (body.kind != RelKind::View && column.is_printed(body));
    let mut object = Object::new(
        CatalogId::new(catalogs::ATTRDEF, oid),
        ObjectKind::Attrdef,
        table.name.clone(),
        Body::Attrdef(Attrdef {
            table: table.id,
            column: number,
            expression,
        }),
    );
    object.namespace.clone_from(&table.namespace);
    object.key = vec![KeyPart::Number(number.into())];
    object.components = Components {
        definition: table.components.definition,
        ..Components::NONE
    };
    object.placement = if inline {
        Placement::Natural
    } else {
        Placement::Separate
    };
    let table = table.id;
    let id = catalog.add(object);
    let table = catalog.object_mut(table);
    if inline {
        table.needs.push(id);
    }
    if let Some(relation) = Relation::of_mut(table)
        && let Some(column) = relation.columns.iter_mut().find(|c| c.number == number)
    {
        column.default = Some(id);
    }
}

/// Adds the separate DEFAULT entries of `NULL` that hide a parent's default on
/// inherited columns, which `CREATE TABLE` does not list.
pub(crate) fn add_null_defaults(catalog: &mut Catalog) {
    let hidden: Vec<(DumpId, i16)> = catalog
        .relations()
        .flat_map(|(object, relation)| {
            relation
                .columns
                .iter()
                .filter(|column| column.null_default && !column.is_printed(relation))
                .map(|column| (object.id, column.number))
        })
        .collect();
    for (table, number) in hidden {
        let host = catalog.object(table);
        let mut object = Object::new(
            CatalogId::NONE,
            ObjectKind::Attrdef,
            host.name.clone(),
            Body::Attrdef(Attrdef {
                table,
                column: number,
                expression: "NULL".to_owned(),
            }),
        );
        object.namespace.clone_from(&host.namespace);
        object.key = vec![KeyPart::Number(number.into())];
        object.components = host.components;
        object.placement = Placement::Separate;
        object.needs.push(table);
        catalog.add(object);
    }
}

impl Attrdef {
    /// Writes a DEFAULT entry, unless the default is printed with its table.
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let printed = object.components.definition && !toc.options.data_only;
        if !printed || object.placement != Placement::Separate {
            return Ok(());
        }
        let table = catalog.object(self.table);
        let Some(relation) = Relation::of(table) else {
            return Ok(());
        };
        let Some(column) = relation.column(self.column) else {
            return Ok(());
        };
        let qualified = catalog.qualified(table);
        let name = catalog.dialect.ident(&column.name);
        let alter = relation.kind.alter_keyword();
        let tag = format!("{} {}", table.name, column.name);
        let mut entry = object.entry("DEFAULT", Section::PreData);
        entry.tag = tag;
        entry.defn = Some(format!(
            "ALTER {alter} ONLY {qualified} ALTER COLUMN {name} SET DEFAULT {};\n",
            self.expression
        ));
        entry.drop_stmt = Some(format!(
            "ALTER {alter} {qualified} ALTER COLUMN {name} DROP DEFAULT;\n"
        ));
        entry.owner = Some(relation.owner.to_string());
        toc.define(object, entry);
        Ok(())
    }
}
