//! A connection string with its types: which servers, in what order, and how.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::config::ChannelBinding;

use super::conninfo::ConnInfo;
use super::tls::TlsSettings;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// `DEF_PGPORT` of every PostgreSQL package.
pub(super) const DEFAULT_PORT: u16 = 5432;

/// Where packages put the server's Unix socket: Debian and Red Hat, then the
/// PostgreSQL sources.
const SOCKET_DIRECTORIES: [&str; 2] = ["/var/run/postgresql", "/tmp"];

const URI_HINT: &str = "In a URI, write @ as %40, : as %3A and / as %2F in the password.";

/// Every setting of a connection string, checked.
pub(super) struct Target {
    pub(super) hosts: Vec<Host>,
    pub(super) user: Option<String>,
    pub(super) database: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) passfile: Option<PathBuf>,
    pub(super) options: Option<String>,
    pub(super) application_name: String,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) keepalives: Keepalives,
    pub(super) channel_binding: ChannelBinding,
    pub(super) session: SessionAttrs,
    pub(super) tls: TlsSettings,
}

/// One server to try.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Host {
    /// A name, an address, or the directory of a Unix socket.
    pub(super) name: String,
    /// Where `name` is, if it need not be looked up.
    pub(super) address: Option<IpAddr>,
    pub(super) port: u16,
}

/// How a connection that says nothing is kept, or found to be dead.
/// `None`: as the system does it.
pub(super) struct Keepalives {
    pub(super) enabled: bool,
    pub(super) idle: Option<Duration>,
    pub(super) interval: Option<Duration>,
    pub(super) count: Option<u32>,
    pub(super) user_timeout: Option<Duration>,
}

/// Which kind of server a session may end up on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SessionAttrs {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

impl Target {
    pub(super) fn new(conninfo: &ConnInfo) -> Result<Self> {
        refuse_gss(conninfo)?;
        let owned = |keyword| conninfo.text(keyword).map(str::to_owned);
        Ok(Self {
            hosts: hosts(conninfo)?,
            user: owned("user"),
            database: conninfo.database().map(str::to_owned),
            password: conninfo.password().cloned(),
            passfile: passfile(conninfo),
            options: owned("options"),
            application_name: owned("application_name")
                .or_else(|| owned("fallback_application_name"))
                .unwrap_or_else(|| env!("CARGO_PKG_NAME").to_owned()),
            connect_timeout: seconds(conninfo, "connect_timeout")?,
            keepalives: Keepalives {
                enabled: number::<i32>(conninfo, "keepalives")? != Some(0),
                idle: seconds(conninfo, "keepalives_idle")?,
                interval: seconds(conninfo, "keepalives_interval")?,
                count: number::<i32>(conninfo, "keepalives_count")?
                    .and_then(|count| u32::try_from(count).ok())
                    .filter(|&count| count > 0),
                user_timeout: positive(conninfo, "tcp_user_timeout")?.map(Duration::from_millis),
            },
            channel_binding: choice(
                conninfo,
                "channel_binding",
                ChannelBinding::Prefer,
                &[
                    ("disable", ChannelBinding::Disable),
                    ("prefer", ChannelBinding::Prefer),
                    ("require", ChannelBinding::Require),
                ],
            )?,
            session: session_attrs(conninfo)?,
            tls: TlsSettings::new(conninfo)?,
        })
    }

    /// The password for one host: the one given, or the password file's.
    pub(super) fn password_for(&self, host: &Host) -> Option<Secret> {
        if self.password.is_some() {
            return self.password.clone();
        }
        let login = super::passfile::Login {
            host: host.name_in_passfile(),
            port: host.port,
            database: self.database.as_deref()?,
            user: self.user.as_deref()?,
        };
        super::passfile::lookup(self.passfile.as_deref()?, &login)
    }
}

impl Host {
    /// Whether this is a Unix socket. TLS means nothing there.
    pub(super) fn is_socket(&self) -> bool {
        self.address.is_none() && self.name.starts_with('/')
    }

    /// The same host at one of its addresses.
    pub(super) fn at(&self, address: IpAddr) -> Self {
        Self {
            address: Some(address),
            ..self.clone()
        }
    }

    /// The path of a Unix socket.
    pub(super) fn socket_path(&self) -> PathBuf {
        PathBuf::from(format!("{}/.s.PGSQL.{}", self.name, self.port))
    }

