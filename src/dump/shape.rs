//! What kind of archive a database gets: codec, version, layout, header.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::{DumpFormat, DumpOptions};
use crate::archive::{FileNames, Format, Header, HeaderCompression, LocalTime, Version};
use crate::codec::Compression;
use crate::schema::{Catalog, Database, EntryOptions, LargeObjects, Layout, RelKind, Relation};

/// What is fixed before the table of contents is written.
pub(super) struct Shape {
    pub(super) header: Header,
    /// What the files of a directory are called.
    pub(super) files: Option<FileNames>,
    /// The encoding of all text in the archive.
    pub(super) encoding: &'static str,
    pub(super) entries: EntryOptions,
}

/// The encoding of databases that do not know their encoding.
const SQL_ASCII: &str = "SQL_ASCII";

impl Shape {
    pub(super) fn new(
        options: &DumpOptions,
        catalog: &Catalog,
        database: &Database,
        compression: Compression,
        layout: Layout,
        generation: &str,
    ) -> Self {
        let offset = Offset::from_seconds(options.utc_offset_seconds).unwrap_or(Offset::UTC);
        let header = Header {
            version: version(compression, layout).max(version_for_relations(catalog, options)),
            compression: codec(compression),
            created: LocalTime::new(offset.to_datetime(Timestamp::now()), None),
            database: database.name.clone(),
            server_version: catalog.server.as_str().to_owned(),
            dump_version: format!("pgsluice {}", env!("CARGO_PKG_VERSION")),
            format: match options.format {
                DumpFormat::Directory => Format::Directory,
                DumpFormat::Custom | DumpFormat::Plain => Format::Custom,
            },
        };
        let files = (header.format == Format::Directory)
            .then(|| FileNames::new(header.version, header.compression).within(generation));
        // The session speaks UTF-8, unless the database has bytes that may be anything.
        let encoding = if database.encoding == SQL_ASCII {
            SQL_ASCII
        } else {
            "UTF8"
        };
        Self {
            header,
            files,
            encoding,
            entries: options.entries(),
        }
    }

    /// Whether rows may hold bytes that no encoding explains.
    pub(super) fn passes_any_bytes(&self) -> bool {
        self.encoding == SQL_ASCII
    }
}

/// The codec asked for. Without a wish, none for scripts, which people read and pipe
/// into psql; zstd for targets from 16 on, since the `pg_restore` that comes with these
/// reads it.
pub(super) fn compression(options: &DumpOptions, target: u32) -> Compression {
    let default = match options.format {
        DumpFormat::Plain => Compression::None,
        _ if target >= 16 => Compression::ZSTD,
        _ => Compression::GZIP,
    };
    options.compression.unwrap_or(default)
}

/// Large objects are listed as the target's own `pg_dump` would: in groups from 17 on.
pub(super) fn layout(large_objects: &[LargeObjects], target: u32) -> Layout {
    if target >= 17 && !large_objects.is_empty() {
        Layout::Grouped
    } else {
        Layout::Single
    }
}

/// The oldest archive version that can say what has to be said.
fn version(compression: Compression, layout: Layout) -> Version {
    match (layout, compression) {
        (Layout::Grouped, _) => Version::V1_16,
        (Layout::Single, Compression::Zstd { .. } | Compression::Lz4) => Version::V1_15,
        (Layout::Single, Compression::None | Compression::Gzip { .. }) => Version::V1_14,
    }
}

/// Only 1.16 stores the relkind by which `pg_restore` tells a partitioned table, whose
/// access method (17) it sets with a statement of its own.
fn version_for_relations(catalog: &Catalog, options: &DumpOptions) -> Version {
    let has_method = |relation: &Relation| {
        relation.kind == RelKind::Partitioned
            && relation.access_method.is_some()
            && !options.no_table_access_method
    };
    let mut relations = catalog.objects().iter().filter_map(Relation::of);
    if relations.any(has_method) {
        Version::V1_16
    } else {
        Version::V1_14
    }
}

fn codec(compression: Compression) -> HeaderCompression {
    match compression {
        Compression::None => HeaderCompression::None,
        Compression::Gzip { level } => HeaderCompression::Gzip { level: Some(level) },
        Compression::Zstd { .. } => HeaderCompression::Zstd,
        Compression::Lz4 => HeaderCompression::Lz4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_codecs_and_groups_need_new_versions() {
        let single = |codec: &str| version(codec.parse().unwrap(), Layout::Single);
        assert_eq!(single("none"), Version::V1_14);
        assert_eq!(single("gzip"), Version::V1_14);
        assert_eq!(single("zstd"), Version::V1_15);
        assert_eq!(single("lz4"), Version::V1_15);
        assert_eq!(version(Compression::ZSTD, Layout::Grouped), Version::V1_16);
        // Without large objects there is nothing to group.
        assert_eq!(layout(&[], 17), Layout::Single);
    }
}
