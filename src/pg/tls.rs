//! TLS to the server: libpq's `sslmode`, done by rustls.
//!
//! | `sslmode` | encrypted | certificate |
//! |---|---|---|
//! | `disable` | never | |
//! | `allow` | if the server insists | not checked |
//! | `prefer` (default) | if the server can | not checked |
//! | `require` | always | not checked, or as `verify-ca` where there is a root certificate |
//! | `verify-ca` | always | its chain leads to a root certificate |
//! | `verify-full` | always | so, and it is the host's |
//!
//! Root certificates are those of `sslrootcert`, of `~/.postgresql/root.crt`, or of
//! the system (`sslrootcert=system`). Unlike libpq, rustls never looks for a host
//! name in a certificate's CN, only among its alternative names.

mod verify;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use tokio_postgres::config::SslNegotiation;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::conninfo::ConnInfo;
use super::target::{Host, choice, invalid};
use crate::error::{Error, ErrorKind, Result};
use verify::{Anything, Chain};

/// The ALPN name of the protocol, which `sslnegotiation=direct` has to send
/// ("SSL Session Encryption" in the manual).
const ALPN: &[u8] = b"postgresql";

/// What a connection string says about TLS.
pub(super) struct TlsSettings {
    mode: SslMode,
    pub(super) negotiation: SslNegotiation,
    roots: Roots,
    identity: Option<Identity>,
    server_name_indication: bool,
    versions: Vec<&'static SupportedProtocolVersion>,
}

/// From the laxest to the strictest.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

#[derive(Debug, Eq, PartialEq)]
enum Roots {
    /// There are none, or the mode has no use for them.
    None,
    System,
    File(PathBuf),
}

/// A client certificate and its key, by file.
#[derive(Debug, Eq, PartialEq)]
struct Identity {
    certificate: PathBuf,
    key: PathBuf,
}

/// One way to open a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Attempt {
    Plain,
    Tls,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "without TLS",
            Self::Tls => "with TLS",
        })
    }
}

impl TlsSettings {
    /// Reads the `ssl*` keywords.
    pub(super) fn new(conninfo: &ConnInfo) -> Result<Self> {
        let system = conninfo.text("sslrootcert") == Some("system");
        let mode = mode(conninfo, system)?;
        let negotiation = choice(
            conninfo,
            "sslnegotiation",
            SslNegotiation::Postgres,
            &[
                ("postgres", SslNegotiation::Postgres),
                ("direct", SslNegotiation::Direct),
            ],
        )?;
        if negotiation == SslNegotiation::Direct && mode < SslMode::Require {
            return Err(invalid(
                "sslnegotiation=direct needs sslmode=require or stricter".to_owned(),
            ));
        }
        Ok(Self {
            mode,
            negotiation,
            roots: roots(conninfo, mode, system),
            identity: identity(conninfo)?,
            server_name_indication: choice(conninfo, "sslsni", true, &[("0", false), ("1", true)])?,
            versions: versions(conninfo)?,
        })
    }

    /// How to connect to `host`, and how to try again if TLS is why that failed.
    pub(super) fn attempts(&self, host: &Host) -> (Attempt, Option<Attempt>) {
        match self.mode {
            _ if host.is_socket() => (Attempt::Plain, None),
            SslMode::Disable => (Attempt::Plain, None),
            SslMode::Allow => (Attempt::Plain, Some(Attempt::Tls)),
            SslMode::Prefer => (Attempt::Tls, Some(Attempt::Plain)),
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => (Attempt::Tls, None),
        }
    }

    /// Reads the certificates and makes what `tokio-postgres` encrypts with.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = self.verifier(&provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&self.versions)
            .map_err(|error| unusable("the TLS settings", error))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let key = PrivateKeyDer::from_pem_file(&identity.key)
                    .map_err(|error| unreadable("client key", &identity.key, error))?;
                let chain = certificates("client certificate", &identity.certificate)?;
                builder.with_client_auth_cert(chain, key).map_err(|error| {
                    unusable(
                        &format!("client certificate {}", identity.certificate.display()),
                        error,
                    )
                })?
            }
        };
        config.enable_sni = self.server_name_indication;
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(MakeRustlsConnect::new(config))
    }

    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
        let pinned = match &self.roots {
            Roots::None if self.mode >= SslMode::VerifyCa => return Err(nothing_to_verify_with()),
            Roots::None => return Ok(Arc::new(Anything::new(provider))),
            Roots::System => system_certificates()?,
            Roots::File(path) => certificates("root certificate", path)?,
        };
        let mut store = RootCertStore::empty();
        let (usable, _) = store.add_parsable_certificates(pinned.iter().cloned());
        if usable == 0 {
            return Err(invalid(
                "sslrootcert holds no usable certificate".to_owned(),
            ));
        }
        let check_name = self.mode == SslMode::VerifyFull;
        let chain = Chain::new(store, pinned, check_name, provider)
            .map_err(|error| unusable("sslrootcert", error))?;
        Ok(Arc::new(chain))
    }
}

