//! An archive taken apart to its last block, every stream decoded.

use pgsluice::archive::block::{BlockEvent, BlockReader};
use pgsluice::archive::{Archive, ArchiveReader, DataLocation, HeaderCompression};
use pgsluice::codec::{Compression, Container, Decoder};
use pgsluice::ids::{DumpId, Oid};

/// What a stream belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stream {
    Rows(DumpId),
    LargeObject(Oid),
}

/// Reads an archive in slices of `step` bytes, hands every stream to `sink`
/// and returns the dump ids of the blocks.
pub(crate) fn walk(
    bytes: &[u8],
    step: usize,
    mut sink: impl FnMut(Stream, Vec<u8>),
) -> Vec<DumpId> {
    let mut slices = bytes.chunks(step);
    let mut reader = ArchiveReader::new();
    let mut rest: &[u8] = &[];
    while !reader.is_complete() {
        let slice = slices.next().expect("the archive goes on");
        rest = &slice[reader.push(slice).unwrap()..];
    }
    let archive = reader.finish().unwrap();
    let compression = data_compression(archive.header.compression);
    let mut blocks = Blocks {
        archive,
        compression,
        ids: Vec::new(),
        ended: 0,
        stream: None,
    };
    let with_data = blocks
        .archive
        .entries
        .iter()
        .filter(|parsed| parsed.entry.has_data);
    let expected = with_data.count();
    let mut reader = BlockReader::new(blocks.archive.data_offset);
    for mut slice in std::iter::once(rest).chain(slices) {
        while blocks.ended < expected
            && let Some(event) = reader.next(&mut slice).unwrap()
        {
            blocks.meet(event, reader.block_offset(), &mut sink);
        }
    }
    reader.finish().unwrap();
    blocks.ids
}

struct Blocks {
    archive: Archive,
    compression: Compression,
    ids: Vec<DumpId>,
    ended: usize,
    stream: Option<(Stream, Decoder, Vec<u8>)>,
}

impl Blocks {
    fn meet(&mut self, event: BlockEvent<'_>, offset: u64, sink: &mut impl FnMut(Stream, Vec<u8>)) {
        match event {
            BlockEvent::Data(id) => {
                self.begin_block(id, offset);
                self.begin_stream(Stream::Rows(id));
            }
            BlockEvent::LargeObjects(id) => self.begin_block(id, offset),
            BlockEvent::LargeObject(oid) => self.begin_stream(Stream::LargeObject(oid)),
            BlockEvent::Chunk(_) => self.stream.as_mut().unwrap().1.begin_chunk(),
            BlockEvent::Bytes(bytes) => {
                let (_, decoder, raw) = self.stream.as_mut().unwrap();
                let mut keep = |bytes: &[u8]| {
                    raw.extend_from_slice(bytes);
                    Ok(())
                };
                decoder.write(bytes, &mut keep).unwrap();
            }
            BlockEvent::LargeObjectEnd | BlockEvent::End => {
                self.ended += usize::from(event == BlockEvent::End);
                if let Some((stream, decoder, raw)) = self.stream.take() {
                    decoder.finish().unwrap();
                    sink(stream, raw);
                }
            }
        }
    }

    fn begin_block(&mut self, id: DumpId, offset: u64) {
        let parsed = self
            .archive
            .entries
            .iter()
            .find(|p| p.entry.dump_id == id)
            .unwrap();
        if let DataLocation::Offset(place) = parsed.data {
            assert_eq!(place, offset, "place of block {id}");
        }
        self.ids.push(id);
    }

    fn begin_stream(&mut self, stream: Stream) {
        let decoder = Decoder::new(self.compression, Container::Block).unwrap();
        self.stream = Some((stream, decoder, Vec::new()));
    }
}

fn data_compression(compression: HeaderCompression) -> Compression {
    match compression {
        HeaderCompression::None => Compression::None,
        HeaderCompression::Gzip { .. } => Compression::GZIP,
        HeaderCompression::Lz4 => Compression::Lz4,
        HeaderCompression::Zstd => Compression::ZSTD,
    }
}
