//! Where an archive is: an object in a bucket, a file, or a stream.
//!
//! A location is what a user types: `s3://bucket/key`, `file:///path`, a path,
//! or `-`. Parsing needs no network and no file system. Keys are taken as they
//! stand: nothing in them is percent-decoded, as the AWS tools do it.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, ErrorKind, Result, deserialize_error};

/// Where an archive is kept.
///
/// Parsed with [`str::parse`]; serialised as the same text that
/// [`Display`](fmt::Display) prints.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(into = "String")]
pub enum Location {
    /// `s3://bucket/key`: an object in Amazon S3 or a store that speaks its protocol.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The object's key: not empty, and no slash before it. One behind it
        /// says that it is a prefix, the name of a directory.
        key: String,
    },
    /// A path, or `file:///path`. A slash at its end says that it is a directory.
    File(PathBuf),
    /// `-`: standard output when written, standard input when read.
    Stream,
}

impl Location {
    /// Refuses what can only name a directory, by the slash that ends it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`]
    pub(crate) fn check_names_object(&self) -> Result<()> {
        if !self.ends_in_slash() {
            return Ok(());
        }
        Err(
            invalid(format!("{self} names a directory, not one object or file"))
                .with_hint(format!("Add a name, as in {self}x.dump.")),
        )
    }

    /// Whether this is a directory: its name says so or, if it is a local one,
    /// the file system.
    pub(crate) fn is_directory(&self) -> bool {
        self.ends_in_slash() || matches!(self, Self::File(path) if path.is_dir())
    }

    fn ends_in_slash(&self) -> bool {
        match self {
            Self::S3 { key, .. } => key.ends_with('/'),
            Self::File(path) => path.as_os_str().as_bytes().ends_with(b"/"),
            Self::Stream => false,
        }
    }

    /// The same without a slash at its end, unless it is nothing else.
    pub(crate) fn without_slash(&self) -> Self {
        match self {
            Self::S3 { bucket, key } => Self::S3 {
                bucket: bucket.clone(),
                key: key.trim_end_matches('/').to_owned(),
            },
            Self::File(path) => Self::File(path.components().collect()),
            Self::Stream => Self::Stream,
        }
    }

    /// The location of a file in this directory. A stream has none.
    pub fn member(&self, name: &str) -> Option<Self> {
        match self.without_slash() {
            Self::S3 { bucket, key } => Some(Self::S3 {
                bucket,
                key: format!("{key}/{name}"),
            }),
            Self::File(path) => Some(Self::File(path.join(name))),
            Self::Stream => None,
        }
    }

    /// The location of a companion object: `suffix` appended to the name, as in
    /// `x.dump` and `x.dump.sha256`; a directory's stands beside it. A stream has
    /// no companions.
    pub fn sibling(&self, suffix: &str) -> Option<Self> {
        match self.without_slash() {
            Self::S3 { bucket, key } => Some(Self::S3 {
                bucket,
                key: format!("{key}{suffix}"),
            }),
            Self::File(path) => Some(Self::File(with_suffix(&path, suffix))),
            Self::Stream => None,
        }
    }
}

/// `path` with `suffix` appended to its last component.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

impl FromStr for Location {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "-" {
            return Ok(Self::Stream);
        }
        match scheme(text) {
            Some(("s3", rest)) => parse_s3(rest),
            Some(("file", rest)) => parse_file_url(rest),
            Some((scheme @ ("gs" | "az"), _)) => Err(invalid(format!(
                "{scheme}:// locations are not supported yet"
            ))
            .with_hint("Use s3://bucket/key, a path, or - for a stream.")),
            Some((scheme, _)) => Err(invalid(format!("{scheme}:// is not a place for archives"))
                .with_hint("Use s3://bucket/key, a path, or - for a stream.")),
            None => parse_path(text),
        }
    }
}

impl<'de> Deserialize<'de> for Location {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| deserialize_error(&error))
    }
}

impl From<Location> for String {
    fn from(location: Location) -> Self {
        location.to_string()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3 { bucket, key } => write!(f, "s3://{bucket}/{key}"),
            Self::File(path) => path.display().fmt(f),
            Self::Stream => f.write_str("-"),
        }
    }
}

/// Splits `scheme://rest`. A path may hold `://` too, but not after nothing but
/// letters, digits and `+-.` (RFC 3986, 3.1).
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    named.then_some((scheme, rest))
}

fn parse_s3(rest: &str) -> Result<Location> {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    // Not echoed: someone may have put credentials before an `@`.
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if bucket.is_empty() || !bucket.chars().all(allowed) {
        return Err(invalid(
            "s3:// must be followed by a bucket name of letters, digits, dots and hyphens",
        )
        .with_hint("Write s3://bucket/key; credentials do not belong in it."));
    }
    if key.is_empty() {
        return Err(invalid(format!("s3://{bucket} names no object"))
            .with_hint(format!("Add a name, as in s3://{bucket}/x.dump.")));
    }
    let name = key.strip_suffix('/').unwrap_or(key);
    if name.is_empty()
        || !object_store::path::Path::parse(name).is_ok_and(|path| path.as_ref() == name)
    {
        return Err(invalid(format!(
            "the key {key:?} has an empty, \".\" or \"..\" segment or a control character"
        ))
        .with_hint("Choose a key that every tool reads the same way."));
    }
    Ok(Location::S3 {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
    })
}

