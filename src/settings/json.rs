//! Reading options from JSON, with errors that name the option.

use serde_json::Value;

use super::{Environment, Options};
use crate::error::{Error, ErrorKind, Result};

/// Reads options from a JSON object and completes them.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`] naming the option that is unknown, missing or malformed, or
/// the variable of the environment.
pub fn from_json<T: Options>(json: &str, environment: &Environment) -> Result<T> {
    let value: Value = serde_json::from_str(json).map_err(|cause| {
        Error::new(ErrorKind::InvalidInput, "the options are not JSON").with_source(cause)
    })?;
    if !value.is_object() {
        return Err(
            Error::new(ErrorKind::InvalidInput, "the options are not a JSON object")
                .with_hint("Write them as {\"name\": value, …}."),
        );
    }
    let options: T = serde_path_to_error::deserialize(value)
        .map_err(|error| explain(&error.path().to_string(), &error.inner().to_string()))?;
    options.complete(environment)
}

/// What serde found, with the advice it has no place for.
fn explain(path: &str, message: &str) -> Error {
    let error = |message: String| Error::new(ErrorKind::InvalidInput, message);
    let quoted = quoted(message);
    match quoted.as_slice() {
        [unknown, known @ ..] if message.starts_with("unknown field") => {
            let name = match path.rsplit_once('.') {
                Some((parent, _)) => format!("{parent}.{unknown}"),
                None => (*unknown).to_owned(),
            };
            error(format!("there is no option {name:?}")).with_hint(alternatives(unknown, known))
        }
        [missing] if message.starts_with("missing field") => {
            error(format!("option {missing:?} is missing"))
                .with_hint("It has no default, so it must be given.")
        }
        _ => match message.split_once('\n') {
            Some((message, hint)) => error(format!("option {path:?}: {message}")).with_hint(hint),
            None => error(format!("option {path:?}: {message}"))
                .with_hint("Names of options, their types and defaults stand in the documentation of the options."),
        },
    }
}

fn alternatives(unknown: &str, known: &[&str]) -> String {
    let closest = known
        .iter()
        .map(|name| (strsim::jaro_winkler(unknown, name), name))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    let list = known.join(", ");
    match closest {
        Some((_, name)) => format!("Did you mean {name:?}? There are: {list}."),
        None => format!("There are: {list}."),
    }
}

/// The names between backticks, as serde writes them.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dump::DumpOptions;
    use crate::restore::RestoreOptions;
    use crate::verify::VerifyOptions;

    fn environment() -> Environment {
        let variables = [("USER", "me"), ("PGSLUICE_PROTECT", "live")];
        Environment::new(
            variables.map(|(name, value)| (name.into(), value.into())),
            None,
        )
    }

    fn dump(json: &str) -> Result<DumpOptions> {
        from_json(json, &environment())
    }

    /// Message and hint of what is refused.
    fn refused(json: &str) -> (String, String) {
        let error = dump(json).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        (error.full(), error.hint().unwrap_or_default().to_owned())
    }

    #[test]
    fn options_are_read_and_completed() {
        let options =
            dump(r#"{"source": "postgresql://db/shop", "target": "x", "jobs": 4}"#).unwrap();
        assert_eq!(options.jobs, 4);
        assert_eq!(options.source.user(), Some("me"));
        let json = r#"{"archive": "x", "target": "shop", "protect": ["mine"]}"#;
        let options: RestoreOptions = from_json(json, &environment()).unwrap();
        assert_eq!(options.protect, ["mine", "live"]);
        let json = r#"{"archive": "x", "server": "postgres", "foreign_keys": {"sample": 10}}"#;
        let options: VerifyOptions = from_json(json, &environment()).unwrap();
        assert_eq!(options.server.unwrap().user(), Some("me"));
    }

    #[test]
    fn unknown_option_is_named_with_the_one_that_was_meant() {
        let (message, hint) = refused(r#"{"source": "db", "target": "x", "jbos": 4}"#);
        assert_eq!(message, "there is no option \"jbos\"");
        assert!(
            hint.starts_with("Did you mean \"jobs\"? There are: source, "),
            "{hint}"
        );
        let (message, hint) = refused(r#"{"source": "db", "target": "x", "s3": {"bucket": "b"}}"#);
        assert_eq!(message, "there is no option \"s3.bucket\"");
        assert!(hint.contains("endpoint"), "{hint}");
    }

    #[test]
    fn missing_option_is_named() {
        let (message, hint) = refused(r#"{"source": "db"}"#);
        assert_eq!(message, "option \"target\" is missing");
        assert!(!hint.is_empty());
    }

    #[test]
    fn wrong_type_names_the_option() {
        for (json, expected) in [
            (
                r#"{"source": "db", "target": "x", "jobs": "4"}"#,
                "option \"jobs\": invalid type: string \"4\", expected u32",
            ),
            (
                r#"{"source": "db", "target": "x", "tables": "t"}"#,
                "option \"tables\": invalid type: string \"t\", expected a sequence",
            ),
            (
                r#"{"source": 5, "target": "x"}"#,
                "option \"source\": invalid type: integer `5`, expected a string",
            ),
        ] {
            let (message, hint) = refused(json);
            assert_eq!(message, expected);
            assert!(!hint.is_empty());
        }
    }

    #[test]
    fn malformed_values_keep_the_advice_of_what_reads_them() {
        for (json, name) in [
            (r#"{"source": "mysql://db/shop", "target": "x"}"#, "source"),
            (r#"{"source": "db", "target": "s3://bucket"}"#, "target"),
            (
                r#"{"source": "db", "target": "x", "compression": "brotli"}"#,
                "compression",
            ),
        ] {
            let (message, hint) = refused(json);
            assert!(
                message.starts_with(&format!("option {name:?}: ")),
                "{message}"
            );
            assert!(!hint.contains("documentation"), "{message}: {hint}");
        }
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        assert!(refused("{").0.starts_with("the options are not JSON: "));
        assert_eq!(refused("[]").0, "the options are not a JSON object");
    }

    #[test]
    fn secrets_are_not_repeated() {
        for json in [
            r#"{"source": "db", "target": "x", "s3": {"secret_access_key": 1234567}}"#,
            r#"{"source": "postgresql://me:1234567@db/x?sslmode=perhaps", "target": "x"}"#,
            r#"{"source": ["postgresql://me:1234567@db/x"], "target": "x"}"#,
        ] {
            let (message, hint) = refused(json);
            assert!(
                !message.contains("1234567") && !hint.contains("1234567"),
                "{message}"
            );
        }
    }
}
