//! Aggregates: `pg_aggregate`, `pg_proc`.

use super::catalog::Catalog;
use super::entries::Toc;
use super::object::{Body, Object};
use super::routine::{self, Routine, RoutineNames, RoutineRow};
use crate::archive::Section;
use crate::dumpable::ObjectKind;
use crate::error::Result;
use crate::pg::{Row, Session};
use crate::sql::{Dialect, literal};

/// An aggregate.
#[derive(Debug)]
pub struct Aggregate {
    routine: Routine,
    attributes: Attributes,
}

/// What CREATE AGGREGATE says between its parentheses. Names of functions and
/// types come from the server qualified and quoted.
#[derive(Debug, Default)]
struct Attributes {
    /// `n`ormal, `o`rdered-set or `h`ypothetical-set.
    kind: char,
    plain: Stage,
    combine: Option<String>,
    serial: Option<String>,
    deserial: Option<String>,
    /// The moving-aggregate mode; no transition function if there is none.
    moving: Stage,
    /// Schema and name.
    sort_operator: Option<(String, String)>,
    /// `s`afe, `r`estricted or `u`nsafe.
    parallel: char,
}

/// One of the two ways to compute an aggregate.
#[derive(Debug, Default)]
struct Stage {
    transition: Option<String>,
    inverse: Option<String>,
    state_type: String,
    /// Bytes; 0 for an estimate by the type.
    state_space: i32,
    initial: Option<String>,
    finalize: Option<String>,
    finalize_extra: bool,
    /// What the final function does to the state: `r`ead-only, `s`hareable, `w`rites.
    finalize_modifies: char,
}

fn query() -> String {
    routine::query(
        "p.prokind = 'a'",
        "g.aggkind AS kind, p.proparallel AS parallel,
         NULLIF(g.aggtransfn::text, '-') AS transition, NULL::text AS inverse,
         g.aggtranstype::pg_catalog.regtype::text AS state_type,
         g.aggtransspace AS state_space, g.agginitval AS initial,
         NULLIF(g.aggfinalfn::text, '-') AS finalize, g.aggfinalextra AS finalize_extra,
         g.aggfinalmodify AS finalize_modifies,
         NULLIF(g.aggcombinefn::text, '-') AS combine,
         NULLIF(g.aggserialfn::text, '-') AS serial,
         NULLIF(g.aggdeserialfn::text, '-') AS deserial,
         NULLIF(g.aggmtransfn::text, '-') AS moving_transition,
         NULLIF(g.aggminvtransfn::text, '-') AS moving_inverse,
         g.aggmtranstype::pg_catalog.regtype::text AS moving_state_type,
         g.aggmtransspace AS moving_state_space, g.aggminitval AS moving_initial,
         NULLIF(g.aggmfinalfn::text, '-') AS moving_finalize,
         g.aggmfinalextra AS moving_finalize_extra,
         g.aggmfinalmodify AS moving_finalize_modifies,
         o.oprname::text AS sort_operator, n.nspname::text AS sort_operator_schema",
        "JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid
         LEFT JOIN pg_catalog.pg_operator o ON o.oid = g.aggsortop
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace",
    )
}

/// Loads every aggregate.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let namespaces = routine::defined_namespaces(catalog);
    let rows = session
        .rows(&query(), &[&namespaces], |row| {
            Ok((RoutineRow::from_row(row)?, Attributes::from_row(row)?))
        })
        .await?;
    for (row, attributes) in rows {
        row.add(catalog, ObjectKind::Aggregate, |routine| {
            Body::Aggregate(Box::new(Aggregate {
                routine,
                attributes,
            }))
        })?;
    }
    Ok(())
}

