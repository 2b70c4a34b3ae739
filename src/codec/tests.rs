//! What holds for all codecs: streams joined from pieces are those streams that
//! other readers know, and the decoder takes them and nothing else.

use std::io::Read;

use flate2::read::{GzDecoder, GzEncoder, ZlibDecoder};
use lz4_flex::frame::FrameDecoder;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::error::{ErrorKind, Result};

const CODECS: [Compression; 8] = [
    Compression::None,
    Compression::Gzip { level: 1 },
    Compression::GZIP,
    Compression::Gzip { level: 9 },
    Compression::Zstd { level: -5 },
    Compression::ZSTD,
    Compression::Zstd { level: 19 },
    Compression::Lz4,
];

/// Encodes one piece per slice with a fresh encoder each, as workers do.
fn joined_by_workers(compression: Compression, pieces: &[&[u8]]) -> Vec<u8> {
    joined_for(Container::Block, compression, pieces)
}

fn joined_for(container: Container, compression: Compression, pieces: &[&[u8]]) -> Vec<u8> {
    let encoded = pieces.iter().map(|raw| {
        let mut piece = Vec::new();
        let mut encoder = Encoder::new(compression, container).unwrap();
        encoder.write(raw, &mut piece).unwrap();
        (encoder.finish_piece(&mut piece).unwrap(), piece)
    });
    let mut stream = Vec::new();
    let mut joiner = Joiner::new(compression, container);
    joiner.begin(&mut stream);
    for (end, piece) in encoded {
        stream.extend_from_slice(&piece);
        joiner.piece(&end);
    }
    joiner.finish(&mut stream);
    stream
}

/// Encodes one piece in writes of `step` bytes, and ends chunks as the pipeline does.
fn chunks(compression: Compression, raw: &[u8], step: usize) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(compression, Container::Block).unwrap();
    let mut chunks = vec![Vec::new()];
    for part in raw.chunks(step) {
        let chunk = chunks.last_mut().unwrap();
        encoder.write(part, chunk).unwrap();
        if !chunk.is_empty() && (chunk.len() > 300_000 || encoder.ends_chunk()) {
            chunks.push(Vec::new());
        }
    }
    encoder.finish_piece(chunks.last_mut().unwrap()).unwrap();
    chunks
}

/// Encodes the pieces straight into one stream with one encoder, in writes of `step` bytes.
fn joined_by_one(compression: Compression, pieces: &[&[u8]], step: usize) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut encoder = Encoder::new(compression, Container::Block).unwrap();
    let mut joiner = Joiner::new(compression, Container::Block);
    joiner.begin(&mut stream);
    for raw in pieces {
        for part in raw.chunks(step) {
            encoder.write(part, &mut stream).unwrap();
        }
        let end = encoder.finish_piece(&mut stream).unwrap();
        assert_eq!(end.raw_bytes, raw.len() as u64);
        joiner.piece(&end);
    }
    joiner.finish(&mut stream);
    stream
}

fn decode(compression: Compression, stream: &[u8], step: usize) -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    let mut sink = |bytes: &[u8]| {
        raw.extend_from_slice(bytes);
        Ok(())
    };
    let mut decoder = Decoder::new(compression, Container::Block)?;
    for part in stream.chunks(step) {
        decoder.write(part, &mut sink)?;
    }
    decoder.finish()?;
    Ok(raw)
}

/// Reads the stream with the decoder that everybody else uses.
fn decode_elsewhere(compression: Compression, stream: &[u8]) -> Vec<u8> {
    let mut raw = Vec::new();
    match compression {
        Compression::None => raw.extend_from_slice(stream),
        Compression::Gzip { .. } => {
            let mut zlib = ZlibDecoder::new(stream);
            zlib.read_to_end(&mut raw).unwrap();
            assert_eq!(zlib.total_in(), stream.len() as u64);
        }
        // The zstd crate wants one frame at least.
        Compression::Zstd { .. } if stream.is_empty() => {}
        Compression::Zstd { .. } => ::zstd::stream::copy_decode(stream, &mut raw).unwrap(),
        Compression::Lz4 => {
            let mut rest = stream;
            while !rest.is_empty() {
                FrameDecoder::new(&mut rest).read_to_end(&mut raw).unwrap();
            }
        }
    }
    raw
}

