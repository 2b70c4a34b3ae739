//! Encrypted sessions with a real server: what `sslmode` and certificates decide.

mod support;

use std::path::{Path, PathBuf};

use pgsluice::ErrorKind;
use pgsluice::pg::Session;
use support::certificates::Authority;
use support::cluster::{Cluster, cluster};
use support::sessions::{conninfo, refusal, session, tcp, tcp_to};

async fn uses_tls(session: &Session) -> bool {
    let row = session
        .one(
            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
            &[],
        )
        .await
        .expect("pg_stat_ssl");
    row.get("ssl").expect("a boolean")
}

#[tokio::test]
async fn sslmode_decides_whether_the_session_is_encrypted() {
    for (settings, encrypted) in [
        ("sslmode=disable", false),
        ("sslmode=allow", false),
        ("sslmode=prefer", true),
        ("", true),
        ("sslmode=require", true),
        ("sslmode=require channel_binding=require", true),
        ("sslmode=require ssl_max_protocol_version=TLSv1.2", true),
        ("sslmode=require sslsni=0", true),
    ] {
        let session = session(&tcp(settings)).await;
        assert_eq!(uses_tls(&session).await, encrypted, "{settings}");
    }
}

#[tokio::test]
async fn allow_and_prefer_try_again_when_pg_hba_refuses_the_encryption() {
    cluster().psql(
        "postgres",
        "CREATE ROLE tls_only LOGIN PASSWORD 'x'; CREATE ROLE plain_only LOGIN PASSWORD 'x'",
    );
    let login = |role: &str, mode: &str| {
        let port = cluster().port();
        format!("host=127.0.0.1 port={port} user={role} password=x dbname=postgres sslmode={mode}")
    };
    assert!(uses_tls(&session(&login("tls_only", "allow")).await).await);
    assert!(!uses_tls(&session(&login("plain_only", "prefer")).await).await);

    let error = refusal(&login("tls_only", "disable")).await;
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.sqlstate(), Some("28000"));
    refusal(&login("plain_only", "require")).await;
}

/// Connects to the server under `host`, a name for 127.0.0.1 that need not resolve.
fn verified(host: &str, root: &Path, mode: &str) -> String {
    tcp(&format!(
        "host={host} hostaddr=127.0.0.1 sslmode={mode} sslrootcert={}",
        root.display()
    ))
}

#[tokio::test]
async fn verify_modes_check_the_chain_and_verify_full_the_name() {
    let root = cluster().file("root.crt");
    for (host, mode) in [
        ("localhost", "verify-full"),
        ("localhost", "verify-ca"),
        ("elsewhere.example", "verify-ca"),
        ("elsewhere.example", "require"),
        ("127.0.0.1", "verify-ca"),
    ] {
        let session = session(&verified(host, &root, mode)).await;
        assert!(uses_tls(&session).await, "{host} {mode}");
    }
    for host in ["elsewhere.example", "127.0.0.1"] {
        let error = refusal(&verified(host, &root, "verify-full")).await;
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(error.full().contains("not valid for name"), "{error:?}");
    }
}

#[tokio::test]
async fn certificate_of_an_unknown_authority_is_refused_wherever_a_root_is_given() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let other = Authority::new(directory.path(), "other").certificate();
    for mode in ["require", "verify-ca", "verify-full"] {
        let error = refusal(&verified("localhost", &other, mode)).await;
        assert_eq!(error.kind(), ErrorKind::Connect, "{mode}");
        assert!(error.full().contains("TLS handshake failed"), "{error:?}");
    }
    // Below require, libpq does not look at the certificate.
    session(&verified("localhost", &other, "prefer")).await;
}

#[tokio::test]
async fn self_signed_certificate_is_verified_by_itself() {
    let server = Cluster::start_with_certificate("root");
    let with = |mode: &str, root: PathBuf| {
        let settings = format!("sslmode={mode} sslrootcert={}", root.display());
        tcp_to(&server, &settings)
    };
    session(&with("verify-ca", server.file("root.crt"))).await;
    // The name in its CN does not count.
    refusal(&with("verify-full", server.file("root.crt"))).await;
    refusal(&with("verify-ca", cluster().file("root.crt"))).await;
}

#[tokio::test]
async fn certificate_of_version_1_encrypts_but_cannot_be_verified() {
    let server = Cluster::start_with_certificate("version1");
    let encrypted = session(&tcp_to(&server, "sslmode=require channel_binding=require")).await;
    assert!(uses_tls(&encrypted).await);
    let root = server.file("root.crt");
    let settings = format!("sslmode=verify-ca sslrootcert={}", root.display());
    let error = refusal(&tcp_to(&server, &settings)).await;
    assert!(
        error.hint().is_some_and(|hint| hint.contains("version 1")),
        "{error:?}"
    );
}

#[tokio::test]
async fn root_certificate_is_found_under_home() {
    let home = tempfile::tempdir().expect("temporary directory");
    let directory = home.path().join(".postgresql");
    std::fs::create_dir(&directory).expect("directory");
    let connect = || async {
        let target = tcp("host=localhost hostaddr=127.0.0.1 sslmode=verify-full");
        let target = conninfo(&target).with_defaults("nobody", Some(home.path()));
        Session::connect(&target).await.map(drop)
    };
    let error = connect().await.expect_err("there is no root certificate");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    std::fs::copy(cluster().file("root.crt"), directory.join("root.crt")).expect("copy");
    connect().await.expect("verified");
}

#[tokio::test]
async fn client_certificate_logs_in() {
    cluster().psql("postgres", "CREATE ROLE certified LOGIN");
    let port = cluster().port();
    let without =
        format!("host=127.0.0.1 port={port} user=certified dbname=postgres sslmode=require");
    let with = format!(
        "{without} sslcert={} sslkey={}",
        cluster().file("certified.crt").display(),
        cluster().file("certified.key").display()
    );
    session(&with).await;
    let error = refusal(&without).await;
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error:?}");
}

#[tokio::test]
async fn unreadable_certificate_file_is_invalid_input_that_names_it() {
    let missing = PathBuf::from("/nonexistent/root.crt");
    let error = refusal(&verified("localhost", &missing, "verify-full")).await;
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.full().contains("/nonexistent/root.crt"), "{error:?}");
}
