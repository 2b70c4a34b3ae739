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
