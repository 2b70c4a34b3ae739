//! Rows of a COPY, taken off the connection before `tokio-postgres` sees them.
//!
//! `tokio-postgres` makes every row a message of its own, whole and in memory: a
//! gigabyte of row is a gigabyte of buffer, and a million short rows are a
//! million messages. A [`Wire`] stands between it and the socket. While the tap
//! is open, it takes the payload of `CopyData` messages into a block, one copy
//! and no more, and `CopyOutResponse` and `CopyDone` out of the stream; every
//! other message goes its way. So a row may be longer than any buffer, and
//! `tokio-postgres` sees statements that return nothing.
//!
//! When the block is full, the wire stops reading its socket until somebody
//! takes the block: the server waits.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use super::begin_copy::{FLUSH, Outgoing};

/// Bytes of rows that are handed over at a time: what the codecs take at a time, so
/// that nothing is copied once more.
const BLOCK: usize = 128 * 1024;

/// Bytes asked of the socket at a time.
const READ: usize = 64 * 1024;

/// Type byte and length.
const HEADER: usize = 5;

const COPY_DATA: u8 = b'd';
const COPY_DONE: u8 = b'c';
const COPY_OUT_RESPONSE: u8 = b'H';
const READY_FOR_QUERY: u8 = b'Z';
const ERROR_RESPONSE: u8 = b'E';

/// What becomes of the messages of a COPY.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Mode {
    /// They are as other messages: there is no COPY.
    #[default]
    Closed,
    /// Rows go into the block.
    Open,
    /// Rows are dropped until the statement ends, since nobody wants them any more.
    Spilling,
}

#[derive(Default)]
struct Shared {
    mode: Mode,
    rows: Vec<u8>,
    /// Whoever waits for rows.
    reader: Option<Waker>,
    /// The connection, while it waits for the block to be taken.
    wire: Option<Waker>,
    /// Errors that the server has reported.
    errors: u64,
    /// The last of them, a message with its header, as far as it has come.
    last_error: Vec<u8>,
    /// Whether the next `Sync` to the server is to be a `Flush`.
    begins_copy_in: bool,
}

impl Shared {
    /// How many bytes of rows may be added.
    fn room(&self) -> usize {
        match self.mode {
            Mode::Spilling => usize::MAX,
            Mode::Open | Mode::Closed => BLOCK.saturating_sub(self.rows.len()),
        }
    }

    fn add_rows(&mut self, rows: &[u8]) {
        if self.mode != Mode::Spilling {
            self.rows.extend_from_slice(rows);
        }
    }

    fn exchange(&mut self, block: &mut Vec<u8>) {
        block.clear();
        block.reserve_exact(BLOCK);
        std::mem::swap(&mut self.rows, block);
        wake(&mut self.wire);
    }

    /// Wakes whoever waits for rows, if there is a block of them. In part full it is
    /// left alone: codecs like runs of one length, and tasks to be left asleep.
    fn wake_reader(&mut self) {
        if self.rows.len() >= BLOCK {
            wake(&mut self.reader);
        }
    }
}

/// Where rows are taken. One of a connection's, which shares it with its [`Wire`].
#[derive(Clone, Default)]
pub(super) struct Tap(Arc<Mutex<Shared>>);

impl Tap {
    /// From the next message on rows go into the block.
    pub(super) fn open(&self) {
        let mut shared = self.lock();
        shared.mode = Mode::Open;
        // All it will ever hold: growing by doubling would copy.
        shared.rows.reserve_exact(BLOCK);
    }

    /// There is no COPY any more; rows that nobody took are gone.
    pub(super) fn close(&self) {
        let mut shared = self.lock();
        shared.mode = Mode::Closed;
        shared.rows.clear();
    }

    /// Whether rows of a COPY that was given up may still be coming.
    pub(super) fn is_spilling(&self) -> bool {
        self.lock().mode == Mode::Spilling
    }

    /// Nobody wants the rows that may still come.
    pub(super) fn spill(&self) {
        let mut shared = self.lock();
        shared.mode = Mode::Spilling;
        shared.rows = Vec::new();
        wake(&mut shared.wire);
    }

