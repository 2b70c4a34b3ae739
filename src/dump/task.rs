//! What workers are to read, segment by segment.

use super::DumpFormat;
use crate::archive::TocEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::Oid;
use crate::pipeline::Segment;
use crate::schema::{Body, Catalog, TableData};

/// Large objects of one segment, where several workers read them.
const LARGE_OBJECTS: usize = 512;

/// A segment and where its data comes from. It owns all it needs: workers know no catalogs.
pub(super) struct Task {
    pub(super) segment: Segment,
    pub(super) source: Source,
}

pub(super) enum Source {
    Rows(Rows),
    LargeObjects(Vec<Oid>),
    /// The next statements of the script.
    Statements,
}

/// Rows of one table.
pub(super) struct Rows {
    /// The table, qualified.
    pub(super) table: String,
    /// The COPY that sends them.
    pub(super) sql: String,
    /// Whether a foreign server has them.
    pub(super) foreign: bool,
}

impl Rows {
    /// The statements that send the rows to a session other than the one that has locked
    /// the table.
    ///
    /// Without a lock of its own it would wait behind whoever waits for an exclusive one,
    /// who waits for the first session, which waits for this one; no server sees that.
    /// A foreign table cannot be locked, and nobody else has done it either.
    pub(super) fn sql_with_lock(&self) -> String {
        match self.foreign {
            true => self.sql.clone(),
            false => format!(
                "LOCK TABLE ONLY {} IN ACCESS SHARE MODE NOWAIT; {}",
                self.table, self.sql
            ),
        }
    }
}

/// How finely data is cut.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    /// One segment for each entry.
    Entries,
    /// Tables into parts of so many bytes on disk, large objects into groups.
    Parts(u64),
}

/// The tasks of all data entries, in the order of their blocks. In a script there are
/// statements before, between and after them.
pub(super) fn tasks(
    entries: &[TocEntry],
    catalog: &Catalog,
    format: DumpFormat,
    cut: Cut,
) -> Result<Vec<Task>> {
    let is_script = format == DumpFormat::Plain;
    let mut tasks = Vec::new();
    for entry in entries.iter().filter(|entry| entry.has_data) {
        if is_script {
            tasks.push(Task::STATEMENTS);
        }
        let sources = sources(entry, catalog, cut)?;
        let last = sources.len().saturating_sub(1);
        tasks.extend(sources.into_iter().enumerate().map(|(i, source)| Task {
            segment: Segment {
                entry: Some(entry.dump_id),
                first: i == 0,
                last: i == last,
                large_objects: matches!(source, Source::LargeObjects(_)) && !is_script,
            },
            source,
        }));
    }
    if is_script {
        tasks.push(Task::STATEMENTS);
    }
    Ok(tasks)
}

impl Task {
    const STATEMENTS: Self = Self {
        segment: Segment::STATEMENTS,
        source: Source::Statements,
    };
}

/// Where the data of one entry comes from, one source at least.
fn sources(entry: &TocEntry, catalog: &Catalog, cut: Cut) -> Result<Vec<Source>> {
    match &catalog.object(entry.dump_id).body {
        Body::TableData(data) => Ok(rows(data, catalog, cut)),
        Body::LargeObjectData(data) => Ok(match cut {
            Cut::Parts(_) if data.oids.len() > LARGE_OBJECTS => data
                .oids
                .chunks(LARGE_OBJECTS)
                .map(|oids| Source::LargeObjects(oids.to_vec()))
                .collect(),
            _ => vec![Source::LargeObjects(data.oids.clone())],
        }),
        _ => Err(Error::new(
            ErrorKind::Internal,
            format!(
                "entry {} has data, but is neither a table's nor large objects'",
                entry.dump_id
            ),
        )),
    }
}

fn rows(data: &TableData, catalog: &Catalog, cut: Cut) -> Vec<Source> {
    let parts = match cut {
        Cut::Entries => None,
        Cut::Parts(bytes) => data.copy_out_parts(catalog, bytes),
    };
    let statements = parts.unwrap_or_else(|| vec![data.copy_out_sql(catalog)]);
    let rows = |sql| {
        Source::Rows(Rows {
            table: catalog.qualified(catalog.object(data.table)),
            sql,
            foreign: data.is_foreign(catalog),
        })
    };
    statements.into_iter().map(rows).collect()
}
