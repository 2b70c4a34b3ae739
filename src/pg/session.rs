//! One connection to a server.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_postgres::tls::TlsStream;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{AsyncMessage, Client, Connection, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tap::Tap;
use super::target::Host;
use super::{CancelHandle, ConnInfo, CopyIn, CopyOut, Row, ServerVersion, connect, error};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::Dialect;

/// One open connection, which a task on the runtime that opened it drives.
///
/// Dropping a session says goodbye to the server once running statements have
/// ended; [`close`](Self::close) waits for that.
pub struct Session {
    client: Client,
    /// Where the rows of a COPY come from.
    tap: Tap,
    version: ServerVersion,
    /// The server, looked up.
    host: Host,
    /// As the session itself uses it; `None` without TLS.
    tls: Option<MakeRustlsConnect>,
    fate: Fate,
}

impl Session {
    /// Opens a session with the first server of `conninfo` that takes it.
    ///
    /// Must be called on a tokio runtime with I/O and time enabled; a
    /// current-thread runtime will do.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for settings that do not go together or a
    /// certificate file that cannot be read, [`ErrorKind::Connect`] if no server
    /// can be reached or the database does not exist,
    /// [`ErrorKind::Authentication`] if the server refuses the role.
    pub async fn connect(conninfo: &ConnInfo) -> Result<Self> {
        connect::connect(&conninfo.target()?).await
    }

    /// Opens another session on the server that `server` stands for, whatever
    /// other servers `conninfo` names.
    ///
    /// # Errors
    ///
    /// Those of [`connect`](Self::connect).
    pub async fn connect_to(conninfo: &ConnInfo, server: &Server) -> Result<Self> {
        connect::connect_to(&conninfo.target()?, &server.0).await
    }

    /// The server this session is on.
    pub fn server(&self) -> Server {
        Server(self.host.clone())
    }

    /// Waits until the connection ends without having been asked to, for whoever
    /// needs a session that is left in peace.
    pub async fn lost(&self) -> Error {
        match self.fate.clone().ended().await {
            Some(reason) => error::running(&reason),
            None => Error::new(ErrorKind::Connect, "server closed the connection"),
        }
    }

    /// Puts a connection that has just been made to work.
    pub(super) fn start<S, T>(
        client: Client,
        connection: Connection<S, T>,
        tap: Tap,
        host: Host,
        tls: Option<MakeRustlsConnect>,
    ) -> Result<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        T: TlsStream + Unpin + Send + 'static,
    {
        let reported = connection.parameter("server_version").unwrap_or_default();
        let version = ServerVersion::parse(reported).ok_or_else(|| {
            Error::new(
                ErrorKind::Unsupported,
                format!("server reports version \"{reported}\", expected a PostgreSQL release"),
            )
        })?;
        Ok(Self {
            client,
            tap,
            version,
            host,
            tls,
            fate: drive(connection),
        })
    }

    /// The server's version, as it reported when the session opened.
    pub fn server_version(&self) -> &ServerVersion {
        &self.version
    }

    /// SQL as the server writes and reads it.
    ///
    /// # Errors
    ///
    /// Those of [`batch`](Self::batch).
    pub async fn dialect(&self) -> Result<Dialect> {
        let keywords = self
            .rows(
                "SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U'",
                &[],
                |row| row.get("word"),
            )
            .await?;
        Ok(Dialect::new(self.version.major(), keywords))
    }

