//! The options that can be completed, and by what.

use serde::de::DeserializeOwned;

use super::Environment;
use crate::dump::DumpOptions;
use crate::error::Result;
use crate::list::ListOptions;
use crate::restore::RestoreOptions;
use crate::verify::VerifyOptions;

/// Options of a job, which JSON gives and an environment completes.
pub trait Options: DeserializeOwned {
    /// Fills what is left open by what `environment` says.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) naming the variable or
    /// the option.
    fn complete(self, environment: &Environment) -> Result<Self>;
}

impl Options for DumpOptions {
    fn complete(mut self, environment: &Environment) -> Result<Self> {
        self.source = environment
            .complete(self.source)
            .map_err(|error| error.context("source"))?;
        self.s3 = environment.complete_s3(self.s3);
        Ok(self)
    }
}

impl Options for RestoreOptions {
    fn complete(mut self, environment: &Environment) -> Result<Self> {
        self.target = environment
            .complete(self.target)
            .map_err(|error| error.context("target"))?;
        self.s3 = environment.complete_s3(self.s3);
        self.protect.extend(environment.protected());
        Ok(self)
    }
}

impl Options for VerifyOptions {
    fn complete(mut self, environment: &Environment) -> Result<Self> {
        self.server = self
            .server
            .map(|server| environment.complete(server))
            .transpose()
            .map_err(|error| error.context("server"))?;
        self.s3 = environment.complete_s3(self.s3);
        Ok(self)
    }
}

impl Options for ListOptions {
    fn complete(mut self, environment: &Environment) -> Result<Self> {
        self.s3 = environment.complete_s3(self.s3);
        Ok(self)
    }
}
