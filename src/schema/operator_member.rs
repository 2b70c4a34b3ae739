//! Members of operator families: `pg_amop`, `pg_amproc`.
//!
//! Every member belongs to a family. `pg_depend` tells whether CREATE OPERATOR
//! CLASS brings it, or whether it is a loose one, added by ALTER OPERATOR FAMILY.

use std::collections::HashMap;

use super::catalog::Catalog;
use super::object::{Body, Object};
use crate::error::Result;
use crate::ids::Oid;
use crate::pg::{Row, Session};
use crate::sql::Dialect;

/// An operator or function of a family. Names come from the server qualified and quoted.
#[derive(Debug)]
pub(crate) enum Member {
    Operator {
        strategy: i32,
        /// With the types of its arguments.
        operator: String,
        /// Schema and name of the family that the results are sorted by.
        sort_family: Option<(String, String)>,
    },
    Function {
        number: i32,
        /// The types of the index's arguments, not of the function's.
        left: String,
        right: String,
        /// With the types of its arguments.
        function: String,
    },
}

/// Operators come first. Those of one strategy, and functions of one number,
/// stay in the order in which they were added.
const QUERY: &str = "
    SELECT d.refobjid AS owner, 1 AS part, o.amopstrategy::int4 AS number,
           o.amopopr::regoperator::text AS name, n.nspname::text AS sort_family_schema,
           f.opfname::text AS sort_family, NULL AS left_type, NULL AS right_type, d.ctid AS added
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_amop o ON o.oid = d.objid
    LEFT JOIN pg_catalog.pg_opfamily f ON f.oid = o.amopsortfamily
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
    WHERE d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass
      AND d.refclassid = $1 AND d.refobjid = ANY ($2)
      -- A member depends on the family it is sorted by, too.
      AND (d.refobjid = o.amopfamily
           OR d.refclassid <> 'pg_catalog.pg_opfamily'::pg_catalog.regclass)
    UNION ALL
    SELECT d.refobjid, 2, p.amprocnum::int4, p.amproc::regprocedure::text, NULL, NULL,
           p.amproclefttype::regtype::text, p.amprocrighttype::regtype::text, d.ctid
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_amproc p ON p.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass
      AND d.refclassid = $1 AND d.refobjid = ANY ($2)
    ORDER BY owner, part, number, added";

/// Takes in operator classes or operator families, the rows of `table`, and
/// loads the members of those that are wanted: what a class brings, what is
/// loose in a family.
pub(crate) async fn add_owners(
    session: &Session,
    catalog: &mut Catalog,
    table: Oid,
    owners: Vec<Object>,
) -> Result<()> {
    let wanted = owners.iter().filter(|owner| owner.components.definition);
    let wanted: Vec<Oid> = wanted.map(|owner| owner.catalog_id.oid).collect();
    let rows = session
        .rows(QUERY, &[&table, &wanted], |row| {
            Ok((row.get::<Oid>("owner")?, Member::from_row(row)?))
        })
        .await?;
    let mut members: HashMap<Oid, Vec<Member>> = HashMap::new();
    for (owner, member) in rows {
        members.entry(owner).or_default().push(member);
    }
    for mut owner in owners {
        let members = members.remove(&owner.catalog_id.oid).unwrap_or_default();
        match &mut owner.body {
            Body::OperatorClass(class) => class.members = members,
            Body::OperatorFamily(family) => family.loose = members,
            _ => {}
        }
        catalog.add(owner);
    }
    Ok(())
}

impl Member {
    fn from_row(row: &Row) -> Result<Self> {
        let number = row.get("number")?;
        let name = row.get("name")?;
        if row.get::<i32>("part")? == 2 {
            return Ok(Self::Function {
                number,
                left: row.get("left_type")?,
                right: row.get("right_type")?,
                function: name,
            });
        }
        let schema: Option<String> = row.get("sort_family_schema")?;
        Ok(Self::Operator {
            strategy: number,
            operator: name,
            sort_family: schema.zip(row.get("sort_family")?),
        })
    }

    fn clause(&self, dialect: &Dialect) -> String {
        match self {
            Self::Operator {
                strategy,
                operator,
                sort_family,
            } => {
                let order = match sort_family {
                    Some((schema, name)) => {
                        format!(" FOR ORDER BY {}", dialect.qualified(schema, name))
                    }
                    None => String::new(),
                };
                format!("OPERATOR {strategy} {operator}{order}")
            }
            Self::Function {
                number,
                left,
                right,
                function,
            } => format!("FUNCTION {number} ({left}, {right}) {function}"),
        }
    }
}

/// The clauses of members, as CREATE OPERATOR CLASS and ALTER OPERATOR FAMILY list them.
pub(crate) fn clauses(members: &[Member], dialect: &Dialect) -> Vec<String> {
    members.iter().map(|it| it.clause(dialect)).collect()
}
