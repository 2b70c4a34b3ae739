//! Archives for another release than the server's (`--target-version`).

use std::fs;

use pgsluice::archive::Manifest;

use crate::databases::{Dumped, assert_equal, restore};
use crate::plain::psql_restricts;
use crate::support::cluster::cluster;
use crate::support::program::pgsluice;

fn manifest(dumped: &Dumped) -> Manifest {
    let path = format!("{}.manifest.json", dumped.path().display());
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn script(url: &str, target: u32) -> String {
    let target = format!("--target-version={target}");
    let dumped = Dumped::by_pgsluice(url, &["-Fp", &target]);
    fs::read_to_string(dumped.path()).unwrap()
}

#[test]
fn codec_and_archive_version_are_those_that_the_target_reads() {
    let source = cluster().create_database("targeted");
    source.psql("SELECT lo_create(0)");
    for (target, version, codec) in [
        (13, "1.14", "gzip:6"),
        (15, "1.14", "gzip:6"),
        (16, "1.15", "zstd:3"),
        (17, "1.16", "zstd:3"),
        (18, "1.16", "zstd:3"),
    ] {
        let option = format!("--target-version={target}");
        let dumped = Dumped::by_pgsluice(&source.url(), &[&option]);
        let manifest = manifest(&dumped);
        assert_eq!(
            manifest.archive.version.as_deref(),
            Some(version),
            "{target}"
        );
        assert_eq!(manifest.archive.compression, codec, "{target}");
        assert_eq!(manifest.options.target_version, Some(target));
    }
}

#[test]
fn what_the_target_cannot_read_is_refused_before_anything_is_asked() {
    for (flags, wanted) in [
        (&["--target-version=15", "-Zzstd"][..], "does not read zstd"),
        (&["--target-version=13", "-Zlz4"], "Use gzip or none"),
        (&["--target-version=12"], "from 13 to 18"),
        (&["--target-version=99"], "from 13 to 18"),
    ] {
        let mut dump = pgsluice(&["dump", "postgresql://u@nowhere.invalid/x", "/nonexistent/x"]);
        let output = dump.args(flags).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{flags:?}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains(wanted), "{flags:?}: {message}");
    }
}

#[test]
fn objects_that_the_target_lacks_are_named_and_nothing_is_written() {
    if !cluster().has(15, "NULLS NOT DISTINCT") {
        return;
    }
    let source = cluster().create_database("modern");
    source.psql(
        "CREATE TABLE t (a integer, b text COMPRESSION pglz);
         ALTER TABLE t ADD CONSTRAINT one_null UNIQUE NULLS NOT DISTINCT (a);
         CREATE VIEW invoker WITH (security_invoker = true) AS SELECT a FROM t;
         CREATE FUNCTION f() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT 1; END",
    );
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.dump");
    let refused = |target: &str| {
        let mut dump = pgsluice(&["dump", &source.url(), path.to_str().unwrap(), "-q"]);
        let output = dump.args(["--target-version", target]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{target}");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        String::from_utf8(output.stderr).unwrap()
    };
    for (target, lacks_functions) in [("13", true), ("14", false)] {
        let message = refused(target);
        for object in [
            "constraint public.t one_null (NULLS NOT DISTINCT, from 15)",
            "view public.invoker (security_invoker, from 15)",
        ] {
            assert!(message.contains(object), "{message}");
        }
        for object in [
            "table public.t (COMPRESSION, from 14)",
            "function public.f() (BEGIN ATOMIC, from 14)",
        ] {
            assert_eq!(message.contains(object), lacks_functions, "{message}");
        }
    }
    let dumped = Dumped::by_pgsluice(&source.url(), &["--target-version=15"]);
    assert_equal(&source, &restore(&dumped.path(), &[]));
}

#[test]
fn script_has_the_settings_and_words_of_its_target() {
    let source = cluster().create_database("worded");
    source.psql(
        r#"CREATE TABLE "json" ("json_value" integer NOT NULL, "system_user" text);
         CREATE TABLE child () INHERITS ("json");
         ALTER TABLE child ALTER "system_user" SET NOT NULL;
         CREATE TYPE span AS RANGE (subtype = integer);
         CREATE UNLOGGED TABLE fleeting (id serial, n integer GENERATED ALWAYS AS IDENTITY);
         CREATE VIEW v AS SELECT "json_value" FROM "json""#,
    );
    let old = script(&source.url(), 13);
    let new = script(&source.url(), 18);
    let timeout = "SET transaction_timeout = 0;";
    assert!(!old.contains(timeout) && new.contains(timeout));
    assert!(!old.contains("multirange_type_name"));
    assert!(!old.contains("UNLOGGED SEQUENCE"));
    assert!(old.contains("ALTER TABLE ONLY public.child ALTER COLUMN"));
    if cluster().major() < 18 {
        // The server does not quote them by itself.
        let quoted = r#"CREATE TABLE "public"."json" ("#;
        let quoted_by_us = r#"CREATE TABLE public."json" ("#;
        assert!(new.contains(quoted) || new.contains(quoted_by_us), "{new}");
        assert!(new.contains(r#"FROM "public"."json""#), "{new}");
    }
    let copy = cluster().create_database("worded_copy");
    if psql_restricts() {
        copy.psql(&old);
        let columns = r#"SELECT attrelid::regclass, attname, attnotnull FROM pg_attribute
                         WHERE attnum > 0 AND attrelid::regclass::text IN ('"json"', 'json', 'child', 'v')
                         ORDER BY 1, 2"#;
        assert_eq!(copy.psql(columns), source.psql(columns));
    }
}

#[test]
fn privileges_of_public_stay_what_they_are_across_release_15() {
    let source = cluster().create_database("public");
    let older = script(&source.url(), 14);
    let newer = script(&source.url(), 15);
    let acl = "-- Name: SCHEMA public; Type: ACL;";
    if cluster().major() >= 15 {
        assert!(older.contains(acl) && older.contains("GRANT USAGE ON SCHEMA public TO PUBLIC;"));
        assert!(!newer.contains(acl) && !newer.contains("ALTER SCHEMA public"));
    } else {
        assert!(!older.contains(acl) && !older.contains("ALTER SCHEMA public"));
        assert!(newer.contains(acl) && newer.contains("GRANT ALL ON SCHEMA public TO PUBLIC;"));
        assert!(newer.contains("ALTER SCHEMA public OWNER TO postgres;"));
    }
}
