//! What a job has to say when it is done.

use std::collections::BTreeMap;
use std::ffi::c_char;
use std::mem::MaybeUninit;

use pgsluice::{Error, ErrorKind, Result};
use serde_json::Value;

use crate::error::pgsluice_error;
use crate::ffi::{answer, free, given, guard, text};
use crate::status::pgsluice_status;
use crate::string::{Text, pgsluice_string};

/// What a job has to say when it is done: a JSON object, whose members can also be asked
/// for by name. A name with dots reaches inside: "restored.foreign_keys".
///
/// A job that succeeds makes one, and the caller frees it with `pgsluice_report_free`.
pub struct pgsluice_report {
    json: Text,
    facts: BTreeMap<String, Fact>,
}

/// A member that can be asked for by name.
enum Fact {
    Integer(i64),
    Number(f64),
    Text(Text),
    Boolean(bool),
    /// A list, which the JSON has; by name it has its length.
    List(i64),
    Null,
}

impl pgsluice_report {
    pub(crate) fn new(value: &Value) -> Self {
        let mut facts = BTreeMap::new();
        collect("", value, &mut facts);
        Self {
            json: Text::new(&value.to_string()),
            facts,
        }
    }

    fn fact(&self, name: &str, expected: &str) -> Result<&Fact> {
        self.facts.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.facts.keys().map(String::as_str).collect();
            Error::new(
                ErrorKind::InvalidInput,
                format!("the report has no {name:?}, expected {expected}"),
            )
            .with_hint(format!("There are: {}.", names.join(", ")))
        })
    }
}

/// The members of an object, and of objects inside, by their names with dots.
fn collect(name: &str, value: &Value, facts: &mut BTreeMap<String, Fact>) {
    let fact = match value {
        Value::Object(members) => {
            for (member, value) in members {
                match name {
                    "" => collect(member, value, facts),
                    name => collect(&format!("{name}.{member}"), value, facts),
                }
            }
            return;
        }
        Value::Null => Fact::Null,
        Value::Bool(value) => Fact::Boolean(*value),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Fact::Integer(number),
            None => Fact::Number(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(value) => Fact::Text(Text::new(value)),
        Value::Array(list) => Fact::List(i64::try_from(list.len()).unwrap_or(i64::MAX)),
    };
    facts.insert(name.to_owned(), fact);
}

fn other_type(name: &str, fact: &Fact, expected: &str) -> Error {
    let found = match fact {
        Fact::Integer(_) => "an integer",
        Fact::Number(_) => "a number with a fraction",
        Fact::Text(_) => "a string",
        Fact::Boolean(_) => "a boolean",
        Fact::List(_) => "a list",
        Fact::Null => "null",
    };
    Error::new(
        ErrorKind::InvalidInput,
        format!("{name:?} in the report is {found}, expected {expected}"),
    )
    .with_hint("Ask for it by the function of its type; lists are in the JSON.")
}

/// The report as JSON. It belongs to the report; empty for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_report_json(report: Option<&pgsluice_report>) -> pgsluice_string {
    answer(pgsluice_string::EMPTY, || Some(report?.json.lend()))
}

/// An integer of the report, such as "rows"; of a list, such as "warnings", how many it has;
/// of what is true or false, 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pgsluice_report_integer(
    report: Option<&pgsluice_report>,
    name: *const c_char,
    name_length: usize,
    value: Option<&mut MaybeUninit<i64>>,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        // SAFETY: the caller gives text with its length.
        let name = unsafe { text("name", name, name_length)? };
        let (report, value) = (given("report", report)?, given("value", value)?);
        match report.fact(name, "an integer")? {
            Fact::Integer(number) | Fact::List(number) => value.write(*number),
            Fact::Boolean(fact) => value.write((*fact).into()),
            other => return Err(other_type(name, other, "an integer")),
        };
        Ok(())
    })
}

/// A number of the report, such as "seconds".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pgsluice_report_number(
    report: Option<&pgsluice_report>,
    name: *const c_char,
    name_length: usize,
    value: Option<&mut MaybeUninit<f64>>,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        // SAFETY: the caller gives text with its length.
        let name = unsafe { text("name", name, name_length)? };
        let (report, value) = (given("report", report)?, given("value", value)?);
        match report.fact(name, "a number")? {
            Fact::Number(number) => value.write(*number),
            Fact::Integer(number) => value.write(*number as f64),
            other => return Err(other_type(name, other, "a number")),
        };
        Ok(())
    })
}

/// A string of the report, such as "sha256"; empty where the report has null. It belongs to the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pgsluice_report_string(
    report: Option<&pgsluice_report>,
    name: *const c_char,
    name_length: usize,
    value: Option<&mut MaybeUninit<pgsluice_string>>,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        // SAFETY: the caller gives text with its length.
        let name = unsafe { text("name", name, name_length)? };
        let (report, value) = (given("report", report)?, given("value", value)?);
        match report.fact(name, "a string")? {
            Fact::Text(text) => value.write(text.lend()),
            Fact::Null => value.write(pgsluice_string::EMPTY),
            other => return Err(other_type(name, other, "a string")),
        };
        Ok(())
    })
}

/// Frees a report and its text. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_report_free(report: Option<Box<pgsluice_report>>) {
    free(report);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_name() {
        let value = serde_json::json!({
            "rows": 4, "seconds": 0.5, "e_tag": null, "warnings": ["a", "b"], "checked": true,
            "restored": {"server_version": "17.1", "tables": 3},
        });
        let report = pgsluice_report::new(&value);
        let names: Vec<_> = report.facts.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "checked",
                "e_tag",
                "restored.server_version",
                "restored.tables",
                "rows",
                "seconds",
                "warnings"
            ]
        );
        let integer = |name: &str| {
            let mut value = MaybeUninit::new(-1);
            let (data, length) = (name.as_ptr().cast(), name.len());
            // SAFETY: text that is there.
            let status = unsafe {
                pgsluice_report_integer(Some(&report), data, length, Some(&mut value), None)
            };
            // SAFETY: written above.
            (status, unsafe { value.assume_init() })
        };
        assert_eq!(integer("restored.tables"), (pgsluice_status::Ok, 3));
        assert_eq!(integer("warnings"), (pgsluice_status::Ok, 2));
        assert_eq!(integer("checked"), (pgsluice_status::Ok, 1));
        for other in ["seconds", "e_tag", "restored", "row"] {
            assert_eq!(integer(other), (pgsluice_status::InvalidInput, -1));
        }
    }
}
