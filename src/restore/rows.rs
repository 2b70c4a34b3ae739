//! Rows on their way into a table.

use super::form::{Form, Rows};
use super::inserts::Inserts;
use super::plan::copy_statement;
use super::shared::{Done, Shared};
use super::transaction::Transaction;
use crate::archive::{CopyStatement, DataFacts, TocEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::pg::Session;
use crate::unpack::{Content, Contents, Found};

/// Loads the rows of a table. Nothing stays of those that are not what the manifest
/// describes, or that the server does not take all of.
pub(super) async fn load(
    session: &Session,
    contents: Contents<'_>,
    shared: &Shared,
    entry: &TocEntry,
    form: &Form,
) -> Result<Done> {
    let options = &shared.options;
    let load = Load {
        session,
        shared,
        entry,
        form,
        facts: shared.plan.facts(entry.dump_id),
    };
    let sql = entry.copy_stmt.as_deref().filter(|sql| !sql.is_empty());
    let mut added = None;
    let found = match sql {
        None => load.insert(contents).await,
        Some(sql) if options.on_conflict_do_nothing => {
            let (found, rows) = load
                .merge(contents, copy_statement(entry, sql)?, sql)
                .await?;
            added = Some(rows);
            Ok(found)
        }
        Some(sql) if options.disable_triggers => load.without_triggers(contents, sql).await,
        Some(sql) => match form {
            Form::Text => load.copy(contents, sql).await,
            Form::Binary(_) => load.copy_in_transaction(contents, sql).await,
        },
    }?;
    let rows = added.unwrap_or(found.digest.rows());
    shared.progress.copied(rows, 0);
    Ok(Done {
        tables: 1,
        rows,
        raw_bytes: found.raw_bytes,
        ..Done::default()
    })
}

struct Load<'a> {
    session: &'a Session,
    shared: &'a Shared,
    entry: &'a TocEntry,
    form: &'a Form,
    facts: Option<&'a DataFacts>,
}

impl Load<'_> {
    /// By a COPY statement. Text needs no more than one, which is a transaction of its own.
    async fn copy(&self, mut contents: Contents<'_>, sql: &str) -> Result<Found> {
        let mut copy = Rows::begin(self.session, sql, self.form).await?;
        while let Some(rows) = self.next_rows(&mut contents).await? {
            copy = copy.send(rows).await?;
        }
        let found = contents.found()?;
        // Until it is finished, nothing is there.
        check_end(&found)?;
        check(self.facts, &found)?;
        copy.finish().await?;
        Ok(found)
    }

    /// The same where it may take more than one statement.
    async fn copy_in_transaction(&self, contents: Contents<'_>, sql: &str) -> Result<Found> {
        let transaction = Transaction::begin(self.session, self.shared).await?;
        transaction.end(self.copy(contents, sql).await).await
    }

    async fn without_triggers(&self, contents: Contents<'_>, sql: &str) -> Result<Found> {
        let entry = self.entry;
        let namespace = entry.namespace.as_deref().unwrap_or_default();
        let table = self.shared.dialect.qualified(namespace, &entry.tag);
        let transaction = Transaction::begin(self.session, self.shared).await?;
        let load = async {
            let triggers = |what| format!("ALTER TABLE {table} {what} TRIGGER ALL");
            self.session.batch(&triggers("DISABLE")).await?;
            let found = self.copy(contents, sql).await?;
            self.session.batch(&triggers("ENABLE")).await?;
            Ok(found)
        };
        transaction.end(load.await).await
    }

    /// By way of a temporary table, since COPY itself has no way around a conflict. Returns
    /// how many rows were added, too.
    async fn merge(
        &self,
        contents: Contents<'_>,
        statement: CopyStatement<'_>,
        sql: &str,
    ) -> Result<(Found, u64)> {
        const WAITING_ROOM: &str = "pg_temp.pgsluice_merge";
        let CopyStatement { table, columns } = statement;
        self.check_can_conflict(table).await?;
        if columns.is_empty() {
            // Rows without columns conflict with none.
            let found = self.copy(contents, sql).await?;
            let rows = found.digest.rows();
            return Ok((found, rows));
        }
        let transaction = Transaction::begin(self.session, self.shared).await?;
        let load = async {
            self.session
                .batch(&format!(
                    "CREATE TEMPORARY TABLE pgsluice_merge AS SELECT {columns} FROM {table} WITH NO DATA"
                ))
                .await?;
            let copy = format!("COPY {WAITING_ROOM} ({columns}) FROM stdin");
            let found = self.copy(contents, &copy).await?;
            let added = self
                .session
                .execute(&format!(
                    "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
                     SELECT {columns} FROM {WAITING_ROOM} ON CONFLICT DO NOTHING"
                ))
                .await?;
            self.session
                .batch(&format!("DROP TABLE {WAITING_ROOM}"))
                .await?;
            Ok((found, added))
        };
        transaction.end(load.await).await
    }

    /// Without anything unique about them, rows that are there would be added again.
    async fn check_can_conflict(&self, table: &str) -> Result<()> {
        let sql = format!(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_index WHERE indrelid = $1::pg_catalog.text::pg_catalog.regclass
                            AND (indisunique OR indisexclusion))
                    OR NOT EXISTS (SELECT FROM {table}) AS can"
        );
        let row = self.session.one(&sql, &[&table]).await?;
        if row.get("can")? {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Unsupported,
            "the table has rows, and no primary key or unique index to know them by: all rows would be there twice",
        )
        .with_hint("Give it a key first, or empty it and restore without on_conflict_do_nothing (--on-conflict-do-nothing)."))
    }

    /// By the statements that the rows are kept as.
    async fn insert(&self, mut contents: Contents<'_>) -> Result<Found> {
        let transaction = Transaction::begin(self.session, self.shared).await?;
        let load = async {
            let mut inserts = Inserts::default();
            while let Some(bytes) = self.next_rows(&mut contents).await? {
                if let Some(statements) = inserts.add(&bytes) {
                    self.session.batch(&text(statements)?).await?;
                }
            }
            let found = contents.found()?;
            check(self.facts, &found)?;
            self.session.batch(&text(inserts.finish())?).await?;
            Ok(found)
        };
        transaction.end(load.await).await
    }

    async fn next_rows(&self, contents: &mut Contents<'_>) -> Result<Option<bytes::Bytes>> {
        match contents.next().await? {
            None => Ok(None),
            Some(Content::Rows(rows)) => {
                self.shared.progress.copied(0, rows.len() as u64);
                Ok(Some(rows))
            }
            Some(_) => Err(Error::new(
                ErrorKind::CorruptArchive,
                "large objects, expected rows",
            )),
        }
    }
}

