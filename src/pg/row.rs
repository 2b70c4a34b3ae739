//! One row of a query's result.

use tokio_postgres::types::FromSql;

use crate::error::{Error, ErrorKind, Result};

/// A row, whose columns are read by name.
pub struct Row(tokio_postgres::Row);

impl Row {
    pub(super) fn new(row: tokio_postgres::Row) -> Self {
        Self(row)
    }

    /// Reads a column. NULL wants an `Option`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] naming the column if the query has none of that
    /// name, or its type or NULL does not fit `T`.
    pub fn get<'a, T: FromSql<'a>>(&'a self, column: &str) -> Result<T> {
        self.0.try_get(column).map_err(|error| {
            let cause = std::error::Error::source(&error).map_or_else(
                || "the query has no such column".to_owned(),
                ToString::to_string,
            );
            Error::new(
                ErrorKind::Internal,
                format!("reading query column \"{column}\": {cause}"),
            )
        })
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
