//! Scripts for psql: the text of stock `pg_dump`, and databases that come of it.

use std::fs;
use std::process::{Command, Stdio};

use crate::archives::facts;
use crate::databases::{Dumped, assert_equal};
use crate::sample::{warehouse, warehouse_loads};
use crate::support::cluster::{Database, cluster, skip};
use crate::support::program::{pgsluice, succeed};
use crate::support::s3::S3Server;

/// Ways to ask for a script.
const FLAGS: [&[&str]; 4] = [
    &[],
    &["--create"],
    &["--clean", "--if-exists"],
    &["--create", "--clean", "--no-owner", "--no-privileges"],
];

/// Whether scripts and this cluster's psql fit together. Says that the calling test is
/// skipped if not.
pub(crate) fn psql_restricts() -> bool {
    let mut psql = cluster().command("psql");
    psql.args([
        "-X",
        "-d",
        &cluster().url("postgres"),
        "-c",
        "\\restrict key",
    ]);
    let restricts = psql.output().unwrap().status.success();
    if !restricts {
        skip("psql is from before August 2025 and does not know \\restrict");
    }
    restricts
}

/// Writes the script with the program.
fn script(url: &str, flags: &[&str]) -> String {
    let dumped = Dumped::by_pgsluice(url, &[&["--format=plain"], flags].concat());
    fs::read_to_string(dumped.path()).unwrap()
}

/// Compares our script with the one that stock `pg_dump` writes.
pub(crate) fn assert_script_as_pg_dump(url: &str, flags: &[&str]) {
    let mut pg_dump = cluster().command("pg_dump");
    let stock = succeed(pg_dump.args(["--dbname", url]).args(flags)).stdout;
    let stock = String::from_utf8(stock).unwrap();
    assert_same_lines(&script(url, flags), &stock, flags);
}

/// Compares our script with the one that stock `pg_restore` makes of our archive.
pub(crate) fn assert_script_as_archive(url: &str, flags: &[&str]) {
    // The codec decides how large objects are listed: that of the server's own release.
    let dumped = Dumped::by_pgsluice(url, &[]);
    let mut pg_restore = cluster().command("pg_restore");
    pg_restore.args(flags).arg("--file=-").arg(dumped.path());
    let stock = String::from_utf8(succeed(&mut pg_restore).stdout).unwrap();
    assert_same_lines(&script(url, flags), &stock, flags);
}

fn assert_same_lines(ours: &str, stock: &str, flags: &[&str]) {
    let (ours, stock) = (lines(ours), lines(stock));
    let differs = ours.iter().zip(&stock).position(|(a, b)| a != b);
    if let Some(at) = differs.or((ours.len() != stock.len()).then_some(ours.len().min(stock.len())))
    {
        let near = |lines: &[&str]| lines[at.min(lines.len())..lines.len().min(at + 8)].join("\n");
        panic!(
            "{flags:?}: line {} differs\npgsluice:\n{}\nstock:\n{}",
            at + 1,
            near(&ours),
            near(&stock)
        );
    }
}

/// The lines of a script, but not the one that says who made it, and without the key.
fn lines(script: &str) -> Vec<&str> {
    let lines = script.lines();
    lines
        .filter(|line| !line.starts_with("-- Dumped by "))
        .map(|line| match line.split_once(' ') {
            Some((command @ ("\\restrict" | "\\unrestrict"), _)) => command,
            _ => line,
        })
        .collect()
}

/// A psql that fails at the first error and heeds no settings of the user's.
fn psql(url: &str) -> Command {
    let mut psql = cluster().command("psql");
    psql.args(["-X", "-v", "ON_ERROR_STOP=1", "-d", url]);
    // What it connects to takes over from the URL.
    psql.stdout(Stdio::piped()).stderr(Stdio::piped());
    psql
}

/// Runs `command` with the file as its input; returns what it prints.
fn fed(command: &mut Command, dumped: &Dumped) -> Vec<u8> {
    succeed(command.stdin(fs::File::open(dumped.path()).unwrap())).stdout
}

