//! The database itself: `pg_database` and its settings.

use super::acl::Acl;
use super::catalog::Catalog;
use super::entries::{Annotated, EntryOptions, Toc};
use crate::archive::{Section, TocEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CatalogId, Oid, catalogs};
use crate::pg::{Row, Session};
use crate::sql::{escape_literal, literal, setting_value};

/// The database that is dumped.
#[derive(Debug)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// Its encoding, by the name `SET client_encoding` takes.
    pub encoding: String,
    oid: Oid,
    owner: String,
    acl: Acl,
    comment: Option<String>,
    provider: &'static str,
    collate: String,
    ctype: String,
    /// ICU's or the built-in provider's locale.
    locale: Option<String>,
    icu_rules: Option<String>,
    tablespace: String,
    connection_limit: i32,
    is_template: bool,
    /// `ALTER DATABASE … SET` and `ALTER ROLE … IN DATABASE … SET`.
    settings: Vec<Setting>,
}

#[derive(Debug)]
struct Setting {
    /// None: for every role.
    role: Option<String>,
    /// `name=value`.
    item: String,
}

impl Database {
    pub(crate) async fn load(session: &Session) -> Result<Self> {
        let major = session.server_version().major();
        let row = session.one(&query(major), &[]).await?;
        let mut database = Self::from_row(&row)?;
        database.settings = session
            .rows(
                "SELECT r.rolname::text AS role, pg_catalog.unnest(s.setconfig) AS item
                 FROM pg_catalog.pg_db_role_setting s
                 LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
                 WHERE s.setdatabase = $1 AND (s.setrole = 0 OR r.oid IS NOT NULL)
                 ORDER BY s.setrole",
                &[&database.oid],
                |row| {
                    Ok(Setting {
                        role: row.get("role")?,
                        item: row.get("item")?,
                    })
                },
            )
            .await?;
        Ok(database)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let provider: String = row.get("provider")?;
        Ok(Self {
            name: row.get("name")?,
            encoding: row.get("encoding")?,
            oid: row.get("oid")?,
            owner: row.get("owner")?,
            acl: Acl::from_row(row)?,
            comment: row.get("comment")?,
            provider: provider_word(&provider)?,
            collate: row.get("collate")?,
            ctype: row.get("ctype")?,
            locale: row.get("locale")?,
            icu_rules: row.get("icu_rules")?,
            tablespace: row.get("tablespace")?,
            connection_limit: row.get("connection_limit")?,
            is_template: row.get("is_template")?,
            settings: Vec::new(),
        })
    }

    /// Writes the entries that lead every archive: how to read its text, and the database.
    pub(crate) fn write(&self, encoding: &str, catalog: &Catalog, toc: &mut Toc) -> Result<()> {
        let leading = [
            ("ENCODING", format!("SET client_encoding = '{encoding}';\n")),
            (
                "STDSTRINGS",
                "SET standard_conforming_strings = 'on';\n".to_owned(),
            ),
            (
                "SEARCHPATH",
                "SELECT pg_catalog.set_config('search_path', '', false);\n".to_owned(),
            ),
        ];
        for (desc, defn) in leading {
            let mut entry = TocEntry::new(toc.new_id(), desc, desc, Section::PreData);
            entry.defn = Some(defn);
            toc.push_with(entry, Vec::new());
        }
        let name = catalog.dialect.ident(&self.name);
        let mut entry = TocEntry::new(
            toc.new_id(),
            "DATABASE",
            self.name.as_str(),
            Section::PreData,
        );
        let database = entry.dump_id;
        entry.catalog_id = CatalogId::new(catalogs::DATABASE, self.oid);
        entry.defn = Some(self.create(&name, catalog, toc.options));
        entry.drop_stmt = Some(format!("DROP DATABASE {name};\n"));
        entry.owner = Some(self.owner.clone());
        toc.push_with(entry, Vec::new());
        let on = Annotated {
            object: database,
            keyword: "DATABASE",
            sql_name: &name,
            tag_name: &name,
            namespace: None,
            owner: Some(&self.owner),
        };
        if let Some(comment) = self.comment.as_deref().filter(|text| !text.is_empty()) {
            toc.comment(&on, comment);
        }
        let id = CatalogId::new(catalogs::DATABASE, self.oid);
        toc.security_labels(catalog, id, 0, &on);
        toc.acl(catalog, &on, &self.acl, None, None)?;
        self.write_properties(&name, catalog, toc);
        Ok(())
    }

