//! Opening a session: which servers are tried, in which order, with and without TLS.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::config::{Config, SslMode as Encryption};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Connection, NoTls};

use super::error;
use super::session::Session;
use super::socket::Socket;
use super::tap::{Tap, TappedTls, Wire};
use super::target::{Host, Keepalives, SessionAttrs, Target};
use super::tls::Attempt;
use crate::error::{Error, ErrorKind, Result};

/// Opens a session with the first host that takes it.
///
/// As in libpq, a host that cannot be reached, is still starting, or is not the
/// kind of server asked for gives way to the next; one that refuses the login ends
/// the search.
pub(super) async fn connect(target: &Target) -> Result<Session> {
    let mut passes = vec![target.session];
    if target.session == SessionAttrs::PreferStandby {
        passes = vec![SessionAttrs::Standby, SessionAttrs::Any];
    }
    let mut failures = Vec::new();
    for wanted in passes {
        failures.clear();
        for host in &target.hosts {
            if let Some(session) = try_host(target, host, wanted, &mut failures).await? {
                return Ok(session);
            }
        }
    }
    Err(all_failed(failures))
}

/// Opens a session with this host, whose name has been looked up, and with no other.
pub(super) async fn connect_to(target: &Target, host: &Host) -> Result<Session> {
    try_address(target, host, SessionAttrs::Any).await
}

