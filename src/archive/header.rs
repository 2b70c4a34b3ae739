//! The archive's header (`WriteHead`, `ReadHead` in `pg_backup_archiver.c`).
//!
//! The same in a custom-format file and in the `toc.dat` of a directory. All of
//! it is known before the first row is read, so that it can be streamed.

use std::fmt;

use jiff::civil::DateTime;

use super::primitives::{Cursor, INT_SIZE, OFFSET_SIZE, Read, corrupt, put_int, put_str};
use crate::error::{Error, ErrorKind, Result};

/// The first five bytes of every archive that is one file.
pub const MAGIC: &[u8; 5] = b"PGDMP";

/// What stands before the table of contents.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    /// Decides the layout of everything that follows.
    pub version: Version,
    /// What the archive's data is compressed with.
    pub compression: HeaderCompression,
    /// When the dump was made, by the clock on the wall of whoever made it.
    pub created: LocalTime,
    /// The database that was dumped.
    pub database: String,
    /// The server's version, as it says it, for example `15.18 (Debian 15.18-1)`.
    pub server_version: String,
    /// The version of the program that made the dump.
    pub dump_version: String,
    /// Where data is: in blocks behind the table of contents, or in files.
    pub format: Format,
}

/// The archive's version: 1.12 to 1.16, that is, PostgreSQL 11 to 18.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Version {
    minor: u8,
}

impl Version {
    /// Large objects have entries of their own. The oldest that is read here.
    pub const V1_12: Self = Self { minor: 12 };
    /// There is a SEARCHPATH entry. PostgreSQL 10.3 to 11.
    pub const V1_13: Self = Self { minor: 13 };
    /// Entries have a table access method. PostgreSQL 12 to 15.
    pub const V1_14: Self = Self { minor: 14 };
    /// The header names the codec. PostgreSQL 16.
    pub const V1_15: Self = Self { minor: 15 };
    /// Entries have a relkind; large objects come in groups. PostgreSQL 17 and 18.
    pub const V1_16: Self = Self { minor: 16 };

    /// The version 1.`minor`, if it is one that this module knows.
    pub fn from_minor(minor: u8) -> Option<Self> {
        (12..=16).contains(&minor).then_some(Self { minor })
    }

    /// The second of its two numbers; the first is always 1.
    pub fn minor(self) -> u8 {
        self.minor
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

/// The codec that the header names.
///
/// Readers decide by it how data blocks are decoded; in a directory, file names do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum HeaderCompression {
    /// Bytes as they are.
    None,
    /// Zlib streams.
    Gzip {
        /// 1 to 9, or none for zlib's default. Stored up to version 1.14 only.
        level: Option<u8>,
    },
    /// LZ4 frames, from version 1.15.
    Lz4,
    /// Zstandard frames, from version 1.15.
    Zstd,
}

impl HeaderCompression {
    /// The codec's name, as `pg_restore -l` shows it.
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip { .. } => "gzip",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// The byte that stands for the codec from version 1.15 (`pg_compress_algorithm`,
    /// `common/compression.h`).
    fn code(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Gzip { .. } => 1,
            Self::Lz4 => 2,
            Self::Zstd => 3,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [
            Self::None,
            Self::Gzip { level: None },
            Self::Lz4,
            Self::Zstd,
        ]
        .into_iter()
        .find(|compression| compression.code() == code)
    }
}

/// Where an archive keeps its data.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// One file; data blocks follow the table of contents.
    Custom,
    /// `toc.dat` and a file per data entry. Its header calls itself tar, as `pg_dump`'s does.
    Directory,
}

impl Format {
    /// The format's name, as `pg_restore -l` shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Custom => "CUSTOM",
            Self::Directory => "DIRECTORY",
        }
    }
}

/// A broken-down local time, as in C's `struct tm`: seven numbers that nobody has checked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct LocalTime {
    /// Seconds, from 0.
    pub sec: i32,
    /// Minutes, from 0.
    pub min: i32,
    /// Hours, from 0.
    pub hour: i32,
    /// Day of the month, from 1.
    pub mday: i32,
    /// Month, from 0.
    pub mon: i32,
    /// Years since 1900.
    pub year: i32,
    /// Positive during daylight saving time, 0 otherwise, negative if unknown.
    pub isdst: i32,
}

impl LocalTime {
    /// Breaks a time down. Fractions of a second are dropped.
    pub fn new(time: DateTime, daylight_saving: Option<bool>) -> Self {
        Self {
            sec: time.second().into(),
            min: time.minute().into(),
            hour: time.hour().into(),
            mday: time.day().into(),
            mon: i32::from(time.month()) - 1,
            year: i32::from(time.year()) - 1900,
            isdst: daylight_saving.map_or(-1, i32::from),
        }
    }

