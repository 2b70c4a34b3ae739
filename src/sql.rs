//! SQL text: identifiers and literals, quoted as `pg_dump` quotes them.

use std::collections::HashSet;

/// SQL as one major release of PostgreSQL writes it.
///
/// Identifiers are quoted the way the server's own `quote_identifier` and
/// `pg_dump`'s `fmtId` do: only where a name needs it. A name needs it if it is
/// not lower-case letters, digits and underscores, or if it is a keyword that
/// is not unreserved. Which words those are depends on the release, so they are
/// read from the server (`pg_get_keywords()`).
///
/// An archive may be meant for another release than the server's. What then
/// depends on the release that reads it asks for the [`target`](Self::target).
#[derive(Clone, Debug, Default)]
pub struct Dialect {
    major: u32,
    target: u32,
    keywords: HashSet<String>,
}

impl Dialect {
    /// The dialect of release `major`, whose keywords that are not unreserved are given.
    pub fn new(major: u32, keywords: impl IntoIterator<Item = String>) -> Self {
        Self {
            major,
            target: major,
            keywords: keywords.into_iter().collect(),
        }
    }

    /// The same for a restore into release `target`, which may have other keywords.
    #[must_use]
    pub fn for_target(mut self, target: u32) -> Self {
        if target != self.major {
            self.keywords.extend(NEWER_KEYWORDS.map(str::to_owned));
        }
        self.target = target;
        self
    }

    /// The server's major release: 15 for 15.18.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The major release that will read the SQL.
    pub fn target(&self) -> u32 {
        self.target
    }

    /// `name`, in double quotes if it needs them.
    pub fn ident(&self, name: &str) -> String {
        if is_safe(name) && !self.keywords.contains(name) {
            name.to_owned()
        } else {
            format!("\"{}\"", name.replace('"', "\"\""))
        }
    }

    /// `namespace.name`, each quoted if it needs it.
    pub fn qualified(&self, namespace: &str, name: &str) -> String {
        format!("{}.{}", self.ident(namespace), self.ident(name))
    }

    /// A storage parameter from its catalog form `name=value`. The value is
    /// quoted unless it could be an identifier as it stands.
    pub fn storage_option(&self, prefix: &str, option: &str) -> String {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let printed = if self.ident(value) == value {
            value.to_owned()
        } else {
            literal(value)
        };
        format!("{prefix}{}={printed}", self.ident(name))
    }
}

/// Words that some release up to 18 reserves, at least in part, and 13 does not
/// (`pg_get_keywords()`). Quoting them where there is no need does no harm.
const NEWER_KEYWORDS: [&str; 13] = [
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "merge_action",
    "system_user",
];

fn is_safe(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// `text` as a string literal. Backslashes stand for themselves, since archives
/// are written with `standard_conforming_strings = on`.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `text` as a string literal that means the same whatever
/// `standard_conforming_strings` is: with backslashes doubled in `E'…'`.
pub fn escape_literal(text: &str) -> String {
    let quoted = literal(text);
    if text.contains('\\') {
        format!("E{}", quoted.replace('\\', "\\\\"))
    } else {
        quoted
    }
}

/// `text` in dollar quotes. The tag is empty, or as much of a repeated
/// `_XXXXXXX` as makes `$tag` absent from the text, as in `pg_dump`.
pub fn dollar_quoted(text: &str) -> String {
    let mut suffix = "_XXXXXXX".chars().cycle();
    let mut delimiter = String::from("$");
    while text.contains(&delimiter) {
        delimiter.extend(suffix.next());
    }
    delimiter.push('$');
    format!("{delimiter}{text}{delimiter}")
}

/// The value of a setting as it must stand after `SET name TO`.
///
/// `value` is as the catalogs keep it (`proconfig`, `setconfig`). Settings that
/// are lists of names are kept there with the names quoted; each becomes a
/// literal of its own. All others are one literal. `quote` makes the literals.
pub fn setting_value(name: &str, value: &str, quote: fn(&str) -> String) -> String {
    if !is_name_list(name) {
        return quote(value);
    }
    let names: Vec<String> = split_name_list(value)
        .unwrap_or_default()
        .iter()
        .map(|name| quote(name))
        .collect();
    names.join(", ")
}

/// Settings whose value is a list of quoted names (`GUC_LIST_QUOTE` in `guc_tables.c`).
fn is_name_list(setting: &str) -> bool {
    [
        "local_preload_libraries",
        "oauth_validator_libraries",
        "output_plugin_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    ]
    .iter()
    .any(|known| known.eq_ignore_ascii_case(setting))
}

/// Splits `a, "B c", "d""e"` into its names. A name in double quotes may hold
/// anything, another ends at white space or a comma. `None` for any other text.
fn split_name_list(list: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = list.trim_start_matches(is_space);
    if rest.is_empty() {
        return Some(names);
    }
    loop {
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => take_quoted(quoted)?,
            None => take_bare(rest)?,
        };
        names.push(name);
        rest = after.trim_start_matches(is_space);
        match rest.strip_prefix(',') {
            Some(next) => rest = next.trim_start_matches(is_space),
            None => return rest.is_empty().then_some(names),
        }
    }
}

/// The name up to its closing quote, and what follows. A doubled quote stands for one.
fn take_quoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, after)),
        }
    }
}

