//! Collations: `pg_collation`.

use super::catalog::Catalog;
use super::object::Body;
use super::standalone::{StandaloneKind, StandaloneQuery};
use crate::dumpable::ObjectKind;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::catalogs;
use crate::pg::{Row, Session};
use crate::sql::literal;

static COLLATION: StandaloneKind = StandaloneKind {
    kind: ObjectKind::Collation,
    body: Body::Standalone,
    catalog: (catalogs::COLLATION, "pg_collation"),
    prefix: "coll",
    in_schema: true,
    owned: true,
    desc: "COLLATION",
    comment_on: "COLLATION",
    grant_on: None,
};

/// What CREATE COLLATION says between its parentheses.
#[derive(Debug)]
struct Attributes {
    /// `b`uiltin, `i`cu, libc (`c`) or that of the database (`d`).
    provider: char,
    deterministic: bool,
    collate: Option<String>,
    ctype: Option<String>,
    /// The one locale of the providers other than libc.
    locale: Option<String>,
    /// ICU's tailoring rules.
    rules: Option<String>,
}

/// Loads every collation.
pub(crate) async fn load(session: &Session, catalog: &mut Catalog) -> Result<()> {
    let columns = columns(catalog.server.major());
    let query = StandaloneQuery {
        columns: &columns,
        tie_break: "c.collencoding",
        ..StandaloneQuery::default()
    };
    COLLATION
        .load(session, catalog, query, |row, name, _| {
            Attributes::from_row(row)?.create(name)
        })
        .await
}

/// Before 15, `collcollate` has the locale of every provider.
fn columns(major: u32) -> String {
    let locale = match major {
        17.. => "c.colllocale",
        15..=16 => "c.colliculocale",
        _ => "c.collcollate::text",
    };
    let rules = if major >= 16 {
        "c.collicurules"
    } else {
        "NULL::text"
    };
    format!(
        ", c.collprovider AS provider, c.collisdeterministic AS deterministic,
         c.collcollate::text AS collate, c.collctype::text AS ctype,
         {locale} AS locale, {rules} AS rules"
    )
}

impl Attributes {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            provider: row.char("provider")?,
            deterministic: row.get("deterministic")?,
            collate: row.get("collate")?,
            ctype: row.get("ctype")?,
            locale: row.get("locale")?,
            rules: row.get("rules")?,
        })
    }

    /// The version is left out: the restoring server finds out its own.
    fn create(&self, name: &str) -> Result<String> {
        let mut clauses = vec![format!("provider = {}", provider(self.provider)?)];
        if !self.deterministic {
            clauses.push("deterministic = false".to_owned());
        }
        let mut option = |key: &str, value: &Option<String>| {
            let value = literal(value.as_deref().unwrap_or_default());
            clauses.push(format!("{key} = {value}"));
        };
        match self.provider {
            // Only pg_catalog has one: CREATE COLLATION does not take it.
            'd' => {}
            'c' if self.collate != self.ctype => {
                option("lc_collate", &self.collate);
                option("lc_ctype", &self.ctype);
            }
            'c' => option("locale", &self.collate),
            _ => option("locale", &self.locale),
        }
        if self.rules.is_some() {
            option("rules", &self.rules);
        }
        Ok(format!(
            "CREATE COLLATION {name} ({});\n",
            clauses.join(", ")
        ))
    }
}

/// `pg_collation.collprovider` in words.
fn provider(letter: char) -> Result<&'static str> {
    Ok(match letter {
        'b' => "builtin",
        'c' => "libc",
        'd' => "default",
        'i' => "icu",
        other => {
            return Err(Error::new(
                ErrorKind::Internal,
                format!("expected b, c, d or i in pg_collation.collprovider, found {other:?}"),
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn icu() -> Attributes {
        Attributes {
            provider: 'i',
            deterministic: true,
            collate: None,
            ctype: None,
            locale: Some("de-u-co-phonebk".to_owned()),
            rules: None,
        }
    }

    #[test]
    fn libc_names_its_two_locales_only_if_they_differ() {
        let libc = |collate: &str, ctype: &str| Attributes {
            provider: 'c',
            collate: Some(collate.to_owned()),
            ctype: Some(ctype.to_owned()),
            locale: None,
            ..icu()
        };
        assert_eq!(
            libc("C", "C").create("s.c").unwrap(),
            "CREATE COLLATION s.c (provider = libc, locale = 'C');\n"
        );
        assert_eq!(
            libc("C", "POSIX").create("s.c").unwrap(),
            "CREATE COLLATION s.c (provider = libc, lc_collate = 'C', lc_ctype = 'POSIX');\n"
        );
    }

    #[test]
    fn icu_has_rules_and_may_be_nondeterministic() {
        let collation = Attributes {
            deterministic: false,
            rules: Some("&V << w <<< 'W'".to_owned()),
            ..icu()
        };
        assert_eq!(
            collation.create("s.\"C\"").unwrap(),
            "CREATE COLLATION s.\"C\" (provider = icu, deterministic = false, \
             locale = 'de-u-co-phonebk', rules = '&V << w <<< ''W''');\n"
        );
    }

    #[test]
    fn provider_of_the_database_has_no_locale() {
        let collation = Attributes {
            provider: 'd',
            locale: None,
            ..icu()
        };
        assert_eq!(
            collation.create("c").unwrap(),
            "CREATE COLLATION c (provider = default);\n"
        );
    }

    #[test]
    fn unknown_provider_is_an_error() {
        let collation = Attributes {
            provider: 'x',
            ..icu()
        };
        assert!(collation.create("c").is_err());
    }
}
