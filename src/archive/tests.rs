//! Header and table of contents as a whole: written, cut, damaged, read and listed.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CatalogId, DumpId};

const VERSIONS: [Version; 5] = [
    Version::V1_12,
    Version::V1_13,
    Version::V1_14,
    Version::V1_15,
    Version::V1_16,
];

fn header(version: Version) -> Header {
    Header {
        version,
        compression: HeaderCompression::None,
        created: LocalTime::new(jiff::civil::date(2026, 1, 31).at(23, 59, 58, 0), None),
        database: "shop".into(),
        server_version: "15.18 (Debian 15.18-1)".into(),
        dump_version: "15.18".into(),
        format: Format::Custom,
    }
}

fn entry(id: u32, desc: &'static str, tag: &str, defn: Option<&str>) -> TocEntry {
    TocEntry {
        defn: defn.map(Into::into),
        ..TocEntry::new(DumpId(id), desc, tag, Section::PreData)
    }
}

fn table_and_data() -> Vec<TocEntry> {
    let table = TocEntry {
        catalog_id: CatalogId::new(1259, 16384),
        drop_stmt: Some("DROP TABLE public.item;\n".into()),
        namespace: Some("public".into()),
        tablespace: Some(String::new()),
        table_am: Some("heap".into()),
        relkind: Some(b'r'),
        owner: Some("alice".into()),
        ..entry(
            2,
            "TABLE",
            "item",
            Some("CREATE TABLE public.item (id integer);\n"),
        )
    };
    let data = TocEntry {
        section: Section::Data,
        copy_stmt: Some("COPY public.item (id) FROM stdin;\n".into()),
        namespace: Some("public".into()),
        owner: Some("alice".into()),
        has_data: true,
        dependencies: vec![DumpId(2), DumpId(4_000_000_000)],
        ..entry(1, "TABLE DATA", "item", None)
    };
    vec![table, data]
}

fn written(header: &Header, entries: &[TocEntry]) -> Vec<u8> {
    let mut out = Vec::new();
    header.write(&mut out).unwrap();
    let files = FileNames::new(header.version, header.compression);
    let files = (header.format == Format::Directory).then_some(&files);
    write_toc(header.version, files, entries, &mut out);
    out
}

/// What of an entry the version can hold.
fn stored(entry: &TocEntry, version: Version) -> TocEntry {
    let mut entry = entry.clone();
    if version < Version::V1_14 {
        entry.table_am = None;
    }
    if version < Version::V1_16 {
        entry.relkind = None;
    }
    entry
}

/// Reads `bytes` in slices of `step` and stops where the table of contents does.
fn read(bytes: &[u8], step: usize) -> Result<Archive> {
    let mut reader = ArchiveReader::new();
    for slice in bytes.chunks(step) {
        if reader.push(slice)? < slice.len() {
            break;
        }
    }
    reader.finish()
}

fn archive(header: Header, entries: Vec<TocEntry>) -> Archive {
    Archive::parse(&written(&header, &entries)).unwrap()
}

#[test]
fn table_of_contents_reads_back_in_every_version() {
    for version in VERSIONS {
        let bytes = written(&header(version), &table_and_data());
        let archive = Archive::parse(&bytes).unwrap();
        assert_eq!(archive.header, header(version));
        assert_eq!(archive.data_offset, bytes.len() as u64);
        let expected = table_and_data()
            .iter()
            .map(|e| stored(e, version))
            .collect::<Vec<_>>();
        let read = archive
            .entries
            .iter()
            .map(|e| e.entry.clone())
            .collect::<Vec<_>>();
        assert_eq!(read, expected, "version {version}");
        let locations = archive
            .entries
            .iter()
            .map(|e| e.data.clone())
            .collect::<Vec<_>>();
        assert_eq!(locations, [DataLocation::None, DataLocation::NotSet]);
    }
}

#[test]
fn directory_entries_name_their_files() {
    let blobs = TocEntry {
        has_data: true,
        ..entry(3, "BLOBS", "BLOBS", None)
    };
    let entries = [table_and_data(), vec![blobs]].concat();
    for (version, toc) in [
        (Version::V1_14, "blobs.toc"),
        (Version::V1_16, "blobs_3.toc"),
    ] {
        let header = Header {
            format: Format::Directory,
            ..header(version)
        };
        let archive = archive(header.clone(), entries.clone());
        assert_eq!(archive.header, header);
        let locations = archive
            .entries
            .into_iter()
            .map(|e| e.data)
            .collect::<Vec<_>>();
        let file = |name: &str| DataLocation::File(name.into());
        assert_eq!(locations, [DataLocation::None, file("1.dat"), file(toc)]);
    }
}