fn parse_file_url(rest: &str) -> Result<Location> {
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    if !path.starts_with('/') {
        return Err(invalid(format!("file://{rest} names another host"))
            .with_hint("Write file:///absolute/path, or the path alone."));
    }
    let path = percent_decode_str(path)
        .decode_utf8()
        .map_err(|error| invalid(format!("file://{rest} is not UTF-8")).with_source(error))?;
    parse_path(&path)
}

fn parse_path(path: &str) -> Result<Location> {
    if path.is_empty() {
        return Err(invalid("the location is empty")
            .with_hint("Use s3://bucket/key, a path, or - for a stream."));
    }
    if path.contains('\0') {
        return Err(invalid(format!("the path {path:?} holds a zero byte")));
    }
    Ok(Location::File(PathBuf::from(path)))
}

fn invalid(context: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, context)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s3(bucket: &str, key: &str) -> Location {
        Location::S3 {
            bucket: bucket.into(),
            key: key.into(),
        }
    }

    #[test]
    fn locations_parse_and_print_the_same() {
        let cases = [
            ("s3://backups/x.dump", s3("backups", "x.dump")),
            (
                "s3://my.bucket_1/a b/ü%20#?.dump",
                s3("my.bucket_1", "a b/ü%20#?.dump"),
            ),
            (
                "/var/backups/x.dump",
                Location::File("/var/backups/x.dump".into()),
            ),
            ("x.dump", Location::File("x.dump".into())),
            ("s3://backups/shop/", s3("backups", "shop/")),
            ("/var/backups/", Location::File("/var/backups/".into())),
            ("./-", Location::File("./-".into())),
            ("-", Location::Stream),
        ];
        for (text, location) in cases {
            assert_eq!(text.parse::<Location>().unwrap(), location);
            assert_eq!(location.to_string(), text);
        }
    }

    #[test]
    fn file_url_is_percent_decoded() {
        let expected = Location::File("/a b/x.dump".into());
        for text in ["file:///a%20b/x.dump", "file://localhost/a%20b/x.dump"] {
            assert_eq!(text.parse::<Location>().unwrap(), expected);
        }
    }

    #[test]
    fn unusable_locations_are_refused_with_a_hint() {
        let cases = [
            "",
            "s3://",
            "s3:///key",
            "s3://bucket",
            "s3://bucket/",
            "s3://bucket//",
            "s3://bucket/dir//",
            "s3://bucket//key",
            "s3://bucket/a//b",
            "s3://bucket/../key",
            "s3://bucket/a\nb",
            "gs://bucket/key",
            "az://container/key",
            "https://host/key",
            "postgres://host/db",
            "file://host/path",
        ];
        for text in cases {
            let error = text.parse::<Location>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text:?}");
            assert!(error.hint().is_some(), "{text:?}");
        }
    }

    #[test]
    fn credentials_in_an_s3_location_are_not_repeated() {
        let error = "s3://AKIDEXAMPLE:hunter2@bucket/key"
            .parse::<Location>()
            .unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"));
    }

    #[test]
    fn sibling_appends_to_the_name() {
        let sibling = |text: &str| text.parse::<Location>().unwrap().sibling(".sha256");
        assert_eq!(sibling("s3://b/x.dump"), Some(s3("b", "x.dump.sha256")));
        assert_eq!(sibling("/d/x"), Some(Location::File("/d/x.sha256".into())));
        assert_eq!(sibling("-"), None);
    }

    #[test]
    fn slash_at_the_end_names_a_directory_and_no_object() {
        for (text, name, member) in [
            ("s3://b/shop/", "s3://b/shop", "s3://b/shop/toc.dat"),
            ("/d/shop/", "/d/shop", "/d/shop/toc.dat"),
        ] {
            let location: Location = text.parse().unwrap();
            assert!(location.check_names_object().unwrap_err().hint().is_some());
            assert_eq!(location.without_slash().to_string(), name);
            let member = member.parse().unwrap();
            for location in [&location, &location.without_slash()] {
                assert_eq!(location.member("toc.dat").as_ref(), Some(&member));
            }
            let beside = location.sibling(".sha256").unwrap().to_string();
            assert_eq!(beside, format!("{name}.sha256"));
            location.without_slash().check_names_object().unwrap();
        }
        let odd = "a/.//b".parse::<Location>().unwrap();
        odd.check_names_object().unwrap();
    }

    #[test]
    fn location_is_a_string_in_json() {
        let location: Location = serde_json::from_str("\"s3://b/k\"").unwrap();
        assert_eq!(serde_json::to_string(&location).unwrap(), "\"s3://b/k\"");
        assert!(serde_json::from_str::<Location>("\"gs://b/k\"").is_err());
    }
}
