//! Name patterns, as psql's `\d` and pg_dump's `-n` and `-t` take them.

use crate::error::{Error, ErrorKind, Result};

/// A pattern as regular expressions for the server's `~`, one for each part of the name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct NamePattern {
    /// The database before the schema, if there is one.
    pub(crate) database: Option<String>,
    /// The schema before the name, if there is one.
    pub(crate) namespace: Option<String>,
    /// The name.
    pub(crate) name: String,
}

impl NamePattern {
    /// Reads a pattern. `*` stands for any characters, `?` for one, `.` parts
    /// schema and name; upper case is folded; double quotes take all that away.
    /// Other regular expression characters keep their meaning (psql's
    /// documentation, section "Patterns").
    ///
    /// `parts` is how many parts the name may have, the database's included: 2
    /// for a schema, 3 for a table; 1 for what has neither.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if it has more parts.
    pub(crate) fn parse(pattern: &str, parts: usize) -> Result<Self> {
        let mut found = vec![String::new()];
        let mut quoted = false;
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            let part = found.last_mut().expect("there is always a last part");
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => {
                    chars.next();
                    part.push('"');
                }
                '"' => quoted = !quoted,
                '.' if !quoted => found.push(String::new()),
                '*' if !quoted => part.push_str(".*"),
                '?' if !quoted => part.push('.'),
                '$' => part.push_str("\\$"),
                '[' if !quoted && chars.peek() == Some(&']') => {
                    chars.next();
                    part.push_str("\\[\\]");
                }
                c if quoted && "|*+?()[]{}.^\\".contains(c) => part.extend(['\\', c]),
                c if quoted => part.push(c),
                // The server folds no other letters of names, either.
                c => part.push(c.to_ascii_lowercase()),
            }
        }
        if found.len() > parts {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!(
                    "pattern {pattern:?} has {} parts, expected at most {parts}",
                    found.len()
                ),
            )
            .with_hint("Write a name that has a dot in it in double quotes."));
        }
        let names_database = parts > 1 && found.len() == parts;
        let mut whole = found.into_iter().map(|part| format!("^({part})$"));
        let database = if names_database { whole.next() } else { None };
        let mut inner = whole.rev();
        Ok(Self {
            name: inner.next().expect("there is always a last part"),
            namespace: inner.next(),
            database,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regexes(pattern: &str) -> (Option<String>, String) {
        let parsed = NamePattern::parse(pattern, 3).unwrap();
        (parsed.namespace, parsed.name)
    }

    #[test]
    fn wildcards_become_regular_expressions_and_case_is_folded() {
        assert_eq!(regexes("Order*"), (None, "^(order.*)$".to_owned()));
        assert_eq!(regexes("ÜBER").1, "^(Über)$");
        assert_eq!(
            regexes("s?.t[0-9]+"),
            (Some("^(s.)$".to_owned()), "^(t[0-9]+)$".to_owned())
        );
    }

    #[test]
    fn quotes_take_special_meanings_away() {
        assert_eq!(
            regexes(r#""My.Schema"."a*b""c""#),
            (
                Some(r"^(My\.Schema)$".to_owned()),
                r#"^(a\*b"c)$"#.to_owned()
            )
        );
        assert_eq!(regexes("a$b").1, r"^(a\$b)$");
        assert_eq!(regexes("int[]").1, r"^(int\[\])$");
    }

    #[test]
    fn first_of_all_parts_names_the_database() {
        let parsed = NamePattern::parse("shop.public.orders", 3).unwrap();
        assert_eq!(parsed.database.as_deref(), Some("^(shop)$"));
        assert_eq!(parsed.namespace.as_deref(), Some("^(public)$"));
        let parsed = NamePattern::parse("shop.public", 2).unwrap();
        assert_eq!(parsed.database.as_deref(), Some("^(shop)$"));
        assert_eq!(
            (parsed.namespace, parsed.name.as_str()),
            (None, "^(public)$")
        );
    }

    #[test]
    fn too_many_parts_are_refused() {
        assert!(NamePattern::parse("a.b.c.d", 3).is_err());
        assert!(NamePattern::parse("a.b.c", 2).is_err());
        assert!(NamePattern::parse("a.b", 1).is_err());
    }

    #[test]
    fn only_part_of_a_name_without_schema_is_the_name() {
        let parsed = NamePattern::parse("\"a.b\"", 1).unwrap();
        assert_eq!(parsed.name, r"^(a\.b)$");
        assert_eq!((parsed.namespace, parsed.database), (None, None));
    }
}
