//! Privileges: from `aclitem` arrays to `GRANT` and `REVOKE`.
//!
//! What is written is the difference to the privileges the object has right
//! after it was made: `pg_init_privs` for extension members and system
//! objects, `acldefault()` for everything else.

use crate::error::{Error, ErrorKind, Result};
use crate::pg::Row;
use crate::sql::Dialect;

/// The privileges on one object, as texts of `aclitem`s: `grantee=privileges/grantor`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Acl {
    /// The privileges in force. None: those of `base`.
    pub(crate) items: Option<Vec<String>>,
    /// The privileges the object is made with.
    pub(crate) base: Vec<String>,
}

/// What `GRANT … ON` names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GrantTarget<'a> {
    /// The keyword: `TABLE`, `FUNCTION`, `SCHEMA` …
    pub(crate) keyword: &'a str,
    /// The object, qualified and quoted; empty in default privileges.
    pub(crate) name: &'a str,
    /// The column, quoted, for a column's privileges.
    pub(crate) column: Option<&'a str>,
}

impl Acl {
    /// Reads the columns `acl` and `base_acl`, both `text[]`.
    pub(crate) fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            items: row.get("acl")?,
            base: row
                .get::<Option<Vec<String>>>("base_acl")?
                .unwrap_or_default(),
        })
    }

    /// Whether somebody granted something who is not the owner.
    pub(crate) fn has_grants_of_others(&self, owner: &str) -> Result<bool> {
        for item in self.items.iter().flatten() {
            if AclItem::parse(item)?.grantor != owner {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The `REVOKE`s and `GRANT`s that lead from the base to the privileges in force.
    ///
    /// `prefix` comes before each command: `ALTER DEFAULT PRIVILEGES …` or nothing.
    pub(crate) fn commands(
        &self,
        target: GrantTarget<'_>,
        owner: &str,
        prefix: &str,
        dialect: &Dialect,
    ) -> Result<String> {
        let Some(items) = &self.items else {
            return Ok(String::new());
        };
        let mut writer = AclWriter {
            target,
            owner,
            prefix,
            dialect,
            first: String::new(),
            second: String::new(),
        };
        for item in self.base.iter().filter(|item| !items.contains(item)) {
            writer.revoke(&AclItem::parse(item)?);
        }
        for item in items.iter().filter(|item| !self.base.contains(item)) {
            writer.grant(&AclItem::parse(item)?);
        }
        Ok(writer.first + &writer.second)
    }
}

/// Builds the commands. The owner's own grants follow the revokes at once;
/// all others keep the array's order, since a grant may rest on an earlier one.
struct AclWriter<'a> {
    target: GrantTarget<'a>,
    owner: &'a str,
    prefix: &'a str,
    dialect: &'a Dialect,
    first: String,
    second: String,
}

impl AclWriter<'_> {
    fn revoke(&mut self, item: &AclItem) {
        let privileges = self.privileges(item, |_| true);
        if !privileges.is_empty() {
            let command = self.command("REVOKE", &privileges, "FROM", &item.grantee);
            self.first.push_str(&format!("{command};\n"));
        }
    }

    fn grant(&mut self, item: &AclItem) {
        let plain = self.privileges(item, |with_option| !with_option);
        let with_option = self.privileges(item, |with_option| with_option);
        let mut sql = String::new();
        if !plain.is_empty() {
            sql += &format!("{};\n", self.command("GRANT", &plain, "TO", &item.grantee));
        }
        if !with_option.is_empty() {
            let command = self.command("GRANT", &with_option, "TO", &item.grantee);
            sql += &format!("{command} WITH GRANT OPTION;\n");
        }
        if sql.is_empty() {
            return;
        }
        if item.grantor != self.owner {
            let grantor = self.dialect.ident(&item.grantor);
            sql = format!(
                "SET SESSION AUTHORIZATION {grantor};\n{sql}RESET SESSION AUTHORIZATION;\n"
            );
        }
        if item.grantee == self.owner && item.grantor == self.owner {
            self.first.push_str(&sql);
        } else {
            self.second.push_str(&sql);
        }
    }

    /// The privileges of `item` whose grant option satisfies `wanted`, in SQL:
    /// `ALL` if they are all that this kind of object has.
    fn privileges(&self, item: &AclItem, wanted: impl Fn(bool) -> bool) -> String {
        // MAINTAIN came with 17.
        let exists = |letter: char| letter != 'm' || self.dialect.major() >= 17;
        let mut held = Vec::new();
        let mut known = 0;
        for (letter, word) in privileges_of(self.target) {
            let is_held = |(held, option): &(char, bool)| held == letter && wanted(*option);
            known += usize::from(exists(*letter));
            if item.letters.iter().any(is_held) {
                held.push(*word);
            }
        }
        let words = if held.len() == known {
            vec!["ALL"]
        } else {
            held
        };
        let of_column = |word: &&str| match self.target.column {
            Some(column) => format!("{word}({column})"),
            None => (*word).to_owned(),
        };
        words.iter().map(of_column).collect::<Vec<_>>().join(",")
    }

    fn command(&self, verb: &str, privileges: &str, to: &str, grantee: &str) -> String {
        let Self { prefix, target, .. } = self;
        let grantee = if grantee.is_empty() {
            "PUBLIC".to_owned()
        } else {
            self.dialect.ident(grantee)
        };
        let GrantTarget { keyword, name, .. } = target;
        // Default privileges name no object; pg_dump before 16 leaves its space.
        let name = if name.is_empty() && self.dialect.major() >= 16 {
            String::new()
        } else {
            format!("{name} ")
        };
        format!("{prefix}{verb} {privileges} ON {keyword} {name}{to} {grantee}")
    }
}

