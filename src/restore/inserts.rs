//! Rows that are kept as statements (`pg_dump --inserts`), cut where they end
//! (`ExecuteSimpleCommands` in `pg_backup_db.c`).

/// Cuts a stream of statements, with nothing in them but plain strings and names in quotes,
/// into runs of whole ones.
#[derive(Default)]
pub(super) struct Inserts {
    pending: Vec<u8>,
    /// How far `pending` has been looked at.
    seen: usize,
    /// The end of the last statement in it.
    end: usize,
    quote: Option<u8>,
}

/// Bytes of statements that are sent at a time, or little more.
const RUN: usize = 64 * 1024;

impl Inserts {
    /// Adds bytes, which may begin and end anywhere. Returns whole statements once there
    /// are enough of them.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.pending.extend_from_slice(bytes);
        for (place, byte) in self.pending.iter().enumerate().skip(self.seen) {
            match (self.quote, byte) {
                (Some(quote), byte) if quote == *byte => self.quote = None,
                (None, b'\'' | b'"') => self.quote = Some(*byte),
                (None, b';') => self.end = place + 1,
                _ => {}
            }
        }
        self.seen = self.pending.len();
        if self.end < RUN {
            return None;
        }
        let rest = self.pending.split_off(self.end);
        self.seen = rest.len();
        self.end = 0;
        Some(std::mem::replace(&mut self.pending, rest))
    }

    /// What is left at the end.
    pub(super) fn finish(self) -> Vec<u8> {
        self.pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_cut_at_their_ends_however_they_arrive() {
        let one = "INSERT INTO s.\"t;\" VALUES (1, 'it''s; ');\n";
        let text = one.repeat(5000);
        for step in [1, 7, 1000, text.len()] {
            let mut inserts = Inserts::default();
            let mut runs: Vec<Vec<u8>> = Vec::new();
            for bytes in text.as_bytes().chunks(step) {
                runs.extend(inserts.add(bytes));
            }
            for run in &runs {
                assert!(run.ends_with(b");"), "step {step}");
            }
            runs.push(inserts.finish());
            assert_eq!(runs.concat(), text.as_bytes(), "step {step}");
            assert!(runs.len() > 1);
        }
    }
}
