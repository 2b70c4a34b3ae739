//! Publications and subscriptions.

use crate::archives::assert_as_pg_dump;
use crate::databases::{Dumped, assert_equal, restore};
use crate::support::cluster::{Database, cluster};

/// Publications with everything that the server's release lets them have.
const PUBLICATIONS: [(u32, &str); 3] = [
    (
        13,
        r#"CREATE SCHEMA "Two words";
           CREATE TABLE t (id integer PRIMARY KEY, "Odd name" text, n integer);
           CREATE TABLE "Two words".t (id integer PRIMARY KEY);
           CREATE TABLE parted (id integer) PARTITION BY RANGE (id);
           CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
           CREATE PUBLICATION "All of it" FOR ALL TABLES WITH (publish = 'insert, truncate');
           CREATE PUBLICATION nothing WITH (publish = '');
           CREATE PUBLICATION again FOR TABLE t WITH (publish = 'update, delete');
           CREATE PUBLICATION tables FOR TABLE t, "Two words".t, parted WITH (publish_via_partition_root);
           COMMENT ON PUBLICATION again IS 'it''s \ mine'"#,
    ),
    (
        15,
        r#"CREATE FUNCTION positive(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
           CREATE PUBLICATION filtered FOR TABLE t ("Odd name", id) WHERE (id > 10 AND "Odd name" <> 'it''s');
           CREATE PUBLICATION mixed FOR TABLE t WHERE (true), TABLES IN SCHEMA public;
           CREATE PUBLICATION schemas FOR TABLES IN SCHEMA "Two words", public"#,
    ),
    (
        18,
        "CREATE PUBLICATION generated FOR TABLE t WITH (publish_generated_columns = stored)",
    ),
];

/// Subscriptions likewise. None of them ever connects.
const SUBSCRIPTIONS: [(u32, &str); 5] = [
    (
        13,
        r#"CREATE SUBSCRIPTION plain CONNECTION 'host=nowhere password=''it\''s \\ mine''' PUBLICATION a, "B c"
               WITH (connect = false, slot_name = 'slot');
           CREATE SUBSCRIPTION "No slot" CONNECTION 'host=nowhere' PUBLICATION a
               WITH (connect = false, slot_name = NONE, synchronous_commit = remote_apply);
           COMMENT ON SUBSCRIPTION plain IS 'it''s \ mine'"#,
    ),
    (
        14,
        "CREATE SUBSCRIPTION binary_streaming CONNECTION 'host=nowhere' PUBLICATION a
             WITH (connect = false, binary, streaming)",
    ),
    (
        15,
        "CREATE SUBSCRIPTION two_phase CONNECTION 'host=nowhere' PUBLICATION a
             WITH (connect = false, two_phase, disable_on_error)",
    ),
    (
        16,
        "CREATE SUBSCRIPTION by_another CONNECTION 'host=nowhere' PUBLICATION a
             WITH (connect = false, streaming = parallel, password_required = false, run_as_owner, origin = none)",
    ),
    (
        17,
        "CREATE SUBSCRIPTION failing_over CONNECTION 'host=nowhere' PUBLICATION a
             WITH (connect = false, failover, streaming = off)",
    ),
];

/// A database with as much of `statements` as the server knows.
fn with(name: &str, statements: &[(u32, &str)]) -> Database<'static> {
    let database = cluster().create_database(name);
    for (since, sql) in statements {
        if cluster().major() >= *since {
            database.psql(sql);
        }
    }
    database
}

#[test]
fn publications_come_back_with_tables_schemas_and_filters() {
    let source = with("publishing", &PUBLICATIONS);
    for flags in [
        &[][..],
        &["--no-publications"],
        &["-T", "t"],
        &["-N", "\"Two words\""],
        &["-N", "public"],
        &["-n", "public"],
        &["-t", "parted"],
        &["-a"],
    ] {
        assert_as_pg_dump(&source.url(), flags);
    }
    let copy = restore(&Dumped::by_pgsluice(&source.url(), &[]).path(), &[]);
    assert_equal(&source, &copy);
}

#[test]
fn subscriptions_come_back_without_a_connection() {
    let source = with("subscribing", &SUBSCRIPTIONS);
    for flags in [&[][..], &["--no-subscriptions"], &["-n", "public"], &["-a"]] {
        assert_as_pg_dump(&source.url(), flags);
    }
    // A slot belongs to one subscription of the cluster at most: no copy can be made beside it.
    source.psql("ALTER SUBSCRIPTION plain SET (slot_name = NONE)");
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    let copy = restore(&dumped.path(), &[]);
    assert_equal(&source, &copy);
    assert_eq!(
        copy.psql("SELECT count(*) FROM pg_subscription WHERE subenabled"),
        "0"
    );
}