    /// Exchanges a full block of rows for `block`, whose contents are gone then.
    /// False: it is not full; the task is woken when it is.
    pub(super) fn take(&self, block: &mut Vec<u8>, cx: &Context<'_>) -> bool {
        let mut shared = self.lock();
        if shared.rows.len() < BLOCK {
            shared.reader = Some(cx.waker().clone());
            return false;
        }
        shared.exchange(block);
        true
    }

    /// The same for the last rows, after which there are none. False: there are none now.
    pub(super) fn take_rest(&self, block: &mut Vec<u8>) -> bool {
        let mut shared = self.lock();
        shared.exchange(block);
        !block.is_empty()
    }

    /// How many errors the server has reported. Whoever sends rows is told of one only when
    /// it asks for the outcome.
    pub(super) fn errors(&self) -> u64 {
        self.lock().errors
    }

    /// The last error that the server has reported: a whole message.
    pub(super) fn last_error(&self) -> Vec<u8> {
        self.lock().last_error.clone()
    }

    /// The next statement takes rows: see [`begin_copy`](super::begin_copy).
    pub(super) fn begin_copy_in(&self) {
        self.lock().begins_copy_in = true;
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

/// What the next bytes from the server are.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// So many bytes of a header are known.
    Header(usize),
    /// A message for `tokio-postgres`: so many bytes of its header and of its
    /// body are still to be handed on.
    Message {
        header: usize,
        body: usize,
        is_error: bool,
    },
    /// So many bytes of rows.
    Rows(usize),
    /// So many bytes of no interest.
    Dropped(usize),
}

/// A connection with a tap.
pub(super) struct Wire<S> {
    stream: S,
    tap: Tap,
    incoming: Box<[u8]>,
    /// What of `incoming` is still to be looked at.
    unread: Range<usize>,
    header: [u8; HEADER],
    frame: Frame,
    outgoing: Outgoing,
}

impl<S> Wire<S> {
    /// Taps `stream`, on which neither side has sent anything yet.
    pub(super) fn new(stream: S, tap: Tap) -> Self {
        Self {
            stream,
            tap,
            incoming: vec![0; READ].into(),
            unread: 0..0,
            header: [0; HEADER],
            frame: Frame::Header(0),
            outgoing: Outgoing::new(),
        }
    }

    /// Distributes what was read until there is no more, `out` is full, or the
    /// block is.
    fn distribute(&mut self, shared: &mut Shared, out: &mut ReadBuf<'_>) -> io::Result<()> {
        while let Some(taken) = self.take_next(shared, out)? {
            self.unread.start += taken;
        }
        Ok(())
    }

