//! The files of a directory archive (`pg_backup_directory.c`).
//!
//! The table of contents and lists of large objects name files without the
//! codec's suffix; readers look for a file of that very name first, then for
//! one with a suffix they know (`InitDiscoverCompressFileHandle`, `compress_io.c`).

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
    folder: String,
}

impl FileNames {
    /// Names for an archive of this version and codec.
    pub fn new(version: Version, compression: HeaderCompression) -> Self {
        Self {
            version,
            suffix: suffix(compression),
            folder: String::new(),
        }
    }

    /// Puts files into a folder within the archive, `name/`, wherever readers let us.
    #[must_use]
    pub fn within(mut self, folder: &str) -> Self {
        folder.clone_into(&mut self.folder);
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
        format!("{}{entry}.dat", self.folder)
    }

    /// The list of an entry's large objects. It is not compressed.
    pub fn list(&self, entry: DumpId) -> String {
        match self.version < Version::V1_16 {
            true => ONLY_LIST.to_owned(),
            false => format!("{}blobs_{entry}.toc", self.folder),
        }
    }

    /// A large object, as the list names it.
    pub fn large_object(&self, oid: Oid) -> String {
        format!("{}blob_{oid}.dat", self.folder)
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
    let name = match name.split_once('/') {
        Some((folder, name)) if is_number(folder) => name,
        Some(_) => return false,
        None => name,
    };
    let plain = [".gz", ".lz4", ".zst"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name);
    let numbered = |before: &str, after: &str| {
        let number = plain
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
    fn folder_holds_all_files_but_the_list_that_readers_know_one_name_of() {
        let within = |version| FileNames::new(version, HeaderCompression::None).within("2/");
        let (old, new) = (within(Version::V1_15), within(Version::V1_16));
        assert_eq!(old.rows(DumpId(7)), "2/7.dat");
        assert_eq!(old.large_object(9), "2/blob_9.dat");
        assert_eq!(old.list(DumpId(8)), "blobs.toc");
        assert_eq!(new.list(DumpId(8)), "2/blobs_8.toc");
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
            "2/7.dat.gz",
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
            "toc.dat.partial",
        ] {
            assert!(!is_archive_file(other), "{other}");
        }
    }
}
