//! Databases and hosts that nobody may restore into.

use super::RestoreOptions;
use crate::error::{Error, ErrorKind, Result};

/// Refuses a target that is protected.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`], naming it.
pub(super) fn check(options: &RestoreOptions, database: Option<&str>) -> Result<()> {
    let named = [
        ("database", database),
        ("database", options.target.database()),
        ("host", options.target.host()),
    ];
    for pattern in &options.protect {
        for (what, name) in named {
            if let Some(name) = name
                && matches(pattern.as_bytes(), name.as_bytes())
            {
                return Err(Error::new(
                    ErrorKind::InvalidInput,
                    format!("{what} {name:?} is protected against restores (--protect {pattern})"),
                )
                .with_hint(
                    "Restore into another database, or lift the protection if this one is meant.",
                ));
            }
        }
    }
    Ok(())
}

/// Whether a name matches: `*` stands for any bytes, `?` for one.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            matches(rest, name)
                || name
                    .split_first()
                    .is_some_and(|(_, name)| matches(pattern, name))
        }
        (Some((b'?', rest)), Some((_, name))) => matches(rest, name),
        (Some((one, rest)), Some((other, name))) => one == other && matches(rest, name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::ConnInfo;

    #[test]
    fn patterns_are_of_whole_names() {
        for (pattern, name, expected) in [
            ("prod", "prod", true),
            ("prod", "production", false),
            ("prod*", "production", true),
            ("*prod*", "my-prod-1", true),
            ("p?od", "prod", true),
            ("?", "", false),
            ("*", "", true),
        ] {
            assert_eq!(
                matches(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
    }

    #[test]
    fn protected_host_and_database_are_refused_by_name() {
        let target = ConnInfo::parse("postgresql://app@db.prod.example/shop").unwrap();
        let mut options = RestoreOptions::new("x.dump".parse().unwrap(), target);
        check(&options, None).unwrap();
        for (pattern, word) in [
            ("*.prod.*", "host"),
            ("sho?", "database"),
            ("warehouse", "database"),
        ] {
            options.protect = vec![pattern.to_owned()];
            let error = check(&options, Some("warehouse")).unwrap_err();
            assert!(error.to_string().starts_with(word), "{error}");
        }
    }
}
