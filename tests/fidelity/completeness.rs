//! Nothing is silently skipped: every catalog is known, and what its rows describe is
//! in the archive, by itself or within something else.

use pgsluice::archive::{Archive, TocEntry};

use crate::databases::Dumped;
use crate::support::cluster::Database;
use crate::torture;

/// What becomes of a catalog's rows.
enum Rows {
    /// Those that meet the condition are objects with entries of this kind.
    Object(&'static str, &'static str),
    /// Those that meet the condition are within entries of this kind.
    Part(&'static str, &'static str),
}

use Rows::{Object, Part};

/// Objects that `initdb` did not make.
const OURS: &str = "oid >= 16384";

/// The catalogs of all releases whose rows are kept.
const KEPT: [(&str, Rows); 53] = [
    ("pg_aggregate", Part("AGGREGATE", "aggfnoid::oid >= 16384")),
    ("pg_am", Object("ACCESS METHOD", OURS)),
    ("pg_amop", Part("OPERATOR CLASS", OURS)),
    ("pg_amproc", Part("OPERATOR CLASS", OURS)),
    ("pg_attrdef", Part("DEFAULT", OURS)),
    ("pg_attribute", Part("TABLE", "attrelid >= 16384")),
    ("pg_cast", Object("CAST", OURS)),
    (
        "pg_class",
        // Of a TOAST table's index, only its columns know.
        Object(
            "TABLE",
            "oid >= 16384 AND relpersistence <> 't' AND relnamespace <> 'pg_toast'::regnamespace
             AND oid NOT IN (SELECT indexrelid FROM pg_index WHERE NOT indisready)",
        ),
    ),
    ("pg_collation", Object("COLLATION", OURS)),
    (
        "pg_constraint",
        Object(
            "CONSTRAINT",
            "oid >= 16384 AND contype IN ('p', 'u', 'x', 'f')",
        ),
    ),
    ("pg_conversion", Object("CONVERSION", OURS)),
    (
        "pg_database",
        Part("DATABASE", "datname = current_database()"),
    ),
    (
        "pg_db_role_setting",
        Part(
            "DATABASE PROPERTIES",
            "setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())",
        ),
    ),
    ("pg_default_acl", Object("DEFAULT ACL", OURS)),
    ("pg_description", Part("COMMENT", "objoid >= 16384")),
    ("pg_enum", Part("TYPE", OURS)),
    ("pg_event_trigger", Object("EVENT TRIGGER", OURS)),
    ("pg_extension", Object("EXTENSION", OURS)),
    (
        "pg_foreign_data_wrapper",
        Object("FOREIGN DATA WRAPPER", OURS),
    ),
    ("pg_foreign_server", Object("SERVER", OURS)),
    (
        "pg_foreign_table",
        Part("FOREIGN TABLE", "ftrelid >= 16384"),
    ),
    ("pg_index", Part("INDEX", "indexrelid >= 16384")),
    ("pg_inherits", Part("TABLE", "inhrelid >= 16384")),
    ("pg_language", Object("PROCEDURAL LANGUAGE", OURS)),
    ("pg_largeobject", Part("BLOBS", "true")),
    ("pg_largeobject_metadata", Object("BLOBS", "true")),
    (
        "pg_namespace",
        Object("SCHEMA", "oid >= 16384 AND nspname !~ '^pg_'"),
    ),
    ("pg_opclass", Object("OPERATOR CLASS", OURS)),
    // Without a function, it is but announced by its commutator or negator.
    (
        "pg_operator",
        Object("OPERATOR", "oid >= 16384 AND oprcode <> 0"),
    ),
    ("pg_opfamily", Object("OPERATOR FAMILY", OURS)),
    ("pg_partitioned_table", Part("TABLE", "partrelid >= 16384")),
    ("pg_policy", Object("POLICY", OURS)),
    ("pg_proc", Object("FUNCTION", OURS)),
    ("pg_publication", Object("PUBLICATION", OURS)),
    (
        "pg_publication_namespace",
        Object("PUBLICATION TABLES IN SCHEMA", OURS),
    ),
    ("pg_publication_rel", Object("PUBLICATION TABLE", OURS)),
    ("pg_range", Part("TYPE", "rngtypid >= 16384")),
    ("pg_rewrite", Object("RULE", OURS)),
    ("pg_seclabel", Part("SECURITY LABEL", "objoid >= 16384")),
    ("pg_sequence", Part("SEQUENCE", "seqrelid >= 16384")),
    (
        "pg_shdescription",
        Part(
            "COMMENT",
            "classoid = 'pg_database'::regclass AND objoid >= 16384",
        ),
    ),
    (
        "pg_shseclabel",
        Part(
            "SECURITY LABEL",
            "classoid = 'pg_database'::regclass AND objoid >= 16384",
        ),
    ),
    ("pg_statistic_ext", Object("STATISTICS", OURS)),
    (
        "pg_subscription",
        Object(
            "SUBSCRIPTION",
            "subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())",
        ),
    ),
    ("pg_transform", Object("TRANSFORM", OURS)),
    ("pg_trigger", Object("TRIGGER", OURS)),
    ("pg_ts_config", Object("TEXT SEARCH CONFIGURATION", OURS)),
    (
        "pg_ts_config_map",
        Part("TEXT SEARCH CONFIGURATION", "mapcfg >= 16384"),
    ),
    ("pg_ts_dict", Object("TEXT SEARCH DICTIONARY", OURS)),
    ("pg_ts_parser", Object("TEXT SEARCH PARSER", OURS)),
    ("pg_ts_template", Object("TEXT SEARCH TEMPLATE", OURS)),
    (
        "pg_type",
        Object(
            "TYPE",
            "oid >= 16384 AND typnamespace::regnamespace::text !~ '^pg_temp'",
        ),
    ),
    ("pg_user_mapping", Part("USER MAPPING", OURS)),
];