#[test]
fn compression_is_a_level_up_to_1_14_and_a_codec_from_1_15() {
    let gzip = |level| HeaderCompression::Gzip { level };
    for (version, compression, read) in [
        (
            Version::V1_14,
            HeaderCompression::None,
            HeaderCompression::None,
        ),
        (Version::V1_14, gzip(None), gzip(None)),
        (Version::V1_14, gzip(Some(9)), gzip(Some(9))),
        (Version::V1_15, gzip(Some(9)), gzip(None)),
        (
            Version::V1_15,
            HeaderCompression::Lz4,
            HeaderCompression::Lz4,
        ),
        (
            Version::V1_16,
            HeaderCompression::Zstd,
            HeaderCompression::Zstd,
        ),
    ] {
        let header = Header {
            compression,
            ..header(version)
        };
        assert_eq!(archive(header, Vec::new()).header.compression, read);
    }
}

#[test]
fn zstd_in_an_old_version_is_refused() {
    let header = Header {
        compression: HeaderCompression::Zstd,
        ..header(Version::V1_14)
    };
    let error = header.write(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(
        error.to_string(),
        "archive version 1.14 has no zstd compression"
    );
}

#[test]
fn other_versions_are_unsupported() {
    for (major, minor) in [(1, 11), (1, 17), (2, 14), (0, 14)] {
        let mut bytes = written(&header(Version::V1_14), &[]);
        bytes[5..7].copy_from_slice(&[major, minor]);
        let error = Archive::parse(&bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

#[test]
fn local_time_is_a_date_or_is_not() {
    let time = jiff::civil::date(2024, 2, 29).at(12, 30, 59, 0);
    assert_eq!(LocalTime::new(time, Some(true)).to_civil(), Some(time));
    let hostile = LocalTime {
        mon: i32::MAX,
        year: i32::MAX,
        ..LocalTime::default()
    };
    assert_eq!(hostile.to_civil(), None);
}

#[test]
fn reader_stops_where_the_data_begins() {
    let mut bytes = written(&header(Version::V1_16), &table_and_data());
    let toc_len = bytes.len();
    bytes.extend_from_slice(b"\x01 and whatever follows");
    for step in 1..bytes.len() {
        let mut reader = ArchiveReader::new();
        let mut taken = 0;
        for slice in bytes.chunks(step) {
            taken += reader.push(slice).unwrap();
        }
        assert_eq!(taken, toc_len, "slices of {step}");
        assert_eq!(reader.finish().unwrap(), Archive::parse(&bytes).unwrap());
    }
}

#[test]
fn archive_cut_anywhere_is_corrupt() {
    for version in VERSIONS {
        let bytes = written(&header(version), &table_and_data());
        for len in 0..bytes.len() {
            for step in [1, 1_000] {
                let error = read(&bytes[..len], step).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::CorruptArchive, "{len} bytes");
                assert!(error.to_string().starts_with("archive is damaged at byte "));
            }
        }
    }
}

#[test]
fn dump_id_that_occurs_twice_is_corrupt() {
    let twice = [entry(1, "SCHEMA", "a", None), entry(1, "SCHEMA", "b", None)];
    let error = Archive::parse(&written(&header(Version::V1_14), &twice)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CorruptArchive);
    assert!(
        error.to_string().ends_with("dump id 1 occurs twice"),
        "{error}"
    );
}

#[test]
fn text_in_another_encoding_is_corrupt_unless_announced() {
    let error_with = |encoding: &str| -> Error {
        let defn = format!("SET client_encoding = '{encoding}';\n");
        let entries = [
            entry(1, "ENCODING", "ENCODING", Some(&defn)),
            entry(2, "TABLE", "caf\u{e9}", None),
        ];
        let mut bytes = written(&header(Version::V1_14), &entries);
        let accent = bytes
            .windows(2)
            .position(|pair| pair == "\u{e9}".as_bytes())
            .unwrap();
        bytes[accent] = b'\xe9';
        Archive::parse(&bytes).unwrap_err()
    };
    assert_eq!(error_with("UTF8").kind(), ErrorKind::CorruptArchive);
    assert_eq!(error_with("LATIN1").kind(), ErrorKind::Unsupported);
}

#[test]
fn listing_reads_like_that_of_pg_restore() {
    let entries = vec![
        entry(
            5,
            "ENCODING",
            "ENCODING",
            Some("SET client_encoding = 'UTF8';\n"),
        ),
        entry(6, "DATABASE", "shop", Some("CREATE DATABASE shop;\n")),
        entry(
            7,
            "COMMENT",
            "DATABASE shop",
            Some("COMMENT ON DATABASE shop IS 'x';\n"),
        ),
        entry(
            8,
            "SCHEMA",
            "two\nlines",
            Some("CREATE SCHEMA \"two\nlines\";\n"),
        ),
        entry(9, "RULE", "without a statement", Some("")),
    ];
    let archive = archive(header(Version::V1_14), [entries, table_and_data()].concat());
    let expected = "\
;
; Archive created at 2026-01-31 23:59:58 CET
;     dbname: shop
;     TOC Entries: 7
;     Compression: none
;     Dump Version: 1.14-0
;     Format: CUSTOM
;     Integer: 4 bytes
;     Offset: 8 bytes
;     Dumped from database version: 15.18 (Debian 15.18-1)
;     Dumped by pg_dump version: 15.18
;
;
; Selected TOC Entries:
;
8; 0 0 SCHEMA - two lines \n\
2; 1259 16384 TABLE public item alice
1; 0 0 TABLE DATA public item alice
";
    assert_eq!(Listing::new(&archive).text("CET"), expected);
}

#[test]
fn listing_as_json_has_the_same_entries() {
    let archive = archive(header(Version::V1_14), table_and_data());
    let json = serde_json::to_value(Listing::new(&archive)).unwrap();
    assert_eq!(json["created"], "2026-01-31T23:59:58");
    assert_eq!(json["archive_version"], "1.14");
    assert_eq!(
        json["entries"][1],
        serde_json::json!({
            "dump_id": 1,
            "catalog_oid": 0,
            "oid": 0,
            "desc": "TABLE DATA",
            "namespace": "public",
            "tag": "item",
            "owner": "alice",
            "section": "data",
            "has_data": true,
            "dependencies": [2, 4_000_000_000_u32],
        })
    );
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("\\PC{0,12}")
}

prop_compose! {
    fn any_entry()(
        ids in (any::<u32>(), any::<u32>()),
        names in ("\\PC{0,12}", "[A-Z ]{1,12}"),
        section in select(&[Section::None, Section::PreData, Section::Data, Section::PostData][..]),
        statements in (text(), text(), text()),
        places in (text(), text(), text(), text()),
        relkind in prop::option::of(1..=u8::MAX),
        has_data: bool,
        dependencies in prop::collection::vec(any::<u32>().prop_map(DumpId), 0..5),
    ) -> TocEntry {
        TocEntry {
            catalog_id: CatalogId::new(ids.0, ids.1),
            defn: statements.0,
            drop_stmt: statements.1,
            copy_stmt: statements.2,
            namespace: places.0,
            tablespace: places.1,
            table_am: places.2,
            owner: places.3,
            relkind,
            has_data,
            dependencies,
            ..TocEntry::new(DumpId(1), names.1, names.0, section)
        }
    }
}

proptest! {
    #[test]
    fn any_entries_read_back_under_any_chunking(
        version in select(&VERSIONS[..]),
        format in select(&[Format::Custom, Format::Directory][..]),
        mut entries in prop::collection::vec(any_entry(), 0..8),
        step in 1..500_usize,
    ) {
        for (id, entry) in (1..).zip(&mut entries) {
            entry.dump_id = DumpId(id);
        }
        let header = Header { format, ..header(version) };
        let archive = read(&written(&header, &entries), step).unwrap();
        prop_assert_eq!(archive.header, header);
        let expected = entries.iter().map(|e| stored(e, version)).collect::<Vec<_>>();
        let read = archive.entries.into_iter().map(|e| e.entry).collect::<Vec<_>>();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn flipped_bytes_never_panic(
        version in select(&VERSIONS[..]),
        flips in prop::collection::vec((any::<Index>(), any::<u8>()), 1..6),
        step in 1..500_usize,
    ) {
        let mut bytes = written(&header(version), &table_and_data());
        for (place, byte) in flips {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        match read(&bytes, step) {
            Ok(archive) => drop(Listing::new(&archive).text("UTC")),
            Err(error) => prop_assert!(
                matches!(error.kind(), ErrorKind::CorruptArchive | ErrorKind::Unsupported)
            ),
        }
    }
}
