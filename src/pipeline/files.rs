//! The directory format: a file for every entry's rows and every large object,
//! lists of these, and header and table of contents in a file of their own.
//!
//! Lists and the table of contents come last. They are all that says which
//! other files there are.

use std::fmt::Write;

use bytes::Bytes;

use super::segment::Segment;
use super::shape::Shape;
use super::steps::Steps;
use crate::archive::FileNames;
use crate::codec::{Compression, Container, Joiner, PieceEnd};
use crate::error::Result;
use crate::ids::{DumpId, Oid};

/// Lays data out in files; the archive's main object is the table of contents.
pub struct Files {
    names: FileNames,
    joiner: Joiner,
    /// Header and table of contents.
    head: Vec<u8>,
    /// For every entry of large objects a line for each: its OID and its file.
    lists: Vec<(DumpId, String)>,
}

impl Files {
    /// Files called as `names` has it, and `head`, header and table of contents.
    pub fn new(compression: Compression, names: FileNames, head: Vec<u8>) -> Self {
        Self {
            names,
            joiner: Joiner::new(compression, Container::File),
            head,
            lists: Vec::new(),
        }
    }

    fn begin_stream(&mut self, name: &str, out: &mut Steps) {
        out.begin_file(self.names.compressed(name));
        self.joiner.begin(out.frame());
    }

    fn end_stream(&self, out: &mut Steps) {
        self.joiner.finish(out.frame());
        out.end_file();
    }
}

impl Shape for Files {
    fn has_files(&self) -> bool {
        true
    }

    fn begin(&mut self, _: &mut Steps) -> Result<()> {
        Ok(())
    }

    fn begin_entry(&mut self, entry: DumpId, segment: &Segment, out: &mut Steps) -> Result<()> {
        if segment.large_objects {
            self.lists.push((entry, String::new()));
        } else {
            self.begin_stream(&self.names.rows(entry), out);
        }
        Ok(())
    }

    fn begin_large_object(&mut self, oid: Oid, out: &mut Steps) -> Result<()> {
        let name = self.names.large_object(oid);
        if let Some((_, list)) = self.lists.last_mut() {
            // Writing to a String cannot fail.
            let _ = writeln!(list, "{oid} {name}");
        }
        self.begin_stream(&name, out);
        Ok(())
    }

    fn chunk(&mut self, bytes: Bytes, out: &mut Steps) -> Result<()> {
        out.write(bytes);
        Ok(())
    }

    fn end_piece(&mut self, end: &PieceEnd) {
        self.joiner.piece(end);
    }

    fn end_large_object(&mut self, out: &mut Steps) -> Result<()> {
        self.end_stream(out);
        Ok(())
    }

