//! The files of a directory archive (`pg_backup_directory.c`).
//!
//! The table of contents and lists of large objects name files without the
//! codec's suffix; readers look for a file of that very name first, then for
//! one with a suffix they know (`InitDiscoverCompressFileHandle`, `compress_io.c`).
//! No name has a slash: newer `pg_restore` (15.20, 17.12) refuses those.

use super::header::{HeaderCompression, Version};
use super::toc::TocEntry;
use crate::ids::{DumpId, Oid};

/// The file of header and table of contents. A directory without it is no archive.
pub const TOC_FILE: &str = "toc.dat";

/// The list of large objects up to version 1.15: readers look for this one
/// name, whatever the table of contents says (`_LoadLOs`).
const ONLY_LIST: &str = "blobs.toc";

/// What the files of an archive are called.
#[derive(Clone, Debug)]
pub struct FileNames {
    version: Version,
    suffix: &'static str,
    generation: String,
}

impl FileNames {
    /// Names for an archive of this version and codec.
    pub fn new(version: Version, compression: HeaderCompression) -> Self {
        Self {
            version,
            suffix: suffix(compression),
            generation: String::new(),
        }
    }

    /// Names for files within a generation, `2_`: they begin with it, wherever readers
    /// let us, and lie beside those of the archive that they replace.
    #[must_use]
    pub fn within(mut self, generation: &str) -> Self {
        generation.clone_into(&mut self.generation);
        self
    }

    /// The name that an entry's place in the table of contents has. Empty if it has no data.
    pub fn of_entry(&self, entry: &TocEntry) -> String {
        match entry.desc.as_ref() {
            _ if !entry.has_data => String::new(),
            "BLOBS" => self.list(entry.dump_id),
            _ => self.rows(entry.dump_id),
        }
    }

    /// The rows of a table.
    pub fn rows(&self, entry: DumpId) -> String {
        format!("{}{entry}.dat", self.generation)
    }

    /// The list of an entry's large objects. It is not compressed.
    pub fn list(&self, entry: DumpId) -> String {
        match self.version < Version::V1_16 {
            true => ONLY_LIST.to_owned(),
            false => format!("{}blobs_{entry}.toc", self.generation),
        }
    }

    /// A large object, as the list names it.
    pub fn large_object(&self, oid: Oid) -> String {
        format!("{}blob_{oid}.dat", self.generation)
    }

    /// What the file of this name is called once its contents are compressed.
    pub fn compressed(&self, name: &str) -> String {
        format!("{name}{}", self.suffix)
    }
}

fn suffix(compression: HeaderCompression) -> &'static str {
    match compression {
        HeaderCompression::None => "",
        HeaderCompression::Gzip { .. } => ".gz",
        HeaderCompression::Lz4 => ".lz4",
        HeaderCompression::Zstd => ".zst",
    }
}

/// Whether a file of this name, relative to the directory, may belong to a
/// directory archive of ours or of `pg_dump`'s.
pub fn is_archive_file(name: &str) -> bool {
    let plain = [".gz", ".lz4", ".zst"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name);
    let numbered = |before: &str, after: &str| {
        let number = without_generation(plain)
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after));
        number.is_some_and(is_number)
    };
    plain == TOC_FILE
        || plain == ONLY_LIST
        || numbered("", ".dat")
        || numbered("blob_", ".dat")
        || numbered("blobs_", ".toc")
}

/// Generations were folders once, `2/`. The table of contents is of none: one that lies
/// in a folder makes an archive of its own there.
fn without_generation(name: &str) -> &str {
    match name.split_once(['_', '/']) {
        Some((generation, name)) if is_number(generation) => name,
        _ => name,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Section;

    fn with_data(id: u32, desc: &'static str) -> TocEntry {
        let mut entry = TocEntry::new(DumpId(id), desc, "x", Section::Data);
        entry.has_data = true;
        entry
    }

    #[test]
    fn names_are_those_of_pg_dump() {
        let gzip = HeaderCompression::Gzip { level: None };
        let old = FileNames::new(Version::V1_14, gzip);
        let new = FileNames::new(Version::V1_16, HeaderCompression::Zstd);
        let (rows, list) = (with_data(7, "TABLE DATA"), with_data(8, "BLOBS"));
        assert_eq!(old.of_entry(&rows), "7.dat");
        assert_eq!(old.of_entry(&list), "blobs.toc");
        assert_eq!(new.of_entry(&list), "blobs_8.toc");
        assert_eq!(new.large_object(9), "blob_9.dat");
        assert_eq!(old.compressed("7.dat"), "7.dat.gz");
        assert_eq!(new.compressed("7.dat"), "7.dat.zst");
        let without = TocEntry::new(DumpId(1), "TABLE", "x", Section::PreData);
        assert_eq!(old.of_entry(&without), "");
    }

    #[test]
    fn generation_has_all_files_but_the_list_that_readers_know_one_name_of() {
        let within = |version| FileNames::new(version, HeaderCompression::None).within("2_");
        let (old, new) = (within(Version::V1_15), within(Version::V1_16));
        assert_eq!(old.rows(DumpId(7)), "2_7.dat");
        assert_eq!(old.large_object(9), "2_blob_9.dat");
        assert_eq!(old.list(DumpId(8)), "blobs.toc");
        assert_eq!(new.list(DumpId(8)), "2_blobs_8.toc");
    }

    #[test]
    fn own_files_are_told_from_others() {
        for own in [
            "toc.dat",
            "toc.dat.gz",
            "7.dat",
            "7.dat.lz4",
            "blobs.toc",
            "blobs_8.toc",
            "blob_4294967295.dat.zst",
            "2_7.dat.gz",
            "12_blobs_8.toc",
            "2_blob_9.dat",
            "2/7.dat.gz",
            "2/blob_9.dat",
        ] {
            assert!(is_archive_file(own), "{own}");
        }
        for other in [
            "",
            "shop.dump",
            "x.dat",
            "7.dat.bz2",
            ".dat",
            "blob_.dat",
            "a/7.dat",
            "2/3/7.dat",
            "2/",
            "2_",
            "2_3_7.dat",
            "2_toc.dat",
            "2/toc.dat",
            "2/blobs.toc",
            "toc.dat.partial",
        ] {
            assert!(!is_archive_file(other), "{other}");
        }
    }
}
