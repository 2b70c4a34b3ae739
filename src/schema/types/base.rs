//! Base types: `pg_type` with typtype `b`, other than arrays.

use std::collections::HashMap;

use crate::error::Result;
use crate::ids::Oid;
use crate::pg::{Row, Session};
use crate::sql::literal;

/// What CREATE TYPE says of a base type. Names of functions and types come
/// from the server qualified and quoted.
#[derive(Debug, Default)]
pub(super) struct Base {
    /// Bytes; -1 for a length that varies.
    length: i32,
    /// The keyword of each support function and its name, in CREATE's order.
    functions: Vec<(&'static str, String)>,
    /// Servers before 14 have none.
    subscript: Option<String>,
    collatable: bool,
    /// In SQL.
    default: Option<String>,
    element: Option<String>,
    category: String,
    preferred: bool,
    delimiter: String,
    alignment: char,
    storage: char,
    by_value: bool,
}

/// Keywords of CREATE TYPE and columns of `pg_type`.
const FUNCTIONS: [(&str, &str); 7] = [
    ("INPUT", "typinput"),
    ("OUTPUT", "typoutput"),
    ("RECEIVE", "typreceive"),
    ("SEND", "typsend"),
    ("TYPMOD_IN", "typmodin"),
    ("TYPMOD_OUT", "typmodout"),
    ("ANALYZE", "typanalyze"),
];

fn query(major: u32) -> String {
    let functions: String = FUNCTIONS
        .iter()
        .map(|(_, column)| format!("NULLIF(t.{column}::text, '-') AS {column}, "))
        .collect();
    let subscript = if major >= 14 {
        "NULLIF(t.typsubscript::text, '-')"
    } else {
        "NULL::text"
    };
    format!(
        "SELECT t.oid, t.typlen::int4 AS length, {functions} {subscript} AS subscript,
                t.typcollation <> 0 AS collatable,
                pg_catalog.pg_get_expr(t.typdefaultbin, 0) AS default_expression,
                t.typdefault AS default_text,
                CASE WHEN t.typelem <> 0
                     THEN pg_catalog.format_type(t.typelem, NULL) END AS element,
                t.typcategory::text AS category, t.typispreferred AS preferred,
                t.typdelim::text AS delimiter, t.typalign AS alignment,
                t.typstorage AS storage, t.typbyval AS by_value
         FROM pg_catalog.pg_type t
         WHERE t.typtype = 'b' AND t.oid >= 16384
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e
                           WHERE e.oid = t.typelem AND e.typarray = t.oid)"
    )
}

/// Loads all base types, by OID.
pub(super) async fn load(session: &Session, major: u32) -> Result<HashMap<Oid, Base>> {
    let rows = session
        .rows(&query(major), &[], |row| {
            Ok((row.get("oid")?, Base::from_row(row)?))
        })
        .await?;
    Ok(rows.into_iter().collect())
}

impl Base {
    fn from_row(row: &Row) -> Result<Self> {
        let mut functions = Vec::new();
        for (keyword, column) in FUNCTIONS {
            let function: Option<String> = row.get(column)?;
            functions.extend(function.map(|name| (keyword, name)));
        }
        let expression: Option<String> = row.get("default_expression")?;
        let text: Option<String> = row.get("default_text")?;
        Ok(Self {
            length: row.get("length")?,
            functions,
            subscript: row.get("subscript")?,
            collatable: row.get("collatable")?,
            default: expression.or_else(|| text.as_deref().map(literal)),
            element: row.get("element")?,
            category: row.get("category")?,
            preferred: row.get("preferred")?,
            delimiter: row.get("delimiter")?,
            alignment: row.char("alignment")?,
            storage: row.char("storage")?,
            by_value: row.get("by_value")?,
        })
    }

    pub(super) fn create(&self, qualified: &str) -> String {
        format!(
            "CREATE TYPE {qualified} (\n    {}\n);\n",
            self.clauses().join(",\n    ")
        )
    }

    fn clauses(&self) -> Vec<String> {
        let with = |keyword: &str, value: &str| format!("{keyword} = {value}");
        let is = |flag: bool, clause: &str| flag.then(|| clause.to_owned());
        let length = match self.length {
            -1 => "variable".to_owned(),
            bytes => bytes.to_string(),
        };
        let functions = self.functions.iter();
        let mut clauses = vec![with("INTERNALLENGTH", &length)];
        clauses.extend(functions.map(|(keyword, name)| with(keyword, name)));
        clauses.extend(is(self.collatable, "COLLATABLE = true"));
        for (keyword, value) in [
            ("DEFAULT", &self.default),
            ("SUBSCRIPT", &self.subscript),
            ("ELEMENT", &self.element),
        ] {
            clauses.extend(value.as_ref().map(|value| with(keyword, value)));
        }
        if self.category != "U" {
            clauses.push(with("CATEGORY", &literal(&self.category)));
        }
        clauses.extend(is(self.preferred, "PREFERRED = true"));
        if self.delimiter != "," {
            clauses.push(with("DELIMITER", &literal(&self.delimiter)));
        }
        let alignment = alignment_name(self.alignment);
        clauses.extend(alignment.map(|name| with("ALIGNMENT", name)));
        let storage = storage_name(self.storage);
        clauses.extend(storage.map(|name| with("STORAGE", name)));
        clauses.extend(is(self.by_value, "PASSEDBYVALUE"));
        clauses
    }
}

fn alignment_name(letter: char) -> Option<&'static str> {
    match letter {
        'c' => Some("char"),
        's' => Some("int2"),
        'i' => Some("int4"),
        'd' => Some("double"),
        _ => None,
    }
}

fn storage_name(letter: char) -> Option<&'static str> {
    match letter {
        'p' => Some("plain"),
        'e' => Some("external"),
        'x' => Some("extended"),
        'm' => Some("main"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Base {
        Base {
            length: 4,
            functions: vec![("INPUT", "s.t_in".into()), ("OUTPUT", "s.t_out".into())],
            category: "U".to_owned(),
            delimiter: ",".to_owned(),
            alignment: 'i',
            storage: 'p',
            by_value: true,
            ..Base::default()
        }
    }

    #[test]
    fn plain_type_says_how_it_is_stored() {
        assert_eq!(
            plain().create("s.t"),
            "CREATE TYPE s.t (\n    INTERNALLENGTH = 4,\n    INPUT = s.t_in,\n    \
             OUTPUT = s.t_out,\n    ALIGNMENT = int4,\n    STORAGE = plain,\n    PASSEDBYVALUE\n);\n"
        );
    }

    #[test]
    fn attributes_come_in_the_order_of_pg_dump() {
        let base = Base {
            length: -1,
            subscript: Some("array_subscript_handler".to_owned()),
            collatable: true,
            default: Some("'it''s'".to_owned()),
            element: Some("integer".to_owned()),
            category: "'".to_owned(),
            preferred: true,
            delimiter: ";".to_owned(),
            alignment: 'd',
            storage: 'x',
            by_value: false,
            ..plain()
        };
        assert_eq!(
            base.clauses(),
            [
                "INTERNALLENGTH = variable",
                "INPUT = s.t_in",
                "OUTPUT = s.t_out",
                "COLLATABLE = true",
                "DEFAULT = 'it''s'",
                "SUBSCRIPT = array_subscript_handler",
                "ELEMENT = integer",
                "CATEGORY = ''''",
                "PREFERRED = true",
                "DELIMITER = ';'",
                "ALIGNMENT = double",
                "STORAGE = extended",
            ]
        );
    }
}
