//! Tables: `CREATE TABLE` and what only `ALTER TABLE` can say.

use super::catalog::Catalog;
use super::column::{Column, Generated, NotNull};
use super::entries::{Annotated, Toc};
use super::inherit::attach_statement;
use super::object::{Body, Object};
use super::relation::Relation;
use super::relkind::RelKind;
use crate::archive::Section;
use crate::dumpable::Placement;

impl Relation {
    pub(super) fn write_table(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) {
        let keyword = self.kind.keyword();
        let mut entry = object.entry(keyword, Section::PreData);
        entry.defn = Some(self.create_table(object, catalog));
        entry.drop_stmt = Some(format!("DROP {keyword} {};\n", catalog.qualified(object)));
        // A foreign table has none; pg_dump knows that from 15 on.
        if self.kind != RelKind::Foreign || catalog.server.major() < 15 {
            entry.tablespace = Some(self.tablespace.clone());
        }
        entry.table_am.clone_from(&self.access_method);
        entry.relkind = Some(self.kind.letter());
        entry.owner = Some(self.owner.to_string());
        toc.define(object, entry);
    }

    fn create_table(&self, object: &Object, catalog: &Catalog) -> String {
        let name = catalog.qualified(object);
        let unlogged = if self.unlogged && self.kind != RelKind::Partitioned {
            "UNLOGGED "
        } else {
            ""
        };
        let mut sql = format!("CREATE {unlogged}{} {name}", self.kind.keyword());
        if let Some(of_type) = &self.of_type {
            sql += &format!(" OF {of_type}");
        }
        sql += &self.elements(catalog);
        sql += &self.inherits_clause(catalog);
        if let Some(key) = &self.partition_key {
            sql += &format!("\nPARTITION BY {key}");
        }
        if let Some(foreign) = &self.foreign {
            sql += &foreign.server_clause(&catalog.dialect);
        }
        let options = self.storage_options(catalog);
        if !options.is_empty() {
            sql += &format!("\nWITH ({options})");
        }
        if let Some(foreign) = &self.foreign {
            sql += &foreign.options_clause();
        }
        sql += ";\n";
        sql += &self.attach_to_parent(object, catalog);
        sql += &self.column_settings(&name, catalog);
        sql += &self.table_settings(&name);
        sql
    }

    fn attach_to_parent(&self, object: &Object, catalog: &Catalog) -> String {
        match (&self.partition_bound, self.parents.first()) {
            (Some(bound), Some(parent)) => {
                attach_statement(catalog.object(*parent), object, bound, catalog)
            }
            _ => String::new(),
        }
    }

    /// The parenthesised list of columns and constraints.
    fn elements(&self, catalog: &Catalog) -> String {
        let mut elements: Vec<String> = Vec::new();
        for column in &self.columns {
            if column.is_printed(self) {
                elements.extend(self.column_element(column, catalog));
            } else {
                elements.extend(self.inherited_not_null(column, catalog));
            }
        }
        elements.extend(self.inline_checks(catalog));
        if !elements.is_empty() {
            format!(" (\n    {}\n)", elements.join(",\n    "))
        } else if self.of_type.is_some() {
            String::new()
        } else {
            " (\n)".to_owned()
        }
    }

    /// One column. A typed table lists only those that add something to its type.
    fn column_element(&self, column: &Column, catalog: &Catalog) -> Option<String> {
        let default = self.inline_default(column, catalog);
        let not_null = column
            .not_null
            .as_ref()
            .filter(|not_null| not_null.local || self.is_partition);
        if self.of_type.is_some() && default.is_empty() && not_null.is_none() {
            return None;
        }
        let mut element = catalog.dialect.ident(&column.name);
        if self.of_type.is_none() {
            element += &format!(" {}", column.type_name);
        }
        element += &default;
        if let Some(not_null) = not_null {
            element.push(' ');
            element += &not_null_clause(not_null, "", catalog);
        }
        element += &column.collate_clause(catalog);
        Some(element)
    }

    fn inline_default(&self, column: &Column, catalog: &Catalog) -> String {
        if column.inherits_generation {
            return String::new();
        }
        let expression = match column.default {
            Some(id) if catalog.object(id).placement != Placement::Separate => {
                catalog.default_expression(id)
            }
            None if column.null_default => "NULL",
            _ => return String::new(),
        };
        match column.generated {
            Some(Generated::Stored) => format!(" GENERATED ALWAYS AS ({expression}) STORED"),
            Some(Generated::Virtual) => format!(" GENERATED ALWAYS AS ({expression})"),
            None => format!(" DEFAULT {expression}"),
        }
    }

    /// From 18 on, an inherited column's own NOT NULL is a constraint of the table.
    fn inherited_not_null(&self, column: &Column, catalog: &Catalog) -> Option<String> {
        let not_null = column.not_null.as_ref().filter(|not_null| not_null.local)?;
        if column.dropped || !has_not_null_constraints(catalog) {
            return None;
        }
        let name = catalog.dialect.ident(&column.name);
        Some(not_null_clause(not_null, &format!(" {name}"), catalog))
    }

