//! What is done before the first row: reading the catalogs, locking, planning.

use std::collections::BTreeMap;

use super::large_objects::LargeObjectForm;
use super::memory::{self, Memory};
use super::plan::{self, Plan};
use super::shape::{self, Shape};
use super::snapshot::{self, Snapshot};
use super::task::Cut;
use super::{DumpFormat, DumpOptions, lock, release, script};
use crate::archive::script::{Script, ScriptOptions};
use crate::archive::{FileNames, Header, SkippedObject};
use crate::codec::{Compression, Container};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{Assembler, Blocks, Files, Stream, part_size};
use crate::schema::{
    Catalog, DataScope, Database, RelKind, Relation, UnsupportedObject, unsupported,
};

/// Everything known once the catalogs are read.
pub(super) struct Loaded {
    pub(super) catalog: Catalog,
    pub(super) database: Database,
    pub(super) compression: Compression,
    pub(super) header: Header,
    /// What the files of a directory are called.
    pub(super) files: Option<FileNames>,
    /// What the text of rows depends on, by setting.
    pub(super) row_settings: BTreeMap<String, String>,
    pub(super) plan: Plan,
    /// Sessions that will copy.
    pub(super) jobs: u32,
    /// Bytes of rows that will be read, by the sizes of the relations on disk.
    pub(super) estimate: u64,
    pub(super) part_size: usize,
    pub(super) memory: Memory,
    /// Whether rows have bytes that no encoding explains.
    pub(super) any_bytes: bool,
    /// How the script is printed, if the format is one.
    pub(super) script: Option<ScriptOptions>,
    pub(super) skipped: Vec<SkippedObject>,
}

impl Loaded {
    /// What its streams are in.
    pub(super) fn container(&self) -> Container {
        match (&self.script, &self.files) {
            (None, None) => Container::Block,
            _ => Container::File,
        }
    }

    /// What the contents of large objects become.
    pub(super) fn large_object_form(&self) -> LargeObjectForm {
        match self.script {
            Some(_) => LargeObjectForm::Statements,
            None => LargeObjectForm::Streams,
        }
    }

    /// The script, if the format is one.
    pub(super) fn script(&self) -> Result<Option<Script<'_>>> {
        let new = |options: &ScriptOptions| {
            let entries = &self.plan.entries;
            Script::new(
                &self.header,
                entries,
                &self.catalog.dialect,
                options.clone(),
            )
        };
        self.script.as_ref().map(new).transpose()
    }

    /// Lays the data out as the format wants it.
    pub(super) fn assembler(&mut self) -> Assembler {
        let head = std::mem::take(&mut self.plan.head);
        let segments = self.plan.tasks.iter().map(|task| task.segment).collect();
        let compression = self.compression;
        match (&self.script, &self.files) {
            (Some(_), _) => Assembler::new(Stream::new(compression), segments),
            (None, Some(names)) => {
                Assembler::new(Files::new(compression, names.clone(), head), segments)
            }
            (None, None) => Assembler::new(Blocks::new(compression, head), segments),
        }
    }
}