    /// Takes some of the unread bytes, or a step that needs none. `None`: it goes
    /// on when there are more bytes, or more room for them.
    fn take_next(
        &mut self,
        shared: &mut Shared,
        out: &mut ReadBuf<'_>,
    ) -> io::Result<Option<usize>> {
        let unread = &self.incoming[self.unread.clone()];
        let taken = match &mut self.frame {
            Frame::Header(known) => {
                let taken = unread.len().min(HEADER - *known);
                self.header[*known..*known + taken].copy_from_slice(&unread[..taken]);
                *known += taken;
                if *known == HEADER {
                    self.frame = begin(self.header, shared)?;
                }
                taken
            }
            Frame::Message { header: left, .. } if *left > 0 => {
                let rest = &self.header[HEADER - *left..];
                let handed_on = rest.len().min(out.remaining());
                out.put_slice(&rest[..handed_on]);
                *left -= handed_on;
                return Ok((handed_on > 0).then_some(0));
            }
            Frame::Message { body: 0, .. } | Frame::Rows(0) | Frame::Dropped(0) => {
                self.frame = Frame::Header(0);
                return Ok(Some(0));
            }
            Frame::Message {
                body: left,
                is_error,
                ..
            } => {
                let taken = unread.len().min(*left).min(out.remaining());
                out.put_slice(&unread[..taken]);
                if *is_error {
                    shared.last_error.extend_from_slice(&unread[..taken]);
                }
                *left -= taken;
                taken
            }
            Frame::Rows(left) => {
                let taken = unread.len().min(*left).min(shared.room());
                shared.add_rows(&unread[..taken]);
                *left -= taken;
                taken
            }
            Frame::Dropped(left) => {
                let taken = unread.len().min(*left);
                *left -= taken;
                taken
            }
        };
        Ok((taken > 0).then_some(taken))
    }
}

/// What a message is, by its header.
fn begin(header: [u8; HEADER], shared: &mut Shared) -> io::Result<Frame> {
    let [kind, length @ ..] = header;
    // The length counts itself.
    let body = i32::from_be_bytes(length).checked_sub(4);
    let body = body.and_then(|body| usize::try_from(body).ok());
    let body = body.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the server sent a message of an impossible length",
        )
    })?;
    match kind {
        READY_FOR_QUERY if shared.mode == Mode::Spilling => shared.mode = Mode::Closed,
        ERROR_RESPONSE => {
            shared.errors += 1;
            shared.last_error.clear();
            shared.last_error.extend_from_slice(&header);
        }
        _ => {}
    }
    Ok(match (shared.mode, kind) {
        (Mode::Open, COPY_DATA) => Frame::Rows(body),
        (Mode::Open, COPY_OUT_RESPONSE | COPY_DONE)
        | (Mode::Spilling, COPY_DATA | COPY_OUT_RESPONSE | COPY_DONE) => Frame::Dropped(body),
        _ => Frame::Message {
            header: HEADER,
            body,
            is_error: kind == ERROR_RESPONSE,
        },
    })
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let tap = wire.tap.clone();
        let before = out.filled().len();
        loop {
            let mut shared = tap.lock();
            wire.distribute(&mut shared, out)?;
            if out.filled().len() > before {
                shared.wake_reader();
                return Poll::Ready(Ok(()));
            }
            if !wire.unread.is_empty() {
                // The block is full.
                shared.wire = Some(cx.waker().clone());
                shared.wake_reader();
                return Poll::Pending;
            }
            drop(shared);
            let mut incoming = ReadBuf::new(&mut wire.incoming);
            let read = Pin::new(&mut wire.stream).poll_read(cx, &mut incoming);
            wire.unread = 0..incoming.filled().len();
            if wire.unread.is_empty() {
                return read;
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        let mut shared = wire.tap.lock();
        let before_sync = match shared.begins_copy_in {
            true => wire.outgoing.until_sync(bytes),
            false => bytes.len(),
        };
        let replaces_sync = before_sync == 0 && !bytes.is_empty();
        let now = match replaces_sync {
            true => &[FLUSH],
            false => &bytes[..before_sync],
        };
        let written = ready!(Pin::new(&mut wire.stream).poll_write(cx, now))?;
        if replaces_sync && written > 0 {
            shared.begins_copy_in = false;
        }
        wire.outgoing.sent(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Wire<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

/// Makes encrypted connections with a tap.
pub(super) struct TappedTls<T> {
    pub(super) tls: T,
    pub(super) tap: Tap,
}

impl<S, T> TlsConnect<S> for TappedTls<T>
where
    T: TlsConnect<S>,
    T::Future: Send + 'static,
{
    type Stream = Wire<T::Stream>;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, Self::Error>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let Self { tls, tap } = self;
        let connected = tls.connect(stream);
        Box::pin(async move { Ok(Wire::new(connected.await?, tap)) })
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&[kind], &length.to_be_bytes()[..], body].concat()
    }

    /// A wire on which `sent` arrives, at most `step` bytes at a time, and then the end.
    fn wire(sent: Vec<u8>, step: usize) -> (Wire<DuplexStream>, Tap) {
        let (mut server, client) = duplex(step);
        tokio::spawn(async move { server.write_all(&sent).await });
        let tap = Tap::default();
        (Wire::new(client, tap.clone()), tap)
    }

    async fn next_block(tap: &Tap, block: &mut Vec<u8>) {
        poll_fn(|cx| match tap.take(block, cx) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        assert_eq!(block.len(), BLOCK);
    }

    /// What `tokio-postgres` would read, `size` bytes at a time, and the rows.
    async fn read_all(mut wire: Wire<DuplexStream>, tap: Tap, size: usize) -> (Vec<u8>, Vec<u8>) {
        let messages = async {
            let mut messages = Vec::new();
            let mut buffer = vec![0; size];
            loop {
                match wire.read(&mut buffer).await.unwrap() {
                    0 => return messages,
                    read => messages.extend_from_slice(&buffer[..read]),
                }
            }
        };
        let mut rows = Vec::new();
        let mut block = Vec::new();
        tokio::pin!(messages);
        let messages = loop {
            tokio::select! {
                messages = &mut messages => break messages,
                () = next_block(&tap, &mut block) => rows.extend_from_slice(&block),
            }
        };
        while tap.take_rest(&mut block) {
            rows.extend_from_slice(&block);
        }
        (messages, rows)
    }

    #[tokio::test]
    async fn rows_and_messages_part_however_they_arrive() {
        let long = vec![b'x'; 2 * BLOCK + 17];
        let around = [message(b'1', b""), message(b'T', b"a description")];
        let copied = [
            message(COPY_OUT_RESPONSE, &[0; 7]),
            message(COPY_DATA, b"1\tone\n"),
            message(COPY_DATA, b""),
            message(b'N', b"a notice in between"),
            message(COPY_DATA, &long),
            message(COPY_DATA, b"2\ttwo\n"),
            message(COPY_DONE, b""),
        ];
        let end = [message(b'C', b"COPY 4\0"), message(READY_FOR_QUERY, b"T")];
        let sent = [around.concat(), copied.concat(), end.concat()].concat();
        let others = [
            around.concat(),
            message(b'N', b"a notice in between"),
            end.concat(),
        ];
        let rows = [&b"1\tone\n"[..], &long, b"2\ttwo\n"].concat();
        for step in [1, 4, 5, 6, 1000, 1 << 20] {
            for size in [1, 3, 8192] {
                let (wire, tap) = wire(sent.clone(), step);
                tap.open();
                let (found, found_rows) = read_all(wire, tap, size).await;
                assert!(found == others.concat(), "{step}, {size}");
                assert!(found_rows == rows, "{step}, {size}");
            }
        }
    }

    #[tokio::test]
    async fn closed_tap_lets_everything_pass() {
        let sent = [message(COPY_DATA, b"1\n"), message(COPY_DONE, b"")].concat();
        let (wire, tap) = wire(sent.clone(), 3);
        assert_eq!(read_all(wire, tap, 2).await, (sent, Vec::new()));
    }

    #[tokio::test]
    async fn wire_waits_while_nobody_takes_rows() {
        let rows = vec![b'x'; 3 * BLOCK];
        let (mut wire, tap) = wire(message(COPY_DATA, &rows), 1 << 20);
        tap.open();
        let mut buffer = [0; 16];
        let read =
            tokio::time::timeout(std::time::Duration::from_millis(50), wire.read(&mut buffer));
        assert!(read.await.is_err(), "there is nothing else to read");
        assert_eq!(tap.lock().rows.len(), BLOCK);
        let (others, rest) = read_all(wire, tap, 16).await;
        assert!(others.is_empty() && rest == rows);
    }

    #[tokio::test]
    async fn rows_that_nobody_wants_any_more_are_dropped_until_the_statement_ends() {
        let sent = [
            message(COPY_DATA, &vec![b'x'; 2 * BLOCK]),
            message(COPY_DONE, b""),
            message(b'C', b"COPY 1\0"),
            message(READY_FOR_QUERY, b"I"),
        ];
        let next = message(COPY_DATA, b"of somebody else");
        let (mut wire, tap) = wire([sent.concat(), next.clone()].concat(), 1000);
        tap.open();
        let (mut buffer, mut block) = ([0; 16], Vec::new());
        tokio::select! {
            biased;
            _ = wire.read(&mut buffer) => panic!("there is nothing else to read"),
            () = next_block(&tap, &mut block) => {}
        }
        // In the middle of a row.
        tap.spill();
        let (others, rows) = read_all(wire, tap.clone(), 64).await;
        assert_eq!(others, [&sent[2][..], &sent[3], &next].concat());
        assert!(rows.is_empty() && !tap.is_spilling());
    }

    #[tokio::test]
    async fn length_that_cannot_be_is_an_error() {
        for length in [0_u32, 3, 1 << 31, u32::MAX] {
            let header = [&[COPY_DATA][..], &length.to_be_bytes()].concat();
            let (mut wire, _) = wire(header, 5);
            let error = wire.read(&mut [0; 16]).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{length}");
        }
    }
}
