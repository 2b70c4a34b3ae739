use super::*;
use crate::archive::Section;
use crate::ids::DumpId;

fn entry(desc: &'static str, defn: &str) -> TocEntry {
    TocEntry {
        defn: Some(defn.to_owned()),
        namespace: Some("s".to_owned()),
        ..TocEntry::new(DumpId(1), desc, "t", Section::PreData)
    }
}

/// What release `target` lacks for the statement.
fn features(desc: &'static str, defn: &str, target: u32) -> Vec<String> {
    let entries = [entry(desc, defn)];
    let lacking = lacking(&entries, target);
    lacking.iter().map(|it| it.feature.to_string()).collect()
}

/// The statement needs exactly this, and releases from `since`.
#[track_caller]
fn assert_needs(since: u32, feature: &str, desc: &'static str, defn: &str) {
    let expected = format!("{feature}, from {since}");
    assert_eq!(features(desc, defn, since - 1), [expected], "{defn}");
    assert_eq!(features(desc, defn, since), [""; 0], "{defn}");
}

#[test]
fn tables_need_what_their_columns_have() {
    let table = |elements: &str| format!("CREATE TABLE s.t (\n    {elements}\n);\n");
    assert_needs(
        18,
        "virtual generated column",
        "TABLE",
        &table("a integer, b integer GENERATED ALWAYS AS (CASE WHEN (a > 0) THEN a ELSE 1 END)"),
    );
    assert_needs(
        18,
        "NOT NULL NO INHERIT",
        "TABLE",
        &table("a integer NOT NULL NO INHERIT"),
    );
    assert_needs(
        18,
        "NOT ENFORCED",
        "TABLE",
        &table("a integer, CONSTRAINT c CHECK ((a > 0)) NOT ENFORCED"),
    );
    assert_needs(14, "int4multirange", "TABLE", &table("a int4multirange"));
    assert_needs(
        14,
        "COMPRESSION",
        "TABLE",
        "CREATE TABLE s.t (\n    a text\n);\nALTER TABLE ONLY s.t ALTER COLUMN a SET COMPRESSION lz4;\n",
    );
    let old =
        "a integer NOT NULL, b integer GENERATED ALWAYS AS ((a * 2)) STORED, c integer DEFAULT '1'";
    assert_eq!(features("TABLE", &table(old), 13), [""; 0]);
}

#[test]
fn partitioned_tables_pass_their_access_method_on_from_17() {
    let mut table = entry("TABLE", "CREATE TABLE s.t (\n)\nPARTITION BY RANGE (a);\n");
    table.table_am = Some("heap".to_owned());
    assert_eq!(lacking(std::slice::from_ref(&table), 16), []);
    table.relkind = Some(b'p');
    let tables = [table];
    assert_eq!(
        lacking(&tables, 16)[0].to_string(),
        "table s.t (access method of a partitioned table, from 17)"
    );
    assert_eq!(lacking(&tables, 17), []);
}

#[test]
fn exclusion_constraints_of_partitioned_tables_came_with_17() {
    let table = TocEntry {
        relkind: Some(b'p'),
        ..entry("TABLE", "CREATE TABLE s.t (\n)\nPARTITION BY RANGE (a);\n")
    };
    let mut constraint = entry(
        "CONSTRAINT",
        "ALTER TABLE s.t\n    ADD CONSTRAINT c EXCLUDE USING gist (a WITH =);\n",
    );
    constraint.dump_id = DumpId(2);
    let mut entries = [table, constraint];
    assert_eq!(lacking(&entries, 16), []);
    entries[1].dependencies = vec![DumpId(1)];
    assert_eq!(lacking(&entries, 16).len(), 1);
    assert_eq!(lacking(&entries, 17), []);
}

#[test]
fn scale_of_numeric_was_within_its_precision_before_15() {
    let domain = |scale| format!("CREATE DOMAIN s.d AS numeric(3,{scale});\n");
    for scale in ["-2", "4", "1000"] {
        assert_eq!(features("DOMAIN", &domain(scale), 14).len(), 1, "{scale}");
        assert_eq!(features("DOMAIN", &domain(scale), 15), [""; 0]);
    }
    for scale in ["0", "3"] {
        assert_eq!(features("DOMAIN", &domain(scale), 13), [""; 0]);
    }
}

