//! Scripts against the text that `pg_restore` and `pg_dump` print.

use super::*;
use crate::archive::toc::Section;
use crate::archive::{Format, HeaderCompression, LocalTime, Version};
use crate::error::ErrorKind;
use crate::ids::DumpId;

const KEY: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn header() -> Header {
    Header {
        version: Version::V1_16,
        compression: HeaderCompression::None,
        created: LocalTime::default(),
        database: "shop".to_owned(),
        server_version: "18.6 (Debian\n18.6-1)".to_owned(),
        dump_version: "pgsluice 1.2.3".to_owned(),
        format: Format::Custom,
    }
}

fn entry(desc: &'static str, tag: &str, section: Section) -> TocEntry {
    TocEntry::new(DumpId(1), desc, tag, section)
}

/// An object `public.tag` of `alice`, made by `CREATE desc` and dropped by `DROP desc`.
fn object(desc: &'static str, tag: &str) -> TocEntry {
    TocEntry {
        defn: Some(format!("CREATE {desc} public.{tag};\n")),
        drop_stmt: Some(format!("DROP {desc} public.{tag};\n")),
        namespace: Some("public".to_owned()),
        owner: Some("alice".to_owned()),
        ..entry(desc, tag, Section::PreData)
    }
}

/// An entry of a database's own: it has no schema.
fn database(desc: &'static str, name: &str) -> TocEntry {
    TocEntry {
        namespace: None,
        defn: Some(format!("CREATE {desc};\n")),
        drop_stmt: Some(format!("DROP {desc};\n")),
        ..object(desc, name)
    }
}

/// What stands before every archive's objects.
fn leading() -> Vec<TocEntry> {
    let leading = |desc, defn: &str| TocEntry {
        defn: Some(defn.to_owned()),
        ..entry(desc, desc, Section::PreData)
    };
    vec![
        leading("ENCODING", "SET client_encoding = 'UTF8';\n"),
        leading("STDSTRINGS", "SET standard_conforming_strings = 'on';\n"),
        leading("SEARCHPATH", "SELECT set_path();\n"),
    ]
}

fn options(create: bool, clean: Clean) -> ScriptOptions {
    ScriptOptions {
        create,
        clean,
        key: RestrictKey::new([1; RestrictKey::LENGTH]),
    }
}

/// The script of the entries; contents are the tag of their entry.
fn try_script(entries: &[TocEntry], options: ScriptOptions, major: u32) -> Result<String> {
    let entries: Vec<TocEntry> = leading().into_iter().chain(entries.to_vec()).collect();
    let dialect = Dialect::new(major, ["user".to_owned()]);
    Script::new(&header(), &entries, &dialect, options)?
        .map(|step| match step? {
            Step::Text(text) => Ok(text),
            Step::Data(entry) => Ok(format!("<{}>\n", entry.tag)),
        })
        .collect()
}

fn script(entries: &[TocEntry], options: ScriptOptions, major: u32) -> String {
    try_script(entries, options, major).unwrap()
}

/// The script between its settings and its last comment.
fn body(entries: &[TocEntry], clean: Clean, major: u32) -> String {
    let script = script(entries, options(false, clean), major);
    let (_, rest) = script.split_once("SET row_security = off;\n\n").unwrap();
    let (body, _) = rest
        .rsplit_once("--\n-- PostgreSQL database dump complete")
        .unwrap();
    body.to_owned()
}

/// The statements of one object, without the comment before them.
fn statements(entry: &TocEntry, major: u32) -> String {
    let body = body(std::slice::from_ref(entry), Clean::Nothing, major);
    body.split("--\n").last().unwrap().trim_start().to_owned()
}

#[test]
fn empty_script_has_settings_between_locks() {
    let expected = format!(
        "--\n-- PostgreSQL database dump\n--\n\n\\restrict {KEY}\n\n\
         -- Dumped from database version 18.6 (Debian 18.6-1)\n\
         -- Dumped by pgsluice 1.2.3\n\n\
         SET statement_timeout = 0;\nSET lock_timeout = 0;\n\
         SET idle_in_transaction_session_timeout = 0;\nSET transaction_timeout = 0;\n\
         SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\
         SELECT set_path();\nSET check_function_bodies = false;\nSET xmloption = content;\n\
         SET client_min_messages = warning;\nSET row_security = off;\n\n\
         --\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict {KEY}\n\n"
    );
    let nothing = options(false, Clean::Nothing);
    assert_eq!(script(&[], nothing.clone(), 18), expected);
    // Servers up to 16 do not know this setting.
    let older = expected.replace("SET transaction_timeout = 0;\n", "");
    assert_eq!(script(&[], nothing, 16), older);
}