impl Aggregate {
    pub(crate) fn write(&self, object: &Object, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let dialect = &catalog.dialect;
        let names = RoutineNames::new(object, dialect, &self.or_star(self.routine.identity()));
        if object.components.definition && !toc.options.data_only {
            let tag = object.name.clone() + &self.or_star(self.routine.input_types());
            let mut entry = object.entry("AGGREGATE", Section::PreData);
            entry.tag = tag;
            entry.defn = Some(self.create(object, dialect));
            entry.drop_stmt = Some(format!("DROP AGGREGATE {};\n", names.qualified));
            entry.owner = Some(self.routine.owner.to_string());
            toc.define(object, entry);
        }
        let on = names.annotated(object, "AGGREGATE", &self.routine.owner);
        toc.annotate(catalog, object, &on);
        // There is no GRANT ON AGGREGATE.
        let signature = self.routine.input_types();
        self.routine
            .write_acl(object, catalog, toc, "FUNCTION", &signature)
    }

    fn create(&self, object: &Object, dialect: &Dialect) -> String {
        let names = RoutineNames::new(object, dialect, &self.or_star(self.routine.parameters()));
        let clauses = self.attributes.clauses(dialect).join(",\n    ");
        format!(
            "CREATE AGGREGATE {} (\n    {clauses}\n);\n",
            names.qualified
        )
    }

    /// An aggregate without arguments takes `(*)`.
    fn or_star(&self, signature: String) -> String {
        if self.routine.takes_nothing() {
            "(*)".to_owned()
        } else {
            signature
        }
    }
}

impl Attributes {
    fn from_row(row: &Row) -> Result<Self> {
        let sort_operator: Option<String> = row.get("sort_operator")?;
        let schema: Option<String> = row.get("sort_operator_schema")?;
        Ok(Self {
            kind: row.char("kind")?,
            plain: Stage::from_row(row, "")?,
            combine: row.get("combine")?,
            serial: row.get("serial")?,
            deserial: row.get("deserial")?,
            moving: Stage::from_row(row, "moving_")?,
            sort_operator: schema.zip(sort_operator),
            parallel: row.char("parallel")?,
        })
    }

    fn clauses(&self, dialect: &Dialect) -> Vec<String> {
        // What CREATE AGGREGATE assumes of a final function.
        let usual_modify = if self.kind == 'n' { 'r' } else { 'w' };
        let mut clauses = self.plain.clauses("", usual_modify);
        for (key, function) in [
            ("COMBINEFUNC", &self.combine),
            ("SERIALFUNC", &self.serial),
            ("DESERIALFUNC", &self.deserial),
        ] {
            clauses.extend(function.as_ref().map(|name| format!("{key} = {name}")));
        }
        clauses.extend(self.moving.clauses("M", usual_modify));
        if let Some((schema, operator)) = &self.sort_operator {
            let schema = dialect.ident(schema);
            clauses.push(format!("SORTOP = OPERATOR({schema}.{operator})"));
        }
        if self.kind == 'h' {
            clauses.push("HYPOTHETICAL".to_owned());
        }
        match self.parallel {
            's' => clauses.push("PARALLEL = safe".to_owned()),
            'r' => clauses.push("PARALLEL = restricted".to_owned()),
            _ => {}
        }
        clauses
    }
}

impl Stage {
    fn from_row(row: &Row, prefix: &str) -> Result<Self> {
        let column = |name: &str| format!("{prefix}{name}");
        Ok(Self {
            transition: row.get(&column("transition"))?,
            inverse: row.get(&column("inverse"))?,
            state_type: row.get(&column("state_type"))?,
            state_space: row.get(&column("state_space"))?,
            initial: row.get(&column("initial"))?,
            finalize: row.get(&column("finalize"))?,
            finalize_extra: row.get(&column("finalize_extra"))?,
            finalize_modifies: row.char(&column("finalize_modifies"))?,
        })
    }

