//! Bytes of an archive that come from JavaScript.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::executor::block_on;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use pgsluice::cancel::Cancel;
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Chunks that wait, at most. What is in one, the stream in JavaScript decides.
const WAITING: usize = 4;

/// A pipe from JavaScript to a job that reads an archive.
#[napi]
pub struct Input {
    sender: Mutex<Option<Sender<Vec<u8>>>>,
    receiver: Mutex<Option<Receiver<Vec<u8>>>>,
    failure: Arc<Mutex<Option<String>>>,
}

#[napi]
impl Input {
    /// An empty pipe, for one job.
    #[napi(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self {
            sender: Mutex::new(Some(sender)),
            receiver: Mutex::new(Some(receiver)),
            failure: Arc::default(),
        }
    }

    /// Waits for room and puts bytes there. `false`: the job wants no more.
    #[napi]
    pub async fn write(&self, chunk: Buffer) -> bool {
        let sender = lock(&self.sender).clone();
        match sender {
            Some(sender) => sender.send(chunk.to_vec()).await.is_ok(),
            None => false,
        }
    }

    /// Ends the archive, or says why it breaks off.
    #[napi(catch_unwind)]
    pub fn end(&self, failure: Option<String>) {
        *lock(&self.failure) = failure;
        *lock(&self.sender) = None;
    }
}

impl Input {
    /// The end that the engine reads from. A second one is empty.
    pub(crate) fn reader(&self, cancel: Cancel) -> Box<dyn Read + Send> {
        Box::new(Reader {
            receiver: lock(&self.receiver).take(),
            failure: Arc::clone(&self.failure),
            cancel,
            chunk: io::Cursor::default(),
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Reader {
    receiver: Option<Receiver<Vec<u8>>>,
    failure: Arc<Mutex<Option<String>>>,
    cancel: Cancel,
    chunk: io::Cursor<Vec<u8>>,
}

impl Reader {
    /// The next bytes that are any; none at the end.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(receiver) = &mut self.receiver else {
            return Ok(None);
        };
        // A producer that says nothing must not keep the thread of a cancelled job.
        let received = self.cancel.guard(async { Ok(receiver.recv().await) });
        match block_on(received).map_err(io::Error::other)? {
            Some(chunk) => Ok(Some(chunk)),
            None => match lock(&self.failure).take() {
                Some(failure) => Err(io::Error::other(failure)),
                None => Ok(None),
            },
        }
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.chunk.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.next()? {
                Some(chunk) => self.chunk = io::Cursor::new(chunk),
                None => return Ok(0),
            }
        }
    }
}