#[test]
fn entry_is_a_comment_its_statements_and_its_owner() {
    assert_eq!(
        body(&[object("TABLE", "user")], Clean::Nothing, 15),
        "--\n-- Name: user; Type: TABLE; Schema: public; Owner: alice\n--\n\n\
         CREATE TABLE public.user;\n\n\nALTER TABLE public.\"user\" OWNER TO alice;\n\n"
    );
}

#[test]
fn no_name_ends_its_comment() {
    let mut hostile = object("TABLE", "t\n\\! id\r\n; DROP TABLE x --");
    hostile.namespace = Some("n\n\\! id".to_owned());
    hostile.owner = Some("o\r\\! id".to_owned());
    hostile.tablespace = Some("s\n\\! id".to_owned());
    hostile.desc = "TA\nBLE".into();
    hostile.drop_stmt = None;
    let body = body(&[hostile], Clean::Nothing, 18);
    let comment = body.split("--\n").nth(1).unwrap();
    assert_eq!(
        comment,
        "-- Name: t \\! id  ; DROP TABLE x --; Type: TA BLE; Schema: n \\! id; \
         Owner: o \\! id; Tablespace: s \\! id\n"
    );
}

#[test]
fn relations_are_all_tables_to_older_releases() {
    for desc in ["VIEW", "SEQUENCE", "MATERIALIZED VIEW"] {
        let owner = |major| {
            let text = statements(&object(desc, "x"), major);
            text.lines().nth(3).unwrap().to_owned()
        };
        assert_eq!(owner(15), "ALTER TABLE public.x OWNER TO alice;");
        assert_eq!(owner(16), format!("ALTER {desc} public.x OWNER TO alice;"));
    }
}

#[test]
fn owner_of_a_function_is_named_as_in_its_drop_statement() {
    let mut function = object("FUNCTION", "f(integer)");
    function.drop_stmt = Some("DROP FUNCTION public.f(i integer);\n".to_owned());
    assert!(
        statements(&function, 18)
            .ends_with("ALTER FUNCTION public.f(i integer) OWNER TO alice;\n\n")
    );
}

#[test]
fn what_cannot_be_dropped_or_has_no_owner_is_not_given_one() {
    let mut attach = object("TABLE ATTACH", "p");
    attach.drop_stmt = None;
    for entry in [attach, object("INDEX", "i"), object("POLICY", "t p")] {
        assert!(!statements(&entry, 18).contains("OWNER"), "{entry:?}");
    }
}

#[test]
fn owner_of_an_unknown_kind_is_an_error() {
    let nothing = options(false, Clean::Nothing);
    let error = try_script(&[object("GALAXY", "g")], nothing, 18).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.full().contains("GALAXY \"g\""), "{error}");
}

#[test]
fn settings_change_only_where_an_entry_differs_from_the_last() {
    let table = |tag, tablespace: Option<&str>, table_am: Option<&str>| TocEntry {
        tablespace: tablespace.map(str::to_owned),
        table_am: table_am.map(str::to_owned),
        ..object("TABLE", tag)
    };
    let body = body(
        &[
            table("a", Some(""), Some("heap")),
            object("FUNCTION", "f()"),
            table("b", Some(""), Some("heap")),
            table("c", Some("fast disk"), Some("heap")),
            table("d", Some(""), Some("columnar")),
        ],
        Clean::Nothing,
        18,
    );
    let settings: Vec<&str> = body
        .lines()
        .filter(|line| line.starts_with("SET "))
        .collect();
    assert_eq!(
        settings,
        [
            "SET default_tablespace = '';",
            "SET default_table_access_method = heap;",
            "SET default_tablespace = \"fast disk\";",
            "SET default_tablespace = '';",
            "SET default_table_access_method = columnar;",
        ]
    );
    assert!(body.contains("Owner: alice; Tablespace: fast disk\n"));
}

#[test]
fn partitioned_table_gets_its_access_method_afterwards() {
    let partitioned = TocEntry {
        relkind: Some(b'p'),
        table_am: Some("heap2".to_owned()),
        ..object("TABLE", "t")
    };
    assert_eq!(
        statements(&partitioned, 17),
        "CREATE TABLE public.t;\n\n\nALTER TABLE public.t OWNER TO alice;\n\n\
         ALTER TABLE public.t SET ACCESS METHOD heap2;\n\n"
    );
}

