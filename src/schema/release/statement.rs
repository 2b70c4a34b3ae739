//! A statement as [`Feature`](super::features::Feature)s look at it.

use std::collections::HashSet;

use super::tokens::{Token, tokens};
use crate::archive::TocEntry;
use crate::ids::DumpId;

/// An entry and the pieces of what defines it.
pub(super) struct Statement<'a> {
    pub(super) entry: &'a TocEntry,
    /// Whether it needs a partitioned table.
    on_partitioned: bool,
    tokens: Vec<Token<'a>>,
    /// Keywords and parentheses alone: what is left without any names.
    skeleton: Vec<&'a str>,
}

impl<'a> Statement<'a> {
    /// The statement of an entry; `partitioned` are the partitioned tables.
    pub(super) fn new(entry: &'a TocEntry, partitioned: &HashSet<DumpId>) -> Self {
        let mut needs = entry.dependencies.iter();
        let tokens = tokens(entry.defn.as_deref().unwrap_or_default());
        let skeleton = tokens.iter().filter_map(keyword).collect();
        Self {
            entry,
            on_partitioned: needs.any(|id| partitioned.contains(id)),
            tokens,
            skeleton,
        }
    }

    /// Whether these keywords and parentheses follow each other, names aside.
    pub(super) fn says(&self, phrase: &str) -> bool {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        self.skeleton
            .windows(phrase.len())
            .any(|words| words == phrase)
    }

    /// Whether the word stands somewhere, be it a name.
    pub(super) fn names(&self, word: &str) -> bool {
        self.tokens.contains(&Token::Word(word))
    }

    /// Whether the word stands right behind the keyword.
    pub(super) fn follows(&self, keyword: &str, word: &str) -> bool {
        let wanted = [Token::Word(keyword), Token::Word(word)];
        self.tokens.windows(2).any(|pair| pair == wanted)
    }

    /// Whether an option in parentheses is set, to `value` if there is one:
    /// of a collation, or behind WITH.
    pub(super) fn sets(&self, option: &str, value: Option<&str>) -> bool {
        let opens = |at: &usize| {
            self.tokens[*at] == Token::Symbol('(')
                && (self.entry.desc == "COLLATION"
                    || *at > 0 && self.tokens[*at - 1] == Token::Word("WITH"))
        };
        (0..self.tokens.len())
            .filter(opens)
            .any(|at| sets(&self.tokens[at + 1..], option, value))
    }

    /// Whether a numeric has a scale that is negative or greater than its precision.
    pub(super) fn has_odd_scale(&self) -> bool {
        self.tokens.windows(5).any(|type_name| match type_name {
            [
                Token::Word("numeric"),
                Token::Symbol('('),
                Token::Number(precision),
                Token::Symbol(','),
                scale,
            ] => match scale {
                Token::Number(scale) => scale.parse::<u32>().ok() > precision.parse::<u32>().ok(),
                scale => *scale == Token::Symbol('-'),
            },
            _ => false,
        })
    }

    /// Whether it is an exclusion constraint of a partitioned table.
    pub(super) fn excludes_in_partitioned_table(&self) -> bool {
        self.on_partitioned && self.says("ADD CONSTRAINT EXCLUDE")
    }

    /// Whether a generated column is not stored: it has neither STORED nor IDENTITY.
    pub(super) fn has_virtual_column(&self) -> bool {
        const GENERATED: [&str; 4] = ["GENERATED", "ALWAYS", "AS", "("];
        let starts = self.skeleton.windows(GENERATED.len()).enumerate();
        starts
            .filter(|(_, words)| *words == GENERATED)
            .any(|(at, _)| behind_parentheses(&self.skeleton[at + 3..]) != Some("STORED"))
    }
}

/// A keyword or parenthesis. Names without quotes have lower-case letters only.
fn keyword<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token {
        Token::Word(word) => word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit())
            .then_some(*word),
        Token::Symbol('(') => Some("("),
        Token::Symbol(')') => Some(")"),
        _ => None,
    }
}

/// Whether a list of `name = value` that ends with its parenthesis sets the option.
fn sets(list: &[Token<'_>], option: &str, value: Option<&str>) -> bool {
    let end = list
        .iter()
        .position(|token| *token == Token::Symbol(')'))
        .unwrap_or(list.len());
    list[..end].windows(3).any(|assignment| match assignment {
        [Token::Word(name), Token::Symbol('='), set] => {
            let is_value = |value| *set == Token::Word(value) || *set == Token::Quoted(value);
            *name == option && value.is_none_or(is_value)
        }
        _ => false,
    })
}

/// The word that follows the parenthesis that closes the first.
fn behind_parentheses<'a>(skeleton: &[&'a str]) -> Option<&'a str> {
    let mut depth = 0;
    for (at, word) in skeleton.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return skeleton.get(at + 1).copied();
        }
    }
    None
}
