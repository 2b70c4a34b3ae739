//! What JavaScript asks for.

use std::collections::HashMap;
use std::path::PathBuf;

use napi_derive::napi;
use pgsluice::Result;
use pgsluice::settings::{self, Environment, Options};

/// Options of a job, and what completes them.
#[napi(object, object_to_js = false)]
pub struct Request {
    /// The options, as a JSON object.
    pub options: String,
    /// The variables of the environment: `process.env`, which in a worker thread is not
    /// the environment of the process.
    pub variables: HashMap<String, String>,
    /// The user's home directory.
    pub home: Option<String>,
}

impl Request {
    /// The options, completed by the environment.
    ///
    /// # Errors
    ///
    /// Those of [`settings::from_json`].
    pub(crate) fn options<T: Options>(self) -> Result<T> {
        let variables = self
            .variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        let environment = Environment::new(variables, self.home.map(PathBuf::from));
        settings::from_json(&self.options, &environment)
    }
}
