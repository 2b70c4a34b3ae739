//! Archives in memory and on disk, whole, in slices, cut and damaged.

use std::io::Cursor;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::archive::{
    Format, Header, HeaderCompression, LocalTime, Section, TocEntry, Version, block, write_toc,
};
use crate::codec::{Compression, Container, Encoder, Joiner, RowDigest};
use crate::error::{ErrorKind, Result};
use crate::ids::DumpId;
use crate::store::{Location, S3Options};

const CODECS: [Compression; 4] = [
    Compression::None,
    Compression::GZIP,
    Compression::ZSTD,
    Compression::Lz4,
];

const ROWS: &[u8] = b"1\tone\n2\t\\N\n3\tthree\n";
const END: &[u8] = b"\\.\n\n\n";

/// An archive of one table's rows and two large objects, one of them empty.
fn archive(compression: Compression) -> Vec<u8> {
    let header = Header {
        version: Version::V1_15,
        compression: match compression {
            Compression::Gzip { .. } => HeaderCompression::Gzip { level: None },
            Compression::Zstd { .. } => HeaderCompression::Zstd,
            Compression::Lz4 => HeaderCompression::Lz4,
            _ => HeaderCompression::None,
        },
        created: LocalTime::default(),
        database: "shop".into(),
        server_version: "16.1".into(),
        dump_version: "16.1".into(),
        format: Format::Custom,
    };
    let with_data = |id, desc: &'static str| TocEntry {
        has_data: true,
        copy_stmt: (desc == "TABLE DATA").then(|| "COPY public.t (a, b) FROM stdin;\n".into()),
        ..TocEntry::new(DumpId(id), desc, "t", Section::Data)
    };
    let entries = [with_data(7, "TABLE DATA"), with_data(8, "BLOBS")];
    let mut out = Vec::new();
    header.write(&mut out).unwrap();
    write_toc(header.version, None, &entries, &mut out);
    block::begin_data(DumpId(7), &mut out);
    stream(compression, &[ROWS, END].concat(), &mut out);
    block::begin_large_objects(DumpId(8), &mut out);
    for (oid, contents) in [(16_385, &b"large\0object"[..]), (4_000_000_000, b"")] {
        block::begin_large_object(oid, &mut out);
        stream(compression, contents, &mut out);
    }
    block::end(&mut out);
    out
}

fn stream(compression: Compression, raw: &[u8], out: &mut Vec<u8>) {
    let mut joiner = Joiner::new(compression, Container::Block);
    let mut encoder = Encoder::new(compression, Container::Block).unwrap();
    let mut chunk = Vec::new();
    joiner.begin(&mut chunk);
    block::chunk(&chunk, out).unwrap();
    chunk.clear();
    encoder.write(raw, &mut chunk).unwrap();
    let end = encoder.finish_piece(&mut chunk).unwrap();
    joiner.piece(&end);
    block::chunk(&chunk, out).unwrap();
    chunk.clear();
    joiner.finish(&mut chunk);
    block::chunk(&chunk, out).unwrap();
    block::end(out);
}