/// One `aclitem`, taken apart.
#[derive(Debug, Eq, PartialEq)]
struct AclItem {
    /// Empty for PUBLIC.
    grantee: String,
    /// Each privilege's letter and whether it may be granted on.
    letters: Vec<(char, bool)>,
    grantor: String,
}

impl AclItem {
    /// Parses what `aclitemout` prints.
    fn parse(text: &str) -> Result<Self> {
        let unreadable = || {
            Error::new(
                ErrorKind::Internal,
                format!("expected grantee=privileges/grantor in an ACL, found {text:?}"),
            )
        };
        let (grantee, rest) = take_role(text);
        let rest = rest.strip_prefix('=').ok_or_else(unreadable)?;
        let (codes, grantor) = rest.split_once('/').ok_or_else(unreadable)?;
        let mut letters: Vec<(char, bool)> = Vec::new();
        for code in codes.chars() {
            match (code, letters.last_mut()) {
                ('*', Some(last)) => last.1 = true,
                ('*', None) => return Err(unreadable()),
                (letter, _) => letters.push((letter, false)),
            }
        }
        let (grantor, rest) = take_role(grantor);
        if !rest.is_empty() {
            return Err(unreadable());
        }
        Ok(Self {
            grantee,
            letters,
            grantor,
        })
    }
}

/// Splits a role name off the front: bare, or in double quotes with doubled quotes inside.
fn take_role(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                name.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            '=' | '/' if !quoted => return (name, &text[at..]),
            _ => name.push(c),
        }
    }
    (name, "")
}

