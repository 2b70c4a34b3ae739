//! What the surroundings of the process say: variables, home directory, time zone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::error::Result;
use crate::pg::ConnInfo;
use crate::settings;
use crate::store::S3Options;

/// The surroundings, read once.
pub(super) struct Environment {
    settings: settings::Environment,
    time_zone: TimeZone,
}

impl Environment {
    /// The surroundings of this process.
    pub(super) fn of_process() -> Self {
        Self {
            settings: settings::Environment::new(std::env::vars_os(), std::env::home_dir()),
            time_zone: TimeZone::system(),
        }
    }

    /// A variable's value; none if it is unset.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.settings.variable(name)
    }

    /// Reads a connection string and fills what it leaves open, as libpq does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if string or variables
    /// are malformed, or if nothing says which role to log in as.
    pub(super) fn conninfo(&self, text: &str) -> Result<ConnInfo> {
        self.settings.complete(ConnInfo::parse(text)?)
    }

    /// The S3 settings in the `AWS_*` variables.
    pub(super) fn s3(&self) -> S3Options {
        self.settings.s3()
    }

    /// The databases and hosts that are never restored into.
    pub(super) fn protected(&self) -> Vec<String> {
        self.settings.protected()
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
}

#[cfg(test)]
impl Environment {
    /// Surroundings with these variables alone, in UTC.
    pub(super) fn with<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        Self {
            settings: settings::Environment::new(variables, None),
            time_zone: TimeZone::UTC,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
