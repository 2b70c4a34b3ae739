//! Functions and procedures: `pg_proc`.

use super::catalog::Catalog;
use super::entries::Toc;
use super::object::{Body, Object};
use super::routine::{self, Routine, RoutineNames, RoutineRow};
use crate::archive::Section;
use crate::dumpable::{ObjectKind, Placement};
use crate::error::Result;
use crate::pg::{Row, Session};
use crate::sql::{Dialect, dollar_quoted, literal, setting_value};

/// A function, window function or procedure.
#[derive(Debug)]
pub struct Function {
    routine: Routine,
    attributes: Attributes,
}

/// What CREATE FUNCTION says after the arguments.
#[derive(Debug, Default)]
struct Attributes {
    /// `f`unction, `p`rocedure or `w`indow function.
    kind: char,
    /// None for procedures.
    result: Option<String>,
    language: String,
    transform_types: Vec<String>,
    /// `i`mmutable, `s`table or `v`olatile.
    volatility: char,
    strict: bool,
    security_definer: bool,
    leakproof: bool,
    returns_set: bool,
    cost: String,
    rows: String,
    support: Option<String>,
    /// `s`afe, `r`estricted or `u`nsafe.
    parallel: char,
    settings: Vec<String>,
    body: FunctionBody,
}

/// What the function does.
#[derive(Debug, Default)]
struct FunctionBody {
    /// `BEGIN ATOMIC …` or `RETURN …`; the source is unused then.
    sql: Option<String>,
    source: String,
    /// The shared library the source names a symbol of.
    library: Option<String>,
}

fn query(major: u32) -> String {
    let sql_body = if major >= 14 {
        "CASE WHEN p.pronamespace = ANY ($1) THEN pg_catalog.pg_get_function_sqlbody(p.oid) END"
    } else {
        "NULL::text"
    };
    let columns = format!(
        "p.prokind AS kind, p.proretset AS returns_set,
         CASE WHEN p.pronamespace = ANY ($1)
              THEN pg_catalog.pg_get_function_result(p.oid) END AS result,
         l.lanname::text AS language,
         ARRAY(SELECT pg_catalog.format_type(t.type, NULL)
               FROM pg_catalog.unnest(p.protrftypes) WITH ORDINALITY AS t (type, at)
               ORDER BY t.at) AS transform_types,
         p.provolatile AS volatility, p.proisstrict AS strict,
         p.prosecdef AS security_definer, p.proleakproof AS leakproof,
         p.procost::text AS cost, p.prorows::text AS rows,
         NULLIF(p.prosupport::text, '-') AS support, p.proparallel AS parallel,
         p.proconfig AS settings, p.prosrc AS source, NULLIF(p.probin, '') AS library,
         {sql_body} AS sql_body"
    );
    let joins = "JOIN pg_catalog.pg_language l ON l.oid = p.prolang";
    routine::query("p.prokind <> 'a'", &columns, joins)
}

/// Loads every function and procedure; for those not wanted, no more than needed.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let query = query(catalog.server.major());
    let namespaces = routine::defined_namespaces(catalog);
    let rows = session
        .rows(&query, &[&namespaces], |row| {
            Ok((RoutineRow::from_row(row)?, Attributes::from_row(row)?))
        })
        .await?;
    for (row, attributes) in rows {
        row.add(catalog, ObjectKind::Function, |routine| {
            Body::Function(Box::new(Function {
                routine,
                attributes,
            }))
        })?;
    }
    Ok(())
}