#[test]
fn privileges_come_last_but_for_what_acts_with_them() {
    let mut on_trigger = object("COMMENT", "EVENT TRIGGER e");
    on_trigger.drop_stmt = None;
    let mut statistics = object("STATISTICS DATA", "i");
    statistics.section = Section::PostData;
    statistics.drop_stmt = None;
    let mut entries = vec![object("EVENT TRIGGER", "e"), on_trigger, statistics];
    for desc in ["ACL", "MATERIALIZED VIEW DATA", "DEFAULT ACL"] {
        let mut entry = object(desc, "x");
        entry.drop_stmt = None;
        entries.push(entry);
    }
    entries.push(object("TABLE", "t"));
    let body = body(&entries, Clean::Nothing, 18);
    let kinds: Vec<&str> = body
        .lines()
        .filter_map(|line| line.split("Type: ").nth(1)?.split(';').next())
        .collect();
    assert_eq!(
        kinds,
        [
            "TABLE",
            "ACL",
            "DEFAULT ACL",
            "EVENT TRIGGER",
            "COMMENT",
            "STATISTICS DATA",
            "MATERIALIZED VIEW DATA",
        ]
    );
    assert!(body.contains("-- Statistics for Name: i; "));
}

#[test]
fn rows_follow_their_copy_statement() {
    let data = TocEntry {
        copy_stmt: Some("COPY public.t (a) FROM stdin;\n".to_owned()),
        drop_stmt: None,
        defn: Some("-- load via partition root public.root".to_owned()),
        has_data: true,
        ..object("TABLE DATA", "t")
    };
    assert_eq!(
        body(&[data], Clean::All, 18),
        "--\n-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: alice\n--\n\n\
         -- load via partition root public.root\n\nCOPY public.t (a) FROM stdin;\n<t>\n"
    );
}

#[test]
fn drops_come_in_reverse_order_with_if_exists_where_it_belongs() {
    let with_drop = |desc, drop_stmt: &str| TocEntry {
        drop_stmt: Some(drop_stmt.to_owned()),
        owner: None,
        ..object(desc, "x")
    };
    let entries = [
        with_drop("SCHEMA", "-- *not* dropping schema\n"),
        with_drop("TABLE", "DROP TABLE s.t;\n"),
        with_drop("DEFAULT", "ALTER TABLE s.t ALTER COLUMN a DROP DEFAULT;\n"),
        with_drop("FK CONSTRAINT", "ALTER TABLE ONLY s.t DROP CONSTRAINT c;\n"),
        with_drop("RULE", "CREATE OR REPLACE VIEW s.v AS DROP RULE;\n"),
        with_drop("BLOB", "SELECT pg_catalog.lo_unlink('x');\n"),
        with_drop("COMMENT", ""),
    ];
    let drops = |clean| {
        let body = body(&entries, clean, 18);
        body.split("--\n-- Name").next().unwrap().to_owned()
    };
    assert_eq!(drops(Clean::Nothing), "");
    assert_eq!(
        drops(Clean::All),
        "SELECT pg_catalog.lo_unlink('x');\n\
         CREATE OR REPLACE VIEW s.v AS DROP RULE;\n\
         ALTER TABLE ONLY s.t DROP CONSTRAINT c;\n\
         ALTER TABLE s.t ALTER COLUMN a DROP DEFAULT;\n\
         DROP TABLE s.t;\n-- *not* dropping schema\n"
    );
    assert_eq!(
        drops(Clean::Existing),
        "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = 'x';\n\
         CREATE OR REPLACE VIEW s.v AS DROP RULE;\n\
         ALTER TABLE IF EXISTS ONLY s.t DROP CONSTRAINT IF EXISTS c;\n\
         ALTER TABLE IF EXISTS s.t ALTER COLUMN a DROP DEFAULT;\n\
         DROP TABLE IF EXISTS s.t;\n-- *not* dropping schema\n"
    );
}

#[test]
fn database_is_made_connected_to_and_dropped_only_with_create() {
    let entries = [
        database("DATABASE", "shop"),
        database("DATABASE PROPERTIES", "shop"),
        object("TABLE", "t"),
    ];
    let without = script(&entries, options(false, Clean::All), 18);
    assert!(!without.contains("DATABASE") && without.contains("DROP TABLE"));

    let with = script(&entries, options(true, Clean::All), 18);
    assert!(!with.contains("DROP TABLE"));
    let settings = "SET statement_timeout = 0;\n";
    let reconnect = format!("\\unrestrict {KEY}\n\\connect shop\n\\restrict {KEY}\n\n{settings}");
    assert_eq!(with.matches(&reconnect).count(), 2);
    assert!(with.contains(&format!(
        "CREATE DATABASE;\n\n\nALTER DATABASE shop OWNER TO alice;\n\n{reconnect}"
    )));
    assert!(with.contains("off;\n\nDROP DATABASE PROPERTIES;\nDROP DATABASE;\n--\n"));
}

