//! The server's release.

use std::fmt;

/// A server's version: as a number to compare, as text to show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServerVersion {
    num: u32,
    text: String,
}

impl ServerVersion {
    /// Understands what the server reports as `server_version`: `15.18 (Debian …)`,
    /// `9.6.24`, `19beta1`, `19devel`. `None` if it does not begin with a number.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let numeric = text
            .split(|c: char| !c.is_ascii_digit() && c != '.')
            .next()?;
        let mut parts = numeric.split('.').map(str::parse::<u32>);
        let major = parts.next()?.ok().filter(|major| *major < 1000)?;
        let mut rest = || parts.next().and_then(|part| part.ok()).unwrap_or(0).min(99);
        let num = if major >= 10 {
            major * 10_000 + rest()
        } else {
            major * 10_000 + rest() * 100 + rest()
        };
        Some(Self {
            num,
            text: text.to_owned(),
        })
    }

    /// `server_version_num`: 150018 for 15.18.
    pub fn num(&self) -> u32 {
        self.num
    }

    /// The major version: 15 for 15.18.
    pub fn major(&self) -> u32 {
        self.num / 10_000
    }

    /// The text as the server reports it, `15.18 (Debian …)`.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_is_that_of_server_version_num() {
        for (text, num) in [
            ("15.18 (Debian 15.18-0+deb12u1)", 150_018),
            ("18.4", 180_004),
            ("17beta2", 170_000),
            ("19devel", 190_000),
            ("9.6.24", 90_624),
        ] {
            let version = ServerVersion::parse(text).expect("a version");
            assert_eq!(version.num(), num, "{text}");
            assert_eq!(version.to_string(), text);
        }
        assert_eq!(ServerVersion::parse("devel"), None);
        assert_eq!(ServerVersion::parse(""), None);
    }
}
