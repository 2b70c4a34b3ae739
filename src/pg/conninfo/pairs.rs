//! `keyword = value` strings: libpq's rules for spaces, quotes and backslashes.

use std::iter::Peekable;
use std::str::Chars;

use super::ConnInfo;
use crate::error::{Error, ErrorKind, Result};

/// Reads every pair of `text` into `conninfo`.
pub(super) fn parse(text: &str, conninfo: &mut ConnInfo) -> Result<()> {
    let mut chars = text.chars().peekable();
    let mut before = String::new();
    loop {
        skip_space(&mut chars);
        if chars.peek().is_none() {
            return Ok(());
        }
        let keyword = keyword(&mut chars);
        skip_space(&mut chars);
        if chars.next_if_eq(&'=').is_none() {
            return Err(stray_word(&before));
        }
        skip_space(&mut chars);
        let value = value(&mut chars).ok_or_else(|| unterminated(&keyword))?;
        conninfo.set(&keyword, &value)?;
        before = keyword;
    }
}

fn skip_space(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
}

fn keyword(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(c) = chars.next_if(|&c| c != '=' && !c.is_ascii_whitespace()) {
        word.push(c);
    }
    word
}

/// A quoted value, or one up to the next space. `None` if a quote stays open.
fn value(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    let quoted = chars.next_if_eq(&'\'').is_some();
    let mut value = String::new();
    while let Some(c) = chars.next_if(|c| quoted || !c.is_ascii_whitespace()) {
        match c {
            '\'' if quoted => return Some(value),
            '\\' => value.extend(chars.next()),
            _ => value.push(c),
        }
    }
    (!quoted).then_some(value)
}

/// `value` in the form that [`parse`] reads back.
pub(super) fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A word without `=`. The word is not repeated: where a quote is missing, it
/// may be a piece of a password.
fn stray_word(before: &str) -> Error {
    let place = if before.is_empty() {
        "at the beginning of the connection string".to_owned()
    } else {
        format!("after the value of \"{before}\" in the connection string")
    };
    Error::new(
        ErrorKind::InvalidInput,
        format!("expected keyword=value {place}, found a word without \"=\""),
    )
    .with_hint("Put single quotes around a value that holds spaces.")
}

fn unterminated(keyword: &str) -> Error {
    // A keyword nobody knows may be anything; `unknown` decides what to show.
    if super::keywords::find(keyword).is_none() {
        return super::keywords::unknown(keyword);
    }
    Error::new(
        ErrorKind::InvalidInput,
        format!("the quoted value of \"{keyword}\" in the connection string has no closing quote"),
    )
}