/// Those whose rows are not the database's to keep.
const LEFT: [&str; 11] = [
    // The cluster's, for `pg_dumpall`.
    "pg_auth_members",
    "pg_authid",
    "pg_parameter_acl",
    "pg_replication_origin",
    "pg_tablespace",
    // Made along with the objects.
    "pg_depend",
    "pg_shdepend",
    // What the privileges in an archive are told from.
    "pg_init_privs",
    // Measured, by ANALYZE.
    "pg_statistic",
    "pg_statistic_ext_data",
    // How far a replication came.
    "pg_subscription_rel",
];

/// An archive of all there is.
struct Kept {
    source: Database<'static>,
    entries: Vec<TocEntry>,
}

fn keep() -> Kept {
    let source = torture::load(Some("compared_only.sql"));
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    let archive = Archive::parse(&std::fs::read(dumped.path()).unwrap()).unwrap();
    let entries = archive.entries.into_iter().map(|parsed| parsed.entry);
    Kept {
        source,
        entries: entries.collect(),
    }
}

#[test]
fn every_catalog_is_kept_or_left_for_a_reason() {
    let kept = keep();
    for catalog in catalogs(&kept.source) {
        let Some((_, rows)) = KEPT.iter().find(|(name, _)| *name == catalog) else {
            let left = LEFT.contains(&catalog.as_str());
            assert!(left, "nobody knows what becomes of {catalog}");
            continue;
        };
        let (Object(kind, ours) | Part(kind, ours)) = rows;
        let any = format!("SELECT count(*) > 0 FROM {catalog} WHERE {ours}");
        assert_eq!(kept.source.psql(&any), "t", "no row in {catalog}");
        let mut descs = kept.entries.iter().map(|entry| entry.desc.as_ref());
        assert!(descs.any(|desc| desc == *kind), "no {kind} for {catalog}");
    }
}

