//! What the stages of a dump take by themselves: `cargo bench --bench stages`.
//!
//! All of them work on the same rows, so their throughputs can be compared: the slowest
//! one of a worker's (reading, row digest, codec) is what a worker can do.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench that fails may panic"
)]

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pgsluice::archive::{Section, TocEntry, Version, write_toc};
use pgsluice::codec::{Compression, Container, Encoder, PieceEnd, RUN, RowDigest, StoredDigest};
use pgsluice::copy::{BinaryRows, Column, Step as ConversionStep};
use pgsluice::ids::DumpId;
use pgsluice::pg::{ConnInfo, Session};
use pgsluice::pipeline::{Assembler, Blocks, Message, Parts, Segment, Step, Steps};

/// Some 16 MB of rows as COPY prints them.
fn rows() -> Vec<u8> {
    let row = |i: u64| {
        let hash = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!(
            "{i}\t2024-03-{:02} 12:{:02}:07+00\t{}\tshipped\tEUR\t{}.{:02}\t{hash:016x}\tStreet {}, City {}\t\\N\tt\n",
            i % 28 + 1,
            i % 60,
            i * 7919 % 99_991,
            i % 5000,
            i % 100,
            i % 977,
            i % 331
        )
    };
    (0..150_000).flat_map(|i| row(i).into_bytes()).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// A message of the protocol.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

/// A server that lets anybody in, and answers every query with `answer`. Its port.
fn server(answer: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut startup = [0; 1024];
        let _ = client.read(&mut startup).unwrap();
        let greeting = [
            message(b'R', &[0; 4]),
            message(b'S', b"server_version\x0017.0\0"),
            message(b'K', &[0; 8]),
            message(b'Z', b"I"),
        ];
        client.write_all(&greeting.concat()).unwrap();
        while matches!(client.read(&mut startup), Ok(1..)) {
            if client.write_all(&answer).is_err() {
                break;
            }
        }
    });
    port
}

fn copy_reading(c: &mut Criterion) {
    let rows = rows();
    let mut answer = message(b'H', &[0; 7]);
    for row in rows.split_inclusive(|byte| *byte == b'\n') {
        answer.extend(message(b'd', row));
    }
    answer.extend(message(b'c', b""));
    answer.extend(message(b'C', b"COPY 150000\0"));
    answer.extend(message(b'Z', b"I"));
    let port = server(answer);
    let source = format!("host=127.0.0.1 port={port} user=u dbname=d sslmode=disable");
    let runtime = runtime();
    let source = ConnInfo::parse(&source).unwrap();
    let session = runtime.block_on(Session::connect(&source)).unwrap();
    let mut group = c.benchmark_group("reading");
    group.throughput(Throughput::Bytes(rows.len() as u64));
    let mut block = Vec::new();
    group.bench_function("COPY rows off the connection", |b| {
        b.iter(|| {
            runtime.block_on(async {
                let mut copy = session.copy_out("COPY t TO STDOUT");
                while copy.read(&mut block).await.unwrap() {
                    black_box(&block);
                }
            });
        });
    });
}

/// The one stage of a restore that a dump does not have.
fn binary_rows(c: &mut Criterion) {
    let rows = Bytes::from(rows());
    let columns = [
        Column::Int8,
        Column::TimestampTz,
        Column::Int4,
        Column::Text,
        Column::Text,
        Column::Numeric,
        Column::Text,
        Column::Text,
        Column::Float8,
        Column::Bool,
    ];
    let mut group = c.benchmark_group("copy");
    group.throughput(Throughput::Bytes(rows.len() as u64));
    group.bench_function("text to binary", |b| {
        b.iter(|| {
            let mut converter = BinaryRows::new(&columns);
            for start in (0..rows.len()).step_by(RUN) {
                let mut text = rows.slice(start..rows.len().min(start + RUN));
                loop {
                    let mut converted = Vec::with_capacity(2 * text.len());
                    let step = converter.convert(&mut text, &mut converted);
                    black_box(&converted);
                    match step {
                        ConversionStep::Full => {}
                        ConversionStep::Hungry => break,
                        ConversionStep::Stopped => panic!("a row that cannot be converted"),
                    }
                }
            }
        });
    });
    group.finish();
    for (name, column, field) in [
        ("integer", Column::Int4, "1234567"),
        ("numeric", Column::Numeric, "12345.67"),
        ("float8", Column::Float8, "0.1428571428571428"),
        ("timestamptz", Column::TimestampTz, "2024-03-11 12:01:07+00"),
        ("text", Column::Text, "Street 123, 45678 City 9"),
        ("uuid", Column::Uuid, "5cb0a1e6-6d39-4be7-a1e3-9f1f6b3c7d21"),
    ] {
        let rows = Bytes::from(format!("{field}\n").repeat(1000));
        let mut group = c.benchmark_group("copy");
        group.throughput(Throughput::Elements(1000));
        group.bench_function(name, |b| {
            let mut converted = Vec::with_capacity(1 << 20);
            b.iter(|| {
                converted.clear();
                let step = BinaryRows::new(&[column]).convert(&mut rows.clone(), &mut converted);
                assert!(step == ConversionStep::Hungry);
            });
        });
    }
}