/// Tries the addresses of `host` in turn. What gives way to the next is added to
/// `failures`; what ends the search is returned.
async fn try_host(
    target: &Target,
    host: &Host,
    wanted: SessionAttrs,
    failures: &mut Vec<Error>,
) -> Result<Option<Session>> {
    let addresses = match look_up(host).await {
        Ok(addresses) => addresses,
        Err(error) => {
            failures.push(error);
            return Ok(None);
        }
    };
    for host in addresses {
        match try_address(target, &host, wanted).await {
            Ok(session) => return Ok(Some(session)),
            Err(error) if is_about_this_host(&error) => failures.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// One host for each address of `host`'s name.
async fn look_up(host: &Host) -> Result<Vec<Host>> {
    if host.is_socket() || host.address.is_some() {
        return Ok(vec![host.clone()]);
    }
    let found = tokio::net::lookup_host((host.name.as_str(), host.port)).await;
    let found = found.map_err(|error| {
        Error::new(ErrorKind::Connect, error.to_string())
            .with_hint("Correct the name of the host, in the connection string or in PGHOST.")
            .context(format!("connecting to {host}"))
    })?;
    Ok(found.map(|address| host.at(address.ip())).collect())
}

fn is_about_this_host(error: &Error) -> bool {
    error.kind() == ErrorKind::Connect && matches!(error.sqlstate(), None | Some("57P03"))
}

fn all_failed(mut failures: Vec<Error>) -> Error {
    let mut messages: Vec<String> = failures.iter().map(Error::full).collect();
    // Several addresses of one name mostly fail alike.
    messages.dedup();
    if messages.len() == 1
        && let Some(only) = failures.pop()
    {
        return only;
    }
    let error = Error::new(
        ErrorKind::Connect,
        format!("no server can be used: {}", messages.join("; ")),
    );
    match failures.iter().find_map(Error::hint) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

async fn try_address(target: &Target, host: &Host, wanted: SessionAttrs) -> Result<Session> {
    let attempt = async {
        let session = connect_with_or_without_tls(target, host).await?;
        check_attrs(&session, wanted).await?;
        Ok(session)
    };
    let late = |limit: Duration| {
        let seconds = limit.as_secs();
        let message = format!("no session within connect_timeout, {seconds} seconds");
        Error::new(ErrorKind::Connect, message)
    };
    let outcome = match target.connect_timeout {
        None => attempt.await,
        Some(limit) => tokio::time::timeout(limit, attempt)
            .await
            .unwrap_or_else(|_| Err(late(limit))),
    };
    outcome.map_err(|error| error.context(format!("connecting to {host}")))
}

/// `sslmode` allow and prefer make a second attempt if the first was refused for
/// its encryption or the lack of it: a failed handshake, or no line of
/// `pg_hba.conf` for it. A wrong password stays wrong, so it is not sent twice.
async fn connect_with_or_without_tls(target: &Target, host: &Host) -> Result<Session> {
    let (first, second) = target.tls.attempts(host);
    let error = match connect_once(target, host, first).await {
        Ok(session) => return Ok(session),
        Err(error) => error,
    };
    let (Some(second), true) = (second, may_be_about_tls(&error)) else {
        return Err(error);
    };
    connect_once(target, host, second).await.map_err(|again| {
        // Without TLS, or with and without the same: it was not to blame.
        if error::is_for_lack_of_tls(&error) || again.full() == error.full() {
            return again;
        }
        again.context(format!("{}; then {second}", error.full()))
    })
}

fn may_be_about_tls(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Authentication => error.sqlstate() == Some("28000"),
        ErrorKind::Connect => error::is_about_tls(error),
        _ => false,
    }
}

async fn connect_once(target: &Target, host: &Host, attempt: Attempt) -> Result<Session> {
    let mut config = config(target, host)?;
    let socket = open_socket(host, &target.keepalives).await?;
    let tap = Tap::default();
    match attempt {
        Attempt::Plain => {
            config.ssl_mode(Encryption::Disable);
            let wire = Wire::new(socket, tap.clone());
            let (client, connection) = start(&config, wire, NoTls).await?;
            Session::start(client, connection, tap, host.clone(), None)
        }
        Attempt::Tls => {
            config.ssl_mode(Encryption::Require);
            config.ssl_negotiation(target.tls.negotiation);
            let mut connector = target.tls.connector()?;
            let Ok(tls) = MakeTlsConnect::<Socket>::make_tls_connect(&mut connector, &host.name);
            let tapped = TappedTls {
                tls,
                tap: tap.clone(),
            };
            let (client, connection) = start(&config, socket, tapped).await?;
            Session::start(client, connection, tap, host.clone(), Some(connector))
        }
    }
}

async fn open_socket(host: &Host, keepalives: &Keepalives) -> Result<Socket> {
    let opened = async {
        let socket = Socket::connect(host).await?;
        socket.keep_alive(keepalives)?;
        Ok(socket)
    };
    opened
        .await
        .map_err(|error: io::Error| {
            Error::new(ErrorKind::Connect, error.to_string()).with_hint(
                "Check host and port, in the connection string or in PGHOST and PGPORT, and whether the server listens there.",
            )
        })
}

async fn start<S, T>(
    config: &Config,
    stream: S,
    tls: T,
) -> Result<(Client, Connection<S, T::Stream>)>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: TlsConnect<S>,
{
    config
        .connect_raw(stream, tls)
        .await
        .map_err(|error| error::connecting(&error))
}

fn config(target: &Target, host: &Host) -> Result<Config> {
    let Some(user) = &target.user else {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "the connection string names no user",
        )
        .with_hint("Add user=NAME, or set PGUSER."));
    };
    let mut config = Config::new();
    config
        .user(user)
        .application_name(&target.application_name)
        .channel_binding(target.channel_binding);
    if let Some(database) = &target.database {
        config.dbname(database);
    }
    if let Some(options) = &target.options {
        config.options(options);
    }
    if let Some(password) = target.password_for(host) {
        config.password(password.reveal());
    }
    Ok(config)
}

/// Fails if the server is not of the kind `target_session_attrs` asks for.
async fn check_attrs(session: &Session, wanted: SessionAttrs) -> Result<()> {
    if wanted == SessionAttrs::Any {
        return Ok(());
    }
    let row = session
        .one(
            "SELECT pg_catalog.pg_is_in_recovery() AS standby, \
             pg_catalog.current_setting('transaction_read_only') = 'on' AS read_only",
            &[],
        )
        .await?;
    let (standby, read_only): (bool, bool) = (row.get("standby")?, row.get("read_only")?);
    let complaint = match wanted {
        SessionAttrs::ReadWrite if read_only => "session is read-only",
        SessionAttrs::ReadOnly if !read_only => "session is not read-only",
        SessionAttrs::Primary if standby => "server is a standby",
        SessionAttrs::Standby if !standby => "server is not a standby",
        _ => return Ok(()),
    };
    Err(Error::new(
        ErrorKind::Connect,
        format!("{complaint}, which target_session_attrs rules out"),
    ))
}
