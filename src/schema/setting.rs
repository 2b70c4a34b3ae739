//! Settings kept in the catalogs as `name=value`: of functions, databases and roles.

use crate::sql::{Dialect, literal};

/// Settings whose stored value is a list of quoted names. It was quoted by
/// rules that are not SQL's, so the list must be taken apart and each name
/// printed as a literal (`GUC_LIST_QUOTE` in PostgreSQL's `guc_tables.c`).
const QUOTED_LISTS: [&str; 8] = [
    "local_preload_libraries",
    "oauth_validator_libraries",
    "output_plugin_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// `SET name TO value` for an item of `proconfig` or `setconfig`; nothing for
/// an item without a value.
pub(crate) fn set_clause(item: &str, dialect: &Dialect) -> Option<String> {
    let (name, value) = item.split_once('=')?;
    let is_list = QUOTED_LISTS
        .iter()
        .any(|list| list.eq_ignore_ascii_case(name));
    let value = if is_list {
        let names: Vec<String> = split_list(value)
            .unwrap_or_default()
            .iter()
            .map(|name| literal(name))
            .collect();
        names.join(", ")
    } else {
        literal(value)
    };
    Some(format!("SET {} TO {value}", dialect.ident(name)))
}

/// The names of a list such as `"$user", public`. Names in double quotes may
/// hold anything; others end at white space or a comma. `None` if the text is
/// no such list.
fn split_list(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
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

/// Takes a name after its opening quote; a doubled quote stands for one.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(item: &str) -> Option<String> {
        set_clause(item, &Dialect::new(15, ["user".to_owned()]))
    }

    #[test]
    fn ordinary_value_is_one_literal() {
        assert_eq!(
            clause("work_mem=64 MB, 'x'").as_deref(),
            Some("SET work_mem TO '64 MB, ''x'''")
        );
        assert_eq!(
            clause("my.Setting=").as_deref(),
            Some("SET \"my.Setting\" TO ''")
        );
        assert_eq!(clause("broken"), None);
    }

    #[test]
    fn search_path_is_a_list_of_literals() {
        assert_eq!(
            clause("search_path=\"$user\", public,\"a \"\"b\"\", c\"").as_deref(),
            Some("SET search_path TO '$user', 'public', 'a \"b\", c'")
        );
        assert_eq!(
            clause("search_path=\"\"").as_deref(),
            Some("SET search_path TO ''")
        );
    }

    #[test]
    fn list_that_is_malformed_has_no_names() {
        for text in ["a,,b", "\"open", "a b", ",a", "a,"] {
            assert_eq!(split_list(text), None, "{text}");
        }
        assert_eq!(split_list("  "), Some(Vec::new()));
    }
}
