//! The password file, `~/.pgpass`: `host:port:database:user:password` lines.
//!
//! The first line that matches counts; `*` matches anything, a backslash
//! escapes `:` and itself. The rules are libpq's ("The Password File").

use std::fs;
use std::iter::Peekable;
use std::path::Path;
use std::str::Chars;

use crate::secret::Secret;

/// What a line has to match.
pub(super) struct Login<'a> {
    /// A host name or address; `localhost` for the default Unix sockets.
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// Looks up the password for `login` in the file at `path`.
///
/// A missing file is normal. One that others may read is passed over with a
/// warning, as libpq does: it may have been planted.
pub(super) fn lookup(path: &Path, login: &Login<'_>) -> Option<Secret> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() {
        tracing::warn!(file = %path.display(), "password file is not a plain file, ignored");
        return None;
    }
    if is_open_to_others(&metadata) {
        tracing::warn!(
            file = %path.display(),
            "password file is accessible to group or others, ignored; its mode should be 0600"
        );
        return None;
    }
    match fs::read(path) {
        Ok(bytes) => find(&String::from_utf8_lossy(&bytes), login),
        Err(error) => {
            tracing::warn!(file = %path.display(), %error, "password file cannot be read, ignored");
            None
        }
    }
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

/// Elsewhere the directory is taken to be private, as libpq takes it.
#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

fn find(text: &str, login: &Login<'_>) -> Option<Secret> {
    let port = login.port.to_string();
    let wanted = [login.host, &port, login.database, login.user];
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let mut chars = line.chars().peekable();
            let matches = wanted.iter().all(|wanted| field_is(&mut chars, wanted));
            matches
                .then(|| unescape(chars))
                .filter(|password| !password.is_empty())
        })
        .map(Secret::new)
}

/// Takes one field and its colon off `chars` and compares it.
fn field_is(chars: &mut Peekable<Chars<'_>>, wanted: &str) -> bool {
    let mut field = String::new();
    let mut escaped = false;
    loop {
        match chars.next() {
            Some(':') => return (field == "*" && !escaped) || field == wanted,
            Some('\\') => {
                escaped = true;
                field.extend(chars.next());
            }
            Some(c) => field.push(c),
            None => return false,
        }
    }
}

fn unescape(mut chars: Peekable<Chars<'_>>) -> String {
    let mut password = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => password.extend(chars.next()),
            _ => password.push(c),
        }
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Option<String> {
        let login = Login {
            host: "db.example",
            port: 5432,
            database: "shop",
            user: "ann",
        };
        find(text, &login).map(|secret| secret.reveal().to_owned())
    }

    #[test]
    fn first_matching_line_counts() {
        let text = "other:5432:shop:ann:a\ndb.example:5432:shop:bob:b\n*:*:*:ann:c\n*:*:*:*:d\n";
        assert_eq!(password(text).as_deref(), Some("c"));
    }

    #[test]
    fn comments_and_short_lines_are_passed_over() {
        let text = "#db.example:5432:shop:ann:no\ndb.example:5432\n\n*:*:*:*:yes\r\n";
        assert_eq!(password(text).as_deref(), Some("yes"));
    }

    #[test]
    fn backslash_escapes_colon_and_itself() {
        assert_eq!(password(r"*:*:*:*:a\:b\\c").as_deref(), Some(r"a:b\c"));
        assert_eq!(password(r"db\.example:*:*:ann:x").as_deref(), Some("x"));
    }

    #[test]
    fn unescaped_colon_belongs_to_the_password() {
        assert_eq!(password("*:*:*:*:a:b").as_deref(), Some("a:b"));
    }

    #[test]
    fn escaped_star_matches_a_star_alone() {
        assert_eq!(password(r"\*:*:*:*:x"), None);
    }

    #[test]
    fn empty_password_is_none() {
        assert_eq!(password("*:*:*:*:"), None);
    }
}
