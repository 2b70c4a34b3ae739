//! What a dump may hold in memory, shared out before it begins.

use super::{DumpFormat, DumpOptions};
use crate::codec::Compression;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::window::ALLOWANCE;
use crate::store::{Location, MAX_COMPLETING_BYTES};

const MIB: usize = 1 << 20;

/// What `max_memory` is by default.
pub(super) const DEFAULT: usize = 256 * MIB;

/// The program, its libraries, connections, stacks.
const BASE: usize = 24 * MIB;

/// What one worker has besides its encoder: buffers of the connection (0.3 MiB),
/// the chunk that is being filled, and the large objects of one query
/// ([`super::large_objects`]).
const WORKER: usize = 5 * MIB;

/// What a worker may be ahead of the segment whose turn it is, for the window to be of use.
const LEAST_AHEAD: usize = 2 * MIB;

/// What a worker can be ahead that makes it faster.
const MOST_AHEAD: usize = 32 * MIB;

/// How much table, in bytes on disk, one segment is at most.
const LARGEST_SEGMENT: usize = 16 * MIB;

/// The shares of one dump.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Memory {
    /// Bytes that pieces ahead of their turn may hold.
    pub(super) window: usize,
    /// Parts that may be on their way to the store at once.
    pub(super) parts_in_flight: usize,
    /// Bytes of table, on disk, to read as one segment.
    pub(super) segment: u64,
}

/// What the store holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Upload {
    pub(super) part_size: usize,
    /// Wanted; fewer do. None: parts are not sent in the background.
    pub(super) parts_in_flight: usize,
    /// Whether files are completed in the background.
    pub(super) completes_files: bool,
}

impl Memory {
    /// Shares `max` bytes out among `jobs` workers, the window and `upload`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if that is too little, saying how much would do.
    pub(super) fn share(
        max: usize,
        jobs: usize,
        compression: Compression,
        upload: Upload,
    ) -> Result<Self> {
        let workers = jobs * (WORKER + compression.encoder_memory());
        let completions = if upload.completes_files {
            MAX_COMPLETING_BYTES
        } else {
            0
        };
        let fixed = BASE + ALLOWANCE + workers + completions;
        // A single worker is never ahead of another.
        let ahead = |each: usize| ALLOWANCE.max((jobs - 1) * each);
        // One part is being filled.
        let parts = |in_flight: usize| (in_flight + 1) * upload.part_size;
        let least_parts = upload.parts_in_flight.min(1);
        let needed = fixed + ahead(LEAST_AHEAD) + parts(least_parts);
        if needed > max {
            return Err(too_little(max, needed, jobs, compression, upload.part_size));
        }
        let for_parts = max - fixed - ahead(LEAST_AHEAD);
        let parts_in_flight = (for_parts / upload.part_size.max(1) - 1)
            .min(upload.parts_in_flight)
            .max(least_parts);
        let left = max - fixed - parts(parts_in_flight);
        let window = left.min(ahead(MOST_AHEAD));
        Ok(Self {
            window,
            parts_in_flight,
            // While one segment streams through, the others should fit the window.
            segment: (window / (2 * jobs)).clamp(MIB, LARGEST_SEGMENT) as u64,
        })
    }
}

impl Upload {
    /// What storing takes that `options` ask for.
    pub(super) fn new(options: &DumpOptions, part_size: usize) -> Self {
        let is_remote = matches!(options.target, Location::S3 { .. });
        Self {
            part_size,
            // A file takes each part as it comes.
            parts_in_flight: if is_remote {
                options.s3.parts_in_flight
            } else {
                0
            },
            completes_files: is_remote && options.format == DumpFormat::Directory,
        }
    }
}

fn too_little(
    max: usize,
    needed: usize,
    jobs: usize,
    compression: Compression,
    part_size: usize,
) -> Error {
    let mib = |bytes: usize| bytes.div_ceil(MIB);
    let workers = match jobs {
        1 => "one job".to_owned(),
        jobs => format!("{jobs} jobs"),
    };
    Error::new(
        ErrorKind::InvalidInput,
        format!(
            "max_memory is {} MiB, expected {} MiB or more for {workers} with {compression} and upload parts of {} MiB",
            max / MIB,
            mib(needed),
            mib(part_size),
        ),
    )
    .with_hint("Allow more memory, or use fewer jobs, a lower compression level or smaller parts.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPLOAD: Upload = Upload {
        part_size: 8 * MIB,
        parts_in_flight: 4,
        completes_files: false,
    };

    #[test]
    fn shares_never_exceed_the_whole() {
        let codecs = ["none", "gzip", "zstd:1", "zstd:3", "zstd:19", "lz4"];
        for codec in codecs.map(|codec| codec.parse::<Compression>().unwrap()) {
            for jobs in 1..=16 {
                for mib in (32..2048).step_by(16) {
                    for completes_files in [false, true] {
                        let upload = Upload {
                            completes_files,
                            ..UPLOAD
                        };
                        let Ok(memory) = Memory::share(mib * MIB, jobs, codec, upload) else {
                            continue;
                        };
                        let workers = jobs * (WORKER + codec.encoder_memory());
                        let parts = (memory.parts_in_flight + 1) * upload.part_size;
                        let completions = if completes_files {
                            MAX_COMPLETING_BYTES
                        } else {
                            0
                        };
                        let whole =
                            BASE + ALLOWANCE + workers + parts + completions + memory.window;
                        assert!(whole <= mib * MIB, "{codec}, {jobs} jobs, {mib} MiB");
                    }
                }
            }
        }
    }

    #[test]
    fn default_does_for_the_usual() {
        for codec in ["none", "gzip", "zstd:3", "lz4"] {
            let codec = codec.parse().unwrap();
            for jobs in [1, 2, 4, 8] {
                let memory = Memory::share(DEFAULT, jobs, codec, UPLOAD).unwrap();
                assert_eq!(memory.parts_in_flight, 4, "{codec}, {jobs} jobs");
                assert!(jobs == 1 || memory.segment >= 4 * MIB as u64, "{memory:?}");
            }
        }
    }

    #[test]
    fn parts_give_way_before_it_is_too_little() {
        let codec = Compression::ZSTD;
        let memory = Memory::share(84 * MIB, 2, codec, UPLOAD).unwrap();
        assert!((1..4).contains(&memory.parts_in_flight), "{memory:?}");
        let error = Memory::share(40 * MIB, 2, codec, UPLOAD).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let message = error.to_string();
        let needed: usize = message
            .split_once("expected ")
            .and_then(|(_, rest)| rest.split(' ').next())
            .and_then(|number| number.parse().ok())
            .unwrap();
        assert!(
            Memory::share(needed * MIB, 2, codec, UPLOAD).is_ok(),
            "{message}"
        );
        assert!(Memory::share((needed - 1) * MIB, 2, codec, UPLOAD).is_err());
    }
}
