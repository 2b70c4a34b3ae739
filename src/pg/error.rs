//! What the server or the connection reports, as one of our errors.
//!
//! The kind follows the SQLSTATE ("PostgreSQL Error Codes" in the manual). The
//! message is the server's, with its DETAIL; its HINT, or ours, is the hint. What
//! was being done is for the caller to add with [`Error::context`].

use std::error::Error as StdError;
use std::io;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::Message;
use tokio_postgres::error::DbError;

use crate::error::{Error, ErrorKind, chain};
use crate::sql;

/// An error that ended an attempt to open a session.
pub(super) fn connecting(error: &tokio_postgres::Error) -> Error {
    if let Some(answer) = error.as_db_error() {
        return answered(answer);
    }
    let message = chain(error);
    if message.ends_with("password missing") {
        return Error::new(
            ErrorKind::Authentication,
            "the server asks for a password and none was given",
        )
        .with_hint(PASSWORD_HINT);
    }
    if message.starts_with("authentication error") {
        return Error::new(ErrorKind::Authentication, message);
    }
    lost(error)
}

/// An error of an open session.
pub(super) fn running(error: &tokio_postgres::Error) -> Error {
    if let Some(answer) = error.as_db_error() {
        return answered(answer);
    }
    let source = error.source();
    if error.is_closed() {
        return lost(error);
    }
    if source.is_some_and(|source| source.is::<io::Error>()) {
        return lost(error).context("connection to the server broke");
    }
    // What is left are rows and parameters of other types than the query's author expected.
    Error::new(ErrorKind::Internal, chain(error))
}

/// The error for a connection that is gone, or never was.
fn lost(error: &tokio_postgres::Error) -> Error {
    if error.is_closed() {
        return Error::new(ErrorKind::Connect, "server closed the connection");
    }
    let said = error.to_string();
    match error.source() {
        Some(source) if said.contains("TLS") => handshake_failed(&chain(source)),
        // The other first words, "error communicating with the server", add nothing.
        Some(source) => Error::new(ErrorKind::Connect, chain(source)),
        None => Error::new(ErrorKind::Connect, said),
    }
}

/// Begins the message if it was the handshake that failed.
const HANDSHAKE_FAILED: &str = "TLS handshake failed";

fn handshake_failed(reason: &str) -> Error {
    let error = Error::new(ErrorKind::Connect, format!("{HANDSHAKE_FAILED}: {reason}"));
    if reason.contains("UnsupportedCertVersion") {
        return error.with_hint(
            "The server's certificate is of X.509 version 1, which cannot be verified. \
             Issue one with extensions: openssl x509 -req … -extfile FILE.",
        );
    }
    error
}

/// Whether a handshake was what failed.
pub(super) fn is_about_tls(error: &Error) -> bool {
    error.to_string().starts_with(HANDSHAKE_FAILED)
}

/// Whether there was no handshake since the server offers none.
pub(super) fn is_for_lack_of_tls(error: &Error) -> bool {
    is_about_tls(error) && error.to_string().ends_with("server does not support TLS")
}

/// The error for an ErrorResponse.
pub(super) fn answered(answer: &DbError) -> Error {
    Answer {
        sqlstate: answer.code().code().to_owned(),
        message: answer.message().to_owned(),
        detail: answer.detail().map(str::to_owned),
        hint: answer.hint().map(str::to_owned),
    }
    .into_error()
}

/// The same for the whole message as it came. None: it is not one, or not all of it.
pub(super) fn reported(message: &[u8]) -> Option<Error> {
    let mut message = BytesMut::from(message);
    let Ok(Some(Message::ErrorResponse(body))) = Message::parse(&mut message) else {
        return None;
    };
    let mut fields = body.fields();
    let mut answer = Answer::default();
    while let Ok(Some(field)) = fields.next() {
        let text = String::from_utf8(field.value_bytes().to_vec()).ok();
        match field.type_() {
            b'C' => answer.sqlstate = text?,
            b'M' => answer.message = text?,
            b'D' => answer.detail = text,
            b'H' => answer.hint = text,
            _ => {}
        }
    }
    Some(answer.into_error())
}

