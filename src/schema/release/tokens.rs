//! Taking apart the statements that servers and dumps print.
//!
//! These statements have keywords in upper case, and names in lower case or in
//! quotes. That tells the two apart without a parser.

/// A piece of a statement. White space and comments are none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Token<'a> {
    /// A keyword, or a name without quotes.
    Word(&'a str),
    /// A number without a sign.
    Number(&'a str),
    /// Something in quotes, with them: a name, a literal, the body of a function.
    Quoted(&'a str),
    /// Any other character.
    Symbol(char),
}

/// The pieces of SQL text, from first to last.
pub(super) fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (token, length) = take(rest, first);
        tokens.extend(token);
        rest = &rest[length..];
    }
    tokens
}

/// The piece that the text begins with, and how many bytes it has.
fn take(text: &str, first: char) -> (Option<Token<'_>>, usize) {
    let in_quotes = match first {
        '\'' | '"' => Some(quoted(text, first, false)),
        'E' | 'e' if text[1..].starts_with('\'') => Some(1 + quoted(&text[1..], '\'', true)),
        '$' => dollar_quoted(text),
        _ => None,
    };
    if let Some(length) = in_quotes {
        return (Some(Token::Quoted(&text[..length])), length);
    }
    match first {
        '-' if text.starts_with("--") => (None, up_to(text, "\n")),
        '/' if text.starts_with("/*") => (None, up_to(text, "*/")),
        _ if is_word(first) => {
            let length = text.find(|c| !is_word(c)).unwrap_or(text.len());
            let token = match first.is_ascii_digit() {
                true => Token::Number(&text[..length]),
                false => Token::Word(&text[..length]),
            };
            (Some(token), length)
        }
        _ if first.is_whitespace() => (None, first.len_utf8()),
        _ => (Some(Token::Symbol(first)), first.len_utf8()),
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

/// Bytes of what is in quotes, with them. A doubled quote stands for one.
fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        if escapes && c == '\\' {
            characters.next();
        } else if c == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

/// Bytes of `$tag$ … $tag$`, if the text begins with that.
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag = 2 + text[1..].find(|c| !is_word(c))?;
    if !text[..tag].ends_with('$') || text[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let delimiter = &text[..tag];
    let body = text[tag..].find(delimiter);
    Some(body.map_or(text.len(), |body| body + 2 * tag))
}

/// Bytes up to the end of the first `end`.
fn up_to(text: &str, end: &str) -> usize {
    text.find(end).map_or(text.len(), |at| at + end.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(sql: &str) -> Vec<&str> {
        let words = tokens(sql).into_iter().filter_map(|token| match token {
            Token::Word(word) => Some(word),
            _ => None,
        });
        words.collect()
    }

    #[test]
    fn nothing_in_quotes_is_a_word() {
        assert_eq!(words("a 'B''C' D"), ["a", "D"]);
        assert_eq!(words(r#"a "B""C" D"#), ["a", "D"]);
        assert_eq!(words(r"a E'B\'C' D"), ["a", "D"]);
        assert_eq!(words("a $$B$x$C$$ D"), ["a", "D"]);
        assert_eq!(words("a $_$B$$C$_$ D"), ["a", "D"]);
        assert_eq!(words("a -- B\nC /* D */ e"), ["a", "C", "e"]);
        assert_eq!(words("größe $1 2e5 _x"), ["größe", "_x"]);
    }

    #[test]
    fn what_is_left_open_ends_with_the_text() {
        for open in ["'B", "\"B", "$$B", "E'B\\", "-- B", "/* B", "$", "$1", "E"] {
            let text = format!("a {open}");
            assert_eq!(words(&text)[0], "a", "{open}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_tokens(text in "[-'\"$\\\\/*Ee1aä\n ]{0,20}") {
            let _ = tokens(&text);
        }
    }
}
