//! Large objects in a script: statements for each of a group, and contents.
//!
//! Contents are written through descriptor 0, the only one open in the transaction
//! that the entry's `BEGIN` opens (`pg_backup_null.c`, `IssueCommandPerBlob` and
//! `IssueACLPerBlob` in `pg_backup_db.c`).

use std::fmt::Write;

use crate::archive::toc::TocEntry;
use crate::ids::Oid;

/// What stands before the contents of the first large object of an entry, and after the last's.
pub(super) const BEGIN: &str = "BEGIN;\n\n";
pub(super) const END: &str = "COMMIT;\n\n";

/// Bytes that one statement writes, as many as `pg_dump` reads at a time
/// (`LOBBUFSIZE` in `pg_backup_archiver.h`). Longer contents should come in multiples of it.
pub(crate) const WRITE_SIZE: usize = 16 * 1024;

/// `INV_WRITE` of `libpq-fs.h`.
const FOR_WRITING: u32 = 0x20000;

/// Opens a large object for its contents.
pub(crate) fn open(oid: Oid) -> String {
    format!("SELECT pg_catalog.lo_open('{oid}', {FOR_WRITING});\n")
}

/// Appends the statements that write `contents` to the open large object.
pub(crate) fn write(contents: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for run in contents.chunks(WRITE_SIZE) {
        out.extend_from_slice(b"SELECT pg_catalog.lowrite(0, '\\x");
        for byte in run {
            let digits = [byte >> 4, byte & 0xf].map(|digit| DIGITS[usize::from(digit)]);
            out.extend_from_slice(&digits);
        }
        out.extend_from_slice(b"');\n");
    }
}

/// Closes the open large object.
pub(crate) const CLOSE: &str = "SELECT pg_catalog.lo_close(0);\n\n";

/// The large objects that an entry makes: one, or those of a group.
pub(crate) fn made_by(entry: &TocEntry) -> Vec<Oid> {
    match entry.desc.as_ref() {
        "BLOB" => entry.tag.parse().into_iter().collect(),
        "BLOB METADATA" => {
            let oids = entry.defn.as_deref().unwrap_or_default().lines();
            oids.filter_map(|oid| oid.parse().ok()).collect()
        }
        _ => Vec::new(),
    }
}

/// Makes every large object of a group.
pub(super) fn create_all(group: &TocEntry) -> String {
    for_each(group, "SELECT pg_catalog.lo_create('", "')")
}

/// Drops every large object of a group.
pub(super) fn unlink_all(group: &TocEntry, if_exists: bool) -> String {
    if if_exists {
        for_each(group, UNLINK_EXISTING, "'")
    } else {
        for_each(group, "SELECT pg_catalog.lo_unlink('", "')")
    }
}

/// Drops a large object if it is there.
pub(super) fn unlink_existing(oid: &str) -> String {
    format!("{UNLINK_EXISTING}{oid}';\n")
}

const UNLINK_EXISTING: &str = "SELECT pg_catalog.lo_unlink(oid) \
    FROM pg_catalog.pg_largeobject_metadata WHERE oid = '";

/// Gives every large object of a group its owner, who is quoted already.
pub(super) fn own_all(group: &TocEntry, owner: &str) -> String {
    for_each(group, "ALTER LARGE OBJECT ", &format!(" OWNER TO {owner}"))
}

/// Repeats the ACL's commands, which name one large object, for every one of its group.
pub(super) fn grant_all(acl: &TocEntry, group: &TocEntry) -> String {
    let commands = acl.defn.as_deref().unwrap_or_default();
    let repeated = |command| match split_at_oid(command) {
        Some((before, after)) => for_each(group, before, after),
        // SET and RESET SESSION AUTHORIZATION around what others than the owner granted.
        None => format!("{command};\n\n"),
    };
    split_commands(commands).map(repeated).collect()
}

/// A command for every OID that the group's entry lists, then an empty line.
fn for_each(group: &TocEntry, before: &str, after: &str) -> String {
    let mut text = String::new();
    for oid in group.defn.as_deref().unwrap_or_default().lines() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{before}{oid}{after};");
    }
    text + "\n"
}

/// Commands without their semicolons. Names in double quotes may hold any.
fn split_commands(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    })
    .map(str::trim_start)
    .filter(|command| !command.is_empty())
}

/// What stands before and after the OID in a GRANT or REVOKE; none in other commands.
fn split_at_oid(command: &str) -> Option<(&str, &str)> {
    const KEYWORDS: &str = " ON LARGE OBJECT ";
    if !command.starts_with("GRANT ") && !command.starts_with("REVOKE ") {
        return None;
    }
    // The name of a role may say the same, but roles come after the object.
    let start = command.find(KEYWORDS)? + KEYWORDS.len();
    let (before, rest) = command.split_at(start);
    Some((
        before,
        rest.trim_start_matches(|c: char| c.is_ascii_digit()),
    ))
}
