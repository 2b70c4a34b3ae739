//! How rows are sent to the server: in binary where that can be, which spares it half of
//! the work, else as the text that the archive has.

use std::sync::Arc;

use bytes::Bytes;

use super::plan::copy_statement;
use super::shared::Shared;
use crate::archive::{CopyStatement, TocEntry};
use crate::copy::{BinaryRows, Column, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::pg::{CopyIn, Session};

/// A table of less data is not worth asking for its columns.
const SMALL: u64 = 1 << 20;

/// Rows that are longer on average are most likely to be too long for the converter, and
/// little is to be gained with them.
const LONG_ROW: u64 = 64 << 10;

/// A class of "PostgreSQL Error Codes" in the manual.
const DATA_EXCEPTION: &str = "22";

/// What a binary field is that a column of another type was given: somebody has changed
/// the table since it was asked about.
const PROTOCOL_VIOLATION: &str = "08P01";

/// What COPY says about text whose lines end in different ways.
const BAD_COPY_FILE_FORMAT: &str = "22P04";

/// How the rows of a table are sent.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Text,
    Binary(Arc<BinaryForm>),
}

/// What it takes to send them in binary.
#[derive(Debug)]
pub(super) struct BinaryForm {
    columns: Vec<Column>,
    /// The statement that takes them.
    sql: String,
}

impl Form {
    /// The form for an entry's rows, whose table is there. Nothing is wrong with a table
    /// that has to take text.
    pub(super) async fn of(session: &Session, shared: &Shared, entry: &TocEntry) -> Self {
        match binary(session, shared, entry).await {
            Some(binary) => Self::Binary(Arc::new(binary)),
            None => Self::Text,
        }
    }

    /// Whether rows that were refused with this error may be taken as text, or are refused
    /// with better words then.
    pub(super) fn is_to_blame_for(&self, error: &Error) -> bool {
        let is_of_data = error
            .sqlstate()
            .is_some_and(|code| code.starts_with(DATA_EXCEPTION) || code == PROTOCOL_VIOLATION);
        matches!(self, Self::Binary(_)) && is_of_data
    }
}

/// None: an entry's rows are to be sent as text.
async fn binary(session: &Session, shared: &Shared, entry: &TocEntry) -> Option<BinaryForm> {
    let (plan, options) = (&shared.plan, &shared.options);
    let is_alone = !options.single_transaction && options.only_copies();
    let is_long = plan
        .facts(entry.dump_id)
        .is_some_and(|facts| facts.raw_bytes / LONG_ROW > facts.rows);
    // Of other encodings some have backslashes within characters.
    if !is_alone || is_long || !plan.is_utf8() || plan.data_bytes(entry.dump_id) < SMALL {
        return None;
    }
    let CopyStatement { table, columns } =
        copy_statement(entry, entry.copy_stmt.as_deref()?).ok()?;
    if columns.is_empty() {
        return None;
    }
    let select = format!("SELECT {columns} FROM {table}");
    let types = match session.result_types(&select).await {
        Ok(types) => types,
        Err(error) => {
            // COPY will say it better.
            tracing::debug!(table = entry.tag, "asking for columns: {}", error.full());
            return None;
        }
    };
    let form = BinaryForm {
        columns: types.iter().map(Column::of).collect::<Option<_>>()?,
        sql: format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)"),
    };
    takes_several_copies(session, table).await.then_some(form)
}

/// Whether two COPY are to the table what one is. Not if triggers see statements, or if
/// rows are checked against others at the end of one: foreign keys and deferrable
/// constraints are triggers, too. Nor if what was sent cannot be taken back for certain.
async fn takes_several_copies(session: &Session, table: &str) -> bool {
    let sql = "SELECT relkind = 'r' AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid) AS is_plain
               FROM pg_catalog.pg_class AS c WHERE c.oid = $1::pg_catalog.text::pg_catalog.regclass";
    let row = session.one(sql, &[&table]).await;
    let is_plain = row.and_then(|row| row.get("is_plain"));
    is_plain.unwrap_or_else(|error: Error| {
        tracing::debug!(table, "asking for triggers: {}", error.full());
        false
    })
}