/// Restores a script into a new database and compares it with its source.
fn assert_script_restores(source: &Database<'_>, flags: &[&str]) {
    let dumped = Dumped::by_pgsluice(&source.url(), &[&["-Fp"], flags].concat());
    let copy = cluster().create_database("scripted");
    fed(&mut psql(&copy.url()), &dumped);
    assert_equal(source, &copy);
    copy.drop();
}

#[test]
fn tablespaces_access_methods_and_compression_can_be_left_out() {
    if !psql_restricts() {
        return;
    }
    cluster().psql(
        "postgres",
        "SET allow_in_place_tablespaces = on; CREATE TABLESPACE elsewhere LOCATION ''",
    );
    let source = cluster().create_database_with("placed", "TABLESPACE elsewhere");
    source.psql(
        "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;
         CREATE TABLE t (a integer PRIMARY KEY) USING heap2 TABLESPACE pg_default;
         CREATE MATERIALIZED VIEW m USING heap2 TABLESPACE pg_default AS SELECT 1 AS a",
    );
    if cluster().major() >= 14 {
        source.psql("CREATE TABLE squeezed (a text COMPRESSION pglz)");
        assert_script_as_pg_dump(&source.url(), &["--no-toast-compression"]);
    }
    if cluster().major() >= 15 {
        assert_script_as_pg_dump(&source.url(), &["--no-table-access-method"]);
    }
    assert_script_as_pg_dump(&source.url(), &["--create", "--no-tablespaces"]);
    let dumped = Dumped::by_pgsluice(&source.url(), &["--no-tablespaces"]);
    assert!(
        facts(&dumped.path())
            .iter()
            .all(|entry| entry.tablespace.is_none())
    );
}

#[test]
fn script_of_the_sample_is_that_of_pg_dump() {
    if !warehouse_loads() || !psql_restricts() {
        return;
    }
    for flags in FLAGS {
        assert_script_as_pg_dump(&warehouse().url(), flags);
        assert_script_as_archive(&warehouse().url(), flags);
    }
}

#[test]
fn sample_comes_back_from_a_script_in_every_codec() {
    if !warehouse_loads() || !psql_restricts() {
        return;
    }
    assert_script_restores(warehouse(), &[]);
    let plain = script(&warehouse().url(), &[]);
    for (codec, reader) in [("gzip:1", "gzip"), ("zstd", "zstd"), ("lz4", "lz4")] {
        let dumped = Dumped::by_pgsluice(&warehouse().url(), &["-Fp", "-Z", codec]);
        let text = fed(Command::new(reader).arg("-dc"), &dumped);
        // Line by line: panics would print all of it.
        let text = String::from_utf8(text).unwrap();
        assert_same_lines(&text, &plain, &[codec]);
    }
}

#[test]
fn script_streams_through_a_pipe_and_into_a_bucket() {
    if !warehouse_loads() || !psql_restricts() {
        return;
    }
    let copy = cluster().create_database("scripted");
    let mut dump = pgsluice(&["dump", &warehouse().url(), "-", "-q", "-Fp"]);
    crate::databases::pipe(&mut dump, &mut psql(&copy.url()));
    assert_equal(warehouse(), &copy);

    let server = S3Server::start();
    server.create_bucket("backups");
    let target = "s3://backups/shop.sql.gz";
    let mut dump = pgsluice(&["dump", &warehouse().url(), target, "-q", "-Fp", "-Zgzip"]);
    succeed(dump.envs(server.env()));
    let object = server.object_path("backups", "shop.sql.gz");
    succeed(
        Command::new("gzip")
            .arg("-t")
            .arg("-q")
            .stdin(fs::File::open(object).unwrap()),
    );
}

