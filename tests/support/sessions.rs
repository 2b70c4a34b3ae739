//! Opening sessions in tests.

use pgsluice::Error;
use pgsluice::pg::{ConnInfo, Session};

use super::cluster::{Cluster, PASSWORD, cluster};

/// A connection string that must be right.
pub fn conninfo(text: &str) -> ConnInfo {
    ConnInfo::parse(text).expect("a connection string")
}

/// A session that must come about.
pub async fn session(text: &str) -> Session {
    Session::connect(&conninfo(text)).await.expect("a session")
}

/// The error of a session that must not come about.
pub async fn refusal(text: &str) -> Error {
    match Session::connect(&conninfo(text)).await {
        Ok(_) => panic!("connected to {text}"),
        Err(error) => error,
    }
}

/// A keyword string for TCP to this binary's cluster, with the right password.
pub fn tcp(settings: &str) -> String {
    tcp_to(cluster(), settings)
}

/// The same for another cluster.
pub fn tcp_to(cluster: &Cluster, settings: &str) -> String {
    let port = cluster.port();
    format!("host=127.0.0.1 port={port} user=postgres password='{PASSWORD}' {settings}")
}