/// Compressible text of `len` bytes that repeats itself in no simple way.
fn text(len: usize) -> Vec<u8> {
    (0_u64..)
        .flat_map(|i| format!("{i}\t{:x}\n", i.wrapping_mul(0x9e37_79b9) & 0xffff).into_bytes())
        .take(len)
        .collect()
}

#[test]
fn every_codec_reads_back_megabytes_in_several_pieces() {
    let raw = text(5_000_000);
    let pieces: Vec<&[u8]> = raw.chunks(1_700_001).collect();
    for compression in CODECS {
        let stream = joined_by_workers(compression, &pieces);
        assert!(
            decode(compression, &stream, 65_536).unwrap() == raw,
            "{compression}"
        );
        assert!(
            decode_elsewhere(compression, &stream) == raw,
            "{compression}"
        );
    }
}

#[test]
fn chunks_do_not_depend_on_how_their_bytes_were_written() {
    // More than one zstd frame at most levels.
    let raw = text(2_500_000);
    for compression in CODECS {
        let expected = chunks(compression, &raw, RUN);
        for step in [4_099, 100_000] {
            let chunks = chunks(compression, &raw, step);
            assert!(chunks == expected, "{compression} in steps of {step}");
        }
    }
}

#[test]
fn stream_of_no_pieces_is_empty_except_for_gzip() {
    for compression in CODECS {
        let stream = joined_by_workers(compression, &[]);
        match compression {
            Compression::Gzip { .. } => assert_eq!(stream.len(), 8),
            _ => assert_eq!(stream.len(), 0),
        }
        assert_eq!(decode(compression, &stream, 1).unwrap(), b"");
        assert_eq!(decode_elsewhere(compression, &stream), b"");
    }
}

#[test]
fn empty_pieces_may_stand_anywhere() {
    let pieces: [&[u8]; 6] = [b"", b"", b"a\n", b"", b"b\n", b""];
    for compression in CODECS {
        let stream = joined_by_one(compression, &pieces, 1);
        assert_eq!(decode(compression, &stream, 3).unwrap(), b"a\nb\n");
        assert_eq!(decode_elsewhere(compression, &stream), b"a\nb\n");
    }
}

#[test]
fn gzip_header_is_the_one_zlib_writes_for_the_level() {
    for level in 1..=9 {
        let mut stock = Vec::new();
        flate2::read::ZlibEncoder::new(&b""[..], flate2::Compression::new(level.into()))
            .read_to_end(&mut stock)
            .unwrap();
        let ours = joined_by_workers(Compression::Gzip { level }, &[]);
        assert_eq!(ours, stock, "level {level}");
    }
}

#[test]
fn gzip_in_a_file_is_a_gzip_member_with_the_header_of_its_level() {
    let raw = text(300_000);
    for level in 1..=9 {
        let compression = Compression::Gzip { level };
        for pieces in [vec![], raw.chunks(70_001).collect::<Vec<_>>()] {
            let file = joined_for(Container::File, compression, &pieces);
            let mut stock = Vec::new();
            GzEncoder::new(&b""[..], flate2::Compression::new(level.into()))
                .read_to_end(&mut stock)
                .unwrap();
            assert_eq!(file[..10], stock[..10], "level {level}");
            let mut read = Vec::new();
            GzDecoder::new(&file[..]).read_to_end(&mut read).unwrap();
            assert!(read == pieces.concat(), "level {level}");
        }
    }
}

fn decode_with(mut decoder: Decoder, stream: &[u8], step: usize) -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    for part in stream.chunks(step) {
        decoder.write(part, &mut |bytes: &[u8]| {
            raw.extend_from_slice(bytes);
            Ok(())
        })?;
    }
    decoder.finish()?;
    Ok(raw)
}

#[test]
fn file_reads_back_in_slices_of_any_size_and_not_without_its_end() {
    let raw = text(40_000);
    let pieces: Vec<&[u8]> = raw.chunks(9_001).collect();
    for compression in CODECS {
        let file = joined_for(Container::File, compression, &pieces);
        let decoder = || Decoder::new(compression, Container::File).unwrap();
        for step in [1, 7, 4_096, 4_097, file.len()] {
            let read = decode_with(decoder(), &file, step).unwrap();
            assert!(read == raw, "{compression}, step {step}");
        }
        assert_eq!(decode_with(decoder(), b"", 1).unwrap(), b"");
        if compression != Compression::None {
            for len in [1, 5, 20, file.len() / 2, file.len() - 1] {
                let error = decode_with(decoder(), &file[..len], 997).unwrap_err();
                assert_eq!(
                    error.kind(),
                    ErrorKind::CorruptArchive,
                    "{compression}, {len}"
                );
            }
        }
    }
}

