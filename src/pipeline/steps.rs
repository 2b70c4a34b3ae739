//! What becomes of an archive's objects, step by step.

use bytes::Bytes;

/// The next thing to do to the objects of an archive.
///
/// An archive is one main object and, in some formats, files beside it, which
/// are written one after the other: what is written between a file's beginning
/// and its end is the file's, all else the main object's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// The file of this name begins.
    BeginFile(String),
    /// The file's, or the main object's, next bytes. Never empty.
    Write(Bytes),
    /// The file is complete.
    EndFile,
}

/// Steps that wait to be taken, and how many bytes there have been.
#[derive(Debug, Default)]
pub struct Steps {
    waiting: Vec<Step>,
    /// Small things that go together with what follows them.
    frame: Vec<u8>,
    position: u64,
}

impl Steps {
    /// No steps, at position 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes written since the beginning, or since the last [`restart`](Self::restart).
    pub fn position(&self) -> u64 {
        self.position + self.frame.len() as u64
    }

    /// Counts from 0 again.
    pub fn restart(&mut self) {
        self.flush();
        self.position = 0;
    }

    /// Where to append a few bytes of framing, which are copied.
    pub fn frame(&mut self) -> &mut Vec<u8> {
        &mut self.frame
    }

    /// Adds bytes without copying them.
    pub fn write(&mut self, bytes: Bytes) {
        self.flush();
        if !bytes.is_empty() {
            self.position += bytes.len() as u64;
            self.waiting.push(Step::Write(bytes));
        }
    }

    /// Begins a file.
    pub fn begin_file(&mut self, name: String) {
        self.flush();
        self.waiting.push(Step::BeginFile(name));
    }

    /// Ends the file.
    pub fn end_file(&mut self) {
        self.flush();
        self.waiting.push(Step::EndFile);
    }

    /// Takes the steps that wait.
    pub fn take(&mut self) -> Vec<Step> {
        self.flush();
        std::mem::take(&mut self.waiting)
    }

    fn flush(&mut self) {
        if !self.frame.is_empty() {
            let frame = Bytes::from(std::mem::take(&mut self.frame));
            self.position += frame.len() as u64;
            self.waiting.push(Step::Write(frame));
        }
    }
}