impl Function {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let dialect = &catalog.dialect;
        let identity = self.routine.identity();
        let names = RoutineNames::new(object, dialect, &identity);
        let keyword = self.attributes.keyword();
        if object.components.definition && !toc.options.data_only {
            let extensions =
                catalog.depends_on_extensions(object.catalog_id, keyword, &names.qualified);
            let tag = object.name.clone() + &self.routine.input_types();
            let mut entry = object.entry(keyword, section(object));
            entry.tag = tag;
            entry.defn = Some(self.create(object, dialect) + &extensions);
            entry.drop_stmt = Some(format!("DROP {keyword} {};\n", names.qualified));
            entry.owner = Some(self.routine.owner.to_string());
            toc.define(object, entry);
        }
        let on = names.annotated(object, keyword, &self.routine.owner);
        toc.annotate(catalog, object, &on);
        self.routine
            .write_acl(object, catalog, toc, keyword, &identity)
    }

    fn create(&self, object: &Object, dialect: &Dialect) -> String {
        let names = RoutineNames::new(object, dialect, &self.routine.parameters());
        format!(
            "CREATE {} {}{};\n",
            self.attributes.keyword(),
            names.qualified,
            self.attributes.clauses(dialect)
        )
    }
}

/// A function moved behind the data needs something that only exists then.
fn section(object: &Object) -> Section {
    if object.placement == Placement::Postponed {
        Section::PostData
    } else {
        Section::PreData
    }
}

impl Attributes {
    fn from_row(row: &Row) -> Result<Self> {
        let settings: Option<Vec<String>> = row.get("settings")?;
        Ok(Self {
            kind: row.char("kind")?,
            result: row.get("result")?,
            language: row.get("language")?,
            transform_types: row.get("transform_types")?,
            volatility: row.char("volatility")?,
            strict: row.get("strict")?,
            security_definer: row.get("security_definer")?,
            leakproof: row.get("leakproof")?,
            returns_set: row.get("returns_set")?,
            cost: row.get("cost")?,
            rows: row.get("rows")?,
            support: row.get("support")?,
            parallel: row.char("parallel")?,
            settings: settings.unwrap_or_default(),
            body: FunctionBody {
                sql: row.get("sql_body")?,
                source: row.get("source")?,
                library: row.get("library")?,
            },
        })
    }

    /// The word after CREATE, DROP, COMMENT ON and in grants.
    fn keyword(&self) -> &'static str {
        if self.kind == 'p' {
            "PROCEDURE"
        } else {
            "FUNCTION"
        }
    }

    /// Everything after the arguments.
    fn clauses(&self, dialect: &Dialect) -> String {
        let mut sql = String::new();
        if let Some(result) = &self.result {
            sql += &format!(" RETURNS {result}");
        }
        sql += &format!("\n    LANGUAGE {}", dialect.ident(&self.language));
        sql += &self.transforms();
        for (holds, clause) in [
            (self.kind == 'w', " WINDOW"),
            (self.volatility == 'i', " IMMUTABLE"),
            (self.volatility == 's', " STABLE"),
            (self.strict, " STRICT"),
            (self.security_definer, " SECURITY DEFINER"),
            (self.leakproof, " LEAKPROOF"),
        ] {
            if holds {
                sql += clause;
            }
        }
        sql += &self.planner_hints();
        for (name, value) in self.settings.iter().filter_map(|it| it.split_once('=')) {
            let value = setting_value(name, value, literal);
            sql += &format!("\n    SET {} TO {value}", dialect.ident(name));
        }
        format!("{sql}\n    {}", self.body.clause())
    }

    fn transforms(&self) -> String {
        if self.transform_types.is_empty() {
            return String::new();
        }
        let types: Vec<String> = self
            .transform_types
            .iter()
            .map(|name| format!("FOR TYPE {name}"))
            .collect();
        format!(" TRANSFORM {}", types.join(", "))
    }

    /// Costs, rows, support function and parallel safety where they are not what
    /// CREATE FUNCTION assumes (PostgreSQL's `functioncmds.c`).
    fn planner_hints(&self) -> String {
        let native = matches!(self.language.as_str(), "internal" | "c");
        let usual_cost = if native { "1" } else { "100" };
        let mut sql = String::new();
        if self.cost != "0" && self.cost != usual_cost {
            sql += &format!(" COST {}", self.cost);
        }
        if self.returns_set && self.rows != "0" && self.rows != "1000" {
            sql += &format!(" ROWS {}", self.rows);
        }
        if let Some(support) = &self.support {
            sql += &format!(" SUPPORT {support}");
        }
        match self.parallel {
            's' => sql += " PARALLEL SAFE",
            'r' => sql += " PARALLEL RESTRICTED",
            _ => {}
        }
        sql
    }
}