/// The names of the server's catalogs.
fn catalogs(database: &Database<'_>) -> Vec<String> {
    let names = database.psql(
        "SELECT relname FROM pg_class
         WHERE relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace",
    );
    names.lines().map(str::to_owned).collect()
}

#[test]
fn every_object_has_an_entry_or_belongs_to_one_that_has() {
    let kept = keep();
    let catalogs = catalogs(&kept.source);
    let objects = KEPT.iter().filter_map(|(catalog, rows)| match rows {
        Object(_, ours) if catalogs.iter().any(|name| name == catalog) => {
            Some(format!("SELECT tableoid, oid FROM {catalog} WHERE {ours}"))
        }
        _ => None,
    });
    // Row types belong to tables, constructors to ranges, members to extensions, copies
    // on partitions to what they are copied from.
    let lost = kept.source.psql(&format!(
        "WITH RECURSIVE object (class, object) AS (
             -- Large objects go by the class of their bytes.
             SELECT CASE tableoid WHEN 2995 THEN 2613 ELSE tableoid END, oid
             FROM ({}) AS found (tableoid, oid)),
         kept (class, object) AS (
             SELECT * FROM (VALUES {}) AS entry (class, object)
             UNION
             SELECT d.classid, d.objid FROM pg_depend d
             JOIN kept ON d.refclassid = kept.class AND d.refobjid = kept.object
             WHERE d.deptype IN ('i', 'e', 'P', 'S'))
         SELECT pg_describe_object(class, object, 0)
         FROM (TABLE object EXCEPT TABLE kept) AS lost",
        objects.collect::<Vec<_>>().join(" UNION ALL "),
        described(&kept.entries).join(", ")
    ));
    assert_eq!(lost, "");
}

/// The catalog rows that entries stand for, as rows of SQL.
fn described(entries: &[TocEntry]) -> Vec<String> {
    let mut rows = Vec::new();
    for entry in entries {
        let class = entry.catalog_id.table;
        // From 17 on, one entry may stand for many large objects: it lists them.
        let listed = entry.defn.iter().flat_map(|defn| defn.lines());
        let listed = listed.filter(|_| entry.desc == "BLOB METADATA");
        rows.extend(listed.map(|oid| format!("({class}::oid, '{oid}'::oid)")));
        rows.push(format!("({class}::oid, {}::oid)", entry.catalog_id.oid));
    }
    rows
}

/// What has to stand in some definition, word by word: columns, labels of enumerations,
/// defaults, checks.
const WORDS: &str = "
    SELECT quote_ident(attname) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE attrelid >= 16384 AND relkind IN ('r', 'p', 'f', 'c') AND relpersistence <> 't'
      AND attnum > 0 AND NOT attisdropped AND attislocal
    UNION SELECT '''' || replace(enumlabel, '''', '''''') || '''' FROM pg_enum
    UNION SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
    UNION SELECT pg_get_constraintdef(oid) FROM pg_constraint
    WHERE oid >= 16384 AND contype = 'c' AND conislocal";

#[test]
fn every_part_is_in_a_definition() {
    let kept = keep();
    let defns = kept
        .entries
        .iter()
        .filter_map(|entry| entry.defn.as_deref());
    let all = defns.collect::<Vec<_>>().concat();
    let words = kept.source.psql(&format!(
        "SET search_path = ''; SELECT encode(convert_to(word, 'UTF8'), 'hex')
         FROM ({WORDS}) AS t (word)"
    ));
    let words: Vec<String> = words.lines().map(from_hex).collect();
    let lost: Vec<_> = words.iter().filter(|word| !all.contains(*word)).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

/// Words may have line breaks, so they come in hexadecimal digits.
fn from_hex(digits: &str) -> String {
    let pairs = (0..digits.len()).step_by(2);
    let bytes = pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap());
    String::from_utf8(bytes.collect()).unwrap()
}