/// What the server says ("Error and Notice Message Fields" in the manual).
#[derive(Default)]
struct Answer {
    sqlstate: String,
    message: String,
    detail: Option<String>,
    hint: Option<String>,
}

impl Answer {
    fn into_error(self) -> Error {
        let error = Error::new(kind(&self.sqlstate), self.text());
        let hint = self
            .hint
            .or_else(|| hint(&self.sqlstate).map(str::to_owned));
        let error = error.with_sqlstate(self.sqlstate);
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }

    /// The message and its DETAIL, on one line.
    fn text(&self) -> String {
        match &self.detail {
            Some(detail) => {
                let detail = detail.trim_end_matches('.');
                sql::one_line(&format!("{} ({detail})", self.message))
            }
            None => sql::one_line(&self.message),
        }
    }
}

fn kind(sqlstate: &str) -> ErrorKind {
    match sqlstate {
        "42501" => ErrorKind::Permission,
        "55P03" => ErrorKind::LockTimeout,
        // The database is not there, the server full, shutting down or starting.
        "3D000" | "53300" | "57P01" | "57P02" | "57P03" | "57P05" => ErrorKind::Connect,
        _ if sqlstate.starts_with("28") => ErrorKind::Authentication,
        _ if sqlstate.starts_with("08") => ErrorKind::Connect,
        _ => ErrorKind::Server,
    }
}

const PASSWORD_HINT: &str =
    "The password comes from the connection string, PGPASSWORD or the password file (~/.pgpass).";

/// Our advice, where the server has none.
fn hint(sqlstate: &str) -> Option<&'static str> {
    Some(match sqlstate {
        "28P01" => PASSWORD_HINT,
        "28000" => "The server's pg_hba.conf decides who may connect, from where and how.",
        "3D000" => "Name an existing database; psql -l lists them.",
        "42501" => {
            "Grant the role the privilege, for reading SELECT and USAGE on the schema or \
             membership in pg_read_all_data, or connect as a role that has it."
        }
        "42P04" => "Rename the database that is there, or drop it first.",
        "42710" | "42723" | "42P06" | "42P07" => {
            "It is there already: use an empty database, or have it dropped first, with clean and if_exists."
        }
        "53300" => "Use fewer jobs, or raise max_connections on the server.",
        "55P03" => {
            "Another session holds the lock: pg_locks shows which. Wait for it, or allow a longer lock timeout."
        }
        "57P03" => "The server is starting up or shutting down. Try again.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_follows_the_sqlstate() {
        for (sqlstate, expected) in [
            ("28P01", ErrorKind::Authentication),
            ("28000", ErrorKind::Authentication),
            ("3D000", ErrorKind::Connect),
            ("42501", ErrorKind::Permission),
            ("53300", ErrorKind::Connect),
            ("55P03", ErrorKind::LockTimeout),
            ("57014", ErrorKind::Server),
            ("57P01", ErrorKind::Connect),
            ("08006", ErrorKind::Connect),
            ("22012", ErrorKind::Server),
            ("", ErrorKind::Server),
        ] {
            assert_eq!(kind(sqlstate), expected, "{sqlstate}");
        }
    }

    #[test]
    fn message_of_the_server_is_read_as_it_came() {
        let fields = b"SFATAL\0C57P01\0Mterminating connection\0DBy an administrator.\0\0";
        let length = u32::try_from(fields.len() + 4).unwrap();
        let message = [b"E", &length.to_be_bytes()[..], fields].concat();
        let error = reported(&message).unwrap();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert_eq!(error.sqlstate(), Some("57P01"));
        assert_eq!(error.full(), "terminating connection (By an administrator)");
        for end in 0..message.len() {
            assert!(reported(&message[..end]).is_none(), "{end}");
        }
    }

    #[test]
    fn object_that_is_there_already_is_no_dead_end() {
        for sqlstate in ["42710", "42723", "42P06", "42P07"] {
            assert!(hint(sqlstate).is_some_and(|hint| hint.contains("clean")));
        }
    }

    #[test]
    fn chain_says_each_cause_once() {
        let inner = io::Error::other("reset by peer");
        let outer = Error::new(ErrorKind::Connect, "writing").with_source(inner);
        assert_eq!(chain(&outer), "writing: reset by peer");
    }
}