    /// `prefix` is `M` for the moving-aggregate mode.
    fn clauses(&self, prefix: &str, usual_modify: char) -> Vec<String> {
        let Some(transition) = &self.transition else {
            return Vec::new();
        };
        let mut clauses = vec![format!("SFUNC = {transition}")];
        clauses.extend(
            self.inverse
                .as_ref()
                .map(|name| format!("INVFUNC = {name}")),
        );
        clauses.push(format!("STYPE = {}", self.state_type));
        if self.state_space != 0 {
            clauses.push(format!("SSPACE = {}", self.state_space));
        }
        let initial = self.initial.as_deref().map(literal);
        clauses.extend(initial.map(|value| format!("INITCOND = {value}")));
        if let Some(finalize) = &self.finalize {
            clauses.push(format!("FINALFUNC = {finalize}"));
            if self.finalize_extra {
                clauses.push("FINALFUNC_EXTRA".to_owned());
            }
            if self.finalize_modifies != usual_modify {
                let word = match self.finalize_modifies {
                    'r' => "READ_ONLY",
                    's' => "SHAREABLE",
                    _ => "READ_WRITE",
                };
                clauses.push(format!("FINALFUNC_MODIFY = {word}"));
            }
        }
        clauses
            .into_iter()
            .map(|clause| format!("{prefix}{clause}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clauses(attributes: &Attributes) -> Vec<String> {
        attributes.clauses(&Dialect::new(15, []))
    }

    fn stage(transition: &str, state_type: &str) -> Stage {
        Stage {
            transition: Some(transition.to_owned()),
            state_type: state_type.to_owned(),
            finalize_modifies: 'r',
            ..Stage::default()
        }
    }

    fn sum() -> Attributes {
        Attributes {
            kind: 'n',
            plain: stage("int4_sum", "bigint"),
            parallel: 'u',
            ..Attributes::default()
        }
    }

    #[test]
    fn simple_aggregate_names_function_and_type_alone() {
        assert_eq!(clauses(&sum()), ["SFUNC = int4_sum", "STYPE = bigint"]);
    }

    #[test]
    fn moving_mode_repeats_the_clauses_with_a_letter_before() {
        let attributes = Attributes {
            moving: Stage {
                inverse: Some("public.inv".to_owned()),
                state_space: 64,
                initial: Some("{0,0}".to_owned()),
                finalize: Some("public.fin".to_owned()),
                finalize_extra: true,
                finalize_modifies: 's',
                ..stage("public.acc", "bigint[]")
            },
            sort_operator: Some(("Odd".to_owned(), ">".to_owned())),
            parallel: 's',
            ..sum()
        };
        assert_eq!(
            clauses(&attributes)[2..],
            [
                "MSFUNC = public.acc",
                "MINVFUNC = public.inv",
                "MSTYPE = bigint[]",
                "MSSPACE = 64",
                "MINITCOND = '{0,0}'",
                "MFINALFUNC = public.fin",
                "MFINALFUNC_EXTRA",
                "MFINALFUNC_MODIFY = SHAREABLE",
                "SORTOP = OPERATOR(\"Odd\".>)",
                "PARALLEL = safe",
            ]
        );
    }

    #[test]
    fn final_function_of_a_hypothetical_set_writes_unless_said_otherwise() {
        let hypothetical = |modifies| Attributes {
            kind: 'h',
            plain: Stage {
                finalize: Some("rank_final".to_owned()),
                finalize_modifies: modifies,
                ..stage("ordered_set_transition_multi", "internal")
            },
            ..sum()
        };
        assert!(!clauses(&hypothetical('w')).concat().contains("MODIFY"));
        assert!(clauses(&hypothetical('r')).contains(&"FINALFUNC_MODIFY = READ_ONLY".to_owned()));
        assert!(clauses(&hypothetical('w')).contains(&"HYPOTHETICAL".to_owned()));
    }

    #[test]
    fn aggregate_without_arguments_takes_a_star() {
        let aggregate = Aggregate {
            routine: Routine::with_arguments(&[], "", ""),
            attributes: sum(),
        };
        assert_eq!(aggregate.or_star(aggregate.routine.identity()), "(*)");
    }
}