    /// The date and time, if the numbers are one.
    pub fn to_civil(self) -> Option<DateTime> {
        DateTime::new(
            self.year.checked_add(1900)?.try_into().ok()?,
            self.mon.checked_add(1)?.try_into().ok()?,
            self.mday.try_into().ok()?,
            self.hour.try_into().ok()?,
            self.min.try_into().ok()?,
            self.sec.try_into().ok()?,
            0,
        )
        .ok()
    }

    fn write(self, out: &mut Vec<u8>) {
        let Self {
            sec,
            min,
            hour,
            mday,
            mon,
            year,
            isdst,
        } = self;
        for number in [sec, min, hour, mday, mon, year, isdst] {
            put_int(number, out);
        }
    }

    fn parse(cursor: &mut Cursor<'_>) -> Read<Self> {
        // Fields are evaluated in the order in which they stand here, which is the archive's.
        Ok(Self {
            sec: cursor.int()?,
            min: cursor.int()?,
            hour: cursor.int()?,
            mday: cursor.int()?,
            mon: cursor.int()?,
            year: cursor.int()?,
            isdst: cursor.int()?,
        })
    }
}

/// The format byte. Directories use tar's, since their `toc.dat` is the same.
const CUSTOM: u8 = 1;
const TAR: u8 = 3;

impl Header {
    /// Appends the header to `out`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] if the version cannot name the codec.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(MAGIC);
        // The third number, the revision, has been 0 ever since; readers ignore it.
        out.extend_from_slice(&[1, self.version.minor, 0, INT_SIZE, OFFSET_SIZE]);
        out.push(match self.format {
            Format::Custom => CUSTOM,
            Format::Directory => TAR,
        });
        self.write_compression(out)?;
        self.created.write(out);
        for text in [&self.database, &self.server_version, &self.dump_version] {
            put_str(Some(text), out);
        }
        Ok(())
    }

    fn write_compression(&self, out: &mut Vec<u8>) -> Result<()> {
        if self.version >= Version::V1_15 {
            out.push(self.compression.code());
            return Ok(());
        }
        let level = match self.compression {
            HeaderCompression::None => 0,
            HeaderCompression::Gzip { level } => level.map_or(-1, i32::from),
            HeaderCompression::Lz4 | HeaderCompression::Zstd => {
                let (version, algorithm) = (self.version, self.compression.algorithm());
                let message = format!("archive version {version} has no {algorithm} compression");
                return Err(Error::new(ErrorKind::InvalidInput, message)
                    .with_hint("Use gzip or none, or archive version 1.15 or newer."));
            }
        };
        put_int(level, out);
        Ok(())
    }

    /// Reads a header.
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Read<Self> {
        if cursor.array()? != *MAGIC {
            return Err(corrupt(0, "it does not begin with PGDMP").into());
        }
        let version = parse_version(cursor)?;
        parse_sizes(cursor)?;
        let at = cursor.offset();
        let format = match cursor.byte()? {
            CUSTOM => Format::Custom,
            TAR => Format::Directory,
            other => return Err(corrupt(at, format!("unknown format code {other}")).into()),
        };
        Ok(Self {
            version,
            format,
            compression: parse_compression(cursor, version)?,
            created: LocalTime::parse(cursor)?,
            database: cursor.shown()?,
            server_version: cursor.shown()?,
            dump_version: cursor.shown()?,
        })
    }
}

fn parse_version(cursor: &mut Cursor<'_>) -> Read<Version> {
    let [major, minor, _revision] = cursor.array()?;
    match Version::from_minor(minor) {
        Some(version) if major == 1 => Ok(version),
        _ => {
            let message =
                format!("archive version {major}.{minor} is not supported: expected 1.12 to 1.16");
            Err(Error::new(ErrorKind::Unsupported, message)
                .with_hint("Use the pg_restore of the release that made the archive.")
                .into())
        }
    }
}

fn parse_sizes(cursor: &mut Cursor<'_>) -> Read<()> {
    let at = cursor.offset();
    let [int_size, offset_size] = cursor.array()?;
    if (int_size, offset_size) == (INT_SIZE, OFFSET_SIZE) {
        return Ok(());
    }
    let message =
        format!("integers of {int_size} and offsets of {offset_size} bytes, expected 4 and 8");
    Err(corrupt(at, message).into())
}

fn parse_compression(cursor: &mut Cursor<'_>, version: Version) -> Read<HeaderCompression> {
    let at = cursor.offset();
    if version >= Version::V1_15 {
        let code = cursor.byte()?;
        return HeaderCompression::from_code(code)
            .ok_or_else(|| corrupt(at, format!("unknown compression code {code}")).into());
    }
    match cursor.int()? {
        0 => Ok(HeaderCompression::None),
        -1 => Ok(HeaderCompression::Gzip { level: None }),
        level @ 1..=9 => Ok(HeaderCompression::Gzip {
            level: Some(level as u8),
        }),
        level => Err(corrupt(at, format!("unknown gzip level {level}")).into()),
    }
}