/// A COPY that takes rows of an archive.
pub(super) struct Rows<'a> {
    copy: CopyIn,
    binary: Option<Binary<'a>>,
}

/// As long as rows are sent in binary.
struct Binary<'a> {
    rows: BinaryRows,
    session: &'a Session,
    /// The statement that takes text.
    sql: &'a str,
}

impl<'a> Rows<'a> {
    /// Begins it. In binary it must be within a transaction: it may become two statements.
    pub(super) async fn begin(session: &'a Session, sql: &'a str, form: &Form) -> Result<Self> {
        let Form::Binary(form) = form else {
            let copy = session.copy_in(sql).await?;
            return Ok(Self { copy, binary: None });
        };
        let copy = session.copy_in(&form.sql).await?;
        let rows = BinaryRows::new(&form.columns);
        let binary = Some(Binary { rows, session, sql });
        Ok(Self { copy, binary })
    }

    /// Sends bytes of rows, as text, which begin and end anywhere within one.
    ///
    /// # Errors
    ///
    /// Those of [`CopyIn::send`].
    pub(super) async fn send(mut self, mut text: Bytes) -> Result<Self> {
        let Some(mut binary) = self.binary.take() else {
            self.copy.send(text).await?;
            return Ok(self);
        };
        loop {
            let mut converted = Vec::with_capacity(2 * text.len());
            let step = binary.rows.convert(&mut text, &mut converted);
            if !converted.is_empty() {
                self.copy.send(converted.into()).await?;
            }
            match step {
                Step::Full => {}
                Step::Hungry => {
                    self.binary = Some(binary);
                    return Ok(self);
                }
                Step::Stopped => {
                    let copy = binary.go_on_as_text(self.copy, text).await?;
                    return Ok(Self { copy, binary: None });
                }
            }
        }
    }

    /// Ends the rows: when this returns, the server has taken all of them.
    ///
    /// # Errors
    ///
    /// Those of [`CopyIn::finish`].
    pub(super) async fn finish(self) -> Result<()> {
        let copy = match self.binary {
            // Its last row is not complete: whether that is an error is for the server to say.
            Some(binary) if !binary.rows.held().is_empty() => {
                binary.go_on_as_text(self.copy, Bytes::new()).await?
            }
            Some(binary) => return binary.end(self.copy).await.map(drop),
            None => self.copy,
        };
        copy.finish().await.map(drop)
    }
}

impl Binary<'_> {
    /// COPY takes how lines end from the first it sees. One that began in the middle of the
    /// rows could take what one from their beginning on refuses.
    fn check_line_ends(&self, text: &[u8]) -> Result<()> {
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if !line.contains(&b'\r') && !self.rows.held().contains(&b'\r') {
            return Ok(());
        }
        let error = Error::new(ErrorKind::Server, "a carriage return in the rows");
        Err(error.with_sqlstate(BAD_COPY_FILE_FORMAT))
    }

    /// Ends the binary COPY. Returns what the converter holds, which is not in there.
    async fn end(self, mut copy: CopyIn) -> Result<Bytes> {
        let mut trailer = Vec::new();
        let held = self.rows.finish(&mut trailer);
        copy.send(trailer.into()).await?;
        copy.finish().await?;
        Ok(held.into())
    }

    /// Ends it, and begins one that takes text, with what the converter holds and `text`.
    async fn go_on_as_text(self, copy: CopyIn, text: Bytes) -> Result<CopyIn> {
        self.check_line_ends(&text)?;
        let (session, sql) = (self.session, self.sql);
        let held = self.end(copy).await?;
        tracing::debug!("a row cannot be sent in binary: text from here on");
        let mut copy = session.copy_in(sql).await?;
        copy.send(held).await?;
        copy.send(text).await?;
        Ok(copy)
    }
}
