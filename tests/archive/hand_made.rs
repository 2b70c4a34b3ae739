//! An archive put together from entries, pieces and blocks.

use pgsluice::archive::block;
use pgsluice::archive::{
    Format, Header, HeaderCompression, LocalTime, Section, TocEntry, Version, write_toc,
};
use pgsluice::codec::{Compression, Container, Encoder, Joiner};
use pgsluice::ids::{CatalogId, DumpId, Oid};

/// OIDs on both sides of 2^31, where the format turns them negative.
pub(crate) const LARGE_OBJECTS: [Oid; 3] = [4711, 2_147_483_649, 4_294_967_294];

/// What ends the rows of a table; a script needs it.
pub(crate) const END_OF_COPY: &[u8] = b"\\.\n\n\n";

/// Rows of the table `item`.
pub(crate) fn rows() -> Vec<u8> {
    (0..40_000_u64)
        .flat_map(|id| format!("{id}\t{:x}\n", id.wrapping_mul(0x9e37_79b9_7f4a)).into_bytes())
        .collect()
}

/// Bytes of a large object; the last one has none.
pub(crate) fn large_object(oid: Oid) -> Vec<u8> {
    let len = match oid {
        4711 => 100_000,
        2_147_483_649 => 1,
        _ => 0,
    };
    (0..len).map(|i| (i * 7 + i / 256) as u8).collect()
}

fn header(version: Version, compression: Compression) -> Header {
    Header {
        version,
        compression: match compression {
            Compression::Gzip { level } => HeaderCompression::Gzip { level: Some(level) },
            Compression::Zstd { .. } => HeaderCompression::Zstd,
            Compression::Lz4 => HeaderCompression::Lz4,
            _ => HeaderCompression::None,
        },
        created: LocalTime::new(jiff::civil::date(2026, 7, 1).at(12, 0, 0, 0), None),
        database: "hand\nmade".into(),
        server_version: "15.18".into(),
        dump_version: "15.18".into(),
        format: Format::Custom,
    }
}

fn entry(id: u32, desc: &'static str, tag: &str, defn: &str) -> TocEntry {
    TocEntry {
        defn: Some(defn.into()),
        ..TocEntry::new(DumpId(id), desc, tag, Section::PreData)
    }
}

fn table(id: u32, name: &str) -> TocEntry {
    TocEntry {
        catalog_id: CatalogId::new(1259, 16_384 + id),
        drop_stmt: Some(format!("DROP TABLE public.{name};\n")),
        namespace: Some("public".into()),
        tablespace: Some(String::new()),
        table_am: Some("heap".into()),
        relkind: Some(b'r'),
        ..entry(
            id,
            "TABLE",
            name,
            &format!("CREATE TABLE public.{name} (id bigint, note text);\n"),
        )
    }
}

fn table_data(id: u32, name: &str, table: u32) -> TocEntry {
    TocEntry {
        defn: None,
        section: Section::Data,
        copy_stmt: Some(format!("COPY public.{name} (id, note) FROM stdin;\n")),
        namespace: Some("public".into()),
        has_data: true,
        dependencies: vec![DumpId(table)],
        ..entry(id, "TABLE DATA", name, "")
    }
}

fn entries() -> Vec<TocEntry> {
    let settings = [
        entry(1, "ENCODING", "ENCODING", "SET client_encoding = 'UTF8';\n"),
        entry(
            2,
            "STDSTRINGS",
            "STDSTRINGS",
            "SET standard_conforming_strings = 'on';\n",
        ),
        entry(
            3,
            "SEARCHPATH",
            "SEARCHPATH",
            "SELECT pg_catalog.set_config('search_path', '', false);\n",
        ),
    ];
    let large_objects = (10..).zip(LARGE_OBJECTS).map(|(id, oid)| TocEntry {
        catalog_id: CatalogId::new(2613, oid),
        drop_stmt: Some(format!("SELECT pg_catalog.lo_unlink('{oid}');\n")),
        ..entry(
            id,
            "BLOB",
            &oid.to_string(),
            &format!("SELECT pg_catalog.lo_create('{oid}');\n"),
        )
    });
    let tables = [table(5, "item"), table(6, "empty")];
    let data = [
        table_data(7, "item", 5),
        table_data(8, "empty", 6),
        TocEntry {
            has_data: true,
            ..TocEntry::new(DumpId(9), "BLOBS", "BLOBS", Section::Data)
        },
    ];
    settings
        .into_iter()
        .chain(large_objects)
        .chain(tables)
        .chain(data)
        .collect()
}

/// An archive of two tables and three large objects, made with the library's own writers.
pub(crate) fn hand_made(version: Version, compression: Compression) -> Vec<u8> {
    let mut out = Vec::new();
    header(version, compression).write(&mut out).unwrap();
    write_toc(version, None, &entries(), &mut out);

    let rows = rows();
    let (first, rest) = rows.split_at(rows.len() / 3);
    block::begin_data(DumpId(7), &mut out);
    put_stream(compression, &[first, b"", rest, END_OF_COPY], &mut out);
    block::begin_data(DumpId(8), &mut out);
    put_stream(compression, &[END_OF_COPY], &mut out);
    block::begin_large_objects(DumpId(9), &mut out);
    for oid in LARGE_OBJECTS {
        block::begin_large_object(oid, &mut out);
        let bytes = large_object(oid);
        let pieces: Vec<&[u8]> = bytes.chunks(30_000).collect();
        put_stream(compression, &pieces, &mut out);
    }
    block::end(&mut out);
    out
}

/// Writes a stream with an encoder per piece, in chunks that also begin where pieces do.
fn put_stream(compression: Compression, pieces: &[&[u8]], out: &mut Vec<u8>) {
    let mut joiner = Joiner::new(compression, Container::Block);
    let mut around = Vec::new();
    joiner.begin(&mut around);
    block::chunk(&around, out).unwrap();
    for raw in pieces {
        let mut piece = Vec::new();
        let mut encoder = Encoder::new(compression, Container::Block).unwrap();
        encoder.write(raw, &mut piece).unwrap();
        joiner.piece(&encoder.finish_piece(&mut piece).unwrap());
        for chunk in piece.chunks(10_007) {
            block::chunk(chunk, out).unwrap();
        }
    }
    around.clear();
    joiner.finish(&mut around);
    block::chunk(&around, out).unwrap();
    block::end(out);
}
