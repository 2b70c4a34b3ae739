//! User mappings: `pg_user_mappings`, as who a role goes to a foreign server.
//!
//! Their options hold passwords. In the archive these stand as in one of
//! `pg_dump`; nothing else may show them.

use std::collections::HashMap;

use super::entries::Toc;
use super::generic_options::{options_clause, options_column};
use super::object::Object;
use crate::archive::{Section, TocEntry};
use crate::error::Result;
use crate::ids::Oid;
use crate::pg::{Row, Session};
use crate::secret::Secret;
use crate::sql::Dialect;

/// All user mappings by server.
#[derive(Debug, Default)]
pub(crate) struct UserMappings(HashMap<Oid, Vec<UserMapping>>);

#[derive(Debug)]
struct UserMapping {
    /// A role, or `public` for all that have no mapping of their own.
    user: String,
    /// None: there are none, or the role that dumps may not see them.
    options: Option<Secret>,
    /// Whether it may.
    visible: bool,
}

/// The catalog is closed to ordinary roles. The view is open, and shows the options
/// of a mapping to the role itself, if it may use the server, those of `public` to
/// the server's owner, and all to superusers.
fn query() -> String {
    format!(
        "SELECT m.srvid AS server, m.usename::text AS user, {} AS options,
                r.rolsuper
                OR m.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE')
                OR m.umuser = r.oid AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE')
                       OR pg_catalog.has_server_privilege(s.oid, 'USAGE')) AS visible
         FROM pg_catalog.pg_user_mappings m
         JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
         JOIN pg_catalog.pg_roles r ON r.rolname = CURRENT_USER
         ORDER BY m.srvid, m.usename",
        options_column("m.umoptions")
    )
}

impl UserMappings {
    pub(crate) async fn load(session: &Session) -> Result<Self> {
        let rows = session
            .rows(&query(), &[], |row| {
                Ok((row.get::<Oid>("server")?, UserMapping::from_row(row)?))
            })
            .await?;
        let mut mappings: HashMap<Oid, Vec<UserMapping>> = HashMap::new();
        for (server, mapping) in rows {
            mappings.entry(server).or_default().push(mapping);
        }
        Ok(Self(mappings))
    }

    /// Writes the mappings of `server`, an object that `owner` owns.
    pub(crate) fn write(&self, server: &Object, owner: &str, dialect: &Dialect, toc: &mut Toc) {
        if !server.components.definition || toc.options.data_only {
            return;
        }
        for mapping in self.0.get(&server.catalog_id.oid).into_iter().flatten() {
            let [create, drop] = mapping.statements(&server.name, dialect);
            let tag = format!("USER MAPPING {} SERVER {}", mapping.user, server.name);
            let mut entry = TocEntry::new(toc.new_id(), "USER MAPPING", tag, Section::PreData);
            entry.defn = Some(create);
            entry.drop_stmt = Some(drop);
            entry.owner = Some(owner.to_owned());
            toc.push_with(entry, Vec::new());
            if !mapping.visible {
                toc.warn(mapping.warning(&server.name, dialect));
            }
        }
    }
}

impl UserMapping {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            user: row.get("user")?,
            options: row.get::<Option<String>>("options")?.map(Secret::from),
            visible: row.get("visible")?,
        })
    }

    /// CREATE and DROP.
    fn statements(&self, server: &str, dialect: &Dialect) -> [String; 2] {
        let mapping = format!(
            "USER MAPPING FOR {} SERVER {}",
            dialect.ident(&self.user),
            dialect.ident(server)
        );
        let options = options_clause(" ", self.options.as_ref().map(Secret::reveal));
        [
            format!("CREATE {mapping}{options};\n"),
            format!("DROP {mapping};\n"),
        ]
    }

    fn warning(&self, server: &str, dialect: &Dialect) -> String {
        format!(
            "the archive has user mapping {} on server {} without its options, which the role that dumps may not see",
            dialect.ident(&self.user),
            dialect.ident(server)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(options: Option<&str>) -> UserMapping {
        UserMapping {
            user: "Odd Role".to_owned(),
            options: options.map(Secret::new),
            visible: true,
        }
    }

    #[test]
    fn options_stand_in_the_statement_and_nowhere_else() {
        let mapping = mapping(Some("password 'hunter2'"));
        assert_eq!(
            mapping.statements("db 2", &Dialect::default()),
            [
                "CREATE USER MAPPING FOR \"Odd Role\" SERVER \"db 2\" OPTIONS (\n    password 'hunter2'\n);\n",
                "DROP USER MAPPING FOR \"Odd Role\" SERVER \"db 2\";\n",
            ]
        );
        assert!(!format!("{mapping:?}").contains("hunter2"));
    }

    #[test]
    fn mapping_without_options_has_no_clause() {
        let [create, _] = mapping(None).statements("s", &Dialect::default());
        assert_eq!(create, "CREATE USER MAPPING FOR \"Odd Role\" SERVER s;\n");
    }
}
