//! The ordered window: pieces enter in any order and leave in the segments'.
//!
//! The piece whose turn it is streams straight through a small allowance of its
//! own. Pieces ahead of it share a budget; a worker that has used it up waits,
//! and with it the socket it reads. So memory is bounded by
//! `budget + allowance`, and the piece whose turn it is never waits for others.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::buffers::Buffers;
use super::segment::Message;
use crate::error::{Error, ErrorKind, Result};

/// Bytes the piece whose turn it is may have in flight: a few chunks, so that
/// encoding and storing overlap.
pub const ALLOWANCE: usize = 4 * 1024 * 1024;

/// Opens a window. Pieces ahead of their turn hold at most `budget` bytes together.
pub fn window(budget: usize) -> (WindowSender, WindowReceiver) {
    let (pieces, opened) = mpsc::unbounded_channel();
    let (turn, whose_turn) = watch::channel(0);
    let sender = WindowSender {
        pieces,
        shared: Arc::new(Shared {
            ahead: Arc::new(Semaphore::new(budget)),
            current: Arc::new(Semaphore::new(ALLOWANCE)),
            largest: budget.min(ALLOWANCE),
            buffers: Buffers::default(),
        }),
        whose_turn,
    };
    let receiver = WindowReceiver {
        opened,
        waiting: HashMap::new(),
        turn,
        current: None,
    };
    (sender, receiver)
}

/// The error of sending into a window nobody reads: the reader has failed, and
/// its error is the one to report.
pub fn closed() -> Error {
    Error::new(ErrorKind::Internal, "sending data to be stored").with_source(Closed)
}

/// Whether `error` says no more than that the window is [`closed`].
pub fn is_closed(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.is::<Closed>())
}

#[derive(Debug)]
struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody takes the archive's bytes any more")
    }
}

impl std::error::Error for Closed {}

struct Shared {
    ahead: Arc<Semaphore>,
    current: Arc<Semaphore>,
    /// A message counts for at most this much, so that it can always be sent alone.
    largest: usize,
    buffers: Buffers,
}

/// Where workers get the senders of their pieces.
#[derive(Clone)]
pub struct WindowSender {
    pieces: mpsc::UnboundedSender<(usize, mpsc::UnboundedReceiver<Held>)>,
    shared: Arc<Shared>,
    whose_turn: watch::Receiver<usize>,
}

/// A message and the share of the budget it takes.
struct Held(
    Message,
    #[expect(dead_code, reason = "held until dropped")] Option<OwnedSemaphorePermit>,
);

impl WindowSender {
    /// Opens the piece of a segment. Every segment must be opened once.
    ///
    /// # Errors
    ///
    /// [`closed`] if the receiver is gone.
    pub fn open(&self, segment: usize) -> Result<PieceSender> {
        let (messages, receiver) = mpsc::unbounded_channel();
        self.pieces
            .send((segment, receiver))
            .map_err(|_| closed())?;
        Ok(PieceSender {
            segment,
            messages,
            shared: Arc::clone(&self.shared),
            whose_turn: self.whose_turn.clone(),
        })
    }

    /// The number of the segment whose turn it is; closed once the receiver is gone.
    pub fn turn(&self) -> watch::Receiver<usize> {
        self.whose_turn.clone()
    }

    /// Waits until the receiver is gone.
    pub async fn closed(&self) {
        self.pieces.closed().await;
    }
}

/// Sends one piece.
pub struct PieceSender {
    segment: usize,
    messages: mpsc::UnboundedSender<Held>,
    shared: Arc<Shared>,
    whose_turn: watch::Receiver<usize>,
}

impl PieceSender {
    /// Sends a message once there is room for its bytes.
    ///
    /// # Errors
    ///
    /// [`closed`] if the receiver is gone.
    pub async fn send(&mut self, message: Message) -> Result<()> {
        let permit = match message.weight() {
            0 => None,
            bytes => Some(self.room_for(bytes).await?),
        };
        self.messages
            .send(Held(message, permit))
            .map_err(|_| closed())
    }

    /// Where buffers of chunks come from, and go back to.
    pub(super) fn buffers(&self) -> &Buffers {
        &self.shared.buffers
    }

    /// Takes from the shared budget, or from the allowance once it is this piece's turn.
    async fn room_for(&mut self, bytes: usize) -> Result<OwnedSemaphorePermit> {
        let bytes = u32::try_from(bytes.min(self.shared.largest)).unwrap_or(u32::MAX);
        let ahead = Arc::clone(&self.shared.ahead).acquire_many_owned(bytes);
        let segment = self.segment;
        let current = async {
            self.whose_turn
                .wait_for(|turn| *turn >= segment)
                .await
                .map_err(|_| closed())?;
            let allowance = Arc::clone(&self.shared.current);
            allowance
                .acquire_many_owned(bytes)
                .await
                .map_err(|_| closed())
        };
        tokio::select! {
            biased;
            permit = current => permit,
            permit = ahead => permit.map_err(|_| closed()),
        }
    }
}

/// Where the pieces leave, in order.
pub struct WindowReceiver {
    opened: mpsc::UnboundedReceiver<(usize, mpsc::UnboundedReceiver<Held>)>,
    waiting: HashMap<usize, mpsc::UnboundedReceiver<Held>>,
    turn: watch::Sender<usize>,
    current: Option<mpsc::UnboundedReceiver<Held>>,
}

impl WindowReceiver {
    /// The next message of the segment whose turn it is. None: its sender is
    /// gone without [`Message::EndSegment`], so a worker has failed.
    pub async fn next(&mut self) -> Option<Message> {
        if self.current.is_none() {
            self.current = Some(self.piece_in_turn().await?);
        }
        let Held(message, _) = self.current.as_mut()?.recv().await?;
        if matches!(message, Message::EndSegment(_)) {
            self.current = None;
            self.turn.send_modify(|turn| *turn += 1);
        }
        Some(message)
    }

    async fn piece_in_turn(&mut self) -> Option<mpsc::UnboundedReceiver<Held>> {
        let turn = *self.turn.borrow();
        loop {
            if let Some(piece) = self.waiting.remove(&turn) {
                return Some(piece);
            }
            let (segment, piece) = self.opened.recv().await?;
            self.waiting.insert(segment, piece);
        }
    }
}
