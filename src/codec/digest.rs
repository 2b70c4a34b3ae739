//! Digests of rows, whatever their order, and of stored bytes.

use std::fmt;

use memchr::{memchr, memchr_iter};
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

/// Digest of the rows of a COPY text stream, or of large objects, that does not depend on
/// their order.
///
/// It is the sum, modulo 2^128, of the XXH3-128 of every row with its newline;
/// COPY text has a newline at the end of each row and nowhere else. Unlike XOR,
/// a sum tells how often a row is there. It finds damage and loss; it is no
/// defence against someone who forges rows.
#[derive(Clone, Default)]
pub struct RowDigest {
    sum: u128,
    rows: u64,
    bytes: u64,
    /// The hash so far of a row whose end has not arrived; meaningful while `in_row`.
    row: Xxh3Default,
    in_row: bool,
}

impl RowDigest {
    /// The digest of no rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes of the stream. They may begin and end anywhere within a row.
    pub fn update(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let mut rest = bytes;
        if self.in_row {
            let Some(end) = memchr(b'\n', rest) else {
                return self.row.update(rest);
            };
            let (tail, next) = rest.split_at(end + 1);
            self.row.update(tail);
            self.add(self.row.digest128());
            self.in_row = false;
            rest = next;
        }
        let mut start = 0;
        for end in memchr_iter(b'\n', rest) {
            self.add(xxh3_128(&rest[start..=end]));
            start = end + 1;
        }
        if start < rest.len() {
            self.row.reset();
            self.row.update(&rest[start..]);
            self.in_row = true;
        }
    }

    /// Begins a large object, which counts as a row: its OID, in four bytes, the lowest
    /// first, and its contents.
    pub fn begin_object(&mut self, oid: u32) {
        self.row.reset();
        self.row.update(&oid.to_le_bytes());
        self.in_row = true;
    }

    /// Adds bytes of the large object.
    pub fn update_object(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.row.update(bytes);
    }

    /// Ends the large object.
    pub fn end_object(&mut self) {
        self.add(self.row.digest128());
        self.in_row = false;
    }

    /// Adds the rows of another part of the same table.
    pub fn merge(&mut self, other: &Self) {
        self.sum = self.sum.wrapping_add(other.sum());
        self.rows += other.rows();
        self.bytes += other.bytes;
    }

    /// Rows so far; bytes after the last newline count as one.
    pub fn rows(&self) -> u64 {
        self.rows + u64::from(self.in_row)
    }

    /// Bytes so far, newlines included.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The sum of the hashes of [`rows`](Self::rows).
    pub fn sum(&self) -> u128 {
        match self.in_row {
            true => self.sum.wrapping_add(self.row.digest128()),
            false => self.sum,
        }
    }

    /// The sum as 32 lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        format!("{:032x}", self.sum())
    }

    fn add(&mut self, row: u128) {
        self.sum = self.sum.wrapping_add(row);
        self.rows += 1;
    }
}

impl fmt::Debug for RowDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowDigest")
            .field("sum", &self.hex())
            .field("rows", &self.rows())
            .field("bytes", &self.bytes)
            .finish()
    }
}

/// SHA-256 of bytes as they are stored.
#[derive(Clone, Debug, Default)]
pub struct StoredDigest(Sha256);

impl StoredDigest {
    /// The digest of no bytes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest as 64 lower-case hexadecimal digits, as `sha256sum` prints it.
    pub fn hex(self) -> String {
        use fmt::Write;

        let mut hex = String::with_capacity(64);
        for byte in self.0.finalize() {
            write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
        }
        hex
    }
}

/// XXH3-128 of every part of an object. Where the object's SHA-256 is wrong, they tell
/// which parts are damaged.
pub struct PartDigests {
    part_size: u64,
    /// Bytes of the part that is not complete.
    filled: u64,
    part: Xxh3Default,
    complete: Vec<String>,
}

impl PartDigests {
    /// The digests of no bytes, in parts of `part_size` bytes, at least 1.
    pub fn new(part_size: u64) -> Self {
        Self {
            part_size: part_size.max(1),
            filled: 0,
            part: Xxh3Default::new(),
            complete: Vec::new(),
        }
    }