#[test]
fn manifest_of_a_script_says_where_the_rows_lie() {
    if !warehouse_loads() {
        return;
    }
    let dumped = Dumped::by_pgsluice(&warehouse().url(), &["-Fp"]);
    let path = dumped.path();
    let manifest = fs::read(format!("{}.manifest.json", path.display())).unwrap();
    let manifest: pgsluice::archive::Manifest = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest.archive.format, "plain");
    assert_eq!(manifest.archive.version, None);
    assert_eq!(manifest.archive.toc_bytes, 0);
    let script = fs::read(path).unwrap();
    let place = |offset, bytes| {
        let start = usize::try_from(offset).unwrap();
        &script[start..start + usize::try_from(bytes).unwrap()]
    };
    let mut copied = 0;
    for data in &manifest.data {
        let end = if data.rows_xxh3_128.is_some() {
            assert!(script[..data.offset as usize].ends_with(b" FROM stdin;\n"));
            "\\.\n\n\n"
        } else {
            "SELECT pg_catalog.lo_close(0);\n\n"
        };
        assert!(place(data.offset, data.stored_bytes).ends_with(end.as_bytes()));
        copied += data.rows;
    }
    assert!(copied > 1000);
}

/// A name of `bytes` bytes, all of which want to be elsewhere than in a name.
fn hostile_names() -> Vec<String> {
    let long = "\"\n\\! touch /tmp/never '\u{2028}";
    vec![
        "\n\\! touch /tmp/never\n".to_owned(),
        "\r\\connect template1\r".to_owned(),
        "a\n\\unrestrict x\n\\q".to_owned(),
        "*/ ; DROP DATABASE x; --".to_owned(),
        "'; SELECT 1; --".to_owned(),
        "$$; SELECT 1 $$".to_owned(),
        ":user".to_owned(),
        ":'HOME'".to_owned(),
        ":{?x} `id`".to_owned(),
        "\u{2028}\\! id\u{85}\\! id".to_owned(),
        "\\.".to_owned(),
        format!("{long}{}", "x".repeat(63 - long.len())),
    ]
}

#[test]
fn no_name_becomes_a_command() {
    if !psql_restricts() {
        return;
    }
    let source = cluster().create_database("hostile");
    for (number, name) in hostile_names().iter().enumerate() {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let text = name.replace('\'', "''");
        let role = format!("r{number}_{}", &name.chars().take(20).collect::<String>());
        let role = format!("\"{}\"", role.replace('"', "\"\""));
        // psql would put its own variables in where names are not quoted: the server makes them.
        source.psql(&format!(
            "CREATE SCHEMA {quoted};
             CREATE ROLE {role};
             CREATE TABLE {quoted}.{quoted} ({quoted} integer PRIMARY KEY, t text DEFAULT '{text}');
             INSERT INTO {quoted}.{quoted} VALUES ({number}, '{text}'), (-{number} - 1, E'\\\\.\\n\\\\! id\\n\\\\.');
             COMMENT ON TABLE {quoted}.{quoted} IS '{text}';
             CREATE VIEW {quoted}.\"v {number}\" AS SELECT '{text}' AS {quoted} FROM {quoted}.{quoted};
             CREATE FUNCTION {quoted}.{quoted}({quoted} integer) RETURNS text LANGUAGE sql AS $f$ SELECT '{text}' $f$;
             CREATE TRIGGER {quoted} BEFORE UPDATE ON {quoted}.{quoted} EXECUTE FUNCTION suppress_redundant_updates_trigger();
             CREATE POLICY {quoted} ON {quoted}.{quoted};
             GRANT SELECT ON {quoted}.{quoted} TO {role};
             ALTER SCHEMA {quoted} OWNER TO {role};
             ALTER TABLE {quoted}.{quoted} OWNER TO {role}",
        ));
    }
    assert_script_as_pg_dump(&source.url(), &[]);
    for flags in FLAGS {
        assert_script_as_archive(&source.url(), flags);
    }
    let text = script(&source.url(), &[]);
    let key = text
        .split_once("\\restrict ")
        .unwrap()
        .1
        .lines()
        .next()
        .unwrap();
    assert_eq!(text.matches(key).count(), 2, "nothing repeats the key");
    assert_script_restores(&source, &[]);
    // Without the lock it is the quotes alone that keep names in their place.
    let unlocked: String = text
        .lines()
        .filter(|line| !line.ends_with(key))
        .flat_map(|line| [line, "\n"])
        .collect();
    let copy = cluster().create_database("scripted");
    copy.psql(&unlocked);
    assert_equal(&source, &copy);
    assert!(!fs::exists("/tmp/never").unwrap());
}