fn digests(c: &mut Criterion) {
    let rows = rows();
    let mut group = c.benchmark_group("digest");
    group.throughput(Throughput::Bytes(rows.len() as u64));
    group.bench_function("rows, XXH3-128", |b| {
        b.iter(|| {
            let mut digest = RowDigest::new();
            rows.chunks(RUN).for_each(|run| digest.update(run));
            digest.sum()
        });
    });
    group.bench_function("stored bytes, SHA-256", |b| {
        b.iter(|| {
            let mut digest = StoredDigest::new();
            digest.update(&rows);
            digest.hex()
        });
    });
}

/// Encodes one piece in chunks.
fn encode(encoder: &mut Encoder, rows: &[u8], chunk: &mut Vec<u8>) -> PieceEnd {
    for run in rows.chunks(RUN) {
        encoder.write(run, chunk).unwrap();
        if chunk.len() >= 256 * 1024 {
            black_box(&chunk);
            chunk.clear();
        }
    }
    let end = encoder.finish_piece(chunk).unwrap();
    chunk.clear();
    end
}

fn codecs(c: &mut Criterion) {
    let rows = rows();
    let mut group = c.benchmark_group("codec");
    group.throughput(Throughput::Bytes(rows.len() as u64));
    for name in [
        "none", "lz4", "zstd:1", "zstd:3", "zstd:9", "gzip:1", "gzip:6",
    ] {
        let compression: Compression = name.parse().unwrap();
        let mut encoder = Encoder::new(compression, Container::Block).unwrap();
        let mut chunk = Vec::new();
        group.bench_function(name, |b| b.iter(|| encode(&mut encoder, &rows, &mut chunk)));
    }
}

fn assembling(c: &mut Criterion) {
    let chunk = Bytes::from(rows()[..256 * 1024].to_vec());
    let mut encoder = Encoder::new(Compression::None, Container::Block).unwrap();
    let end = encode(&mut encoder, &chunk, &mut Vec::new());
    let segment = Segment {
        entry: Some(DumpId(1)),
        first: true,
        last: true,
        large_objects: false,
    };
    let mut group = c.benchmark_group("assembling");
    group.throughput(Throughput::Bytes(64 * chunk.len() as u64));
    group.bench_function("64 chunks into blocks and parts", |b| {
        b.iter(|| {
            let shape = Blocks::new(Compression::None, Vec::new());
            let mut assembler = Assembler::new(shape, vec![segment]);
            let (mut steps, mut parts) = (Steps::new(), Parts::new(8 << 20));
            assembler.begin(&mut steps).unwrap();
            let chunks = (0..64).map(|_| Message::Chunk(chunk.clone()));
            let ends = [
                Message::EndPiece(end),
                Message::EndSegment(Box::new(RowDigest::new())),
            ];
            for message in chunks.chain(ends) {
                assembler.feed(message, &mut steps).unwrap();
                for step in steps.take() {
                    if let Step::Write(bytes) = step {
                        black_box(parts.push(&bytes));
                    }
                }
            }
        });
    });
}

fn table_of_contents(c: &mut Criterion) {
    let entry = |i: u32| {
        let mut entry = TocEntry::new(DumpId(i), "TABLE", format!("table_{i}"), Section::PreData);
        entry.defn = Some(format!(
            "CREATE TABLE public.table_{i} (\n    id integer NOT NULL,\n    name text\n);\n"
        ));
        entry.drop_stmt = Some(format!("DROP TABLE public.table_{i};\n"));
        entry.namespace = Some("public".to_owned());
        entry.owner = Some("app".to_owned());
        entry.dependencies = vec![DumpId(1), DumpId(i / 2 + 1)];
        entry
    };
    let entries: Vec<TocEntry> = (1..=20_000).map(entry).collect();
    let mut group = c.benchmark_group("table of contents");
    group.throughput(Throughput::Elements(entries.len() as u64));
    group.bench_function("20,000 entries", |b| {
        b.iter(|| {
            let mut out = Vec::new();
            write_toc(Version::V1_14, None, &entries, &mut out);
            out
        });
    });
}

criterion_group! {
    name = stages;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(4));
    targets = copy_reading, binary_rows, digests, codecs, assembling, table_of_contents
}
criterion_main!(stages);
