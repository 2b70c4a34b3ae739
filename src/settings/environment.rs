//! What the surroundings of a process say: its variables and the home directory.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::{Error, ErrorKind, Result};
use crate::pg::ConnInfo;
use crate::store::{CredentialSource, S3Options};

/// The environment of a process, as the process hands it over.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
}

impl Environment {
    /// An environment of these variables, usually [`std::env::vars_os`], and the user's
    /// home directory, where libpq's password file and certificates are.
    pub fn new(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        home: Option<PathBuf>,
    ) -> Self {
        let is_text = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            // No setting of ours has a value that is not UTF-8.
            variables: variables.into_iter().filter_map(is_text).collect(),
            home,
        }
    }

    /// A variable's value; none if it is unset.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    /// Fills what a connection string leaves open, as libpq does: by the `PG*` variables,
    /// the user's name and the defaults.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if a variable is malformed, or if nothing says which
    /// role to log in as.
    pub fn complete(&self, conninfo: ConnInfo) -> Result<ConnInfo> {
        let conninfo = conninfo.with_env(|name| self.variable(name))?;
        let os_user = match conninfo.user() {
            Some(_) => String::new(),
            None => self.os_user()?,
        };
        Ok(conninfo.with_defaults(&os_user, self.home.as_deref()))
    }

    /// The S3 settings in the `AWS_*` variables.
    pub fn s3(&self) -> S3Options {
        S3Options::from_env(|name| self.variable(name))
    }

    /// Fills what S3 settings leave open by the `AWS_*` variables. Keys that are given
    /// are not mixed with those of the environment.
    #[must_use]
    pub fn complete_s3(&self, given: S3Options) -> S3Options {
        let found = self.s3();
        let has_key = given.access_key_id.is_some() || given.secret_access_key.is_some();
        let keys = match has_key {
            true => &given,
            false => &found,
        };
        S3Options {
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: given
                .session_token
                .clone()
                .or_else(|| keys.session_token.clone()),
            endpoint: given.endpoint.clone().or(found.endpoint),
            region: given.region.clone().or(found.region),
            credentials: match given.credentials == CredentialSource::default() {
                true => found.credentials,
                false => given.credentials.clone(),
            },
            ..given
        }
    }

    /// The databases and hosts that `PGSLUICE_PROTECT` names, with commas or semicolons
    /// between them: they are never restored into.
    pub fn protected(&self) -> Vec<String> {
        let names = self.variable("PGSLUICE_PROTECT").unwrap_or_default();
        let names = names.split([',', ';']).map(str::trim);
        names
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn os_user(&self) -> Result<String> {
        ["USER", "LOGNAME"]
            .into_iter()
            .find_map(|name| self.variable(name).filter(|value| !value.is_empty()))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidInput,
                    "nothing says which role to log in as: neither the connection string nor PGUSER nor USER",
                )
                .with_hint("Write it into the connection string, as in postgresql://role@host/database.")
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn environment<const N: usize>(variables: [(&str, &str); N]) -> Environment {
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        Environment::new(variables, None)
    }

    fn conninfo(text: &str) -> ConnInfo {
        ConnInfo::parse(text).unwrap()
    }

    #[test]
    fn variables_fill_what_the_string_leaves_open() {
        let environment = environment([("PGHOST", "db"), ("PGUSER", "app"), ("USER", "me")]);
        let conninfo = environment
            .complete(conninfo("postgresql://other.host/shop"))
            .unwrap();
        assert_eq!(conninfo.host(), Some("other.host"));
        assert_eq!(conninfo.user(), Some("app"));
    }

    #[test]
    fn role_is_the_one_of_the_system_if_nothing_names_it() {
        let role = |environment: Environment| {
            let conninfo = environment.complete(conninfo("shop"));
            conninfo.map(|conninfo| conninfo.user().unwrap_or_default().to_owned())
        };
        assert_eq!(role(environment([("USER", "me")])).unwrap(), "me");
        let login = environment([("USER", ""), ("LOGNAME", "me")]);
        assert_eq!(role(login).unwrap(), "me");
        let error = role(environment([])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.hint().is_some());
    }

    #[test]
    fn s3_settings_that_are_given_go_first() {
        let environment = environment([
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL_S3", "https://minio.example"),
        ]);
        let given = S3Options {
            region: Some("auto".into()),
            max_retries: 3,
            ..S3Options::default()
        };
        let completed = environment.complete_s3(given);
        assert_eq!(completed.region.as_deref(), Some("auto"));
        assert_eq!(completed.endpoint.as_deref(), Some("https://minio.example"));
        assert_eq!(completed.max_retries, 3);
    }

    #[test]
    fn given_keys_are_not_mixed_with_those_of_the_environment() {
        let environment = environment([
            ("AWS_ACCESS_KEY_ID", "theirs"),
            ("AWS_SECRET_ACCESS_KEY", "theirs"),
            ("AWS_SESSION_TOKEN", "theirs"),
        ]);
        let given = S3Options {
            access_key_id: Some(Secret::new("mine")),
            secret_access_key: Some(Secret::new("mine")),
            ..S3Options::default()
        };
        let completed = environment.complete_s3(given);
        assert_eq!(completed.access_key_id, Some(Secret::new("mine")));
        assert_eq!(completed.session_token, None);
        let found = environment.complete_s3(S3Options::default());
        assert_eq!(found.session_token, Some(Secret::new("theirs")));
    }

    #[test]
    fn protected_names_have_commas_or_semicolons_between_them() {
        let protected = environment([("PGSLUICE_PROTECT", "prod, *-live;old,")]).protected();
        assert_eq!(protected, ["prod", "*-live", "old"]);
        assert!(environment([]).protected().is_empty());
    }
}