#[test]
fn gzip_file_of_several_members_reads_back_and_one_with_garbage_does_not() {
    let (one, other) = (text(1_000), text(30_000));
    let member = |raw: &[u8]| joined_for(Container::File, Compression::GZIP, &[raw]);
    let file = [member(&one), member(&other)].concat();
    let decoder = || Decoder::new(Compression::GZIP, Container::File).unwrap();
    for step in [1, 1000, file.len()] {
        let read = decode_with(decoder(), &file, step).unwrap();
        assert!(read == [&one[..], &other].concat(), "step {step}");
    }
    let followed = [&file[..], b"garbage"].concat();
    assert!(decode_with(decoder(), &followed, 64).is_err());
}

#[test]
fn piece_reads_back_without_its_neighbours() {
    let raw = text(60_000);
    for compression in CODECS {
        let mut encoder = Encoder::new(compression, Container::Block).unwrap();
        for part in raw.chunks(25_001) {
            let mut piece = Vec::new();
            encoder.write(part, &mut piece).unwrap();
            encoder.finish_piece(&mut piece).unwrap();
            for step in [1, 977, piece.len()] {
                let decoder = Decoder::of_piece(compression).unwrap();
                let read = decode_with(decoder, &piece, step).unwrap();
                assert!(read == part, "{compression}, step {step}");
            }
        }
    }
}

#[test]
fn other_codecs_are_the_same_in_a_file_as_in_a_block() {
    let raw = text(30_000);
    let pieces: Vec<&[u8]> = raw.chunks(7_001).collect();
    for compression in CODECS {
        let same = joined_for(Container::File, compression, &pieces)
            == joined_for(Container::Block, compression, &pieces);
        assert_eq!(same, compression.algorithm() != "gzip", "{compression}");
    }
}

#[test]
fn encoder_with_a_level_out_of_range_is_refused() {
    for compression in [
        Compression::Gzip { level: 0 },
        Compression::Gzip { level: 10 },
        Compression::Zstd { level: 0 },
        Compression::Zstd { level: 22 },
    ] {
        let error = Encoder::new(compression, Container::Block).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}

#[test]
fn stream_cut_anywhere_is_corrupt() {
    let raw = text(3_000);
    for compression in CODECS {
        let stream = joined_by_workers(compression, &[&raw[..2_000], &raw[2_000..]]);
        let border = joined_by_workers(compression, &[&raw[..2_000]]).len();
        for len in 0..stream.len() {
            let whole_frames = len == 0 || len == border;
            match compression {
                // Bytes have no end of their own, and whole frames are whole streams.
                Compression::None => continue,
                Compression::Zstd { .. } | Compression::Lz4 if whole_frames => continue,
                _ => {}
            }
            let error = decode(compression, &stream[..len], 100).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CorruptArchive);
        }
    }
}

#[test]
fn bytes_after_the_stream_are_corrupt() {
    for compression in [Compression::GZIP, Compression::ZSTD, Compression::Lz4] {
        for step in [1, 7, 10_000] {
            let mut stream = joined_by_workers(compression, &[&text(500)]);
            stream.push(b'\n');
            let error = decode(compression, &stream, step).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CorruptArchive, "{compression}");
        }
    }
}

#[test]
fn checksum_that_does_not_fit_is_corrupt() {
    for compression in [Compression::GZIP, Compression::ZSTD, Compression::Lz4] {
        let mut stream = joined_by_workers(compression, &[&text(500)]);
        *stream.last_mut().unwrap() ^= 1;
        let error = decode(compression, &stream, 64).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CorruptArchive, "{compression}");
    }
}