#[test]
fn script_makes_the_database_it_is_of() {
    if !psql_restricts() {
        return;
    }
    for (number, name) in [r#"It's "My" \! ':x' 100% ä"#, "select", "plain_one"]
        .iter()
        .enumerate()
    {
        let source = cluster().create_database_with(name, "CONNECTION LIMIT 7");
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        source.psql(&format!(
            "CREATE TABLE t AS SELECT 1 AS n; ALTER DATABASE {quoted} SET work_mem TO '5MB'"
        ));
        assert_script_as_pg_dump(&source.url(), &["--create", "--clean", "--if-exists"]);
        let flags = ["-Fp", "--create", "--clean", "--if-exists"];
        let dumped = Dumped::by_pgsluice(&source.url(), &flags);
        source.psql(&format!("INSERT INTO t VALUES ({number})"));
        // The script drops what is there, and connects to what it has made.
        fed(&mut psql(&cluster().url("postgres")), &dumped);
        assert_eq!(source.psql("TABLE t; SHOW work_mem"), "1\n5MB");
    }
}

#[test]
fn database_whose_name_has_a_line_break_is_not_made_by_a_script() {
    if !psql_restricts() {
        return;
    }
    let source = cluster().create_database_with("line\nbreak", "");
    assert_script_restores(&source, &[]);
    let dumped = tempfile::tempdir().unwrap();
    let target = dumped.path().join("x.sql");
    let mut dump = pgsluice(&["dump", &source.url(), target.to_str().unwrap(), "-Fp", "-C"]);
    let output = dump.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("line break"));
    assert_eq!(fs::read_dir(dumped.path()).unwrap().count(), 0);
}

#[test]
fn large_objects_come_back_from_a_script() {
    if !psql_restricts() {
        return;
    }
    let source = cluster().create_database("large_objects");
    source.psql(
        r"SELECT lo_from_bytea(4000000000, decode(repeat('00ff5c27', 100000), 'hex'));
          SELECT lo_from_bytea(16384, decode(repeat('61', 16384), 'hex'));
          SELECT lo_from_bytea(3, ''), lo_from_bytea(4, '\\x0a');
          CREATE ROLE lo_owner; CREATE ROLE lo_reader;
          ALTER LARGE OBJECT 3 OWNER TO lo_owner; ALTER LARGE OBJECT 4 OWNER TO lo_owner;
          GRANT SELECT ON LARGE OBJECT 3, 4 TO lo_reader;
          COMMENT ON LARGE OBJECT 4 IS 'a ''small'' one'",
    );
    for flags in FLAGS {
        assert_script_as_pg_dump(&source.url(), flags);
    }
    for codec in ["none", "gzip"] {
        assert_script_as_pg_dump(&source.url(), &["-a"]);
        let dumped = Dumped::by_pgsluice(&source.url(), &["-Fp", "-Z", codec]);
        let copy = cluster().create_database("scripted");
        let reader: &mut Command = &mut Command::new("gzip");
        let text = fed(reader.args(["-dcf"]), &dumped);
        let text = String::from_utf8(text).unwrap();
        copy.psql(&text);
        assert_equal(&source, &copy);
    }
    // A second run has to drop them first.
    let dumped = Dumped::by_pgsluice(&source.url(), &["-Fp", "--clean", "--if-exists"]);
    let copy = cluster().create_database("scripted");
    for _ in 0..2 {
        fed(&mut psql(&copy.url()), &dumped);
    }
    assert_equal(&source, &copy);
}

#[test]
fn flags_of_scripts_are_refused_for_archives() {
    for (flags, wanted) in [
        (&["--create"][..], "pg_restore"),
        (&["-c"], "pg_restore"),
        (&["-Fp", "--if-exists"], "needs clean"),
        (&["-Fp", "-c", "-a"], "cannot be used together"),
    ] {
        let mut dump = pgsluice(&["dump", "postgresql://u@nowhere.invalid/x", "/nonexistent/x"]);
        let output = dump.args(flags).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{flags:?}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains(wanted), "{flags:?}: {message}");
    }
}