fn take_bare(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c| c == ',' || is_space(c)).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

/// White space as PostgreSQL's scanner knows it.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

/// `text` made safe for a comment line: no line breaks.
pub fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect() -> Dialect {
        Dialect::new(15, ["select".to_owned(), "user".to_owned()])
    }

    #[test]
    fn ident_is_quoted_only_where_needed() {
        let q = dialect();
        assert_eq!(q.ident("orders_2"), "orders_2");
        assert_eq!(q.ident("_x"), "_x");
        assert_eq!(q.ident("2x"), "\"2x\"");
        assert_eq!(q.ident("Orders"), "\"Orders\"");
        assert_eq!(q.ident("user"), "\"user\"");
        assert_eq!(q.ident("a\"b"), "\"a\"\"b\"");
        assert_eq!(q.ident("größe"), "\"größe\"");
        assert_eq!(q.ident(""), "\"\"");
        assert_eq!(q.qualified("public", "a b"), "public.\"a b\"");
    }

    #[test]
    fn keywords_of_newer_releases_are_quoted_for_other_targets() {
        let same = dialect().for_target(15);
        assert_eq!(same.ident("json_table"), "json_table");
        let other = dialect().for_target(17);
        assert_eq!((other.major(), other.target()), (15, 17));
        assert_eq!(other.ident("json_table"), "\"json_table\"");
        assert_eq!(other.ident("user"), "\"user\"");
    }

    #[test]
    fn storage_option_quotes_numbers_but_not_words() {
        let d = dialect();
        assert_eq!(d.storage_option("", "fillfactor=70"), "fillfactor='70'");
        assert_eq!(
            d.storage_option("toast.", "autovacuum_enabled=false"),
            "toast.autovacuum_enabled=false"
        );
    }

    #[test]
    fn name_lists_become_a_literal_for_each_name() {
        assert_eq!(
            setting_value(
                "search_path",
                r#"pg_catalog, "My ""x"", y","$user""#,
                literal
            ),
            r#"'pg_catalog', 'My "x", y', '$user'"#
        );
        assert_eq!(setting_value("Search_Path", "\"\"", literal), "''");
        assert_eq!(setting_value("work_mem", "64MB", literal), "'64MB'");
        assert_eq!(
            setting_value("DateStyle", "ISO, YMD", literal),
            "'ISO, YMD'"
        );
    }

    #[test]
    fn malformed_name_list_has_no_names() {
        for text in ["a,,b", "\"open", "a b", ",a", "a,"] {
            assert_eq!(split_name_list(text), None, "{text}");
        }
        assert_eq!(split_name_list(" "), Some(Vec::new()));
    }

    #[test]
    fn dollar_quote_tag_is_absent_from_the_text() {
        assert_eq!(dollar_quoted("begin end"), "$$begin end$$");
        assert_eq!(dollar_quoted("select $1"), "$_$select $1$_$");
        assert_eq!(dollar_quoted("a $_$ b"), "$_X$a $_$ b$_X$");
    }

    #[test]
    fn escape_literal_doubles_backslashes_only_where_there_are_some() {
        assert_eq!(escape_literal("it's"), "'it''s'");
        assert_eq!(escape_literal("a\\'b"), "E'a\\\\''b'");
    }

    #[test]
    fn literal_doubles_quotes_and_keeps_backslashes() {
        assert_eq!(literal("it's \\n"), "'it''s \\n'");
    }
}