#[test]
fn constraints_and_indexes_need_what_they_say() {
    let add = |text: &str| format!("ALTER TABLE ONLY s.t\n    ADD CONSTRAINT c {text};\n");
    assert_needs(
        15,
        "NULLS NOT DISTINCT",
        "CONSTRAINT",
        &add("UNIQUE NULLS NOT DISTINCT (a)"),
    );
    assert_needs(
        15,
        "NULLS NOT DISTINCT",
        "INDEX",
        "CREATE UNIQUE INDEX i ON s.t USING btree (a) NULLS NOT DISTINCT;\n",
    );
    assert_needs(
        18,
        "WITHOUT OVERLAPS",
        "CONSTRAINT",
        &add("PRIMARY KEY (a, b WITHOUT OVERLAPS)"),
    );
    assert_needs(
        18,
        "NOT NULL NOT VALID",
        "CONSTRAINT",
        &add("NOT NULL a NOT VALID"),
    );
    let foreign_key = |more: &str| add(&format!("FOREIGN KEY (a) REFERENCES s.t(a){more}"));
    assert_needs(
        18,
        "NOT ENFORCED",
        "FK CONSTRAINT",
        &foreign_key(" NOT ENFORCED"),
    );
    assert_needs(
        18,
        "PERIOD",
        "FK CONSTRAINT",
        &add("FOREIGN KEY (a, PERIOD b) REFERENCES s.t(a, PERIOD b)"),
    );
    assert_needs(
        15,
        "columns of ON DELETE SET",
        "FK CONSTRAINT",
        &foreign_key(" ON DELETE SET NULL (a)"),
    );
    for old in [
        " ON DELETE SET NULL",
        " ON DELETE SET DEFAULT DEFERRABLE",
        " NOT VALID",
    ] {
        assert_eq!(features("FK CONSTRAINT", &foreign_key(old), 13), [""; 0]);
    }
    let exclude = add("EXCLUDE USING gist (a WITH =) WHERE ((a IS NOT NULL))");
    assert_eq!(features("CONSTRAINT", &exclude, 13), [""; 0]);
}

#[test]
fn routines_need_what_their_body_is() {
    let function = |rest: &str| {
        format!("CREATE FUNCTION s.f() RETURNS integer\n    LANGUAGE sql\n    {rest};\n")
    };
    assert_needs(14, "body in SQL", "FUNCTION", &function("RETURN 1"));
    assert_needs(
        14,
        "BEGIN ATOMIC",
        "FUNCTION",
        &function("BEGIN ATOMIC\n SELECT 1;\nEND"),
    );
    assert_eq!(
        features("FUNCTION", &function("AS $$ BEGIN ATOMIC RETURN $$"), 13),
        [""; 0]
    );
    let procedure = |arguments: &str| format!("CREATE PROCEDURE s.p({arguments})\n    AS $$ $$;\n");
    assert_needs(
        14,
        "OUT argument",
        "PROCEDURE",
        &procedure("IN a integer, OUT b integer"),
    );
    assert_eq!(
        features("PROCEDURE", &procedure("IN a integer, INOUT b integer"), 13),
        [""; 0]
    );
}

#[test]
fn views_need_what_their_query_says() {
    let view = |query: &str| format!("CREATE VIEW s.v AS\n {query};\n");
    for (since, feature, query) in [
        (
            14,
            "GROUP BY DISTINCT",
            "SELECT count(*) AS count FROM s.t GROUP BY DISTINCT a",
        ),
        (16, "SYSTEM_USER", "SELECT SYSTEM_USER AS u"),
        (16, "IS JSON", "SELECT (a IS JSON) AS b FROM s.t"),
        (
            16,
            "INDENT",
            "SELECT XMLSERIALIZE(CONTENT a AS text NO INDENT) AS b FROM s.t",
        ),
        (
            17,
            "JSON_VALUE",
            "SELECT JSON_VALUE(a, '$.x') AS b FROM s.t",
        ),
        (17, "JSON()", "SELECT JSON('{}') AS b"),
    ] {
        assert_needs(since, feature, "VIEW", &view(query));
    }
    let names = r#"SELECT "SYSTEM_USER", "JSON_VALUE"('$.x') AS "INDENT", 'IS JSON' AS json_table FROM s.t"#;
    assert_eq!(features("VIEW", &view(names), 13), [""; 0]);
    assert_needs(
        15,
        "security_invoker",
        "VIEW",
        "CREATE VIEW s.v WITH (security_barrier='true', security_invoker='true') AS\n SELECT 1;\n",
    );
    let column = "CREATE VIEW s.v WITH (security_barrier='true') AS\n SELECT 1 WHERE (security_invoker = true);\n";
    assert_eq!(features("VIEW", column, 13), [""; 0]);
}

