//! Databases and hosts that nobody may restore into.

use std::net::IpAddr;

use super::RestoreOptions;
use crate::error::{Error, ErrorKind, Result};

/// Refuses a target that is protected.
///
/// # Errors
///
/// [`ErrorKind::InvalidInput`], naming it.
pub(super) fn check(options: &RestoreOptions, database: Option<&str>) -> Result<()> {
    let databases = [database, options.target.database()].into_iter().flatten();
    let hosts: Vec<String> = options.target.hosts().map(host_name).collect();
    for pattern in &options.protect {
        let mut databases = databases.clone();
        if let Some(name) = databases.find(|name| matches(pattern.as_bytes(), name.as_bytes())) {
            return Err(protected("database", name, pattern));
        }
        let of_host = host_name(pattern);
        let is_meant = |name: &&String| matches(of_host.as_bytes(), name.as_bytes());
        if let Some(name) = hosts.iter().find(is_meant) {
            return Err(protected("host", name, pattern));
        }
    }
    Ok(())
}

/// A host as it is compared: the same name may be written in several ways.
fn host_name(name: &str) -> String {
    match name.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => name.trim_end_matches('.').to_ascii_lowercase(),
    }
}

fn protected(what: &str, name: &str, pattern: &str) -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        format!("{what} {name:?} is protected against restores by the pattern {pattern:?}"),
    )
    .with_hint(
        "Restore into another database, or lift the protection if this one is meant: \
         option protect (--protect) and variable PGSLUICE_PROTECT.",
    )
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
    fn host_is_protected_however_it_is_written() {
        for target in [
            "postgresql://app@Db.Prod.example/shop",
            "postgresql://app@db.prod.example./shop",
            "postgresql://app@elsewhere,db.prod.example:5433/shop",
            "host=elsewhere hostaddr=10.0.0.1 dbname=shop",
            "host=elsewhere hostaddr=::ffff:10.0.0.1 dbname=shop",
        ] {
            let target = ConnInfo::parse(target).unwrap();
            let mut options = RestoreOptions::new("x.dump".parse().unwrap(), target);
            options.protect = vec!["*.PROD.example".to_owned(), "10.0.0.*".to_owned()];
            let error = check(&options, None).unwrap_err();
            assert!(error.to_string().starts_with("host"), "{error}");
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
