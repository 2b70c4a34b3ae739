//! `OPTIONS (…)` of foreign-data wrappers, servers, user mappings and foreign tables.

/// SQL for the options in `column` (a `text[]` of `name=value`) as a text: one to a
/// line, quoted by the server, ordered by name; NULL if there are none.
pub(crate) fn options_column(column: &str) -> String {
    format!(
        "CASE WHEN {column} IS NOT NULL THEN NULLIF(pg_catalog.array_to_string(ARRAY(
             SELECT pg_catalog.quote_ident(option_name) || ' '
                    || pg_catalog.quote_literal(option_value)
             FROM pg_catalog.pg_options_to_table({column})
             ORDER BY option_name), E',\\n    '), '') END"
    )
}

/// `OPTIONS (…)` of the text that [`options_column`] gave, with `space` before it.
pub(crate) fn options_clause(space: &str, options: Option<&str>) -> String {
    options.map_or_else(String::new, |options| {
        format!("{space}OPTIONS (\n    {options}\n)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_is_there_only_with_options() {
        assert_eq!(options_clause(" ", None), "");
        assert_eq!(
            options_clause("\n", Some("host 'db',\n    port '1'")),
            "\nOPTIONS (\n    host 'db',\n    port '1'\n)"
        );
    }
}
