//! Security labels. The server takes them from a label provider alone, and
//! PostgreSQL's packages have none for tests, so they are written into the catalog:
//! that can be dumped, but not restored.

use std::collections::BTreeSet;

use crate::archives::{Facts, assert_as_pg_dump, facts};
use crate::databases::Dumped;
use crate::support::cluster::{Database, cluster};

/// Something of each kind that can have a label.
const OBJECTS: &str = r#"
    CREATE SCHEMA "Two words";
    CREATE TABLE "Two words"."Table" (id integer, "Odd ""column""" text);
    CREATE TABLE parted (id integer) PARTITION BY RANGE (id);
    CREATE VIEW v AS SELECT 1 AS one;
    CREATE MATERIALIZED VIEW m AS SELECT 1 AS one;
    CREATE SEQUENCE s;
    CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
    CREATE PROCEDURE p() LANGUAGE sql AS '';
    CREATE AGGREGATE a(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
    CREATE TYPE composite AS (a integer);
    CREATE TYPE enumeration AS ENUM ('a');
    CREATE TYPE range AS RANGE (subtype = integer);
    CREATE DOMAIN domain AS integer;
    CREATE FUNCTION handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
    CREATE LANGUAGE "Language" HANDLER handler;
    CREATE FOREIGN DATA WRAPPER wrapper; CREATE SERVER server FOREIGN DATA WRAPPER wrapper;
    CREATE FOREIGN TABLE afar (a integer) SERVER server;
    CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION watch();
    CREATE PUBLICATION publication;
    CREATE SUBSCRIPTION subscription CONNECTION '' PUBLICATION p WITH (connect = false, slot_name = NONE);
    SELECT lo_create(7001), lo_create(7002)"#;

/// Labels, and with them the comments and privileges they stand among.
const LABELS: &str = r"
    COMMENT ON TABLE parted IS 'parted';
    COMMENT ON DOMAIN domain IS 'domain';
    COMMENT ON FUNCTION f IS 'f';
    COMMENT ON LARGE OBJECT 7002 IS 'large';
    GRANT SELECT ON parted TO PUBLIC;
    REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;
    GRANT SELECT ON LARGE OBJECT 7001, 7002 TO PUBLIC;
    GRANT USAGE ON SCHEMA public TO pg_monitor;

    SET allow_system_table_mods = on;
    CREATE FUNCTION pg_temp.label(catalog regclass, object oid, part integer) RETURNS void LANGUAGE sql AS $$
        INSERT INTO pg_seclabel
        VALUES (object, catalog, part, 'My provider', format('it''s \ %s %s', catalog, part)) $$;
    SELECT pg_temp.label('pg_class', oid, n) FROM pg_class, generate_series(0, relnatts) AS n
    WHERE oid >= 16384 AND (relkind IN ('r', 'p', 'v', 'm', 'f') OR relkind = 'S' AND n = 0);
    SELECT pg_temp.label('pg_proc', oid, 0) FROM pg_proc WHERE oid >= 16384;
    SELECT pg_temp.label('pg_type', oid, 0) FROM pg_type
    WHERE typname IN ('composite', 'enumeration', 'range', 'domain');
    SELECT pg_temp.label('pg_namespace', oid, 0) FROM pg_namespace WHERE nspname <> 'public';
    SELECT pg_temp.label('pg_language', oid, 0) FROM pg_language WHERE oid >= 16384;
    SELECT pg_temp.label('pg_publication', oid, 0) FROM pg_publication;
    SELECT pg_temp.label('pg_largeobject', oid, 0) FROM pg_largeobject_metadata;
    INSERT INTO pg_shseclabel
        SELECT oid, tableoid, 'My provider', 'ours' FROM pg_database
        WHERE datname = current_database()";

/// Labels that older releases of `pg_dump` do not keep.
const LABELS_FROM_15: &str = r"
    SET allow_system_table_mods = on;
    INSERT INTO pg_seclabel
        SELECT oid, tableoid, 0, 'My provider', 'public' FROM pg_namespace WHERE nspname = 'public'
        UNION ALL SELECT oid, tableoid, 0, 'My provider', 'ours' FROM pg_event_trigger;
    INSERT INTO pg_shseclabel
        SELECT oid, tableoid, 'My provider', 'ours' FROM pg_subscription";

fn labelled() -> Database<'static> {
    let database = cluster().create_database("labelled");
    database.psql(OBJECTS);
    database.psql(LABELS);
    database
}

fn labels(facts: &[Facts]) -> BTreeSet<&str> {
    let names = facts.iter().map(|entry| entry.name.as_str());
    names
        .filter(|name| name.starts_with("SECURITY LABEL"))
        .collect()
}

#[test]
fn labels_on_everything_are_those_of_pg_dump() {
    let source = labelled();
    let mut count = 21;
    if cluster().major() >= 15 {
        source.psql(LABELS_FROM_15);
        count += 3;
    }
    for flags in [
        &[][..],
        &["--no-security-labels"],
        &["--no-comments"],
        &["-s"],
        &["-a"],
        &["-n", "public"],
        &["-t", "v"],
    ] {
        assert_as_pg_dump(&source.url(), flags);
    }
    let dumped = facts(&Dumped::by_pgsluice(&source.url(), &[]).path());
    // Ten relations and types, five routines, a schema, a language, a publication, two large
    // objects and the database; then a schema, an event trigger and a subscription.
    assert_eq!(labels(&dumped).len(), count, "{:#?}", labels(&dumped));
}

#[test]
fn label_on_a_column_of_a_composite_type_is_kept() {
    let source = cluster().create_database("labelled");
    source.psql(
        r#"CREATE TYPE pair AS (a integer, "B" text);
           SET allow_system_table_mods = on;
           INSERT INTO pg_seclabel
           SELECT typrelid, 'pg_class'::regclass, 2, 'provider', 'secret' FROM pg_type WHERE typname = 'pair'"#,
    );
    let dumped = facts(&Dumped::by_pgsluice(&source.url(), &[]).path());
    let expected = r#"SECURITY LABEL public COLUMN pair."B""#;
    assert_eq!(labels(&dumped), BTreeSet::from([expected]));
}
