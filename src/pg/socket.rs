//! The socket under a session: TCP or a Unix socket, with keepalives.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use super::target::{Host, Keepalives};

/// An open socket to a server.
pub(super) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Socket {
    /// Connects to `host`, whose name has been looked up.
    pub(super) async fn connect(host: &Host) -> io::Result<Self> {
        #[cfg(unix)]
        if host.is_socket() {
            return UnixStream::connect(host.socket_path())
                .await
                .map(Self::Unix);
        }
        let address = host
            .address
            .ok_or_else(|| io::Error::other(format!("{host} was not looked up")))?;
        let stream = TcpStream::connect((address, host.port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self::Tcp(stream))
    }

    /// Sets how the connection is kept, or found to be dead. Of TCP only: the other
    /// end of a Unix socket cannot vanish unnoticed.
    pub(super) fn keep_alive(&self, keepalives: &Keepalives) -> io::Result<()> {
        let Some(tcp) = self.tcp() else {
            return Ok(());
        };
        let socket = SockRef::from(tcp);
        #[cfg(target_os = "linux")]
        if keepalives.user_timeout.is_some() {
            socket.set_tcp_user_timeout(keepalives.user_timeout)?;
        }
        if !keepalives.enabled {
            return Ok(());
        }
        socket.set_keepalive(true)?;
        let mut timing = TcpKeepalive::new();
        if let Some(idle) = keepalives.idle {
            timing = timing.with_time(idle);
        }
        if let Some(interval) = keepalives.interval {
            timing = timing.with_interval(interval);
        }
        #[cfg(not(windows))]
        if let Some(count) = keepalives.count {
            timing = timing.with_retries(count);
        }
        socket.set_tcp_keepalive(&timing)
    }

    /// The same connection once more.
    pub(super) fn twin(self) -> io::Result<(Self, Self)> {
        match self {
            Self::Tcp(stream) => {
                let stream = stream.into_std()?;
                let twin = TcpStream::from_std(stream.try_clone()?)?;
                Ok((Self::Tcp(TcpStream::from_std(stream)?), Self::Tcp(twin)))
            }
            #[cfg(unix)]
            Self::Unix(stream) => {
                let stream = stream.into_std()?;
                let twin = UnixStream::from_std(stream.try_clone()?)?;
                Ok((Self::Unix(UnixStream::from_std(stream)?), Self::Unix(twin)))
            }
        }
    }

    fn tcp(&self) -> Option<&TcpStream> {
        match self {
            Self::Tcp(stream) => Some(stream),
            #[cfg(unix)]
            Self::Unix(_) => None,
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