/// The privileges a kind of object has, in the order in which `pg_dump` lists them
/// (table "ACL Privilege Abbreviations" of the documentation).
fn privileges_of(target: GrantTarget<'_>) -> &'static [(char, &'static str)] {
    match target.keyword {
        "TABLE" if target.column.is_some() => &[
            ('r', "SELECT"),
            ('a', "INSERT"),
            ('x', "REFERENCES"),
            ('w', "UPDATE"),
        ],
        "TABLE" | "TABLES" => &[
            ('r', "SELECT"),
            ('a', "INSERT"),
            ('x', "REFERENCES"),
            ('d', "DELETE"),
            ('t', "TRIGGER"),
            ('D', "TRUNCATE"),
            ('m', "MAINTAIN"),
            ('w', "UPDATE"),
        ],
        "SEQUENCE" | "SEQUENCES" => &[('r', "SELECT"), ('U', "USAGE"), ('w', "UPDATE")],
        "FUNCTION" | "FUNCTIONS" | "PROCEDURE" | "PROCEDURES" => &[('X', "EXECUTE")],
        "SCHEMA" | "SCHEMAS" => &[('C', "CREATE"), ('U', "USAGE")],
        "DATABASE" => &[('C', "CREATE"), ('c', "CONNECT"), ('T', "TEMPORARY")],
        "LARGE OBJECT" | "LARGE OBJECTS" => &[('r', "SELECT"), ('w', "UPDATE")],
        // TYPE, TYPES, LANGUAGE, FOREIGN DATA WRAPPER, FOREIGN SERVER
        _ => &[('U', "USAGE")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands_of(major: u32, keyword: &str, items: &[&str], base: &[&str]) -> String {
        let owned = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        let acl = Acl {
            items: Some(owned(items)),
            base: owned(base),
        };
        let target = GrantTarget {
            keyword,
            name: "public.t",
            column: None,
        };
        let dialect = Dialect::new(major, []);
        acl.commands(target, "app", "", &dialect).unwrap()
    }

    fn commands(keyword: &str, items: &[&str], base: &[&str]) -> String {
        commands_of(15, keyword, items, base)
    }

    #[test]
    fn unchanged_privileges_need_no_command() {
        assert_eq!(commands("TABLE", &["app=r/app"], &["app=r/app"]), "");
    }

    #[test]
    fn revokes_come_first_then_the_owner_then_others_in_order() {
        assert_eq!(
            commands(
                "TABLE",
                &["reader=r/app", "app=ar/app", "=r/app"],
                &["app=arwdDxt/app"]
            ),
            "REVOKE ALL ON TABLE public.t FROM app;\n\
             GRANT SELECT,INSERT ON TABLE public.t TO app;\n\
             GRANT SELECT ON TABLE public.t TO reader;\n\
             GRANT SELECT ON TABLE public.t TO PUBLIC;\n"
        );
    }

    #[test]
    fn grant_option_and_foreign_grantor_are_kept() {
        assert_eq!(
            commands("SEQUENCE", &["\"odd \"\"role\"=r*w/lead"], &[]),
            "SET SESSION AUTHORIZATION lead;\n\
             GRANT UPDATE ON SEQUENCE public.t TO \"odd \"\"role\";\n\
             GRANT SELECT ON SEQUENCE public.t TO \"odd \"\"role\" WITH GRANT OPTION;\n\
             RESET SESSION AUTHORIZATION;\n"
        );
    }

    #[test]
    fn all_privileges_include_maintain_from_17() {
        let all = "GRANT ALL ON TABLE public.t TO bob;\n";
        assert_eq!(commands_of(16, "TABLE", &["bob=arwdDxt/app"], &[]), all);
        assert_eq!(commands_of(17, "TABLE", &["bob=arwdDxtm/app"], &[]), all);
        assert_ne!(commands_of(17, "TABLE", &["bob=arwdDxt/app"], &[]), all);
    }

    #[test]
    fn column_privileges_name_the_column() {
        let acl = Acl {
            items: Some(vec!["bob=rw/app".to_owned()]),
            base: Vec::new(),
        };
        let target = GrantTarget {
            keyword: "TABLE",
            name: "public.t",
            column: Some("\"Price\""),
        };
        assert_eq!(
            acl.commands(target, "app", "", &Dialect::new(15, []))
                .unwrap(),
            "GRANT SELECT(\"Price\"),UPDATE(\"Price\") ON TABLE public.t TO bob;\n"
        );
    }

    #[test]
    fn text_that_is_no_acl_item_is_an_error() {
        for text in ["", "app", "app=r", "app=*r/app", "app=r/app/x"] {
            assert!(AclItem::parse(text).is_err(), "{text}");
        }
    }
}
