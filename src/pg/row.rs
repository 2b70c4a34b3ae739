//! One row of a query's result.

use std::cell::Cell;

use tokio_postgres::types::FromSql;

use crate::error::{Error, ErrorKind, Result};

/// A row, whose columns are read by name.
pub struct Row {
    row: tokio_postgres::Row,
    /// The column behind the one that was read last: most are read in their order.
    next: Cell<usize>,
}

impl Row {
    pub(super) fn new(row: tokio_postgres::Row) -> Self {
        let next = Cell::new(0);
        Self { row, next }
    }

    /// Reads a column. NULL wants an `Option`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] naming the column if the query has none of that
    /// name, or its type or NULL does not fit `T`.
    pub fn get<'a, T: FromSql<'a>>(&'a self, column: &str) -> Result<T> {
        let Some(place) = self.place(column) else {
            return Err(unreadable(column, "the query has no such column"));
        };
        self.next.set(place + 1);
        self.row.try_get(place).map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            unreadable(column, &cause.unwrap_or_default())
        })
    }

    fn place(&self, column: &str) -> Option<usize> {
        let columns = self.row.columns();
        let is_next = columns.get(self.next.get()).map(|next| next.name()) == Some(column);
        if is_next {
            return Some(self.next.get());
        }
        columns.iter().position(|known| known.name() == column)
    }

    /// Reads a column of type `"char"`, the one-letter codes of the catalogs
    /// such as `relkind`.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub fn char(&self, column: &str) -> Result<char> {
        self.get::<i8>(column)
            .map(|code| char::from(code.cast_unsigned()))
    }
}

fn unreadable(column: &str, cause: &str) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("reading query column \"{column}\": {cause}"),
    )
}
