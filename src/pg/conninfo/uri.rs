//! Connection URIs: `postgresql://[user[:password]@][host][:port][,…][/dbname][?keyword=value&…]`.
//!
//! Each piece is percent-decoded by itself. Messages never repeat a piece: with
//! a character left unescaped, any of them may be part of the password.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::ConnInfo;
use crate::error::{Error, ErrorKind, Result};

/// What follows the scheme, if `text` is a PostgreSQL URI.
pub(super) fn strip_scheme(text: &str) -> Option<&str> {
    ["postgresql://", "postgres://"]
        .into_iter()
        .find_map(|scheme| text.strip_prefix(scheme))
}

/// Whether `text` is a URI of another kind. Taken for the name of a database,
/// it would be shown in messages with its password.
pub(super) fn has_foreign_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        rest.starts_with('/')
            && !scheme.is_empty()
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

/// Reads the URI behind its scheme into `conninfo`.
pub(super) fn parse(rest: &str, conninfo: &mut ConnInfo) -> Result<()> {
    let rest = user_info(rest, conninfo)?;
    let end = authority_end(rest)?;
    let (hosts, rest) = rest.split_at(end);
    host_list(hosts, conninfo)?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    store(conninfo, "dbname", path.strip_prefix('/').unwrap_or(path))?;
    parameters(query, conninfo)
}

/// Takes `user:password@` off the front. An `@` behind the first `/` belongs to
/// something else.
fn user_info<'a>(rest: &'a str, conninfo: &mut ConnInfo) -> Result<&'a str> {
    let Some(at) = rest
        .find(['@', '/'])
        .filter(|&at| rest[at..].starts_with('@'))
    else {
        return Ok(rest);
    };
    let (user, password) = rest[..at].split_once(':').unwrap_or((&rest[..at], ""));
    store(conninfo, "user", user)?;
    store(conninfo, "password", password)?;
    Ok(&rest[at + 1..])
}

/// Where the host list ends: at the first `/` or `?` that is not in brackets.
fn authority_end(rest: &str) -> Result<usize> {
    let mut bracketed = false;
    for (at, c) in rest.char_indices() {
        match c {
            '[' => bracketed = true,
            ']' => bracketed = false,
            '/' | '?' if !bracketed => return Ok(at),
            _ => {}
        }
    }
    if bracketed {
        return Err(invalid("a \"[\" without its \"]\""));
    }
    Ok(rest.len())
}

/// `host:port,host:port…` becomes libpq's two comma-separated lists.
fn host_list(list: &str, conninfo: &mut ConnInfo) -> Result<()> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for entry in list.split(',') {
        let (host, port) = match entry.strip_prefix('[') {
            Some(bracketed) => address(bracketed)?,
            None => entry.split_once(':').unwrap_or((entry, "")),
        };
        hosts.push(decode(host)?);
        ports.push(decode(port)?);
    }
    for (keyword, list) in [("host", hosts), ("port", ports)] {
        if list.iter().any(|item| !item.is_empty()) {
            conninfo.set(keyword, &list.join(","))?;
        }
    }
    Ok(())
}

/// An IPv6 address behind its `[`, and the port.
fn address(bracketed: &str) -> Result<(&str, &str)> {
    let (host, rest) = bracketed
        .split_once(']')
        .filter(|(host, _)| !host.is_empty())
        .ok_or_else(|| invalid("an incomplete address in brackets"))?;
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, port)),
        None if rest.is_empty() => Ok((host, "")),
        None => Err(invalid("something other than a port behind \"]\"")),
    }
}

fn parameters(query: &str, conninfo: &mut ConnInfo) -> Result<()> {
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (keyword, value) = parameter
            .split_once('=')
            .ok_or_else(|| invalid("a parameter without \"=\""))?;
        match (&*decode(keyword)?, &*decode(value)?) {
            // The form of other drivers, which libpq takes as well.
            ("ssl", "true") => conninfo.set("sslmode", "require")?,
            (keyword, value) => conninfo.set(keyword, value)?,
        }
    }
    Ok(())
}

/// Stores a piece that is there; an absent one leaves the setting open.
fn store(conninfo: &mut ConnInfo, keyword: &str, piece: &str) -> Result<()> {
    if piece.is_empty() {
        return Ok(());
    }
    conninfo.set(keyword, &decode(piece)?)
}

fn decode(piece: &str) -> Result<Cow<'_, str>> {
    let mut escapes = piece.split('%').skip(1);
    let well_formed = escapes.all(|escape| {
        let digits = escape.as_bytes();
        digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit)
    });
    if !well_formed {
        return Err(invalid("a \"%\" that two hexadecimal digits do not follow"));
    }
    percent_decode_str(piece)
        .decode_utf8()
        .map_err(|_| invalid("bytes that are not UTF-8"))
}

fn invalid(what: &str) -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        format!("the connection URI holds {what}"),
    )
    .with_hint("Characters with a meaning in URIs are written as %xx, in passwords above all: @ is %40, / is %2F, % is %25.")
}
