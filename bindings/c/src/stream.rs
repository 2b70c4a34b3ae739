//! The bytes of an archive, handed from the threads of a job to the one that calls callbacks.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Sender, SyncSender, sync_channel};

use crate::callbacks::{Callback, pgsluice_sink_callback, pgsluice_source_callback};
use crate::job::Event;

/// Bytes handed over at a time, at most. What a dump writes at once, a part, is much larger.
const PIECE: usize = 256 << 10;

/// A buffer on its way to a callback, and the way back.
pub(crate) struct Piece {
    buffer: Vec<u8>,
    back: SyncSender<io::Result<Vec<u8>>>,
}

impl Piece {
    /// Gives what is in the buffer to `sink`.
    pub(crate) fn pour(self, sink: Callback<pgsluice_sink_callback>) {
        let Self { buffer, back } = self;
        let outcome = pour(&buffer, sink);
        // If nobody waits for it any more, the job has ended.
        let _ = back.send(outcome.map(|()| buffer));
    }

    /// Fills the buffer, or a part of it, from `source`.
    pub(crate) fn fill(self, source: Callback<pgsluice_source_callback>) {
        let Self { mut buffer, back } = self;
        let outcome = fill(&mut buffer, source);
        let _ = back.send(outcome.map(|length| {
            buffer.truncate(length);
            buffer
        }));
    }
}

fn pour(bytes: &[u8], sink: Callback<pgsluice_sink_callback>) -> io::Result<()> {
    let Some(function) = sink.function else {
        return Err(io::Error::other("there is no sink callback"));
    };
    // SAFETY: the program has set both together, and the bytes stay for the call.
    match unsafe { function(bytes.as_ptr(), bytes.len(), sink.userdata) } {
        0 => Ok(()),
        number => {
            let message = format!("the sink callback returned {number}");
            Err(io::Error::other(message))
        }
    }
}

fn fill(buffer: &mut [u8], source: Callback<pgsluice_source_callback>) -> io::Result<usize> {
    let Some(function) = source.function else {
        return Err(io::Error::other("there is no source callback"));
    };
    // SAFETY: the program has set both together, and the buffer stays for the call.
    let written = unsafe { function(buffer.as_mut_ptr(), buffer.len(), source.userdata) };
    match usize::try_from(written) {
        Ok(length) if length <= buffer.len() => Ok(length),
        Ok(length) => Err(io::Error::other(format!(
            "the source callback returned {length}, more than the {} bytes there was room for",
            buffer.len()
        ))),
        Err(_) => {
            let message = format!("the source callback returned {written}");
            Err(io::Error::other(message))
        }
    }
}

/// The end of a stream that the engine writes to or reads from.
pub(crate) struct Stream {
    events: Sender<Event>,
    buffer: Vec<u8>,
}

impl Stream {
    pub(crate) fn new(events: Sender<Event>) -> Self {
        Self {
            events,
            buffer: Vec::new(),
        }
    }

    /// Hands the buffer over and waits until it is back.
    fn exchange(&mut self, event: fn(Piece) -> Event) -> io::Result<()> {
        let ended = || io::Error::other("the job has ended");
        // One for each time, so that a piece that is dropped closes it.
        let (back, returned) = sync_channel(1);
        let buffer = std::mem::take(&mut self.buffer);
        let piece = event(Piece { buffer, back });
        self.events.send(piece).map_err(|_| ended())?;
        self.buffer = returned.recv().map_err(|_| ended())??;
        Ok(())
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len().min(PIECE);
        if length > 0 {
            self.buffer.clear();
            self.buffer.extend_from_slice(&bytes[..length]);
            self.exchange(Event::Pour)?;
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let capacity = buffer.len().min(PIECE);
        if capacity == 0 {
            return Ok(0);
        }
        self.buffer.resize(capacity, 0);
        self.exchange(Event::Fill)?;
        let length = self.buffer.len();
        buffer[..length].copy_from_slice(&self.buffer);
        Ok(length)
    }
}
