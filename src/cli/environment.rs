//! What the surroundings of the process say: variables, home directory, time zone.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::error::{Error, ErrorKind, Result};
use crate::pg::ConnInfo;
use crate::store::S3Options;

/// The surroundings, read once.
pub(super) struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    time_zone: TimeZone,
}

impl Environment {
    /// The surroundings of this process.
    pub(super) fn of_process() -> Self {
        Self {
            // No setting of ours has a value that is not UTF-8.
            variables: std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
            home: std::env::home_dir(),
            time_zone: TimeZone::system(),
        }
    }

    /// A variable's value; none if it is unset.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    /// Reads a connection string and fills what it leaves open, as libpq does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if string or variables are malformed, or if
    /// nothing says which role to log in as.
    pub(super) fn conninfo(&self, text: &str) -> Result<ConnInfo> {
        let conninfo = ConnInfo::parse(text)?.with_env(|name| self.variable(name))?;
        let os_user = match conninfo.user() {
            Some(_) => String::new(),
            None => self.os_user()?,
        };
        Ok(conninfo.with_defaults(&os_user, self.home.as_deref()))
    }

    /// The S3 settings in the `AWS_*` variables.
    pub(super) fn s3(&self) -> S3Options {
        S3Options::from_env(|name| self.variable(name))
    }

    /// Seconds east of UTC of the local time, now.
    pub(super) fn utc_offset_seconds(&self) -> i32 {
        self.time_zone.to_offset(Timestamp::now()).seconds()
    }

    /// What the local time zone is called at `time`, for example `CEST`.
    pub(super) fn time_zone_at(&self, time: DateTime) -> String {
        match time.to_zoned(self.time_zone.clone()) {
            Ok(zoned) => zoned.strftime("%Z").to_string(),
            // Beyond what the calendar of a time zone covers.
            Err(_) => "UTC".to_owned(),
        }
    }

    fn os_user(&self) -> Result<String> {
        ["USER", "LOGNAME"]
            .into_iter()
            .find_map(|name| self.variable(name).filter(|value| !value.is_empty()))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidInput,
                    "nothing says which role to log in as: neither SOURCE_DB nor PGUSER nor USER",
                )
                .with_hint("Write it into SOURCE_DB, as in postgresql://role@host/database.")
            })
    }
}

#[cfg(test)]
impl Environment {
    /// Surroundings with these variables alone, in UTC.
    pub(super) fn with<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self {
            variables: variables
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
            home: None,
            time_zone: TimeZone::UTC,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_fill_what_the_string_leaves_open() {
        let environment = Environment::with([("PGHOST", "db"), ("PGUSER", "app"), ("USER", "me")]);
        let conninfo = environment
            .conninfo("postgresql://other.host/shop")
            .unwrap();
        assert_eq!(conninfo.host(), Some("other.host"));
        assert_eq!(conninfo.user(), Some("app"));
    }

    #[test]
    fn role_is_the_one_of_the_system_if_nothing_names_it() {
        let role = |environment: Environment| {
            let conninfo = environment.conninfo("shop");
            conninfo.map(|conninfo| conninfo.user().unwrap_or_default().to_owned())
        };
        assert_eq!(role(Environment::with([("USER", "me")])).unwrap(), "me");
        let login = Environment::with([("USER", ""), ("LOGNAME", "me")]);
        assert_eq!(role(login).unwrap(), "me");
        let error = role(Environment::with([])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.hint().is_some());
    }

    #[test]
    fn s3_settings_come_from_the_standard_variables() {
        let environment = Environment::with([("AWS_REGION", "eu-central-1")]);
        assert_eq!(environment.s3().region.as_deref(), Some("eu-central-1"));
    }

    #[test]
    fn time_zone_has_the_name_of_its_season() {
        let mut environment = Environment::with([]);
        assert_eq!(
            environment.time_zone_at(DateTime::constant(2025, 7, 1, 12, 0, 0, 0)),
            "UTC"
        );
        environment.time_zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        assert_eq!(
            environment.time_zone_at(DateTime::constant(2025, 7, 1, 12, 0, 0, 0)),
            "CEST"
        );
        assert_eq!(
            environment.time_zone_at(DateTime::constant(2025, 1, 1, 12, 0, 0, 0)),
            "CET"
        );
    }
}
