//! What the manifest and the report say about a dump.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::load::Loaded;
use super::snapshot::Snapshot;
use super::storage::StoredArchive;
use super::{DumpFormat, DumpOptions, DumpReport};
use crate::archive::{
    ArchiveFacts, DataFacts, DataKind, DumpFacts, FileNames, MANIFEST_VERSION, Manifest,
    SegmentFacts, SkippedObject, SourceFacts, TocEntry,
};
use crate::codec::StoredDigest;
use crate::ids::DumpId;
use crate::pipeline::StoredEntry;
use crate::process;
use crate::schema::Body;
use crate::store::Location;

/// What is known about a dump before its first row.
pub(super) struct Facts {
    target: Location,
    format: DumpFormat,
    /// Of a directory.
    files: Option<FileNames>,
    archive_version: Option<String>,
    compression: String,
    toc_entries: u64,
    toc_bytes: u64,
    toc_sha256: Option<String>,
    database: String,
    server_version: String,
    encoding: String,
    row_settings: BTreeMap<String, String>,
    standby: bool,
    snapshot_at: String,
    lsn: Option<String>,
    started_at: Timestamp,
    jobs: u32,
    options: DumpFacts,
    labels: BTreeMap<String, String>,
    data: HashMap<DumpId, DataEntry>,
    skipped: Vec<SkippedObject>,
    warnings: Vec<String>,
}

/// What the catalogs know about a data entry.
struct DataEntry {
    kind: DataKind,
    schema: Option<String>,
    name: String,
    large_objects: u64,
}

impl Facts {
    pub(super) fn new(
        snapshot: &Snapshot,
        loaded: &Loaded,
        options: &DumpOptions,
        started_at: Timestamp,
    ) -> Self {
        let plan = &loaded.plan;
        let with_data = plan.entries.iter().filter(|entry| entry.has_data);
        Self {
            target: options.target.clone(),
            format: options.format,
            files: loaded.files.clone(),
            archive_version: match options.format {
                DumpFormat::Plain => None,
                _ => Some(loaded.header.version.to_string()),
            },
            compression: loaded.compression.to_string(),
            toc_entries: plan.entries.len() as u64,
            toc_bytes: plan.head.len() as u64,
            toc_sha256: match options.format {
                DumpFormat::Plain => None,
                _ => Some(sha256(&plan.head)),
            },
            database: loaded.database.name.clone(),
            server_version: loaded.catalog.server.as_str().to_owned(),
            encoding: loaded.database.encoding.clone(),
            row_settings: loaded.row_settings.clone(),
            standby: snapshot.standby,
            snapshot_at: snapshot.taken_at.clone(),
            lsn: snapshot.lsn.clone(),
            started_at,
            jobs: loaded.jobs,
            options: options_facts(options),
            labels: options.labels.clone(),
            data: with_data
                .map(|entry| (entry.dump_id, data_entry(entry, loaded)))
                .collect(),
            skipped: loaded.skipped.clone(),
            warnings: plan.warnings.clone(),
        }
    }

    pub(super) fn manifest(&self, archive: &StoredArchive) -> Manifest {
        Manifest {
            manifest_version: MANIFEST_VERSION,
            pgsluice_version: env!("CARGO_PKG_VERSION").to_owned(),
            archive: self.archive_facts(archive),
            source: SourceFacts {
                database: self.database.clone(),
                server_version: self.server_version.clone(),
                encoding: self.encoding.clone(),
                row_settings: self.row_settings.clone(),
                standby: self.standby,
                snapshot_at: self.snapshot_at.clone(),
                lsn: self.lsn.clone(),
                started_at: self.started_at,
                finished_at: Timestamp::now(),
            },
            options: self.options.clone(),
            labels: self.labels.clone(),
            data: archive
                .entries
                .iter()
                .map(|stored| self.data_facts(stored))
                .collect(),
            skipped: self.skipped.clone(),
        }
    }

    fn archive_facts(&self, archive: &StoredArchive) -> ArchiveFacts {
        let mut facts = ArchiveFacts {
            name: object_name(&self.target),
            format: self.format.to_string(),
            version: self.archive_version.clone(),
            compression: self.compression.clone(),
            size: archive.object.size,
            sha256: archive.digests.sha256.clone(),
            part_size: archive.object.part_size as u64,
            toc_entries: self.toc_entries,
            toc_bytes: self.toc_bytes,
            toc_sha256: self.toc_sha256.clone(),
            parts_xxh3_128: archive.digests.parts.clone(),
            files: archive.files.clone(),
        };
        if self.files.is_some() {
            facts.parts_xxh3_128.clear();
            facts.size = facts.files.iter().map(|file| file.size).sum();
            facts.sha256 = sha256(facts.checksums().as_bytes());
        }
        facts
    }

