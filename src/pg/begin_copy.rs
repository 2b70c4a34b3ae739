//! How a `COPY … FROM STDIN` is begun: with `Flush`, where `tokio-postgres` sends `Sync`.
//!
//! The server ignores a `Sync` while it takes rows. But if it refuses the statement first,
//! that `Sync` ends it, and the one that `tokio-postgres` sends behind the rows ends
//! nothing: its answer is taken for that of the next statement, which then fails with
//! "unexpected message from server" (rust-postgres issue 789). A `Flush` has the server
//! answer just as well, and there is one `Sync`, the last. Both messages have no body, so
//! that one byte is all there is to change.

/// Bytes of a message's type and length.
const HEADER: usize = 5;

const SYNC: u8 = b'S';
pub(super) const FLUSH: u8 = b'H';

/// Follows the messages to the server, to know which byte is the type of one.
pub(super) struct Outgoing {
    /// Bytes of the header that is being sent.
    header: [u8; HEADER],
    known: usize,
    /// Bytes of the body that are still to be sent.
    body: usize,
}

impl Outgoing {
    /// A connection on which nothing was sent: its first message, the startup, has a
    /// length, but no type.
    pub(super) fn new() -> Self {
        Self {
            header: [0; HEADER],
            known: 1,
            body: 0,
        }
    }

    /// How many of the next bytes come before the type of a `Sync`; all of them if there is
    /// none.
    pub(super) fn until_sync(&self, bytes: &[u8]) -> usize {
        let mut ahead = Self { ..*self };
        let mut place = 0;
        while place < bytes.len() {
            if ahead.known == 0 && ahead.body == 0 && bytes[place] == SYNC {
                return place;
            }
            place += ahead.step(&bytes[place..]);
        }
        place
    }

    /// Takes down that these bytes were sent.
    pub(super) fn sent(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = &bytes[self.step(bytes)..];
        }
    }

    /// Takes some of the next bytes; there is one at least.
    fn step(&mut self, bytes: &[u8]) -> usize {
        if self.body > 0 {
            let taken = self.body.min(bytes.len());
            self.body -= taken;
            return taken;
        }
        let taken = (HEADER - self.known).min(bytes.len());
        self.header[self.known..self.known + taken].copy_from_slice(&bytes[..taken]);
        self.known += taken;
        if self.known == HEADER {
            let [_, length @ ..] = self.header;
            // The length counts itself.
            self.body = (u32::from_be_bytes(length) as usize).saturating_sub(4);
            self.known = 0;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A startup message, and then messages of these types and bodies.
    fn stream(messages: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = b"\x00\x00\x00\x0cSSSSSSSS".to_vec();
        for (kind, body) in messages {
            bytes.push(*kind);
            bytes.extend_from_slice(&(body.len() as u32 + 4).to_be_bytes());
            bytes.extend_from_slice(body);
        }
        bytes
    }

    #[test]
    fn sync_is_found_however_the_bytes_are_cut() {
        let bytes = stream(&[(b'B', b"SSSS"), (b'E', b""), (b'S', b""), (b'd', b"S")]);
        let expected = 12 + (5 + 4) + 5;
        for step in 1..bytes.len() {
            let mut outgoing = Outgoing::new();
            let mut found = None;
            for (index, piece) in bytes.chunks(step).enumerate() {
                let before = outgoing.until_sync(piece);
                if before < piece.len() {
                    found = found.or(Some(index * step + before));
                }
                outgoing.sent(piece);
            }
            assert_eq!(found, Some(expected), "{step}");
        }
    }

    #[test]
    fn no_sync_is_found_in_rows() {
        let bytes = stream(&[(b'd', &[b'S'; 70_000]), (b'c', b"")]);
        assert_eq!(Outgoing::new().until_sync(&bytes), bytes.len());
    }
}
