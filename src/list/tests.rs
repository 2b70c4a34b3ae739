//! Listings of archives in memory and on disk.

use std::io::{self, Read};

use super::*;
use crate::archive::{
    Format, Header, HeaderCompression, LocalTime, Section, TocEntry, Version, write_toc,
};
use crate::error::{ErrorKind, Result};
use crate::ids::DumpId;
use crate::unpack::{FIRST_READ, LARGEST_READ};

/// An archive with `entries` tables, and what would be data behind them.
fn archive(entries: u32) -> Vec<u8> {
    let header = Header {
        version: Version::V1_15,
        compression: HeaderCompression::None,
        created: LocalTime::default(),
        database: "shop".into(),
        server_version: "15.1".into(),
        dump_version: "15.1".into(),
        format: Format::Custom,
    };
    let entries: Vec<_> = (1..=entries)
        .map(|id| TocEntry {
            defn: Some(format!("CREATE TABLE t{id} ();\n")),
            ..TocEntry::new(DumpId(id), "TABLE", format!("t{id}"), Section::PreData)
        })
        .collect();
    let mut bytes = Vec::new();
    header.write(&mut bytes).unwrap();
    write_toc(header.version, None, &entries, &mut bytes);
    bytes
}

/// Gives out at most `step` bytes at a time and counts them.
struct Trickle {
    bytes: io::Cursor<Vec<u8>>,
    step: usize,
    given: std::sync::mpsc::Sender<usize>,
}

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(self.step);
        let read = self.bytes.read(&mut buffer[..len])?;
        let _ = self.given.send(read);
        Ok(read)
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn list_stream(reader: impl Read + Send + 'static) -> Result<Archive> {
    let list = List::new(ListOptions::new(Location::Stream))?.with_reader(Box::new(reader));
    block_on(list.run(&Cancel::new()))
}

#[test]
fn stream_of_any_chunking_gives_the_same_contents() {
    for (entries, step) in [(9, 1), (90, 7), (9000, 4096), (9000, usize::MAX)] {
        let bytes = archive(entries);
        let expected = Archive::parse(&bytes).unwrap();
        let (given, _) = std::sync::mpsc::channel();
        let bytes = io::Cursor::new(bytes);
        let found = list_stream(Trickle { bytes, step, given }).unwrap();
        assert_eq!(found, expected, "in steps of {step}");
    }
}

#[test]
fn data_behind_the_table_of_contents_is_hardly_read() {
    let mut bytes = archive(10);
    let contents = bytes.len();
    bytes.resize(contents + (64 << 20), 0);
    let (given, taken) = std::sync::mpsc::channel();
    let bytes = io::Cursor::new(bytes);
    let step = usize::MAX;
    list_stream(Trickle { bytes, step, given }).unwrap();
    assert!(taken.iter().sum::<usize>() <= FIRST_READ);
}

#[test]
fn file_larger_than_the_first_read_is_listed() {
    let bytes = archive(20_000);
    assert!(bytes.len() > FIRST_READ + LARGEST_READ / 4);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.dump");
    std::fs::write(&path, &bytes).unwrap();
    let list = List::new(ListOptions::new(Location::File(path))).unwrap();
    let found = block_on(list.run(&Cancel::new())).unwrap();
    assert_eq!(found, Archive::parse(&bytes).unwrap());
}

#[test]
fn archive_that_ends_early_is_damaged() {
    let bytes = archive(3);
    for len in [0, 3, 12, bytes.len() - 1] {
        let error = list_stream(io::Cursor::new(bytes[..len].to_vec())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CorruptArchive, "cut at {len}");
    }
}

#[test]
fn endless_stream_that_is_no_archive_is_refused_at_once() {
    let error = list_stream(io::repeat(b'x')).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CorruptArchive);
    assert!(error.full().contains("PGDMP"), "{error:?}");
}

#[test]
fn stream_without_a_reader_is_refused() {
    let list = List::new(ListOptions::new(Location::Stream)).unwrap();
    let error = block_on(list.run(&Cancel::new())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn cancelled_listing_says_so() {
    let cancel = Cancel::new();
    cancel.cancel();
    let list = List::new(ListOptions::new(Location::Stream)).unwrap();
    let error = block_on(list.with_reader(Box::new(io::empty())).run(&cancel)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}