    /// What the dump has come to, with its archive as `facts` describe it.
    pub(super) fn report(
        &self,
        facts: &ArchiveFacts,
        archive: &StoredArchive,
        manifest: Option<String>,
    ) -> DumpReport {
        let known = |stored: &&StoredEntry| {
            self.data
                .get(&stored.entry)
                .is_some_and(|entry| entry.kind == DataKind::Table)
        };
        let tables = archive.entries.iter().filter(known);
        let seconds = Timestamp::now().duration_since(self.started_at);
        DumpReport {
            target: self.target.to_string(),
            manifest,
            format: self.format,
            size: facts.size,
            files: facts.files.len() as u64,
            sha256: facts.sha256.clone(),
            e_tag: match self.files {
                Some(_) => None,
                None => archive.object.e_tag.clone(),
            },
            database: self.database.clone(),
            server_version: self.server_version.clone(),
            archive_version: self.archive_version.clone(),
            compression: self.compression.clone(),
            toc_entries: self.toc_entries,
            tables: tables.clone().count() as u64,
            rows: tables.map(|stored| stored.digest.rows()).sum(),
            large_objects: self.data.values().map(|entry| entry.large_objects).sum(),
            raw_bytes: archive.entries.iter().map(|stored| stored.raw_bytes).sum(),
            seconds: seconds.as_secs_f64(),
            jobs: self.jobs,
            peak_memory: process::peak_memory(),
            skipped: self.skipped.clone(),
            warnings: self.warnings.clone(),
        }
    }

    fn data_facts(&self, stored: &StoredEntry) -> DataFacts {
        let entry = self.data.get(&stored.entry);
        let large_objects = entry.map_or(0, |entry| entry.large_objects);
        let kind = entry.map_or(DataKind::Table, |entry| entry.kind);
        let is_table = kind == DataKind::Table;
        DataFacts {
            dump_id: stored.entry.0,
            kind,
            schema: entry.and_then(|entry| entry.schema.clone()),
            name: entry.map(|entry| entry.name.clone()).unwrap_or_default(),
            file: self.files.as_ref().map(|names| match kind {
                DataKind::Table => names.compressed(&names.rows(stored.entry)),
                DataKind::LargeObjects => names.list(stored.entry),
            }),
            offset: stored.offset,
            stored_bytes: stored.stored_bytes,
            raw_bytes: stored.raw_bytes,
            rows: if is_table {
                stored.digest.rows()
            } else {
                large_objects
            },
            // Statements that write large objects have none.
            rows_xxh3_128: (is_table || stored.digest.rows() > 0).then(|| stored.digest.hex()),
            segments: stored
                .segments
                .iter()
                .map(|segment| SegmentFacts {
                    offset: segment.offset,
                    stored_bytes: segment.stored_bytes,
                    raw_bytes: segment.raw_bytes,
                    rows: segment.rows,
                })
                .collect(),
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    let mut digest = StoredDigest::new();
    digest.update(bytes);
    digest.hex()
}

fn data_entry(entry: &TocEntry, loaded: &Loaded) -> DataEntry {
    let large_objects = match &loaded.catalog.object(entry.dump_id).body {
        Body::LargeObjectData(data) => data.oids.len() as u64,
        _ => 0,
    };
    DataEntry {
        kind: if large_objects > 0 {
            DataKind::LargeObjects
        } else {
            DataKind::Table
        },
        schema: entry.namespace.clone(),
        name: entry.tag.clone(),
        large_objects,
    }
}

fn options_facts(options: &DumpOptions) -> DumpFacts {
    DumpFacts {
        schemas: options.schemas.clone(),
        exclude_schemas: options.exclude_schemas.clone(),
        tables: options.tables.clone(),
        exclude_tables: options.exclude_tables.clone(),
        exclude_table_data: options.exclude_table_data.clone(),
        include_foreign_data: options.include_foreign_data.clone(),
        schema_only: options.schema_only,
        data_only: options.data_only,
        statistics: options.statistics,
        no_owner: options.no_owner,
        no_privileges: options.no_privileges,
        no_comments: options.no_comments,
        no_security_labels: options.no_security_labels,
        no_publications: options.no_publications,
        no_subscriptions: options.no_subscriptions,
        no_tablespaces: options.no_tablespaces,
        no_table_access_method: options.no_table_access_method,
        no_toast_compression: options.no_toast_compression,
        target_version: options.target_version,
        create: options.create,
        clean: options.clean,
        if_exists: options.if_exists,
    }
}

/// The last part of a key or path: manifests do not say where a backup is kept.
fn object_name(target: &Location) -> String {
    let text = target.without_slash().to_string();
    let name = text.rsplit('/').next().unwrap_or_default();
    name.to_owned()
}

/// Tables whose rows the archive holds.
pub(super) fn table_count(entries: &[TocEntry]) -> u64 {
    let is_table = |entry: &&TocEntry| entry.has_data && entry.desc == "TABLE DATA";
    entries.iter().filter(is_table).count() as u64
}
