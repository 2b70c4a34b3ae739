//! The options of a job, as they are put together.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use pgsluice::settings::{self, Environment};
use pgsluice::{Error, ErrorKind, Result};
use serde_json::{Map, Value};

use crate::error::pgsluice_error;
use crate::ffi::{answer, free, given, guard, text};
use crate::status::pgsluice_status;

/// How far a name may reach inside. No option is half as deep, and a million dots would be
/// as many objects in each other, more than a stack can take.
const DEEPEST: usize = 8;

/// The options of a job of any kind: a JSON object that is put together piece by piece.
///
/// Their names are the same in C, JSON, Node and Rust. A name with dots reaches inside:
/// "s3.endpoint", "labels.env". Names and types are looked at when a job begins, since
/// only then it is known of which kind it is.
#[derive(Clone, Default)]
pub struct pgsluice_options {
    object: Map<String, Value>,
}

impl pgsluice_options {
    /// The options of a job, completed by the environment.
    pub(crate) fn read<T: settings::Options>(self) -> Result<T> {
        let environment = Environment::new(std::env::vars_os(), std::env::home_dir());
        settings::from_json(&Value::Object(self.object).to_string(), &environment)
    }

    /// Says that bytes go through a callback: the location that `name` is the option of is
    /// "-", which may be left out.
    pub(crate) fn stream_through(&mut self, name: &str, callback: &str) -> Result<()> {
        let location = self.object.entry(name).or_insert_with(|| "-".into());
        if location == "-" {
            return Ok(());
        }
        Err(invalid(format!(
            "there is a {callback} callback, and option {name:?} names another place"
        ))
        .with_hint(format!("Leave out {name:?}, or the callback.")))
    }

    fn set(&mut self, name: &str, value: Value) -> Result<()> {
        *self.place(name)? = value;
        Ok(())
    }

    fn add(&mut self, name: &str, value: Value) -> Result<()> {
        let place = self.place(name)?;
        if place.is_null() {
            *place = Value::Array(Vec::new());
        }
        let Value::Array(list) = place else {
            return Err(holds(name, place, "cannot be added to").with_hint(
                "Set options that are no lists with pgsluice_options_set_string and its like.",
            ));
        };
        list.push(value);
        Ok(())
    }

    /// Where the value of an option is, and what it is inside of.
    fn place(&mut self, name: &str) -> Result<&mut Value> {
        if name.split('.').any(str::is_empty) || name.split('.').count() > DEEPEST {
            return Err(
                invalid(format!("{name:?} cannot be the name of an option")).with_hint(
                    "Names look like \"jobs\", or \"s3.endpoint\" for one inside another.",
                ),
            );
        }
        let mut object = &mut self.object;
        let mut path = name.split('.').peekable();
        while let Some(key) = path.next() {
            let value = object.entry(key).or_insert(Value::Null);
            if path.peek().is_none() {
                return Ok(value);
            }
            if value.is_null() {
                *value = Value::Object(Map::new());
            }
            object = match value {
                Value::Object(inner) => inner,
                other => return Err(holds(key, other, &format!("has no {name:?} inside"))),
            };
        }
        Err(invalid(format!("{name:?} cannot be the name of an option")))
    }
}

/// What is there already does not go together with what is asked for. Values are not
/// shown: they may be secret.
fn holds(name: &str, value: &Value, consequence: &str) -> Error {
    let kind = match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    invalid(format!(
        "option {name:?} was set to {kind}, which {consequence}"
    ))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
}

/// Puts `patch` over `target`, as RFC 7396 has it: null removes, objects are merged, all
/// else replaces.
fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match (target.get_mut(&name), value) {
            (_, Value::Null) => drop(target.remove(&name)),
            (Some(Value::Object(there)), Value::Object(value)) => merge(there, value),
            (_, Value::Object(value)) => {
                let mut fresh = Map::new();
                merge(&mut fresh, value);
                target.insert(name, fresh.into());
            }
            (_, value) => drop(target.insert(name, value)),
        }
    }
}

/// Makes options that say nothing yet.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_options_new() -> Option<Box<pgsluice_options>> {
    answer(None, || Some(Some(Box::default())))
}

/// Sets an option to a string, which is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pgsluice_options_set_string(
    options: Option<&mut pgsluice_options>,
    name: *const c_char,
    name_length: usize,
    value: *const c_char,
    value_length: usize,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        // SAFETY: the caller gives text with its length.
        let (name, value) = unsafe {
            (
                text("name", name, name_length)?,
                text("value", value, value_length)?,
            )
        };
        given("options", options)?.set(name, value.into())
    })
}

/// Sets an option to a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pgsluice_options_set_integer(
    options: Option<&mut pgsluice_options>,
    name: *const c_char,
    name_length: usize,
    value: i64,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        // SAFETY: the caller gives text with its length.
        let name = unsafe { text("name", name, name_length)? };
        given("options", options)?.set(name, value.into())
    })
}

