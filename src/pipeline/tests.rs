use bytes::Bytes;
use futures::FutureExt;
use proptest::prelude::*;

use super::window::{ALLOWANCE, window};
use super::*;
use crate::codec::{Compression, Container, Decoder, Encoder};
use crate::ids::DumpId;

fn on_runtime<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// Bytes of header and table of contents.
const HEAD: usize = 100;

fn segment(entry: u32, first: bool, last: bool) -> Segment {
    Segment {
        entry: Some(DumpId(entry)),
        first,
        last,
        large_objects: false,
    }
}

/// Assembles entry 1 from one segment for each slice of rows, in a block.
async fn assemble(compression: Compression, pieces: &[Vec<u8>]) -> (Vec<u8>, Vec<StoredEntry>) {
    let segments = (0..pieces.len())
        .map(|i| segment(1, i == 0, i + 1 == pieces.len()))
        .collect();
    let shape = Blocks::new(compression, vec![b'h'; HEAD]);
    let encoder = Encoder::new(compression, Container::Block).unwrap();
    let (archive, entries) = assemble_as(shape, encoder, segments, pieces).await;
    (archive[HEAD..].to_vec(), entries)
}

/// Assembles segments of these rows.
async fn assemble_as(
    shape: impl Shape + 'static,
    mut encoder: Encoder,
    segments: Vec<Segment>,
    pieces: &[Vec<u8>],
) -> (Vec<u8>, Vec<StoredEntry>) {
    let (sender, mut receiver) = window(ALLOWANCE);
    let work = async {
        // The last segment goes first: the window must put it last.
        for (i, rows) in pieces.iter().enumerate().rev() {
            let mut writer = SegmentWriter::new(&mut encoder, sender.open(i).unwrap());
            writer.write_rows(rows).await.unwrap();
            writer.end_piece().await.unwrap();
            writer.finish().await.unwrap();
        }
    };
    let store = async {
        let mut assembler = Assembler::new(shape, segments);
        let mut steps = Steps::new();
        assembler.begin(&mut steps).unwrap();
        while !assembler.is_complete() {
            let message = receiver.next().await.unwrap();
            assembler.feed(message, &mut steps).unwrap();
        }
        assembler.end(&mut steps).unwrap();
        (written(steps.take()), assembler.into_entries())
    };
    tokio::join!(work, store).1
}

/// The bytes of an archive that is one object.
fn written(steps: Vec<Step>) -> Vec<u8> {
    let bytes = steps.into_iter().map(|step| match step {
        Step::Write(bytes) => bytes,
        other => panic!("one object has no files, found {other:?}"),
    });
    bytes.collect::<Vec<_>>().concat()
}

/// The stream in a block: the chunks between its head and its end.
fn chunks(block: &[u8]) -> Vec<&[u8]> {
    let mut at = 6;
    let mut found = Vec::new();
    loop {
        let len = u32::from_le_bytes(block[at + 1..at + 5].try_into().unwrap()) as usize;
        at += 5;
        if len == 0 {
            assert_eq!(at, block.len());
            return found;
        }
        found.push(&block[at..at + len]);
        at += len;
    }
}

fn decode(compression: Compression, block: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder::new(compression, Container::Block).unwrap();
    let mut raw = Vec::new();
    for chunk in chunks(block) {
        decoder.begin_chunk();
        let mut sink = |bytes: &[u8]| -> crate::Result<()> {
            raw.extend_from_slice(bytes);
            Ok(())
        };
        decoder.write(chunk, &mut sink).unwrap();
    }
    decoder.finish().unwrap();
    raw
}

fn codecs() -> [Compression; 4] {
    ["none", "gzip", "zstd", "lz4"].map(|name| name.parse().unwrap())
}

#[test]
fn pieces_sent_in_reverse_become_one_stream_in_order() {
    let pieces: Vec<Vec<u8>> = (0..5)
        .map(|i| format!("{i}\trow\n").repeat(1000 * (i + 1)).into_bytes())
        .collect();
    for compression in codecs() {
        let (block, entries) = on_runtime(assemble(compression, &pieces));
        assert_eq!(
            decode(compression, &block),
            pieces.concat(),
            "{compression}"
        );
        let [entry] = entries.as_slice() else {
            panic!("expected one entry, found {entries:?}");
        };
        assert_eq!(entry.offset, HEAD as u64);
        assert_eq!(entry.stored_bytes, block.len() as u64);
        assert_eq!(entry.digest.rows(), 15_000);
        assert_eq!(entry.raw_bytes, pieces.concat().len() as u64);
        assert_eq!(entry.segments.len(), 5);
    }
}

#[test]
fn zstd_frames_are_no_longer_than_their_window_and_begin_chunks() {
    // Numbers, whose digits are neither random nor repeated.
    let rows: Vec<u8> = (0..900_000_u64)
        .flat_map(|i| format!("{}\n", i.wrapping_mul(i)).into_bytes())
        .collect();
    for (level, window) in [(1, 2), (3, 2), (9, 4)] {
        let compression = Compression::Zstd { level };
        let (block, _) = on_runtime(assemble(compression, std::slice::from_ref(&rows)));
        // The decoder refuses frames that begin elsewhere than a chunk.
        assert!(decode(compression, &block) == rows, "{level}");
        let frames = chunks(&block)
            .iter()
            .filter(|chunk| chunk.starts_with(&0xfd2f_b528_u32.to_le_bytes()))
            .count();
        let needed = rows.len().div_ceil(window << 20);
        assert!((needed..=needed + 2).contains(&frames), "{level}: {frames}");
    }
}

