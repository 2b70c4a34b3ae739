//! Privileges: who may grant what, on what, and what differs from the beginning.

use std::sync::LazyLock;

use crate::archives::assert_as_pg_dump;
use crate::databases::{Dumped, assert_restores, restore};
use crate::support::cluster::{Database, cluster};

/// Makes the roles of this file's tests: they belong to the whole cluster.
static ROLES: LazyLock<()> = LazyLock::new(|| {
    let roles = r#"CREATE ROLE reader; CREATE ROLE lender; CREATE ROLE "Odd ""role""""#;
    cluster().psql("postgres", roles);
});

fn with(name: &str, statements: &[(u32, &str)]) -> Database<'static> {
    let database = cluster().create_database(name);
    LazyLock::force(&ROLES);
    for (since, sql) in statements {
        if cluster().major() >= *since {
            database.psql(sql);
        }
    }
    database
}

fn assert_comes_back(source: &Database<'_>) {
    for flags in [&[][..], &["-n", "public"]] {
        assert_as_pg_dump(&source.url(), flags);
    }
    assert_restores(source, &Dumped::by_pgsluice(&source.url(), &[]).path(), &[]);
}

#[test]
fn privileges_of_every_kind_come_back() {
    let source = with(
        "granted",
        &[
            (
                13,
                r#"CREATE TABLE t (a integer, "B c" integer);
                   GRANT ALL ON t TO reader;
                   GRANT ALL (a) ON t TO lender WITH GRANT OPTION; GRANT SELECT ("B c", ctid) ON t TO lender;
                   CREATE TABLE given_away (); ALTER TABLE given_away OWNER TO lender;
                   REVOKE DELETE ON given_away FROM lender; GRANT SELECT ON given_away TO PUBLIC;
                   CREATE TABLE closed (); REVOKE ALL ON closed FROM postgres;
                   CREATE TABLE as_before (); GRANT SELECT ON as_before TO reader; REVOKE SELECT ON as_before FROM reader;
                   CREATE SEQUENCE s; GRANT USAGE ON s TO reader; GRANT ALL ON s TO lender WITH GRANT OPTION;
                   CREATE VIEW v AS SELECT 1 AS a; GRANT SELECT (a) ON v TO reader;
                   CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; GRANT SELECT ON m TO "Odd ""role""";
                   CREATE FUNCTION f(integer, OUT b integer) LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION f FROM PUBLIC;
                   CREATE PROCEDURE p(integer) LANGUAGE sql AS ''; GRANT EXECUTE ON PROCEDURE p TO reader;
                   CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer); REVOKE ALL ON FUNCTION total FROM PUBLIC;
                   CREATE TYPE e AS ENUM ('a'); REVOKE USAGE ON TYPE e FROM PUBLIC;
                   CREATE DOMAIN d AS integer; GRANT USAGE ON DOMAIN d TO lender WITH GRANT OPTION;
                   CREATE SCHEMA "Two words"; GRANT ALL ON SCHEMA "Two words" TO reader; GRANT USAGE ON SCHEMA "Two words" TO PUBLIC;
                   SELECT lo_create(5001), lo_create(5002), lo_create(5003);
                   GRANT SELECT ON LARGE OBJECT 5001, 5003 TO reader; GRANT ALL ON LARGE OBJECT 5002 TO PUBLIC"#,
            ),
            (
                17,
                "GRANT MAINTAIN ON closed TO reader; REVOKE MAINTAIN ON given_away FROM lender;
                 GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON closed TO lender",
            ),
        ],
    );
    assert_as_pg_dump(&source.url(), &["-x"]);
    assert_as_pg_dump(&source.url(), &["-a"]);
    assert_comes_back(&source);
}

#[test]
fn privileges_granted_on_come_back_in_an_order_that_works() {
    assert_comes_back(&with(
        "lent",
        &[(
            13,
            r#"CREATE TABLE t (a integer);
               GRANT SELECT ON t TO lender WITH GRANT OPTION; GRANT UPDATE (a) ON t TO lender WITH GRANT OPTION;
               SET ROLE lender;
               GRANT SELECT ON t TO "Odd ""role""" WITH GRANT OPTION; GRANT UPDATE (a) ON t TO reader;
               SET ROLE "Odd ""role""";
               GRANT SELECT ON t TO reader, PUBLIC"#,
        )],
    ));
}