#[test]
fn odd_database_names_stay_one_word_of_psql() {
    let connect = |name: &str| {
        let created = [database("DATABASE", name)];
        let script = script(&created, options(true, Clean::Nothing), 18);
        let (_, rest) = script.split_once(&format!("\\unrestrict {KEY}\n")).unwrap();
        let (connect, _) = rest.split_once("\\restrict").unwrap();
        connect.to_owned()
    };
    assert_eq!(connect("a.b_1"), "\\connect \"a.b_1\"\n");
    assert_eq!(connect("user"), "\\connect \"user\"\n");
    assert_eq!(
        connect(r#"it's "my" \! :x `id`"#),
        "\\encoding SQL_ASCII\n\
         \\connect -reuse-previous=on \"dbname='it\\'s \"\"my\"\" \\\\! :x `id`'\"\n"
    );
}

#[test]
fn database_name_with_a_line_break_is_refused() {
    for name in ["a\nb", "a\r\\! id"] {
        let created = [database("DATABASE", name)];
        let error = try_script(&created, options(true, Clean::Nothing), 18).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.hint().is_some());
        // Without --create, no command names it.
        script(&created, options(false, Clean::All), 18);
    }
}

#[test]
fn large_objects_of_a_group_get_a_statement_each() {
    let group = TocEntry {
        dump_id: DumpId(7),
        defn: Some("16\n17\n".to_owned()),
        drop_stmt: Some("-- dummy".to_owned()),
        namespace: None,
        ..object("BLOB METADATA", "16..17")
    };
    let grants = "SET SESSION AUTHORIZATION \"a;b\";\n\
                  GRANT SELECT ON LARGE OBJECT 16 TO \"x;\"\" ON LARGE OBJECT 16\";\n\
                  RESET SESSION AUTHORIZATION;\n";
    let acl = TocEntry {
        defn: Some(grants.to_owned()),
        drop_stmt: None,
        dependencies: vec![DumpId(7)],
        ..object("ACL", "LARGE OBJECTS 16..17")
    };
    let body = body(&[group, acl], Clean::Existing, 18);
    let statements: Vec<&str> = body
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("--"))
        .collect();
    let unlink =
        "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = ";
    assert_eq!(
        statements,
        [
            format!("{unlink}'16';").as_str(),
            &format!("{unlink}'17';"),
            "SELECT pg_catalog.lo_create('16');",
            "SELECT pg_catalog.lo_create('17');",
            "ALTER LARGE OBJECT 16 OWNER TO alice;",
            "ALTER LARGE OBJECT 17 OWNER TO alice;",
            "SET SESSION AUTHORIZATION \"a;b\";",
            "GRANT SELECT ON LARGE OBJECT 16 TO \"x;\"\" ON LARGE OBJECT 16\";",
            "GRANT SELECT ON LARGE OBJECT 17 TO \"x;\"\" ON LARGE OBJECT 16\";",
            "RESET SESSION AUTHORIZATION;",
        ]
    );
}

#[test]
fn contents_of_large_objects_stand_in_a_transaction() {
    let contents = TocEntry {
        has_data: true,
        ..entry("BLOBS", "BLOBS", Section::Data)
    };
    assert_eq!(
        body(&[contents], Clean::Nothing, 15),
        "--\n-- Data for Name: BLOBS; Type: BLOBS; Schema: -; Owner: -\n--\n\n\
         BEGIN;\n\n<BLOBS>\nCOMMIT;\n\n"
    );
    let mut out = large_object::open(16).into_bytes();
    large_object::write(&[0x00, 0x5c, 0xff], &mut out);
    out.extend_from_slice(large_object::CLOSE.as_bytes());
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "SELECT pg_catalog.lo_open('16', 131072);\n\
         SELECT pg_catalog.lowrite(0, '\\x005cff');\n\
         SELECT pg_catalog.lo_close(0);\n\n"
    );
    let mut long = Vec::new();
    large_object::write(&[0; large_object::WRITE_SIZE + 1], &mut long);
    assert_eq!(long.iter().filter(|byte| **byte == b'\n').count(), 2);
}

#[test]
fn archive_that_does_not_say_how_to_read_it_is_refused() {
    let dialect = Dialect::new(18, []);
    for missing in 0..3 {
        let mut entries = leading();
        entries.remove(missing);
        let nothing = options(false, Clean::Nothing);
        let refused = Script::new(&header(), &entries, &dialect, nothing);
        assert_eq!(refused.err().unwrap().kind(), ErrorKind::Unsupported);
    }
    let mut entries = leading();
    entries[1].defn = Some("SET standard_conforming_strings = 'off';\n".to_owned());
    let nothing = options(false, Clean::Nothing);
    assert!(Script::new(&header(), &entries, &dialect, nothing).is_err());
}

#[test]
fn restrict_key_has_letters_and_digits_only() {
    let mut bytes = [0; RestrictKey::LENGTH];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = (i * 5) as u8;
    }
    let line = RestrictKey::new(bytes).restrict();
    let key = line.strip_prefix("\\restrict ").unwrap().trim_end();
    assert_eq!(key.len(), 63);
    assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric()));
}