#[test]
fn segments_lie_in_their_entry_one_behind_the_other() {
    let pieces = vec![b"a\n".repeat(10), b"b\n".repeat(20)];
    let (block, entries) = on_runtime(assemble(Compression::None, &pieces));
    let [first, second] = entries[0].segments.as_slice() else {
        panic!("expected two segments");
    };
    let bytes = |segment: &StoredSegment| {
        let start = segment.offset as usize - HEAD;
        block[start..start + segment.stored_bytes as usize].to_vec()
    };
    assert_eq!(&bytes(first)[5..], pieces[0]);
    assert_eq!(&bytes(second)[5..], pieces[1]);
    assert_eq!((first.rows, second.rows), (10, 20));
}

#[test]
fn statements_stand_between_the_data_of_a_script_and_belong_to_no_entry() {
    let pieces = [b"SET\n".to_vec(), b"row\n".repeat(9), b"END\n".to_vec()];
    let segments = vec![
        Segment::STATEMENTS,
        segment(7, true, true),
        Segment::STATEMENTS,
    ];
    for compression in codecs() {
        let shape = Stream::new(compression);
        let encoder = Encoder::new(compression, Container::File).unwrap();
        let (script, entries) = on_runtime(assemble_as(shape, encoder, segments.clone(), &pieces));
        let [entry] = entries.as_slice() else {
            panic!("expected one entry, found {entries:?}");
        };
        assert_eq!((entry.entry, entry.digest.rows()), (DumpId(7), 9));
        assert_eq!(entry.raw_bytes, 36);
        if compression == Compression::None {
            assert_eq!(script, pieces.concat());
            assert_eq!((entry.offset, entry.stored_bytes), (4, 36));
        }
        assert!(entry.offset + entry.stored_bytes < script.len() as u64);
    }
}

#[test]
fn piece_ahead_of_its_turn_waits_when_the_budget_is_used_up() {
    on_runtime(async {
        let budget = 1000;
        let (sender, mut receiver) = window(budget);
        let mut ahead = sender.open(1).unwrap();
        let chunk = || Message::Chunk(Bytes::from(vec![0; 600]));
        ahead.send(chunk()).await.unwrap();
        let mut blocked = std::pin::pin!(ahead.send(chunk()));
        assert!(futures::poll!(&mut blocked).is_pending());
        // The piece whose turn it is does not wait for the one ahead.
        let mut current = sender.open(0).unwrap();
        current.send(chunk()).await.unwrap();
        current
            .send(Message::EndSegment(Box::default()))
            .await
            .unwrap();
        assert!(matches!(receiver.next().await, Some(Message::Chunk(_))));
        assert!(matches!(
            receiver.next().await,
            Some(Message::EndSegment(_))
        ));
        blocked.await.unwrap();
    });
}

#[test]
fn large_objects_ahead_of_their_turn_wait_although_they_are_empty() {
    on_runtime(async {
        let (sender, _receiver) = window(10_000);
        let mut ahead = sender.open(1).unwrap();
        let mut sent = 0;
        while let Some(outcome) = ahead.send(Message::BeginLargeObject(1)).now_or_never() {
            outcome.unwrap();
            sent += 1;
            assert!(sent < 100);
        }
        assert!(sent > 1);
    });
}

#[test]
fn small_chunk_takes_no_more_room_than_it_counts_for() {
    on_runtime(async {
        let (sender, mut receiver) = window(ALLOWANCE);
        let mut encoder = Encoder::new(Compression::None, Container::File).unwrap();
        let mut writer = SegmentWriter::new(&mut encoder, sender.open(0).unwrap());
        writer.write(b"small").await.unwrap();
        writer.end_piece().await.unwrap();
        let Some(Message::Chunk(bytes)) = receiver.next().await else {
            panic!("expected a chunk");
        };
        assert_eq!(bytes, "small");
        assert_eq!(Vec::from(bytes).capacity(), 5);
    });
}

#[test]
fn lost_worker_ends_the_stream_early() {
    on_runtime(async {
        let (sender, mut receiver) = window(1000);
        let piece = sender.open(0).unwrap();
        drop(piece);
        drop(sender);
        assert!(receiver.next().await.is_none());
    });
}

#[test]
fn sending_into_a_window_nobody_reads_fails() {
    on_runtime(async {
        let (sender, receiver) = window(1000);
        let mut piece = sender.open(0).unwrap();
        drop(receiver);
        let sent = piece.send(Message::EndSegment(Box::default())).await;
        assert!(sent.is_err());
    });
}

#[test]
fn part_size_grows_so_that_ten_thousand_parts_suffice() {
    const GIB: u64 = 1 << 30;
    for (compression, headroom) in [(Compression::None, 4), (Compression::GZIP, 2)] {
        assert_eq!(part_size(0, compression), 8 << 20);
        assert_eq!(part_size(GIB, compression), 8 << 20);
        for estimate in [GIB, 100 * GIB, 5000 * GIB] {
            let capacity = part_size(estimate, compression) as u64 * 10_000;
            assert!(capacity >= headroom * estimate, "{estimate}");
        }
    }
}

proptest! {
    #[test]
    fn parts_are_equal_but_the_last_under_any_chunking(
        lengths in prop::collection::vec(0_usize..50, 0..40),
        size in 1_usize..30,
    ) {
        let mut parts = Parts::new(size);
        let mut whole = Vec::new();
        let mut cut = Vec::new();
        for (i, length) in lengths.iter().enumerate() {
            let bytes = vec![i as u8; *length];
            whole.extend_from_slice(&bytes);
            for part in parts.push(&bytes) {
                prop_assert_eq!(part.len(), size);
                cut.extend_from_slice(&part);
            }
        }
        let last = parts.finish();
        prop_assert!(last.len() < size);
        cut.extend_from_slice(&last);
        prop_assert_eq!(cut, whole);
    }
}
