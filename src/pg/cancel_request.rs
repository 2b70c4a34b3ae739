//! Cancel requests: stopping what a session runs, from outside.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error;
use super::socket::Socket;
use super::target::Host;
use crate::error::{Error, ErrorKind, Result};

/// How long a cancel request may take. Past that, whoever sends it does better
/// to drop the connection.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Cancels the running statement of one session.
#[derive(Clone)]
pub struct CancelHandle {
    token: CancelToken,
    /// The server of the session, its name looked up: another address of the same
    /// name may be another server.
    host: Host,
    tls: Option<MakeRustlsConnect>,
}

impl CancelHandle {
    pub(super) fn new(token: CancelToken, host: Host, tls: Option<MakeRustlsConnect>) -> Self {
        Self { token, host, tls }
    }

    /// Asks the server, over a connection of its own, to cancel what the session
    /// runs. The statement then fails with SQLSTATE 57014, unless it has ended
    /// before. Waits 5 seconds at most.
    ///
    /// When this returns, the server has passed the request on: it will not hit a
    /// later statement that the session starts after it has seen this one fail.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Connect`] if the request cannot be delivered.
    pub async fn cancel(&self) -> Result<()> {
        let late = || {
            let seconds = TIMEOUT.as_secs();
            let message = format!("server does not answer within {seconds} seconds");
            Error::new(ErrorKind::Connect, message)
        };
        tokio::time::timeout(TIMEOUT, self.deliver())
            .await
            .unwrap_or_else(|_| Err(late()))
            .map_err(|error| error.context(format!("sending a cancel request to {}", self.host)))
    }

    async fn deliver(&self) -> Result<()> {
        let socket = Socket::connect(&self.host).await.and_then(Socket::twin);
        let (mouth, ear) =
            socket.map_err(|error| Error::new(ErrorKind::Connect, error.to_string()))?;
        self.speak(mouth, ear).await
    }

    /// Sends the request, then listens until the server hangs up, which is all the
    /// answer there is. `mouth` and `ear` are one connection: the library that
    /// sends the request keeps the first to itself.
    async fn speak(&self, mouth: Socket, mut ear: Socket) -> Result<()> {
        let sent = match self.tls.clone() {
            Some(mut tls) => {
                let Ok(tls) = MakeTlsConnect::<Socket>::make_tls_connect(&mut tls, &self.host.name);
                self.token.cancel_query_raw(mouth, tls).await
            }
            None => self.token.cancel_query_raw(mouth, NoTls).await,
        };
        sent.map_err(|error| error::connecting(&error))?;
        let mut rest = [0; 64];
        while matches!(ear.read(&mut rest).await, Ok(1..)) {}
        Ok(())
    }
}
