//! Bytes of an archive on their way to JavaScript.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use futures::executor::block_on;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use pgsluice::cancel::Cancel;
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Bytes that JavaScript gets at once: large enough that the way through the event loop
/// costs little for each, small enough that many streams of one process are cheap.
const CHUNK: usize = 256 << 10;

/// Chunks that wait, at most. While they do, the engine waits, and with it the server's COPY.
const WAITING: usize = 4;

/// A pipe from a dump to JavaScript. It holds 1 MiB at most.
#[napi]
pub struct Output {
    sender: Mutex<Option<Sender<Vec<u8>>>>,
    receiver: tokio::sync::Mutex<Receiver<Vec<u8>>>,
}

#[napi]
impl Output {
    /// An empty pipe, for one dump.
    #[napi(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self {
            sender: Mutex::new(Some(sender)),
            receiver: tokio::sync::Mutex::new(receiver),
        }
    }

    /// Waits for the next bytes. `null`: there are no more, and the job says whether all came.
    #[napi]
    pub async fn next(&self) -> Option<Buffer> {
        let chunk = self.receiver.lock().await.recv().await;
        chunk.map(Buffer::from)
    }
}

impl Output {
    /// The end that the engine writes to. A second one is closed.
    pub(crate) fn writer(&self, cancel: Cancel) -> Box<dyn Write + Send> {
        let sender = self
            .sender
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        Box::new(Writer { sender, cancel })
    }
}

struct Writer {
    sender: Option<Sender<Vec<u8>>>,
    cancel: Cancel,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(sender) = &self.sender else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let chunk = &bytes[..bytes.len().min(CHUNK)];
        // A consumer that has stopped reading must not keep a cancelled dump waiting.
        let sent = self
            .cancel
            .guard(async { Ok(sender.send(chunk.to_vec()).await) });
        match block_on(sent) {
            Ok(Ok(())) => Ok(chunk.len()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(cancelled) => Err(io::Error::other(cancelled)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