    /// Adds the next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let left = usize::try_from(self.part_size - self.filled).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(bytes.len().min(left));
            self.part.update(now);
            self.filled += now.len() as u64;
            if self.filled == self.part_size {
                self.end_part();
            }
            bytes = later;
        }
    }

    /// The digests, each as 32 lower-case hexadecimal digits. The last part may be shorter.
    pub fn finish(mut self) -> Vec<String> {
        if self.filled > 0 {
            self.end_part();
        }
        self.complete
    }

    fn end_part(&mut self) {
        self.complete
            .push(format!("{:032x}", self.part.digest128()));
        self.part.reset();
        self.filled = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digest_of(chunks: &[&[u8]]) -> RowDigest {
        let mut digest = RowDigest::new();
        for chunk in chunks {
            digest.update(chunk);
        }
        digest
    }

    fn facts(digest: &RowDigest) -> (u64, u64, u128) {
        (digest.rows(), digest.bytes(), digest.sum())
    }

    #[test]
    fn sum_is_that_of_the_rows_with_their_newlines() {
        let digest = digest_of(&[b"1\ta\n2\tb\n\n"]);
        let sum = xxh3_128(b"1\ta\n")
            .wrapping_add(xxh3_128(b"2\tb\n"))
            .wrapping_add(xxh3_128(b"\n"));
        assert_eq!(facts(&digest), (3, 9, sum));
        assert_eq!(digest.hex(), format!("{sum:032x}"));
    }

    #[test]
    fn no_rows_have_the_sum_zero() {
        assert_eq!(facts(&digest_of(&[])), (0, 0, 0));
        assert_eq!(RowDigest::new().hex(), "0".repeat(32));
    }

    #[test]
    fn a_repeated_row_counts_each_time() {
        assert_ne!(
            digest_of(&[b"a\na\n"]).sum(),
            digest_of(&[b"a\na\na\na\n"]).sum()
        );
        assert_ne!(digest_of(&[b"a\na\n"]).sum(), 0);
    }

    #[test]
    fn bytes_after_the_last_newline_are_a_row() {
        let digest = digest_of(&[b"a\nb", b"c"]);
        let sum = xxh3_128(b"a\n").wrapping_add(xxh3_128(b"bc"));
        assert_eq!(facts(&digest), (2, 4, sum));
    }

    #[test]
    fn objects_are_told_apart_by_oid_and_contents_and_not_by_order() {
        let digest = |objects: &[(u32, &[&[u8]])]| {
            let mut digest = RowDigest::new();
            for (oid, parts) in objects {
                digest.begin_object(*oid);
                parts.iter().for_each(|part| digest.update_object(part));
                digest.end_object();
            }
            facts(&digest)
        };
        let expected = digest(&[(1, &[b"abc"]), (2, &[])]);
        assert_eq!(expected.0, 2);
        assert_eq!(digest(&[(2, &[]), (1, &[b"a", b"bc"])]), expected);
        assert_ne!(digest(&[(1, &[]), (2, &[b"abc"])]), expected);
    }

    #[test]
    fn stored_digest_prints_what_sha256sum_prints() {
        let mut digest = StoredDigest::new();
        digest.update(b"a");
        digest.update(b"bc");
        assert_eq!(
            digest.hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn parts_are_the_same_however_their_bytes_come() {
        let bytes: Vec<u8> = (0..1000_u32).map(|i| i as u8).collect();
        let expected: Vec<String> = bytes
            .chunks(64)
            .map(|part| format!("{:032x}", xxh3_128(part)))
            .collect();
        for chunk in [1, 7, 63, 64, 65, 128, 1000] {
            let mut digests = PartDigests::new(64);
            for bytes in bytes.chunks(chunk) {
                digests.update(bytes);
            }
            assert_eq!(digests.finish(), expected, "{chunk}");
        }
        assert!(PartDigests::new(64).finish().is_empty());
    }

    #[test]
    fn full_last_part_has_no_empty_one_behind_it() {
        let mut digests = PartDigests::new(4);
        digests.update(b"abcdefgh");
        assert_eq!(digests.finish().len(), 2);
    }

    fn rows() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let row = prop::collection::vec(prop_oneof![Just(b'\t'), b'a'..=b'z'], 0..400);
        prop::collection::vec(row, 0..40)
    }

    fn lines(rows: &[Vec<u8>]) -> Vec<u8> {
        rows.iter()
            .flat_map(|row| [row.as_slice(), b"\n"].concat())
            .collect()
    }

    proptest! {
        #[test]
        fn row_digest_does_not_depend_on_chunking(rows in rows(), sizes in prop::collection::vec(1..300_usize, 1..20)) {
            let stream = lines(&rows);
            let mut digest = RowDigest::new();
            let mut rest = stream.as_slice();
            for size in sizes.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (chunk, next) = rest.split_at(rest.len().min(*size));
                digest.update(chunk);
                rest = next;
            }
            prop_assert_eq!(facts(&digest), facts(&digest_of(&[&stream])));
        }

        #[test]
        fn row_digest_does_not_depend_on_order_or_parts(rows in rows(), cut in any::<prop::sample::Index>()) {
            let mut turned = rows.clone();
            turned.reverse();
            let cut = if rows.is_empty() { 0 } else { cut.index(rows.len()) };
            let mut merged = digest_of(&[&lines(&turned[cut..])]);
            merged.merge(&digest_of(&[&lines(&turned[..cut])]));
            prop_assert_eq!(facts(&merged), facts(&digest_of(&[&lines(&rows)])));
        }
    }
}