/// Sets an option to true or false.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pgsluice_options_set_boolean(
    options: Option<&mut pgsluice_options>,
    name: *const c_char,
    name_length: usize,
    value: bool,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        // SAFETY: the caller gives text with its length.
        let name = unsafe { text("name", name, name_length)? };
        given("options", options)?.set(name, value.into())
    })
}

/// Adds a string, which is copied, to an option that is a list, such as "tables".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pgsluice_options_add_string(
    options: Option<&mut pgsluice_options>,
    name: *const c_char,
    name_length: usize,
    value: *const c_char,
    value_length: usize,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        // SAFETY: the caller gives text with its length.
        let (name, value) = unsafe {
            (
                text("name", name, name_length)?,
                text("value", value, value_length)?,
            )
        };
        given("options", options)?.add(name, value.into())
    })
}

/// Adds a number to an option that is a list, such as "entries".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pgsluice_options_add_integer(
    options: Option<&mut pgsluice_options>,
    name: *const c_char,
    name_length: usize,
    value: i64,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        // SAFETY: the caller gives text with its length.
        let name = unsafe { text("name", name, name_length)? };
        given("options", options)?.add(name, value.into())
    })
}

/// Merges a JSON object into the options, as RFC 7396 (JSON Merge Patch) has it: what it
/// names is replaced, null takes an option back, and objects such as "s3" are merged.
/// Names are taken as they are, dots included.
///
/// On failure the options are as before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pgsluice_options_set_json(
    options: Option<&mut pgsluice_options>,
    json: *const c_char,
    json_length: usize,
    error: Option<&mut MaybeUninit<*mut pgsluice_error>>,
) -> pgsluice_status {
    guard(error, || {
        // SAFETY: the caller gives text with its length.
        let json = unsafe { text("json", json, json_length)? };
        let options = given("options", options)?;
        let patch = serde_json::from_str(json)
            .map_err(|cause| invalid("json is not JSON".to_owned()).with_source(cause))?;
        let Value::Object(patch) = patch else {
            return Err(invalid("json is not a JSON object".to_owned())
                .with_hint("Write it as {\"name\": value, …}."));
        };
        merge(&mut options.object, patch);
        Ok(())
    })
}

/// Frees options. NULL is allowed.
#[unsafe(no_mangle)]
pub extern "C" fn pgsluice_options_free(options: Option<Box<pgsluice_options>>) {
    free(options);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(json: &str) -> pgsluice_options {
        let object = serde_json::from_str(json).unwrap();
        pgsluice_options { object }
    }

    fn json(options: pgsluice_options) -> String {
        Value::Object(options.object).to_string()
    }

    #[test]
    fn names_with_dots_reach_inside() {
        let mut options = options("{}");
        options.set("jobs", 4.into()).unwrap();
        options.set("s3.endpoint", "http://store".into()).unwrap();
        options.set("s3.region", "auto".into()).unwrap();
        options.add("tables", "a".into()).unwrap();
        options.add("tables", "b".into()).unwrap();
        assert_eq!(
            json(options),
            r#"{"jobs":4,"s3":{"endpoint":"http://store","region":"auto"},"tables":["a","b"]}"#
        );
    }

    #[test]
    fn what_does_not_go_together_is_refused_without_showing_values() {
        let mut options = options(r#"{"source": "secret", "s3": {}}"#);
        let errors = [
            options.set("source.host", 1.into()).unwrap_err(),
            options.add("source", 1.into()).unwrap_err(),
            options.set("s3..endpoint", 1.into()).unwrap_err(),
            options.set("", 1.into()).unwrap_err(),
            options.set("a.b.c.d.e.f.g.h.i", 1.into()).unwrap_err(),
        ];
        let messages = errors.map(|error| {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            error.full()
        });
        assert_eq!(
            messages,
            [
                "option \"source\" was set to a string, which has no \"source.host\" inside",
                "option \"source\" was set to a string, which cannot be added to",
                "\"s3..endpoint\" cannot be the name of an option",
                "\"\" cannot be the name of an option",
                "\"a.b.c.d.e.f.g.h.i\" cannot be the name of an option",
            ]
        );
        assert_eq!(json(options), r#"{"s3":{},"source":"secret"}"#);
    }

    /// Those of RFC 7396, appendix A, that are about objects.
    #[test]
    fn objects_are_merged_as_the_rfc_has_it() {
        for (target, patch, expected) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (
                r#"{"a":{"b":"c"}}"#,
                r#"{"a":{"b":"d","c":null}}"#,
                r#"{"a":{"b":"d"}}"#,
            ),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"a":1,"e":null}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let mut options = options(target);
            merge(&mut options.object, serde_json::from_str(patch).unwrap());
            assert_eq!(json(options), expected, "{target} and {patch}");
        }
    }

    #[test]
    fn callback_takes_the_place_of_a_location() {
        for given in ["{}", r#"{"target": "-"}"#] {
            let mut options = options(given);
            options.stream_through("target", "sink").unwrap();
            assert_eq!(json(options), r#"{"target":"-"}"#);
        }
        let mut options = options(r#"{"target": "s3://backups/shop.dump"}"#);
        let error = options.stream_through("target", "sink").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.hint().is_some());
    }
}
