//! The keywords of libpq 12 to 18, and what becomes of each here.

use crate::error::{Error, ErrorKind};

/// One keyword of a connection string.
pub(super) struct Keyword {
    pub(super) name: &'static str,
    /// The environment variable that fills it.
    pub(super) env: Option<&'static str>,
    pub(super) rule: Rule,
}

/// What becomes of a keyword.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Rule {
    /// Means what it means in libpq.
    Used,
    /// Used, and never shown.
    Password,
    /// Accepted without effect: there is nothing here that it could change.
    Ignored,
    /// An error: ignoring it would connect elsewhere, or less safely, than asked.
    Refused,
}

use Rule::{Ignored, Password, Refused, Used};

pub(super) static KEYWORDS: &[Keyword] = &[
    keyword("service", Some("PGSERVICE"), Refused),
    keyword("servicefile", Some("PGSERVICEFILE"), Ignored),
    keyword("host", Some("PGHOST"), Used),
    keyword("hostaddr", Some("PGHOSTADDR"), Used),
    keyword("port", Some("PGPORT"), Used),
    keyword("dbname", Some("PGDATABASE"), Used),
    keyword("user", Some("PGUSER"), Used),
    keyword("password", Some("PGPASSWORD"), Password),
    keyword("passfile", Some("PGPASSFILE"), Used),
    keyword("require_auth", Some("PGREQUIREAUTH"), Refused),
    keyword("requirepeer", Some("PGREQUIREPEER"), Refused),
    keyword("channel_binding", Some("PGCHANNELBINDING"), Used),
    keyword("scram_client_key", None, Refused),
    keyword("scram_server_key", None, Refused),
    keyword("oauth_issuer", None, Refused),
    keyword("oauth_client_id", None, Refused),
    keyword("oauth_client_secret", None, Refused),
    keyword("oauth_scope", None, Refused),
    keyword("connect_timeout", Some("PGCONNECT_TIMEOUT"), Used),
    keyword("options", Some("PGOPTIONS"), Used),
    keyword("application_name", Some("PGAPPNAME"), Used),
    keyword("fallback_application_name", None, Used),
    keyword("target_session_attrs", Some("PGTARGETSESSIONATTRS"), Used),
    keyword("load_balance_hosts", Some("PGLOADBALANCEHOSTS"), Used),
    keyword("keepalives", None, Used),
    keyword("keepalives_idle", None, Used),
    keyword("keepalives_interval", None, Used),
    keyword("keepalives_count", None, Used),
    keyword("tcp_user_timeout", None, Used),
    keyword("sslmode", Some("PGSSLMODE"), Used),
    keyword("sslnegotiation", Some("PGSSLNEGOTIATION"), Used),
    keyword("sslrootcert", Some("PGSSLROOTCERT"), Used),
    keyword("sslcert", Some("PGSSLCERT"), Used),
    keyword("sslkey", Some("PGSSLKEY"), Used),
    keyword("sslcertmode", Some("PGSSLCERTMODE"), Used),
    keyword("sslsni", Some("PGSSLSNI"), Used),
    keyword(
        "ssl_min_protocol_version",
        Some("PGSSLMINPROTOCOLVERSION"),
        Used,
    ),
    keyword(
        "ssl_max_protocol_version",
        Some("PGSSLMAXPROTOCOLVERSION"),
        Used,
    ),
    keyword("sslcrl", Some("PGSSLCRL"), Refused),
    keyword("sslcrldir", Some("PGSSLCRLDIR"), Refused),
    // libpq takes a passphrase also where the key needs none. One that needs
    // it fails when the key is read, which says so.
    keyword("sslpassword", None, Ignored),
    keyword("sslcompression", Some("PGSSLCOMPRESSION"), Ignored),
    keyword("sslkeylogfile", None, Ignored),
    keyword("gssencmode", Some("PGGSSENCMODE"), Used),
    keyword("gssdelegation", Some("PGGSSDELEGATION"), Ignored),
    keyword("gsslib", Some("PGGSSLIB"), Ignored),
    keyword("krbsrvname", Some("PGKRBSRVNAME"), Ignored),
    // The protocol is 3.0 and the encoding UTF8; a dump sets its own encoding.
    keyword(
        "min_protocol_version",
        Some("PGMINPROTOCOLVERSION"),
        Ignored,
    ),
    keyword(
        "max_protocol_version",
        Some("PGMAXPROTOCOLVERSION"),
        Ignored,
    ),
    keyword("client_encoding", Some("PGCLIENTENCODING"), Ignored),
    keyword("replication", None, Refused),
    keyword("authtype", None, Ignored),
    keyword("tty", None, Ignored),
];

const fn keyword(name: &'static str, env: Option<&'static str>, rule: Rule) -> Keyword {
    Keyword { name, env, rule }
}

pub(super) fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// The error for a keyword libpq does not know. It repeats the word only if it
/// looks like a keyword: with a quote forgotten it may be a piece of a password.
pub(super) fn unknown(name: &str) -> Error {
    let plausible =
        (2..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let message = if plausible {
        format!("unknown keyword \"{name}\" in the connection string")
    } else {
        "unknown keyword in the connection string".to_owned()
    };
    Error::new(ErrorKind::InvalidInput, message).with_hint(
        "Keywords are those of libpq. Put single quotes around a value that holds spaces.",
    )
}

pub(super) fn refused(name: &str) -> Error {
    let error = Error::new(
        ErrorKind::InvalidInput,
        format!("connection keyword \"{name}\" is not supported yet"),
    );
    if name == "service" {
        return error.with_hint("Write the service's settings into the connection string.");
    }
    error
}