#[test]
fn privileges_changed_on_system_objects_come_back() {
    assert_comes_back(&with(
        "opened",
        &[(
            13,
            "GRANT SELECT ON pg_authid TO reader; GRANT SELECT (subconninfo) ON pg_subscription TO reader;
             GRANT SELECT ON pg_class TO lender WITH GRANT OPTION; GRANT UPDATE (relname) ON pg_class TO reader;
             REVOKE SELECT ON pg_stats FROM PUBLIC; REVOKE UPDATE ON pg_settings FROM PUBLIC;
             REVOKE EXECUTE ON FUNCTION pg_sleep(double precision), sum(integer) FROM PUBLIC;
             GRANT EXECUTE ON FUNCTION pg_read_file(text), count() TO reader;
             REVOKE USAGE ON TYPE point, int4range FROM PUBLIC;
             GRANT CREATE ON SCHEMA pg_catalog TO reader; GRANT CREATE ON SCHEMA information_schema TO reader;
             GRANT SELECT ON information_schema.tables TO reader; GRANT USAGE ON TYPE information_schema.yes_or_no TO reader",
        )],
    ));
}

#[test]
fn privileges_changed_on_members_of_extensions_come_back() {
    assert_comes_back(&with(
        "extended",
        &[(
            13,
            "CREATE SCHEMA ext; CREATE EXTENSION hstore SCHEMA ext; CREATE EXTENSION pg_stat_statements SCHEMA ext;
             REVOKE USAGE ON TYPE ext.hstore FROM PUBLIC;
             REVOKE EXECUTE ON FUNCTION ext.akeys FROM PUBLIC;
             GRANT EXECUTE ON FUNCTION ext.pg_stat_statements_reset TO reader WITH GRANT OPTION;
             REVOKE SELECT ON ext.pg_stat_statements FROM PUBLIC;
             GRANT SELECT (query) ON ext.pg_stat_statements TO reader",
        )],
    ));
}

#[test]
fn default_privileges_come_back() {
    assert_comes_back(&with(
        "defaults",
        &[
            (
                13,
                r#"CREATE SCHEMA "Two words";
                   ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader;
                   ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
                   ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
                   ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO lender WITH GRANT OPTION;
                   ALTER DEFAULT PRIVILEGES IN SCHEMA "Two words" GRANT EXECUTE ON FUNCTIONS TO reader;
                   ALTER DEFAULT PRIVILEGES FOR ROLE lender GRANT ALL ON SEQUENCES TO PUBLIC;
                   ALTER DEFAULT PRIVILEGES FOR ROLE lender IN SCHEMA "Two words" GRANT SELECT ON TABLES TO reader;
                   ALTER DEFAULT PRIVILEGES FOR ROLE reader REVOKE ALL ON TABLES FROM reader;
                   CREATE TABLE t (); CREATE TABLE "Two words".t (); CREATE SCHEMA later;
                   CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
                   CREATE FUNCTION "Two words".f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"#,
            ),
            (
                18,
                "ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO reader; SELECT lo_create(5001)",
            ),
        ],
    ));
}

#[test]
fn schema_public_keeps_what_was_made_of_it() {
    for sql in [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT ALL ON SCHEMA public TO PUBLIC",
        "GRANT CREATE ON SCHEMA public TO reader WITH GRANT OPTION; COMMENT ON SCHEMA public IS 'ours'",
        "ALTER SCHEMA public OWNER TO lender; COMMENT ON SCHEMA public IS NULL",
        "ALTER SCHEMA public OWNER TO lender; REVOKE ALL ON SCHEMA public FROM lender",
        "DROP SCHEMA public; CREATE SCHEMA public",
        "DROP SCHEMA public; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC",
    ] {
        let source = with("public", &[(13, sql)]);
        // Older ones keep neither owner nor comment.
        if cluster().major() >= 15 {
            assert_as_pg_dump(&source.url(), &[]);
        }
        let copy = restore(&Dumped::by_pgsluice(&source.url(), &[]).path(), &[]);
        assert_eq!(public(&source), public(&copy), "{sql}");
    }
    let source = with("public", &[(13, "DROP SCHEMA public")]);
    assert_as_pg_dump(&source.url(), &[]);
}

/// Owner, comment and privileges of the schema.
fn public(database: &Database<'_>) -> String {
    database.psql(
        "SELECT nspowner::regrole, COALESCE(obj_description(oid), ''),
                ARRAY(SELECT item::text FROM unnest(COALESCE(nspacl, acldefault('n', nspowner))) AS item ORDER BY 1)
         FROM pg_namespace WHERE nspname = 'public'",
    )
}

#[test]
fn large_objects_come_back_with_what_others_than_the_owner_granted() {
    let source = with(
        "lent_objects",
        &[(
            13,
            r#"SELECT lo_create(5), lo_create(6), lo_create(7), lo_create(8);
               GRANT SELECT ON LARGE OBJECT 5, 6 TO lender WITH GRANT OPTION;
               SET ROLE lender; GRANT SELECT ON LARGE OBJECT 5, 6 TO reader; RESET ROLE;
               GRANT SELECT ON LARGE OBJECT 7, 8 TO reader"#,
        )],
    );
    let acl = "SELECT oid, lomacl FROM pg_largeobject_metadata ORDER BY oid";
    let copy = restore(&Dumped::by_pgsluice(&source.url(), &[]).path(), &[]);
    assert_eq!(copy.psql(acl), source.psql(acl));
}
