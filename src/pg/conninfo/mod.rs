//! Connection strings, as libpq takes them.
//!
//! A [`ConnInfo`] holds settings as text, by libpq keyword, until a session is
//! opened: so parsing, the `PG*` variables and the defaults fill the same table
//! in turn, and each only what the one before left open. Every value is checked
//! as soon as it is known. The password is kept apart and is never shown.

mod keywords;
mod pairs;
mod uri;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::target::{self, Target};
use crate::error::{Error, ErrorKind, Result, deserialize_error};
use crate::secret::Secret;
use keywords::{KEYWORDS, Rule};

/// Where a database is and how to log in: a connection string, understood.
///
/// Parsing takes what libpq takes: a URI (`postgresql://user@host:5432/db?sslmode=require`),
/// a `keyword=value` string (`host=/tmp dbname=shop`), or a bare word, which is
/// the name of a database.
///
/// `Display`, `Debug` and serialisation give the `keyword='value'` form
/// **without the password**.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct ConnInfo {
    /// By keyword. An empty text asks for the default, and keeps out the
    /// environment, as it does in libpq.
    settings: BTreeMap<&'static str, String>,
    password: Option<Secret>,
    home: Option<PathBuf>,
}

impl ConnInfo {
    /// Parses a connection string.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for malformed text, an unknown keyword, a
    /// value the keyword does not take, or a keyword that pgsluice does not
    /// support. No message repeats the password.
    pub fn parse(text: &str) -> Result<Self> {
        let mut conninfo = Self::default();
        if let Some(rest) = uri::strip_scheme(text) {
            uri::parse(rest, &mut conninfo)?;
        } else if uri::has_foreign_scheme(text) {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "the connection URI begins with an unknown scheme, expected postgresql:// or postgres://",
            )
            .with_hint("Write it as postgresql://role@host:port/database."));
        } else if text.contains('=') {
            pairs::parse(text, &mut conninfo)?;
        } else {
            conninfo.set("dbname", text)?;
        }
        conninfo.target()?;
        Ok(conninfo)
    }

    /// Fills what is still open from the `PG*` environment variables, which
    /// `lookup` reads. An empty variable counts as unset.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`], as for [`parse`](Self::parse), naming the variable.
    pub fn with_env(mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        for keyword in KEYWORDS {
            let Some(variable) = keyword.env else {
                continue;
            };
            if self.is_set(keyword.name) {
                continue;
            }
            let Some(value) = lookup(variable).filter(|value| !value.is_empty()) else {
                continue;
            };
            self.set(keyword.name, &value)
                .and_then(|()| self.target().map(drop))
                .map_err(|error| error.context(format!("environment variable {variable}")))?;
        }
        Ok(self)
    }

    /// Fills what is still open with the defaults that depend on whoever runs
    /// the program: the role is `os_user`; the password file and the
    /// certificates lie under `home` (`~/.pgpass`, `~/.postgresql/`); the
    /// server is the one whose Unix socket is here, or else on `localhost`.
    #[must_use]
    pub fn with_defaults(mut self, os_user: &str, home: Option<&Path>) -> Self {
        if self.user().is_none() {
            self.settings.insert("user", os_user.to_owned());
        }
        if self.text("host").is_none() && self.text("hostaddr").is_none() {
            let host = target::default_host(self.port());
            self.settings.insert("host", host.to_owned());
        }
        self.home = home.map(Path::to_owned);
        self
    }

    /// The same server and role, another database.
    #[must_use]
    pub fn with_database(mut self, name: &str) -> Self {
        self.settings.insert("dbname", name.to_owned());
        self
    }

    /// The first host: a name, an address or a socket directory. `None` before
    /// [`with_defaults`](Self::with_defaults) if the string names none.
    pub fn host(&self) -> Option<&str> {
        self.text("host")
            .or_else(|| self.text("hostaddr"))
            .and_then(|hosts| hosts.split(',').next())
            .filter(|host| !host.is_empty())
    }

    /// Every host that may be connected to, names and addresses.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        ["host", "hostaddr"]
            .into_iter()
            .filter_map(|keyword| self.text(keyword))
            .flat_map(|hosts| hosts.split(','))
            .filter(|host| !host.is_empty())
    }

    /// The first host's port.
    pub fn port(&self) -> u16 {
        self.text("port")
            .and_then(|ports| ports.split(',').next())
            .and_then(|port| port.trim().parse().ok())
            .unwrap_or(target::DEFAULT_PORT)
    }

    /// The database: the one named or, as in libpq, the one called like the role.
    pub fn database(&self) -> Option<&str> {
        self.text("dbname").or_else(|| self.user())
    }

    /// Whether it names a database, other than by the role's name.
    pub(crate) fn names_database(&self) -> bool {
        self.text("dbname").is_some()
    }

    /// The role.
    pub fn user(&self) -> Option<&str> {
        self.text("user")
    }

    /// The settings with their types, every one checked.
    pub(super) fn target(&self) -> Result<Target> {
        Target::new(self)
    }

    /// Stores one setting; a later one replaces an earlier.
    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let Some(keyword) = keywords::find(name) else {
            return Err(keywords::unknown(name));
        };
        if value.contains('\0') {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!("{} holds a zero byte", keyword.name),
            ));
        }
        match keyword.rule {
            Rule::Refused if !value.is_empty() => return Err(keywords::refused(keyword.name)),
            Rule::Refused | Rule::Ignored => {}
            Rule::Password => self.password = Some(Secret::new(value)),
            Rule::Used => {
                self.settings.insert(keyword.name, value.to_owned());
            }
        }
        Ok(())
    }

    fn is_set(&self, name: &str) -> bool {
        self.settings.contains_key(name) || (name == "password" && self.password.is_some())
    }

    /// A setting that has a value. Empty means default.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.settings
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn password(&self) -> Option<&Secret> {
        self.password
            .as_ref()
            .filter(|password| !password.reveal().is_empty())
    }

    pub(super) fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }
}

impl std::str::FromStr for ConnInfo {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for ConnInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (keyword, value)) in self.settings.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{keyword}={}", pairs::quoted(value))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ConnInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnInfo({self})")
    }
}

impl Serialize for ConnInfo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ConnInfo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|error| deserialize_error(&error))
    }
}

#[cfg(test)]
mod tests;
