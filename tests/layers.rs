//! The house's rules that no compiler checks: imports point down, and the
//! library neither prints nor asks its surroundings.
//!
//! The layers are those of the picture that opens `docs/ARCHITECTURE.md`. A new
//! folder or file right below `src` gets its place in [`LAYERS`].

use std::fs;
use std::path::{Path, PathBuf};

/// Modules by layer, the highest first. Those of one layer do not import each
/// other, except the words, which are single files and explain each other.
const LAYERS: [(&str, &[&str]); 8] = [
    ("faces", &["bin", "cli"]),
    ("manners", &["settings"]),
    ("proofs", &["verify"]),
    ("jobs", &["dump", "list", "restore"]),
    ("model", &["schema", "order"]),
    ("streams", &["pipeline", "unpack"]),
    ("ground", &["pg", "copy", "codec", "archive", "store"]),
    (
        "words",
        &[
            "error", "ids", "sql", "progress", "cancel", "secret", "dumpable", "thread", "process",
        ],
    ),
];

/// What a program may do and a library may not, and why.
const FORBIDDEN: [(&str, &str); 9] = [
    ("unsafe", "only the bindings have unsafe code"),
    ("print!", "the library never prints: return it, or trace it"),
    (
        "println!",
        "the library never prints: return it, or trace it",
    ),
    (
        "eprint!",
        "the library never prints: return it, or trace it",
    ),
    (
        "eprintln!",
        "the library never prints: return it, or trace it",
    ),
    ("dbg!", "the library never prints: return it, or trace it"),
    (
        "std::env",
        "the library never reads the environment: take it as an option",
    ),
    (
        "env::",
        "the library never reads the environment: take it as an option",
    ),
    (
        "process::exit",
        "the library never ends the process: return an error",
    ),
];