    /// Whether the connection is known to be gone.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements separated by semicolons and ignores their rows. They are
    /// one transaction unless they say otherwise.
    ///
    /// # Errors
    ///
    /// What the server reports; [`ErrorKind::Connect`] if the connection is lost.
    pub async fn batch(&self, sql: &str) -> Result<()> {
        match self.client.batch_execute(sql).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fate.explain(&error).await),
        }
    }

    /// Runs one statement, and returns how many rows it has changed.
    ///
    /// # Errors
    ///
    /// Those of [`batch`](Self::batch).
    pub async fn execute(&self, sql: &str) -> Result<u64> {
        match self.client.execute(sql, &[]).await {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.fate.explain(&error).await),
        }
    }

    /// Runs one query and collects its rows. For results that may be large, use
    /// [`rows`](Self::rows).
    ///
    /// # Errors
    ///
    /// Those of [`batch`](Self::batch).
    pub async fn query(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        match self.client.query(sql, params).await {
            Ok(rows) => Ok(rows.into_iter().map(Row::new).collect()),
            Err(error) => Err(self.fate.explain(&error).await),
        }
    }

    /// The types of a query's columns; of domains those beneath. The query is not run.
    ///
    /// # Errors
    ///
    /// Those of [`batch`](Self::batch).
    pub async fn result_types(&self, sql: &str) -> Result<Vec<Type>> {
        match self.client.prepare(sql).await {
            Ok(prepared) => Ok(prepared
                .columns()
                .iter()
                .map(|c| c.type_().clone())
                .collect()),
            Err(error) => Err(self.fate.explain(&error).await),
        }
    }

    /// Runs queries separated by semicolons. Returns for each its rows, of columns as
    /// text; statements without rows count as queries without any.
    ///
    /// # Errors
    ///
    /// Those of [`batch`](Self::batch).
    pub async fn texts(&self, sql: &str) -> Result<Vec<Vec<Vec<Option<String>>>>> {
        let messages = match self.client.simple_query(sql).await {
            Ok(messages) => messages,
            Err(error) => return Err(self.fate.explain(&error).await),
        };
        let mut results = Vec::new();
        let mut rows = Vec::new();
        for message in messages {
            match message {
                SimpleQueryMessage::Row(row) => {
                    let columns = (0..row.len()).map(|column| row.get(column).map(str::to_owned));
                    rows.push(columns.collect());
                }
                SimpleQueryMessage::CommandComplete(_) => results.push(std::mem::take(&mut rows)),
                _ => {}
            }
        }
        Ok(results)
    }

    /// Runs one query and reads each row as it arrives, so that memory holds
    /// what `read` makes of the rows and never all the rows.
    ///
    /// # Errors
    ///
    /// Those of [`batch`](Self::batch), and the first that `read` returns.
    pub async fn rows<T>(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut values = Vec::new();
        let streamed = async {
            let rows = self.client.query_raw(sql, params.iter().copied()).await?;
            let mut rows = std::pin::pin!(rows);
            while let Some(row) = rows.try_next().await? {
                match read(&Row::new(row)) {
                    Ok(value) => values.push(value),
                    Err(error) => return Ok(Err(error)),
                }
            }
            Ok(Ok(()))
        };
        match streamed.await {
            Ok(read) => read.map(|()| values),
            Err(error) => Err(self.fate.explain(&error).await),
        }
    }

    /// Runs a query that returns exactly one row.
    ///
    /// # Errors
    ///
    /// Those of [`batch`](Self::batch); [`ErrorKind::Internal`] for any other
    /// number of rows.
    pub async fn one(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Row> {
        let mut rows = self.query(sql, params).await?;
        match (rows.pop(), rows.len()) {
            (Some(row), 0) => Ok(row),
            (row, others) => Err(Error::new(
                ErrorKind::Internal,
                format!(
                    "query returned {} rows, expected one",
                    others + usize::from(row.is_some())
                ),
            )),
        }
    }

    /// Runs statements separated by semicolons, the last of which, and no other,
    /// is a `COPY … TO STDOUT`. The session can do nothing else until the last row
    /// is read. Errors show when rows are read.
    pub fn copy_out<'a>(&'a self, sql: &'a str) -> CopyOut<'a> {
        let run = async move {
            if self.tap.is_spilling() {
                // Answered when what was given up before has ended.
                self.client.batch_execute("").await?;
            }
            self.tap.open();
            self.client.batch_execute(sql).await
        };
        CopyOut::new(self.tap.clone(), Box::pin(run), self.fate.clone())
    }

    /// Runs a `COPY … FROM STDIN`, whose rows are then to be sent.
    ///
    /// # Errors
    ///
    /// Those of [`batch`](Self::batch).
    pub async fn copy_in(&self, sql: &str) -> Result<CopyIn> {
        let prepared = match self.client.prepare(sql).await {
            Ok(prepared) => prepared,
            Err(error) => return Err(self.fate.explain(&error).await),
        };
        let errors = self.tap.errors();
        self.tap.begin_copy_in();
        match self.client.copy_in(&prepared).await {
            Ok(sink) => Ok(CopyIn::new(
                sink,
                self.tap.clone(),
                errors,
                self.fate.clone(),
            )),
            Err(error) => Err(self.fate.explain(&error).await),
        }
    }

    /// A handle that cancels what this session runs, from anywhere.
    pub fn cancel_handle(&self) -> CancelHandle {
        CancelHandle::new(
            self.client.cancel_token(),
            self.host.clone(),
            self.tls.clone(),
        )
    }

    /// Ends the session of a job, with what it runs if that `failed`: dropping it would
    /// let the server go on. A failure is logged, no more.
    pub async fn end(self, failed: bool) {
        if failed && let Err(error) = self.cancel_handle().cancel().await {
            tracing::warn!("cancelling the running statement: {}", error.full());
        }
        // A server that does not answer any more must not keep the job from ending.
        if tokio::time::timeout(CLOSE_TIMEOUT, self.close())
            .await
            .is_err()
        {
            tracing::warn!("the server did not end the session within {CLOSE_TIMEOUT:?}");
        }
    }

    /// Ends the session and waits until the server knows.
    pub async fn close(self) {
        let Self {
            client, mut fate, ..
        } = self;
        drop(client);
        fate.ended().await;
    }
}

/// How long the server may take to end a session. It does so at once unless it hangs.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// One server of those a connection string may mean, its name looked up.
#[derive(Clone, Debug)]
pub struct Server(Host);

/// How a connection ended, once it has. Whoever was waiting for an answer only
/// learns that none will come; the connection knows why.
#[derive(Clone)]
pub(super) struct Fate(watch::Receiver<Option<End>>);

/// `None`: the goodbye was ours.
type End = Option<Arc<tokio_postgres::Error>>;

impl Fate {
    /// `error` as ours, with the reason if all it says is that the connection is closed.
    pub(super) async fn explain(&self, error: &tokio_postgres::Error) -> Error {
        if error.is_closed()
            && let Some(reason) = self.clone().ended().await
        {
            return error::running(&reason);
        }
        error::running(error)
    }

    /// Waits for the end. `None` also if the runtime stopped the connection's task.
    async fn ended(&mut self) -> End {
        let end = self.0.wait_for(Option::is_some).await.ok()?;
        end.as_ref().and_then(Clone::clone)
    }
}

/// Drives `connection` on the current runtime until it ends.
fn drive<S, T>(mut connection: Connection<S, T>) -> Fate
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: TlsStream + Unpin + Send + 'static,
{
    let (tell, fate) = watch::channel(None);
    tokio::spawn(async move {
        let end = loop {
            match poll_fn(|cx| connection.poll_message(cx)).await {
                Some(Ok(AsyncMessage::Notice(notice))) => {
                    tracing::debug!(severity = notice.severity(), "{}", notice.message());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => break Some(Arc::new(error)),
                None => break None,
            }
        };
        tell.send_replace(Some(end));
        // Only now do those who wait see their channels close.
        drop(connection);
    });
    Fate(fate)
}