impl FunctionBody {
    /// Source code is always in dollar quotes, a symbol only if it would need escaping.
    fn clause(&self) -> String {
        match (&self.sql, &self.library) {
            (Some(sql), _) => sql.clone(),
            (None, None) => format!("AS {}", dollar_quoted(&self.source)),
            (None, Some(library)) if self.source.is_empty() => format!("AS {}", literal(library)),
            (None, Some(library)) => {
                let symbol = if self.source.contains(['\'', '\\']) {
                    dollar_quoted(&self.source)
                } else {
                    literal(&self.source)
                };
                format!("AS {}, {symbol}", literal(library))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Attributes {
        Attributes {
            kind: 'f',
            result: Some("integer".to_owned()),
            language: "sql".to_owned(),
            volatility: 'v',
            cost: "100".to_owned(),
            rows: "0".to_owned(),
            parallel: 'u',
            body: FunctionBody {
                source: "SELECT 1".to_owned(),
                ..FunctionBody::default()
            },
            ..Attributes::default()
        }
    }

    fn clauses(attributes: &Attributes) -> String {
        attributes.clauses(&Dialect::new(15, []))
    }

    #[test]
    fn defaults_are_not_printed() {
        assert_eq!(
            clauses(&plain()),
            " RETURNS integer\n    LANGUAGE sql\n    AS $$SELECT 1$$"
        );
    }

    #[test]
    fn attributes_come_in_the_order_of_pg_dump() {
        let attributes = Attributes {
            result: Some("SETOF public.t".to_owned()),
            transform_types: vec!["public.hstore".to_owned(), "jsonb".to_owned()],
            volatility: 's',
            strict: true,
            security_definer: true,
            leakproof: true,
            returns_set: true,
            cost: "0.5".to_owned(),
            rows: "10".to_owned(),
            support: Some("public.my_support".to_owned()),
            parallel: 'r',
            settings: vec!["search_path=public, pg_temp".to_owned()],
            ..plain()
        };
        assert_eq!(
            clauses(&attributes),
            " RETURNS SETOF public.t\n    LANGUAGE sql TRANSFORM FOR TYPE public.hstore, FOR TYPE jsonb \
             STABLE STRICT SECURITY DEFINER LEAKPROOF COST 0.5 ROWS 10 SUPPORT public.my_support \
             PARALLEL RESTRICTED\n    SET search_path TO 'public', 'pg_temp'\n    AS $$SELECT 1$$"
        );
    }

    #[test]
    fn usual_cost_depends_on_the_language() {
        let native = |cost: &str| Attributes {
            language: "c".to_owned(),
            cost: cost.to_owned(),
            ..plain()
        };
        assert_eq!(native("1").planner_hints(), "");
        assert_eq!(native("100").planner_hints(), " COST 100");
    }

    #[test]
    fn body_is_quoted_by_its_kind() {
        let body = |sql: Option<&str>, source: &str, library: Option<&str>| {
            let body = FunctionBody {
                sql: sql.map(str::to_owned),
                source: source.to_owned(),
                library: library.map(str::to_owned),
            };
            body.clause()
        };
        assert_eq!(body(Some("RETURN 1"), "", None), "RETURN 1");
        assert_eq!(body(None, "x := $$a$$", None), "AS $_$x := $$a$$$_$");
        assert_eq!(
            body(None, "hstore_in", Some("$libdir/hstore")),
            "AS '$libdir/hstore', 'hstore_in'"
        );
        assert_eq!(body(None, "it's", Some("lib")), "AS 'lib', $$it's$$");
        assert_eq!(body(None, "", Some("lib")), "AS 'lib'");
    }
}