#[test]
fn imports_point_down() {
    let mut broken = Vec::new();
    for source in sources() {
        for import in imports(&source.module, &source.text) {
            if let Err(rule) = check(&source.module[0], &import.module) {
                broken.push(format!("{}:{}: {rule}", source.path, import.line));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn library_leaves_the_process_alone() {
    let mut broken = Vec::new();
    for source in sources() {
        if layer(&source.module[0]) == Some(0) {
            continue;
        }
        for (number, line) in code_lines(&source.text) {
            for (word, rule) in FORBIDDEN {
                if has_word(line, word) {
                    broken.push(format!("{}:{number}: {word}: {rule}", source.path));
                }
            }
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn every_module_has_a_layer() {
    let homeless: Vec<_> = sources()
        .into_iter()
        .filter(|source| layer(&source.module[0]).is_none())
        .map(|source| source.path)
        .collect();
    assert!(homeless.is_empty(), "in no layer: {homeless:?}");
}

#[test]
fn imports_are_found_in_every_form() {
    let text = "\
use crate::pg::Session;
use crate::{
    codec::{Encoder, Decoder},
    store,
};
use super::sibling;
use super::super::archive::{self, Toc};
fn f() -> crate::Result<()> { crate::sql::quote() }
// use crate::dump::Dump;
mod tests {
    use super::super::parent;
    use super::super::super::order::sort;
}
use super::super::ids;
";
    let module = ["schema", "table"].map(str::to_owned);
    let found: Vec<_> = imports(&module, text)
        .into_iter()
        .map(|import| (import.line, import.module))
        .collect();
    let expected = [
        (1, "pg"),
        (2, "codec"),
        (2, "store"),
        (7, "archive"),
        (8, "sql"),
        (12, "order"),
        (14, "ids"),
    ];
    assert_eq!(found, expected.map(|(line, name)| (line, name.to_owned())));
}

#[test]
fn imports_upwards_and_sideways_are_refused() {
    for (from, to) in [
        ("pg", "schema"),
        ("list", "dump"),
        ("codec", "archive"),
        ("error", "pg"),
    ] {
        let rule = check(from, to).unwrap_err();
        assert!(rule.contains(from) && rule.contains(to), "{rule}");
    }
    for (from, to) in [
        ("dump", "schema"),
        ("cli", "error"),
        ("cancel", "error"),
        ("pg", "pg"),
    ] {
        assert_eq!(check(from, to), Ok(()));
    }
}

/// A file of the library or the program.
struct Source {
    path: String,
    /// Where it is in the crate: `["pg", "tls"]`.
    module: Vec<String>,
    text: String,
}

/// Every file below `src` but the crate's root, which imports nothing.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    let mut sources = Vec::new();
    for path in paths {
        let relative = path.strip_prefix(&root).expect("it is below src");
        let names = relative.with_extension("");
        let module = names
            .iter()
            .map(|name| name.to_str().expect("names are ASCII").to_owned())
            .filter(|name| name != "mod" && name != "lib");
        let source = Source {
            path: format!("src/{}", relative.display()),
            module: module.collect(),
            text: fs::read_to_string(&path).expect("a source file can be read"),
        };
        if !source.module.is_empty() {
            sources.push(source);
        }
    }
    assert!(sources.len() > 50, "src has only {} files", sources.len());
    sources
}

fn collect(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory can be read") {
        let path = entry.expect("its entries, too").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

/// The mention of a module right below the crate's root.
struct Import {
    line: usize,
    module: String,
}

/// All of them, in `use` lines and elsewhere.
fn imports(module: &[String], text: &str) -> Vec<Import> {
    let mut found = Vec::new();
    // How deep inside `mod x { … }` a line is, by the indentation of each.
    let mut inline: Vec<usize> = Vec::new();
    for (line, code) in statements(text) {
        let indentation = code.len() - code.trim_start().len();
        if code.trim() == "}" && inline.last() == Some(&indentation) {
            inline.pop();
        }
        let to_root = "super::".repeat(module.len() + inline.len());
        for root in ["crate::", &to_root] {
            let names = paths_from(root, &code).flat_map(first_names);
            found.extend(names.map(|module| Import { line, module }));
        }
        if code.trim_start().starts_with("mod ") && code.ends_with('{') {
            inline.push(indentation);
        }
    }
    found
}

/// What follows each `root` that begins a path.
fn paths_from<'a>(root: &'a str, code: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(root).filter_map(move |(at, _)| {
        let before = code[..at].chars().next_back();
        let begins = before.is_none_or(|c| !(c.is_alphanumeric() || "_:$".contains(c)));
        begins.then(|| &code[at + root.len()..])
    })
}

/// The names that a path begins with: one, or those of a list in braces. Names
/// in capitals are items that the root exports again: words, all of them.
fn first_names(path: &str) -> Vec<String> {
    let (list, mut depth) = match path.strip_prefix('{') {
        Some(list) => (list, 1),
        None => (path, 0),
    };
    let mut names = Vec::new();
    let mut begins = true;
    for (at, c) in list.char_indices() {
        if begins && (c.is_alphabetic() || c == '_') {
            let name = list[at..].split(|c: char| !(c.is_alphanumeric() || c == '_'));
            names.extend(name.take(1).map(str::to_owned));
        }
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        begins = depth == 1 && (c == ',' || begins && c == ' ');
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.starts_with(char::is_uppercase));
    names
}

/// The lines that are no comments, numbered from 1.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The same with every `use` on one line, however many it takes.
fn statements(text: &str) -> Vec<(usize, String)> {
    let mut statements: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in code_lines(text) {
        match statements.last_mut() {
            Some((_, statement)) if goes_on => statement.push_str(line.trim_start()),
            _ => statements.push((number, line.to_owned())),
        }
        let begins = line.trim_start().trim_start_matches("pub ");
        goes_on = (goes_on || begins.starts_with("use ")) && !line.ends_with(';');
    }
    statements
}

fn has_word(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let ends = !word.ends_with(is_name) || after.is_none_or(|c| !is_name(c));
        before.is_none_or(|c| !is_name(c)) && ends
    })
}

/// Counted from the top.
fn layer(module: &str) -> Option<usize> {
    LAYERS
        .iter()
        .position(|(_, modules)| modules.contains(&module))
}

fn check(from: &str, to: &str) -> Result<(), String> {
    if from == to {
        return Ok(());
    }
    let (Some(here), Some(there)) = (layer(from), layer(to)) else {
        return Err(format!("{from} imports {to}: one of them is in no layer"));
    };
    let (name, lowest) = (LAYERS[here].0, LAYERS.len() - 1);
    match here.cmp(&there) {
        std::cmp::Ordering::Less => Ok(()),
        std::cmp::Ordering::Equal if [0, lowest].contains(&here) => Ok(()),
        std::cmp::Ordering::Equal => Err(format!(
            "{from} imports {to}: {name} do not import each other"
        )),
        std::cmp::Ordering::Greater => Err(format!(
            "{from} imports {to}: {name} are below {}, and imports point down",
            LAYERS[there].0
        )),
    }
}