#[test]
fn zstd_frame_within_a_chunk_is_corrupt_once_borders_are_told() {
    let stream = joined_by_workers(Compression::ZSTD, &[b"first", b"second"]);
    let first = joined_by_workers(Compression::ZSTD, &[b"first"]).len();
    let in_chunks = |chunks: &[&[u8]]| {
        let mut decoder = Decoder::new(Compression::ZSTD, Container::Block).unwrap();
        for chunk in chunks {
            decoder.begin_chunk();
            for byte in chunk.chunks(1) {
                decoder.write(byte, &mut |_| Ok(()))?;
            }
        }
        decoder.finish()
    };
    in_chunks(&[&stream[..first], &stream[first..]]).unwrap();
    in_chunks(&[&stream[..4], &stream[4..first], &stream[first..]]).unwrap();
    let error = in_chunks(&[&stream]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CorruptArchive);
    in_chunks(&[&stream[..4], &stream[4..]]).unwrap_err();
}

#[test]
fn small_stream_that_swells_reaches_the_sink_in_bounded_slices() {
    let zeros = vec![0; 64 << 20];
    for compression in CODECS {
        let stream = joined_by_workers(compression, &[&zeros]);
        let (mut total, mut longest) = (0, 0);
        let mut decoder = Decoder::new(compression, Container::Block).unwrap();
        for part in stream.chunks(1 << 20) {
            let mut sink = |bytes: &[u8]| {
                total += bytes.len();
                longest = longest.max(bytes.len());
                Ok(())
            };
            decoder.write(part, &mut sink).unwrap();
        }
        decoder.finish().unwrap();
        assert_eq!(total, zeros.len(), "{compression}");
        assert!(longest <= 1 << 20, "{compression}: {longest}");
    }
}

#[test]
fn lz4_frames_with_linked_blocks_and_sizes_are_read() {
    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
    use std::io::Write;

    let raw = text(1_000_000);
    let mut stream = Vec::new();
    for (block_size, checksums, content_size) in [
        (BlockSize::Max64KB, false, None),
        (BlockSize::Max4MB, true, Some(raw.len() as u64)),
        (BlockSize::Max1MB, true, None),
    ] {
        let info = FrameInfo::new()
            .block_mode(BlockMode::Linked)
            .block_size(block_size)
            .block_checksums(checksums)
            .content_size(content_size);
        let mut frame = FrameEncoder::with_frame_info(info, &mut stream);
        frame.write_all(&raw).unwrap();
        frame.finish().unwrap();
    }
    for step in [1, 4_097, stream.len()] {
        assert!(decode(Compression::Lz4, &stream, step).unwrap() == raw.repeat(3));
    }
}

fn raw_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..2_000),
        prop::collection::vec(prop_oneof![Just(b'a'), Just(b'\n')], 0..20_000),
        (0..300_000_usize).prop_map(text),
    ]
}

/// Cuts `raw` into one slice more than there are places.
fn cut<'a>(raw: &'a [u8], places: &[Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = places
        .iter()
        .map(|place| place.index(raw.len() + 1))
        .collect();
    places.sort_unstable();
    let starts = std::iter::once(0).chain(places.iter().copied());
    let ends = places.iter().copied().chain(std::iter::once(raw.len()));
    starts
        .zip(ends)
        .map(|(start, end)| &raw[start..end])
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_pieces_in_any_chunking_decode_to_the_input(
        compression in select(&CODECS[..]),
        raw in raw_bytes(),
        places in prop::collection::vec(any::<Index>(), 0..6),
        write_step in 1..100_000_usize,
        read_step in 1..5_000_usize,
    ) {
        let pieces = cut(&raw, &places);
        let stream = joined_by_one(compression, &pieces, write_step);
        prop_assert!(decode(compression, &stream, read_step).unwrap() == raw);
        prop_assert!(decode_elsewhere(compression, &stream) == raw);
        let by_workers = joined_by_workers(compression, &pieces);
        prop_assert!(decode(compression, &by_workers, read_step).unwrap() == raw);
    }

    #[test]
    fn hostile_bytes_never_panic_the_decoder(
        compression in select(&CODECS[..]),
        mut stream in (select(&CODECS[..]), raw_bytes()).prop_map(|(c, raw)| joined_by_workers(c, &[&raw])),
        flips in prop::collection::vec((any::<Index>(), any::<u8>()), 0..4),
        step in 1..3_000_usize,
    ) {
        for (place, byte) in flips {
            if !stream.is_empty() {
                let place = place.index(stream.len());
                stream[place] = byte;
            }
        }
        if let Err(error) = decode(compression, &stream, step) {
            prop_assert_eq!(error.kind(), ErrorKind::CorruptArchive);
        }
    }
}