fn walk(bytes: &[u8], step: usize) -> Result<Walked> {
    let mut walker = Walker::new();
    for slice in bytes.chunks(step) {
        walker.push(Bytes::copy_from_slice(slice))?;
    }
    walker.finish()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// All contents of an entry, put together.
async fn read(mut contents: Contents<'_>) -> Result<(Vec<Content<Vec<u8>>>, Found)> {
    let mut all: Vec<Content<Vec<u8>>> = Vec::new();
    while let Some(content) = contents.next().await? {
        all.push(match content {
            Content::Rows(rows) => Content::Rows(rows.to_vec()),
            Content::LargeObject(bytes) => Content::LargeObject(bytes.to_vec()),
            Content::BeginLargeObject(oid) => Content::BeginLargeObject(oid),
            Content::EndLargeObject => Content::EndLargeObject,
        });
    }
    Ok((all, contents.found()?))
}

fn check_rows(found: &Found) {
    let mut digest = RowDigest::new();
    digest.update(ROWS);
    assert_eq!(found.digest.hex(), digest.hex());
    assert_eq!((found.digest.rows(), found.ended), (3, true));
    assert_eq!(found.raw_bytes, (ROWS.len() + END.len()) as u64);
}

#[test]
fn everything_is_found_in_slices_of_any_size() {
    for compression in CODECS {
        let bytes = archive(compression);
        for step in [1, 2, 7, 64, bytes.len()] {
            let walked = walk(&bytes, step).unwrap();
            let [(rows, of_rows), (objects, of_objects)] = walked.found.as_slice() else {
                panic!("{:?}", walked.found);
            };
            assert_eq!((rows.0, objects.0), (7, 8), "{compression}, step {step}");
            check_rows(of_rows);
            assert_eq!((of_objects.objects.rows(), of_objects.raw_bytes), (2, 12));
        }
    }
}

#[test]
fn archive_that_ends_anywhere_else_is_damaged() {
    for compression in CODECS {
        let bytes = archive(compression);
        for len in 0..bytes.len() {
            let error = walk(&bytes[..len], 5).unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::CorruptArchive,
                "{compression}, {len}"
            );
        }
        let followed = [&bytes[..], b"x"].concat();
        assert!(walk(&followed, 5).is_err(), "{compression}");
        // As pg_dump 17 leaves it when its output is appended to a file.
        let twice = [&bytes[..], &bytes[..40]].concat();
        walk(&twice, 5).unwrap();
    }
}

#[test]
fn contents_are_read_where_they_lie_and_from_a_stream() {
    for compression in CODECS {
        let bytes = archive(compression);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.dump");
        std::fs::write(&path, &bytes).unwrap();
        let location = Location::File(path);
        let s3 = S3Options::default();
        block_on(async {
            let open = |location, stream| {
                OpenArchive::open(OpenOptions {
                    location,
                    s3: &s3,
                    stream,
                })
            };
            let archive = open(&location, None).await.unwrap();
            // Neither a manifest nor the table of contents says where: it is looked for.
            let places = archive.places(None).await.unwrap();
            let connected = archive.access().unwrap().connect().await.unwrap();
            let place = places.of(DumpId(7)).unwrap();
            let contents = connected.contents(DumpId(7), false, place).await.unwrap();
            let (rows, found) = read(contents).await.unwrap();
            assert_eq!(rows, [Content::Rows(ROWS.to_vec())]);
            check_rows(&found);

            let other = connected.contents(DumpId(8), true, place).await.unwrap();
            let error = read(other).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CorruptArchive);

            let stream = Location::Stream;
            let mut archive = open(&stream, Some(Box::new(Cursor::new(bytes))))
                .await
                .unwrap();
            // The rows before it are skipped.
            let objects = archive.next_contents(DumpId(8)).await.unwrap();
            let (objects, found) = read(objects).await.unwrap();
            let expected = [
                Content::BeginLargeObject(16_385),
                Content::LargeObject(b"large\0object".to_vec()),
                Content::EndLargeObject,
                Content::BeginLargeObject(4_000_000_000),
                Content::EndLargeObject,
            ];
            assert_eq!(objects, expected);
            assert_eq!(found.objects.rows(), 2);
            // They have gone by.
            let rows = archive.next_contents(DumpId(7)).await;
            assert!(rows.is_err());
        });
    }
}

#[test]
fn rows_without_their_end_are_told() {
    let mut bytes = archive(Compression::None);
    let end = bytes
        .windows(END.len())
        .position(|window| window == END)
        .unwrap();
    // The mark becomes a row.
    bytes[end] = b'4';
    let walked = walk(&bytes, 9).unwrap();
    let found = &walked.found[0].1;
    assert!(!found.ended);
    assert_eq!(found.raw_bytes, (ROWS.len() + END.len()) as u64);
}

proptest! {
    #[test]
    fn damage_never_panics(
        codec in 0..CODECS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        step in 1..50_usize,
    ) {
        let mut bytes = archive(CODECS[codec]);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Err(error) = walk(&bytes, step) {
            prop_assert_ne!(error.kind(), ErrorKind::Internal, "{:?}", error);
        }
    }
}