/// The mode asked for. Trusting the system's authorities is worth nothing unless the
/// name is checked too: anybody can have a certificate from one of them.
fn mode(conninfo: &ConnInfo, system: bool) -> Result<SslMode> {
    let default = if system {
        SslMode::VerifyFull
    } else {
        SslMode::Prefer
    };
    let mode = choice(
        conninfo,
        "sslmode",
        default,
        &[
            ("disable", SslMode::Disable),
            ("allow", SslMode::Allow),
            ("prefer", SslMode::Prefer),
            ("require", SslMode::Require),
            ("verify-ca", SslMode::VerifyCa),
            ("verify-full", SslMode::VerifyFull),
        ],
    )?;
    if system && mode != SslMode::VerifyFull {
        return Err(invalid(
            "sslrootcert=system needs sslmode=verify-full".to_owned(),
        ));
    }
    Ok(mode)
}

/// The root certificates that `mode` checks against. As in libpq, a root
/// certificate makes `require` check like `verify-ca`.
fn roots(conninfo: &ConnInfo, mode: SslMode, system: bool) -> Roots {
    if mode < SslMode::Require {
        return Roots::None;
    }
    if system {
        return Roots::System;
    }
    let default = under_home(conninfo, "root.crt").filter(|path| path.exists());
    match conninfo.text("sslrootcert").map(PathBuf::from).or(default) {
        Some(path) => Roots::File(path),
        None => Roots::None,
    }
}

fn nothing_to_verify_with() -> Error {
    invalid(
        "sslmode asks to verify the server's certificate, but there is no root certificate"
            .to_owned(),
    )
    .with_hint("Set sslrootcert to a file of root certificates or to \"system\".")
}

fn identity(conninfo: &ConnInfo) -> Result<Option<Identity>> {
    let wanted = choice(
        conninfo,
        "sslcertmode",
        true,
        &[("allow", true), ("disable", false)],
    )?;
    if !wanted {
        return Ok(None);
    }
    let default = || under_home(conninfo, "postgresql.crt").filter(|path| path.exists());
    let Some(certificate) = conninfo.text("sslcert").map(PathBuf::from).or_else(default) else {
        return Ok(None);
    };
    let key = conninfo
        .text("sslkey")
        .map(PathBuf::from)
        .or_else(|| under_home(conninfo, "postgresql.key"))
        .ok_or_else(|| invalid("sslcert is set, sslkey is not".to_owned()))?;
    Ok(Some(Identity { certificate, key }))
}

fn under_home(conninfo: &ConnInfo, file: &str) -> Option<PathBuf> {
    Some(conninfo.home()?.join(".postgresql").join(file))
}

/// The versions of TLS between the limits set. rustls has none before 1.2, which is
/// also what libpq starts at by default.
fn versions(conninfo: &ConnInfo) -> Result<Vec<&'static SupportedProtocolVersion>> {
    let names = [("TLSv1", 0), ("TLSv1.1", 1), ("TLSv1.2", 2), ("TLSv1.3", 3)];
    let lowest = choice(conninfo, "ssl_min_protocol_version", 2, &names)?;
    let highest = choice(conninfo, "ssl_max_protocol_version", 3, &names)?;
    let versions: Vec<_> = [(2, &version::TLS12), (3, &version::TLS13)]
        .into_iter()
        .filter(|(number, _)| (lowest..=highest).contains(number))
        .map(|(_, version)| version)
        .collect();
    if versions.is_empty() {
        return Err(invalid(
            "the TLS protocol versions asked for include neither TLSv1.2 nor TLSv1.3".to_owned(),
        ));
    }
    Ok(versions)
}

fn certificates(what: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(what, path, error))?;
    if certificates.is_empty() {
        return Err(invalid(format!(
            "{what} file {} holds no certificate in PEM form",
            path.display()
        )));
    }
    Ok(certificates)
}

fn system_certificates() -> Result<Vec<CertificateDer<'static>>> {
    let found = rustls_native_certs::load_native_certs();
    match found.errors.into_iter().next() {
        Some(error) if found.certs.is_empty() => {
            Err(unusable("the system's root certificates", error))
        }
        _ => Ok(found.certs),
    }
}

fn unreadable(what: &str, path: &Path, error: rustls::pki_types::pem::Error) -> Error {
    unusable(&format!("{what} file {}", path.display()), error)
}

fn unusable(what: &str, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("{what} cannot be used")).with_source(error)
}