    fn create(&self, name: &str, catalog: &Catalog, options: EntryOptions) -> String {
        let mut sql = format!(
            "CREATE DATABASE {name} WITH TEMPLATE = template0 ENCODING = {}",
            literal(&self.encoding)
        );
        if catalog.dialect.target() >= 15 {
            sql += &format!(" LOCALE_PROVIDER = {}", self.provider);
        }
        if self.collate == self.ctype {
            sql += &format!(" LOCALE = {}", literal(&self.collate));
        } else {
            sql += &format!(
                " LC_COLLATE = {} LC_CTYPE = {}",
                literal(&self.collate),
                literal(&self.ctype)
            );
        }
        if let Some(locale) = &self.locale {
            let option = match self.provider {
                "builtin" => "BUILTIN_LOCALE",
                _ => "ICU_LOCALE",
            };
            sql += &format!(" {option} = {}", literal(locale));
        }
        if let Some(rules) = &self.icu_rules {
            sql += &format!(" ICU_RULES = {}", literal(rules));
        }
        if self.tablespace != "pg_default" && !options.no_tablespaces {
            sql += &format!(" TABLESPACE = {}", catalog.dialect.ident(&self.tablespace));
        }
        sql + ";\n"
    }

    /// What CREATE DATABASE does not take. Apart from it, since CREATE
    /// DATABASE must be alone in its command.
    fn write_properties(&self, name: &str, catalog: &Catalog, toc: &mut Toc) {
        let mut sql = String::new();
        let mut drop_stmt = String::new();
        if self.connection_limit != -1 {
            let limit = self.connection_limit;
            sql += &format!("ALTER DATABASE {name} CONNECTION LIMIT = {limit};\n");
        }
        if self.is_template {
            sql += &format!("ALTER DATABASE {name} IS_TEMPLATE = true;\n");
            // A template cannot be dropped.
            drop_stmt = format!(
                "UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = {};\n",
                literal(&self.name)
            );
        }
        for setting in &self.settings {
            sql += &setting.command(name, catalog);
        }
        if sql.is_empty() {
            return;
        }
        let id = toc.new_id();
        let mut entry = TocEntry::new(
            id,
            "DATABASE PROPERTIES",
            self.name.as_str(),
            Section::PreData,
        );
        entry.defn = Some(sql);
        entry.drop_stmt = Some(drop_stmt);
        entry.owner = Some(self.owner.clone());
        toc.push_with(entry, Vec::new());
    }
}

impl Setting {
    fn command(&self, database: &str, catalog: &Catalog) -> String {
        let Some((name, value)) = self.item.split_once('=') else {
            return String::new();
        };
        let whose = match &self.role {
            None => format!("DATABASE {database}"),
            Some(role) => {
                let role = catalog.dialect.ident(role);
                format!("ROLE {role} IN DATABASE {database}")
            }
        };
        let value = setting_value(name, value, escape_literal);
        format!(
            "ALTER {whose} SET {} TO {value};\n",
            catalog.dialect.ident(name)
        )
    }
}

fn provider_word(letter: &str) -> Result<&'static str> {
    match letter {
        "c" => Ok("libc"),
        "i" => Ok("icu"),
        "b" => Ok("builtin"),
        other => Err(Error::new(
            ErrorKind::Unsupported,
            format!("the database has the unknown locale provider {other:?}"),
        )),
    }
}

fn query(major: u32) -> String {
    let provider = if major >= 15 {
        "d.datlocprovider::text"
    } else {
        "'c'"
    };
    let locale = match major {
        17.. => "d.datlocale",
        15 | 16 => "d.daticulocale",
        _ => "NULL::text",
    };
    let rules = if major >= 16 {
        "d.daticurules"
    } else {
        "NULL::text"
    };
    format!(
        "SELECT d.oid, d.datname::text AS name, pg_catalog.pg_get_userbyid(d.datdba)::text AS owner,
                pg_catalog.pg_encoding_to_char(d.encoding)::text AS encoding,
                d.datcollate::text AS collate, d.datctype::text AS ctype,
                {provider} AS provider, {locale} AS locale, {rules} AS icu_rules,
                d.datacl::text[] AS acl, pg_catalog.acldefault('d', d.datdba)::text[] AS base_acl,
                pg_catalog.shobj_description(d.oid, 'pg_database') AS comment,
                t.spcname::text AS tablespace, d.datconnlimit AS connection_limit,
                d.datistemplate AS is_template
         FROM pg_catalog.pg_database d
         JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
         WHERE d.datname = pg_catalog.current_database()"
    )
}
