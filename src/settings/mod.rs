//! Options as programs in other languages give them: JSON, completed by the environment.
//!
//! Command line and bindings read the environment; the library does not. They hand it
//! over as an [`Environment`], which fills what connection strings and S3 settings leave
//! open, as libpq and the AWS tools do.
//!
//! ```
//! use pgsluice::dump::DumpOptions;
//! use pgsluice::settings::{self, Environment};
//!
//! # fn main() -> pgsluice::Result<()> {
//! let environment = Environment::new([("AWS_REGION".into(), "eu-central-1".into())], None);
//! let json = r#"{"source": "postgresql://backup@db/shop", "target": "s3://backups/shop.dump"}"#;
//! let options: DumpOptions = settings::from_json(json, &environment)?;
//! assert_eq!(options.s3.region.as_deref(), Some("eu-central-1"));
//!
//! let typo = json.replace("source", "sorce");
//! let error = settings::from_json::<DumpOptions>(&typo, &environment).unwrap_err();
//! assert!(error.hint().is_some_and(|hint| hint.starts_with("Did you mean \"source\"?")));
//! # Ok(())
//! # }
//! ```

mod environment;
mod json;
mod options;

pub use environment::Environment;
pub use json::from_json;
pub use options::Options;