/// Rows end with a mark of their own: without it some may be missing, whatever the codec says.
fn check_end(found: &Found) -> Result<()> {
    if found.ended {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::CorruptArchive,
        "the rows do not end with the mark that pg_dump puts behind them",
    )
    .with_hint("The archive was cut off. Nothing of this entry was restored."))
}

/// COPY takes bytes in any encoding, statements are text.
fn text(statements: Vec<u8>) -> Result<String> {
    String::from_utf8(statements).map_err(|_| {
        Error::new(
            ErrorKind::Unsupported,
            "rows that are kept as statements are not in UTF-8",
        )
        .with_hint("Dump the database with pg_dump --encoding=UTF8, or without --inserts.")
    })
}

/// Compares what was found with what the manifest says, if there is one.
///
/// # Errors
///
/// [`ErrorKind::Verification`] if it is something else.
pub(super) fn check(facts: Option<&DataFacts>, found: &Found) -> Result<()> {
    match facts {
        Some(facts) => found.check(facts),
        None => Ok(()),
    }
}

/// Sets a sequence forward, never back: rows that are kept may have taken values since.
pub(super) fn advance_sequence(setval: &str) -> Result<String> {
    let unknown = || {
        Error::new(
            ErrorKind::Unsupported,
            format!("a sequence that is set like this cannot be merged: {setval}"),
        )
    };
    let call = setval.trim_end().trim_end_matches(';');
    let arguments = call
        .strip_prefix("SELECT pg_catalog.setval('")
        .and_then(|rest| rest.strip_suffix(')'))
        .ok_or_else(unknown)?;
    let (name, value) = arguments.rsplit_once("', ").ok_or_else(unknown)?;
    let (value, is_called) = value.split_once(", ").ok_or_else(unknown)?;
    // The name is quoted as a name within a literal.
    let name = name.replace("''", "'");
    Ok(format!(
        "{call} FROM {name} AS s, pg_catalog.pg_sequence AS p
         WHERE p.seqrelid = s.tableoid
           AND (CASE WHEN p.seqincrement > 0 THEN s.last_value < {value} ELSE s.last_value > {value} END
                OR s.last_value = {value} AND {is_called} AND NOT s.is_called)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_is_set_only_where_it_is_behind() {
        let sql =
            advance_sequence("SELECT pg_catalog.setval('public.\"o''s\"', -7, true);\n").unwrap();
        assert!(sql.starts_with(
            "SELECT pg_catalog.setval('public.\"o''s\"', -7, true) FROM public.\"o's\" AS s"
        ));
        assert!(sql.contains("s.last_value < -7"));
        assert!(sql.contains("s.last_value = -7 AND true AND NOT s.is_called"));
        assert!(advance_sequence("SELECT 1;").is_err());
    }
}