    fn name_in_passfile(&self) -> &str {
        if SOCKET_DIRECTORIES.contains(&self.name.as_str()) {
            "localhost"
        } else {
            &self.name
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_socket() {
            self.socket_path().display().fmt(f)
        } else if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

/// The host that libpq's packages default to: the local server, through its
/// Unix socket if that is here.
pub(super) fn default_host(port: u16) -> &'static str {
    let socket = format!(".s.PGSQL.{port}");
    SOCKET_DIRECTORIES
        .into_iter()
        .find(|directory| Path::new(directory).join(&socket).exists())
        .unwrap_or("localhost")
}

/// Pairs the lists of hosts, addresses and ports.
fn hosts(conninfo: &ConnInfo) -> Result<Vec<Host>> {
    let names = list(conninfo, "host");
    let addresses = list(conninfo, "hostaddr");
    let ports = list(conninfo, "port");
    let count = names.len().max(addresses.len()).max(1);
    same_length("hostaddr", addresses.len(), count, addresses.is_empty())?;
    same_length("host", names.len(), count, names.is_empty())?;
    same_length("port", ports.len(), count, ports.len() <= 1)?;

    let at = |list: &[&str], index: usize| -> Option<String> {
        let item = list.get(index).copied().unwrap_or_default();
        (!item.is_empty()).then(|| item.to_owned())
    };
    let mut hosts = Vec::with_capacity(count);
    for index in 0..count {
        let port = port(at(&ports, if ports.len() == 1 { 0 } else { index }))?;
        let address = at(&addresses, index)
            .map(|text| address(&text))
            .transpose()?;
        let name = at(&names, index)
            .or_else(|| address.map(|address| address.to_string()))
            .unwrap_or_else(|| default_host(port).to_owned());
        check_name(&name)?;
        hosts.push(Host {
            name,
            address,
            port,
        });
    }
    if choice(
        conninfo,
        "load_balance_hosts",
        false,
        &[("disable", false), ("random", true)],
    )? {
        let random = RandomState::new();
        hosts.sort_by_cached_key(|host| random.hash_one(host.to_string()));
    }
    Ok(hosts)
}

/// A name with an `@` is not shown: it is what an unescaped one in the password
/// of a URI leaves, with the rest of the password in front.
fn check_name(name: &str) -> Result<()> {
    if name.starts_with('/') || !name.contains('@') {
        return Ok(());
    }
    if name.starts_with('@') {
        return Err(invalid(
            "host is an abstract Unix socket, which is not supported yet".to_owned(),
        ));
    }
    Err(invalid("host holds an @, which no host name does".to_owned()).with_hint(URI_HINT))
}

fn list<'a>(conninfo: &'a ConnInfo, keyword: &str) -> Vec<&'a str> {
    match conninfo.text(keyword) {
        Some(text) => text.split(',').map(str::trim).collect(),
        None => Vec::new(),
    }
}

fn same_length(keyword: &str, length: usize, hosts: usize, fits_any: bool) -> Result<()> {
    if fits_any || length == hosts {
        return Ok(());
    }
    Err(invalid(format!(
        "{keyword} lists {length} values, expected one for each of {hosts} hosts"
    )))
}

/// The text is not shown: in a URI with an unescaped `:` or `@` it may be a
/// piece of the password.
fn port(text: Option<String>) -> Result<u16> {
    match text.map(|text| text.parse()) {
        None => Ok(DEFAULT_PORT),
        Some(Ok(port)) if port > 0 => Ok(port),
        Some(_) => {
            Err(invalid("port is not a number from 1 to 65535".to_owned()).with_hint(URI_HINT))
        }
    }
}

fn address(text: &str) -> Result<IpAddr> {
    text.parse()
        .map_err(|_| invalid(format!("hostaddr \"{text}\" is not an IP address")))
}

fn passfile(conninfo: &ConnInfo) -> Option<PathBuf> {
    match conninfo.text("passfile") {
        Some(path) => Some(PathBuf::from(path)),
        None => Some(conninfo.home()?.join(".pgpass")),
    }
}

fn session_attrs(conninfo: &ConnInfo) -> Result<SessionAttrs> {
    choice(
        conninfo,
        "target_session_attrs",
        SessionAttrs::Any,
        &[
            ("any", SessionAttrs::Any),
            ("read-write", SessionAttrs::ReadWrite),
            ("read-only", SessionAttrs::ReadOnly),
            ("primary", SessionAttrs::Primary),
            ("standby", SessionAttrs::Standby),
            ("prefer-standby", SessionAttrs::PreferStandby),
        ],
    )
}

/// There is no GSSAPI here: asked to prefer it, one goes without; asked to
/// require it, one fails.
fn refuse_gss(conninfo: &ConnInfo) -> Result<()> {
    let required = choice(
        conninfo,
        "gssencmode",
        false,
        &[("disable", false), ("prefer", false), ("require", true)],
    )?;
    if required {
        return Err(invalid("gssencmode=require is not supported".to_owned())
            .with_hint("Encrypt the connection by TLS instead: sslmode=verify-full."));
    }
    Ok(())
}

/// One of the words a keyword takes.
pub(super) fn choice<T: Copy>(
    conninfo: &ConnInfo,
    keyword: &str,
    default: T,
    choices: &[(&str, T)],
) -> Result<T> {
    let Some(text) = conninfo.text(keyword) else {
        return Ok(default);
    };
    if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
        return Ok(*choice);
    }
    let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
    Err(invalid(format!(
        "{keyword} is \"{text}\", expected one of {}",
        words.join(", ")
    )))
}

fn number<T: FromStr>(conninfo: &ConnInfo, keyword: &str) -> Result<Option<T>> {
    conninfo
        .text(keyword)
        .map(|text| {
            text.trim()
                .parse()
                .map_err(|_| invalid(format!("{keyword} is \"{text}\", expected an integer")))
        })
        .transpose()
}

/// A number above zero; libpq takes zero and less for "as the system does it".
fn positive(conninfo: &ConnInfo, keyword: &str) -> Result<Option<u64>> {
    let number = number::<i32>(conninfo, keyword)?;
    Ok(number
        .and_then(|n| u64::try_from(n).ok())
        .filter(|&n| n > 0))
}

fn seconds(conninfo: &ConnInfo, keyword: &str) -> Result<Option<Duration>> {
    Ok(positive(conninfo, keyword)?.map(Duration::from_secs))
}

pub(super) fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
}