    fn end_entry(&mut self, segment: &Segment, out: &mut Steps) -> Result<()> {
        if !segment.large_objects {
            self.end_stream(out);
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Steps) -> Result<()> {
        for (entry, list) in std::mem::take(&mut self.lists) {
            out.begin_file(self.names.list(entry));
            out.write(list.into());
            out.end_file();
        }
        out.write(std::mem::take(&mut self.head).into());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::super::assemble::Assembler;
    use super::super::segment::Message;
    use super::super::steps::Step;
    use super::*;
    use crate::archive::{HeaderCompression, Version};
    use crate::codec::Encoder;

    const HEAD: &[u8] = b"header and table of contents";

    fn segment(entry: u32, first: bool, last: bool, large_objects: bool) -> Segment {
        Segment {
            entry: Some(DumpId(entry)),
            first,
            last,
            large_objects,
        }
    }

    /// The messages of one piece, in chunks of `step` bytes.
    fn piece(compression: Compression, raw: &[u8], step: usize) -> Vec<Message> {
        let mut encoder = Encoder::new(compression, Container::File).unwrap();
        let mut encoded = Vec::new();
        encoder.write(raw, &mut encoded).unwrap();
        let end = encoder.finish_piece(&mut encoded).unwrap();
        let chunks = encoded.chunks(step).map(Bytes::copy_from_slice);
        let mut messages: Vec<Message> = chunks.map(Message::Chunk).collect();
        messages.push(Message::EndPiece(end));
        messages
    }

    /// An archive of a table in two segments, an empty one, and two large objects.
    fn archive(compression: Compression, names: FileNames, step: usize) -> Vec<Step> {
        let segments = vec![
            segment(7, true, false, false),
            segment(7, false, true, false),
            segment(8, true, true, false),
            segment(9, true, true, true),
        ];
        let mut messages = Vec::new();
        for raw in [&b"1\ta\n"[..], b"2\tb\n", b""] {
            messages.extend(piece(compression, raw, step));
            messages.push(Message::EndSegment(Box::default()));
        }
        for (oid, raw) in [(4_294_967_295, &b"large"[..]), (12, b"")] {
            messages.push(Message::BeginLargeObject(oid));
            messages.extend(piece(compression, raw, step));
        }
        messages.push(Message::EndSegment(Box::default()));

        let shape = Files::new(compression, names, HEAD.to_vec());
        let mut assembler = Assembler::new(shape, segments);
        let mut steps = Steps::new();
        assembler.begin(&mut steps).unwrap();
        for message in messages {
            assembler.feed(message, &mut steps).unwrap();
        }
        assembler.end(&mut steps).unwrap();
        assert!(assembler.is_complete());
        for entry in assembler.into_entries() {
            let segments: u64 = entry.segments.iter().map(|piece| piece.stored_bytes).sum();
            assert!(
                entry.offset == 0 && segments <= entry.stored_bytes,
                "{entry:?}"
            );
        }
        steps.take()
    }

    /// What is in the files, in the order they were written; the main object has no name.
    fn files(steps: Vec<Step>) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let mut main = Vec::new();
        let mut is_open = false;
        for step in steps {
            match step {
                Step::BeginFile(name) => {
                    assert!(!is_open && main.is_empty(), "{name}");
                    files.push((name, Vec::new()));
                    is_open = true;
                }
                Step::Write(bytes) => match files.last_mut().filter(|_| is_open) {
                    Some((_, file)) => file.extend_from_slice(&bytes),
                    None => main.extend_from_slice(&bytes),
                },
                Step::EndFile => is_open = false,
            }
        }
        files.push((String::new(), main));
        files
    }

    #[test]
    fn every_table_and_large_object_has_a_file_under_any_chunking() {
        let names = FileNames::new(Version::V1_14, HeaderCompression::None);
        for step in [1, 3, 1000] {
            let expected: [(&str, &[u8]); 6] = [
                ("7.dat", b"1\ta\n2\tb\n"),
                ("8.dat", b""),
                ("blob_4294967295.dat", b"large"),
                ("blob_12.dat", b""),
                (
                    "blobs.toc",
                    b"4294967295 blob_4294967295.dat\n12 blob_12.dat\n",
                ),
                ("", HEAD),
            ];
            let found = files(archive(Compression::None, names.clone(), step));
            let found = found.iter().map(|(name, bytes)| (&**name, &**bytes));
            assert!(found.eq(expected), "{step}");
        }
    }

    #[test]
    fn gzip_files_are_such_as_gunzip_reads() {
        let gzip = HeaderCompression::Gzip { level: None };
        let names = FileNames::new(Version::V1_16, gzip).within("2_");
        for step in [1, 3, 1000] {
            let found = files(archive(Compression::GZIP, names.clone(), step));
            let raw = |at: usize| {
                let mut raw = String::new();
                let mut file = flate2::read::GzDecoder::new(&*found[at].1);
                file.read_to_string(&mut raw).unwrap();
                (found[at].0.as_str(), raw)
            };
            assert_eq!(raw(0), ("2_7.dat.gz", "1\ta\n2\tb\n".to_owned()));
            assert_eq!(raw(1), ("2_8.dat.gz", String::new()));
            assert_eq!(raw(2), ("2_blob_4294967295.dat.gz", "large".to_owned()));
            assert_eq!(found[4].0, "2_blobs_9.toc");
            let list = b"4294967295 2_blob_4294967295.dat\n12 2_blob_12.dat\n";
            assert_eq!(found[4].1, list);
        }
    }
}