#[test]
fn other_kinds_need_what_is_new_about_them() {
    for (since, feature, desc, defn) in [
        (
            14,
            "statistics on expressions",
            "STATISTICS",
            "CREATE STATISTICS s.x (mcv) ON a, lower(b) FROM s.t;\n",
        ),
        (
            14,
            "SUBSCRIPT",
            "TYPE",
            "CREATE TYPE s.t (\n    INPUT = f,\n    SUBSCRIPT = s.g\n);\n",
        ),
        (
            15,
            "column list or row filter",
            "PUBLICATION TABLE",
            "ALTER PUBLICATION p ADD TABLE ONLY s.t WHERE ((a > 0));\n",
        ),
        (
            15,
            "TABLES IN SCHEMA",
            "PUBLICATION TABLES IN SCHEMA",
            "ALTER PUBLICATION p ADD TABLES IN SCHEMA s;\n",
        ),
        (
            15,
            "ICU_LOCALE",
            "DATABASE",
            "CREATE DATABASE d WITH TEMPLATE = template0 LOCALE_PROVIDER = icu ICU_LOCALE = 'de';\n",
        ),
        (
            16,
            "rules",
            "COLLATION",
            "CREATE COLLATION s.c (provider = icu, locale = 'de', rules = '&a < b');\n",
        ),
        (
            16,
            "streaming = parallel",
            "SUBSCRIPTION",
            "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false, streaming = parallel);\n",
        ),
        (
            17,
            "failover",
            "SUBSCRIPTION",
            "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false, failover = true);\n",
        ),
        (
            17,
            "MAINTAIN",
            "ACL",
            "GRANT SELECT,MAINTAIN ON TABLE s.t TO r;\n",
        ),
        (
            18,
            "locale = 'PG_UNICODE_FAST'",
            "COLLATION",
            "CREATE COLLATION s.c (provider = builtin, locale = 'PG_UNICODE_FAST');\n",
        ),
        (
            17,
            "provider = builtin",
            "COLLATION",
            "CREATE COLLATION s.c (provider = builtin, locale = 'C');\n",
        ),
        (
            17,
            "ON login",
            "EVENT TRIGGER",
            "CREATE EVENT TRIGGER login ON login\n   EXECUTE FUNCTION s.f();\n",
        ),
        (
            18,
            "ON LARGE OBJECTS",
            "DEFAULT ACL",
            "ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT SELECT ON LARGE OBJECTS TO PUBLIC;\n",
        ),
        (
            18,
            "publish_generated_columns",
            "PUBLICATION",
            "CREATE PUBLICATION p WITH (publish = 'insert', publish_generated_columns = stored);\n",
        ),
        (18, "statistics data", "STATISTICS DATA", "SELECT 1;\n"),
    ] {
        assert_needs(since, feature, desc, defn);
    }
    let trigger = "CREATE EVENT TRIGGER login ON ddl_command_end\n   EXECUTE FUNCTION s.f();\n";
    assert_eq!(features("EVENT TRIGGER", trigger, 13), [""; 0]);
    let publication = "ALTER PUBLICATION p ADD TABLE ONLY s.\"t (WHERE)\";\n";
    assert_eq!(features("PUBLICATION TABLE", publication, 13), [""; 0]);
}

#[test]
fn postfix_operators_went_with_14() {
    let operator = |operands: &str| {
        format!("CREATE OPERATOR s.! (\n    FUNCTION = s.f,\n    {operands}\n);\n")
    };
    let postfix = operator("LEFTARG = integer");
    assert_eq!(features("OPERATOR", &postfix, 13), [""; 0]);
    assert_eq!(
        features("OPERATOR", &postfix, 14),
        ["postfix operator, up to 13"]
    );
    for operands in [
        "RIGHTARG = integer",
        "LEFTARG = integer,\n    RIGHTARG = integer",
    ] {
        assert_eq!(features("OPERATOR", &operator(operands), 18), [""; 0]);
    }
}

#[test]
fn object_is_named_with_what_it_has() {
    let entries = [entry(
        "CONSTRAINT",
        "ADD CONSTRAINT c UNIQUE NULLS NOT DISTINCT (a);\n",
    )];
    assert_eq!(
        lacking(&entries, 14)[0].to_string(),
        "constraint s.t (NULLS NOT DISTINCT, from 15)"
    );
}