/// Reads the catalogs, locks the tables and plans the archive. `generation` begins the
/// names of a directory's files.
pub(super) async fn load(
    snapshot: &Snapshot,
    options: &DumpOptions,
    generation: &str,
) -> Result<Loaded> {
    let session = &snapshot.session;
    let scope = DataScope {
        schema_only: options.schema_only,
        data_only: options.data_only,
        statistics: options.statistics,
    };
    scope.check(session.server_version())?;
    let patterns = options.patterns();
    let mut catalog = Catalog::survey(session, &patterns, options.target_version).await?;
    let tables = catalog.tables_to_lock();
    lock::lock(session, &tables, options.lock_wait_timeout()).await?;
    tracing::info!(tables = tables.len(), "locked");
    let skipped = what_cannot_be_kept(snapshot, &catalog, options).await?;
    catalog.detail(session, scope).await?;
    let large_objects = catalog.load_large_objects(session, scope).await?;
    let target = catalog.dialect.target();
    let compression = shape::compression(options, target);
    let layout = shape::layout(&large_objects, target);
    catalog.add_large_objects(large_objects, layout);
    catalog.link(session).await?;
    let database = Catalog::database(session).await?;
    let shape = Shape::new(
        options,
        &catalog,
        &database,
        compression,
        layout,
        generation,
    );
    let estimate = plan::estimate(&catalog);
    let part_size = options
        .part_size
        .unwrap_or_else(|| part_size(estimate, compression));
    let upload = memory::Upload::new(options, part_size);
    let memory = Memory::share(
        options.max_memory(),
        options.jobs as usize,
        compression,
        upload,
    )?;
    let cut = match options.jobs {
        1 => Cut::Entries,
        _ => Cut::Parts(memory.segment),
    };
    let mut plan = plan::plan(&mut catalog, &database, &shape, options.format, cut)?;
    if target != catalog.server.major() {
        let warnings = release::refuse(&plan.entries, target, options)?;
        plan.warnings.extend(warnings);
    }
    tracing::info!(
        objects = catalog.objects().len(),
        entries = plan.entries.len(),
        "planned"
    );
    let any_bytes = shape.passes_any_bytes();
    let row_settings = snapshot::prepare_to_copy(session, any_bytes).await?;
    let loaded = Loaded {
        catalog,
        database,
        compression,
        header: shape.header,
        files: shape.files,
        row_settings,
        plan,
        jobs: options.jobs,
        estimate,
        part_size,
        memory,
        any_bytes,
        script: match options.format {
            DumpFormat::Plain => Some(script::options(options)?),
            _ => None,
        },
        skipped,
    };
    loaded.script()?.map_or(Ok(()), script::check)?;
    Ok(loaded)
}

/// Refuses what would be lost, or lists it if that is what the user wants.
async fn what_cannot_be_kept(
    snapshot: &Snapshot,
    catalog: &Catalog,
    options: &DumpOptions,
) -> Result<Vec<SkippedObject>> {
    let mut lost: Vec<SkippedObject> = if options.data_only {
        Vec::new()
    } else {
        let objects = unsupported(&snapshot.session, catalog).await?;
        let skipped = |object: UnsupportedObject| SkippedObject {
            kind: object.kind.to_owned(),
            name: object.name,
        };
        objects.into_iter().map(skipped).collect()
    };
    if snapshot.standby && !options.schema_only {
        // The server refuses to read what its WAL does not hold.
        lost.extend(catalog.unlogged_tables().map(|name| SkippedObject {
            kind: "rows of unlogged table".to_owned(),
            name,
        }));
    }
    if lost.is_empty() || options.skip_unsupported {
        return Ok(lost);
    }
    Err(refusal(&lost))
}

/// Objects named in the refusal; the rest are counted.
const NAMED: usize = 10;

fn refusal(lost: &[SkippedObject]) -> Error {
    let named: Vec<String> = lost
        .iter()
        .take(NAMED)
        .map(|object| format!("{} {}", object.kind, object.name))
        .collect();
    let more = match lost.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut hint = String::new();
    if lost.iter().any(|object| object.kind == "subscription") {
        hint += "Subscriptions are kept if a superuser makes the dump. ";
    }
    hint += "Leave them out of the dump with skip_unsupported (--skip-unsupported), or dump with pg_dump.";
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "the database has {} this dump cannot keep: {}{more}",
            if lost.len() == 1 {
                "an object"
            } else {
                "objects"
            },
            named.join(", ")
        ),
    )
    .with_hint(hint)
}

impl Catalog {
    /// Unlogged tables whose rows are wanted, qualified.
    fn unlogged_tables(&self) -> impl Iterator<Item = String> {
        self.objects().iter().filter_map(|object| {
            let relation = Relation::of(object)?;
            let lost = relation.unlogged
                && relation.kind == RelKind::Table
                && self.wants_contents(object, relation);
            lost.then(|| self.qualified(object))
        })
    }
}
