//! `COPY schema.table (columns) FROM stdin;` taken apart.

/// What a COPY statement of an archive says.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct CopyStatement<'a> {
    /// The table, qualified and quoted.
    pub(crate) table: &'a str,
    /// Its columns, quoted, with commas between them; none of a table without columns.
    pub(crate) columns: &'a str,
}

impl<'a> CopyStatement<'a> {
    /// Takes a statement apart. None: it is none that `pg_dump` writes.
    pub(crate) fn parse(sql: &'a str) -> Option<Self> {
        let rest = sql.trim_end().strip_prefix("COPY ")?;
        let rest = rest.strip_suffix(" FROM stdin;")?.trim_end();
        match outside_of_quotes(rest, '(') {
            None => Some(Self {
                table: rest,
                columns: "",
            }),
            Some(place) => Some(Self {
                table: rest[..place].trim_end(),
                columns: rest[place + 1..].strip_suffix(')')?,
            }),
        }
    }
}

fn outside_of_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices()
        .find(|(_, c)| {
            quoted ^= *c == '"';
            !quoted && *c == wanted
        })
        .map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_of_pg_dump_are_understood() {
        for (sql, table, columns) in [
            ("COPY public.t (a, b) FROM stdin;\n", "public.t", "a, b"),
            ("COPY public.t  FROM stdin;\n", "public.t", ""),
            (
                "COPY \"a(b\".\"FROM stdin;\" (\"x)\", \"y\"\"(\") FROM stdin;\n",
                "\"a(b\".\"FROM stdin;\"",
                "\"x)\", \"y\"\"(\"",
            ),
        ] {
            assert_eq!(
                CopyStatement::parse(sql),
                Some(CopyStatement { table, columns })
            );
        }
        assert_eq!(CopyStatement::parse("COPY t (a) TO stdout;"), None);
        assert_eq!(CopyStatement::parse(""), None);
    }
}