    /// Before 18, it has to be set afterwards.
    fn sets_not_null(&self, column: &Column, catalog: &Catalog) -> bool {
        let is_local = column.not_null.as_ref().is_some_and(|n| n.local);
        !has_not_null_constraints(catalog) && is_local && !column.is_printed(self)
    }

    /// A partition is made with all its checks: ATTACH expects them to be there.
    fn inline_checks(&self, catalog: &Catalog) -> Vec<String> {
        self.checks
            .iter()
            .map(|id| catalog.object(*id))
            .filter_map(|object| match &object.body {
                Body::Check(check) => Some((object, check)),
                _ => None,
            })
            .filter(|(object, check)| {
                object.placement != Placement::Separate && (check.local || self.is_partition)
            })
            .map(|(object, check)| {
                let name = catalog.dialect.ident(&object.name);
                format!("CONSTRAINT {name} {}", check.definition)
            })
            .collect()
    }

    fn inherits_clause(&self, catalog: &Catalog) -> String {
        if self.parents.is_empty() || self.is_partition {
            return String::new();
        }
        let parents: Vec<String> = self
            .parents
            .iter()
            .map(|id| catalog.qualified(catalog.object(*id)))
            .collect();
        format!("\nINHERITS ({})", parents.join(", "))
    }

    /// Per-column settings of tables, foreign tables and materialized views.
    pub(super) fn column_settings(&self, name: &str, catalog: &Catalog) -> String {
        let mut sql = String::new();
        for column in self.columns.iter().filter(|column| !column.dropped) {
            let keyword = self.kind.alter_keyword();
            let of_column = format!(
                "{name} ALTER COLUMN {}",
                catalog.dialect.ident(&column.name)
            );
            let alter = format!("ALTER {keyword} ONLY {of_column} SET");
            if self.sets_not_null(column, catalog) {
                sql += &format!("{alter} NOT NULL;\n");
            }
            if let Some(target) = column.statistics_target {
                sql += &format!("{alter} STATISTICS {target};\n");
            }
            if let Some(mode) = column.storage {
                sql += &format!("{alter} STORAGE {mode};\n");
            }
            if let Some(method) = column.compression {
                sql += &format!("{alter} COMPRESSION {method};\n");
            }
            if let Some(options) = &column.options {
                sql += &format!("{alter} ({options});\n");
            }
            let foreign = self.foreign.as_ref();
            if let Some(options) = foreign.and_then(|it| it.column_options(column.number)) {
                // pg_dump says ONLY from 17 on; no other table has these options.
                let only = if catalog.server.major() >= 17 {
                    " ONLY"
                } else {
                    ""
                };
                sql += &format!("ALTER {keyword}{only} {of_column}{options};\n");
            }
        }
        sql
    }

    /// Settings of the whole table. A replica identity index is set with the index.
    pub(super) fn table_settings(&self, name: &str) -> String {
        let mut sql = String::new();
        let identity = match self.replica_identity {
            // The server marks every foreign table so.
            _ if self.kind == RelKind::Foreign => None,
            'n' => Some("NOTHING"),
            'f' => Some("FULL"),
            _ => None,
        };
        if let Some(identity) = identity {
            sql += &format!("\nALTER TABLE ONLY {name} REPLICA IDENTITY {identity};\n");
        }
        if self.force_row_security {
            sql += &format!("\nALTER TABLE ONLY {name} FORCE ROW LEVEL SECURITY;\n");
        }
        sql
    }

    /// Comments on NOT NULL constraints that are printed with their columns (18).
    pub(super) fn write_not_null_comments(
        &self,
        object: &Object,
        catalog: &Catalog,
        toc: &mut Toc,
    ) {
        let qualified = catalog.qualified(object);
        let table = catalog.dialect.ident(&object.name);
        for not_null in self.columns.iter().filter_map(|c| c.not_null.as_ref()) {
            let (Some(name), Some(comment)) = (&not_null.name, &not_null.comment) else {
                continue;
            };
            if !has_not_null_constraints(catalog) {
                toc.warn(format!(
                    "the comment on constraint {name} of {qualified} is left out: before 18, NOT NULL is no constraint that could have one"
                ));
                continue;
            }
            let name = catalog.dialect.ident(name);
            let on = Annotated {
                keyword: "CONSTRAINT",
                sql_name: &format!("{name} ON {qualified}"),
                tag_name: &format!("{name} ON {table}"),
                ..self.annotated(object, "", "")
            };
            toc.comment(&on, comment);
        }
    }
}

/// Whether NOT NULL is a constraint of its own, to the server and in the target.
fn has_not_null_constraints(catalog: &Catalog) -> bool {
    catalog.server.major() >= 18 && catalog.dialect.target() >= 18
}

/// `NOT NULL`, named where the name matters.
fn not_null_clause(not_null: &NotNull, column: &str, catalog: &Catalog) -> String {
    let name = match &not_null.name {
        Some(name) => format!("CONSTRAINT {} ", catalog.dialect.ident(name)),
        None => String::new(),
    };
    let inherit = if not_null.no_inherit {
        " NO INHERIT"
    } else {
        ""
    };
    format!("{name}NOT NULL{column}{inherit}")
}
