//! Selecting what is dumped: the same flags give the same entries as with `pg_dump`.

use crate::archives::{assert_as_pg_dump, assert_same_entries, assert_same_order, facts};
use crate::databases::{Dumped, assert_equal, restore, restore_into};
use crate::sample::{warehouse, warehouse_loads};
use crate::support::cluster::{Database, cluster};
use crate::support::program::pgsluice;

#[test]
fn flags_select_from_the_sample_what_pg_dump_selects() {
    if !warehouse_loads() {
        return;
    }
    // Entries are the same without rows, and faster to make.
    let definitions = Dumped::by_pg_dump(&warehouse().url(), &["-s"]);
    let source = restore(&definitions.path(), &[]);
    for flags in [
        &["-s"][..],
        &["-x"],
        &["--no-comments"],
        &["-n", "sales"],
        &["-n", "sales", "-n", "\"Legacy Import\"", "-s"],
        &["-n", "*ing", "-N", "re*", "-x"],
        &["-N", "sales", "-N", "platform"],
        &["-t", "sales.orders"],
        &["-t", "inventory.stock_*", "-T", "*.*2024_04*"],
        &["-t", "reporting.*", "--no-comments"],
        &["-t", "platform.*_seq"],
        &["-T", "catalog.products", "-T", "platform.\"User\""],
        &["--exclude-table-data", "accounting.*"],
        &["-n", "catalog", "-t", "sales.customers", "-s", "-x"],
    ] {
        assert_as_pg_dump(&source.url(), flags);
    }
    rows_alone_are_those_of_pg_dump(&source);
}

/// The order is a better one: foreign keys of partitions count for it, too.
fn rows_alone_are_those_of_pg_dump(source: &Database<'_>) {
    let url = source.url();
    for flags in [&["-a"][..], &["-a", "-n", "sales"]] {
        let ours = facts(&Dumped::by_pgsluice(&url, flags).path());
        let stock = facts(&Dumped::by_pg_dump(&url, flags).path());
        assert_same_entries(&ours, &stock, flags);
    }
}

#[test]
fn rows_alone_come_in_an_order_that_foreign_keys_accept() {
    let source = cluster().create_database("referring");
    source.psql(
        "CREATE TABLE z_customers (id integer PRIMARY KEY);
         CREATE TABLE b_orders (id integer PRIMARY KEY, customer integer REFERENCES z_customers) PARTITION BY RANGE (id);
         CREATE TABLE b_orders_1 PARTITION OF b_orders FOR VALUES FROM (0) TO (10);
         CREATE TABLE a_lines (bill integer REFERENCES b_orders);
         INSERT INTO z_customers VALUES (1); INSERT INTO b_orders VALUES (2, 1); INSERT INTO a_lines VALUES (2)",
    );
    let copy = restore(&Dumped::by_pgsluice(&source.url(), &["-s"]).path(), &[]);
    let rows = Dumped::by_pgsluice(&source.url(), &["-a"]);
    restore_into(&copy, &rows.path(), &[]);
    assert_equal(&source, &copy);
}

/// `pg_dump` keeps owners in archives whatever the flags are, for `pg_restore` to leave out.
#[test]
fn no_owner_leaves_out_the_owners_and_nothing_else() {
    let source = cluster().create_database("owned");
    source.psql(
        "CREATE TABLE accounts (id integer PRIMARY KEY);
         COMMENT ON TABLE accounts IS 'theirs';
         INSERT INTO accounts VALUES (1)",
    );
    let ours = Dumped::by_pgsluice(&source.url(), &["--no-owner"]);
    let entries = facts(&ours.path());
    let mut stock = facts(&Dumped::by_pg_dump(&source.url(), &[]).path());
    for entry in &mut stock {
        entry.owner = None;
    }
    assert_same_entries(&entries, &stock, "--no-owner");
    assert_same_order(&entries, &stock, "--no-owner");
    assert_equal(&source, &restore(&ours.path(), &[]));
}

#[test]
fn odd_patterns_match_what_they_match_for_pg_dump() {
    let source = cluster().create_database("odd_names");
    source.psql(
        r#"CREATE SCHEMA "Sales"; CREATE SCHEMA sales; CREATE SCHEMA "a.b"; CREATE SCHEMA "we""ird";
           CREATE TABLE "Sales"."Orders" (n integer); CREATE TABLE "Sales".orders (n integer);
           CREATE TABLE sales.orders (n integer); CREATE TABLE sales.orders_old (n integer);
           CREATE TABLE "a.b"."c.d" (n integer); CREATE TABLE "a.b"."c*d" (n integer);
           CREATE TABLE "we""ird"."o""r" (n integer); CREATE TABLE "we""ird"."o$r" (n integer);
           CREATE TABLE orders (n integer); CREATE TABLE "or(d)er+s|" (n integer);
           CREATE TABLE "Ünïcode" (n integer); CREATE VIEW sales.seen AS SELECT n FROM sales.orders;
           CREATE SEQUENCE sales.numbers"#,
    );
    for flags in [
        &["-t", "orders"][..],
        &["-t", "ORDERS"],
        &["-t", "\"Sales\".\"Orders\""],
        &["-t", "*.orders"],
        &["-t", "*ales.order?"],
        &["-t", "\"Sales\".*"],
        &["-t", "SALES.*"],
        &["-t", "sales.orders*", "-T", "*_old"],
        &["-t", "\"a.b\".\"c.d\""],
        &["-t", "\"a.b\".\"c*d\""],
        &["-t", "\"a.b\".c*d"],
        &["-t", "\"we\"\"ird\".\"o\"\"r\""],
        &["-t", "\"we\"\"ird\".o$r"],
        &["-t", "\"or(d)er+s|\""],
        &["-t", "or(d)er+s|"],
        &["-t", "[os]*.[a-o]*"],
        &["-t", "(orders|numbers)", "-t", "sales.(orders|numbers)"],
        &["-t", "\"Ünïcode\""],
        &["-t", "Ünïcode"],
        &["-t", "sales.seen"],
        &["-t", "sales.numbers"],
        &["-n", "SALES"],
        &["-n", "\"Sales\""],
        &["-n", "?ales"],
        &["-n", "\"a.b\""],
        &["-N", "\"we\"\"ird\"", "-N", "public"],
    ] {
        assert_as_pg_dump(&source.url(), flags);
    }
}

#[test]
fn pattern_that_matches_nothing_is_an_error_that_names_it() {
    let source = cluster().create_database("nothing_matches");
    source.psql("CREATE TABLE orders (n integer)");
    for flags in [
        ["-n", "sales"],
        ["-t", "order"],
        ["-t", "\"Orders\""],
        ["-t", "orders.*"],
        ["-t", "other_database.public.orders"],
    ] {
        let output = pgsluice(&["dump", &source.url(), "-"])
            .args(flags)
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{flags:?}");
        assert!(message.contains(flags[1].trim_matches('"')), "{message}");
        assert!(output.stdout.is_empty(), "{flags:?}");
    }
}

/// An extension's script would say so with `pg_extension_config_dump`; the server
/// keeps it in `pg_extension`.
#[test]
fn what_users_put_into_extensions_is_selected_as_by_pg_dump() {
    let source = cluster().create_database("configured");
    // Up to 14, `pg_dump` forgets who may use an identity sequence, but for tables with
    // privileges of their own.
    let runs = if cluster().major() >= 15 {
        ""
    } else {
        "conf.runs, "
    };
    source.psql(&format!(
        "CREATE SCHEMA conf; CREATE EXTENSION citext;
         CREATE TABLE conf.jobs (id integer, job text); CREATE SEQUENCE conf.job_ids;
         CREATE TABLE conf.runs (id integer GENERATED ALWAYS AS IDENTITY);
         ALTER EXTENSION citext ADD TABLE conf.jobs; ALTER EXTENSION citext ADD SEQUENCE conf.job_ids;
         ALTER EXTENSION citext ADD TABLE conf.runs; ALTER EXTENSION citext ADD SEQUENCE conf.runs_id_seq;
         UPDATE pg_extension SET extcondition = ARRAY['WHERE id > 10', ''],
             extconfig = ARRAY['conf.jobs'::regclass::oid, 'conf.job_ids'::regclass::oid]
         WHERE extname = 'citext';
         INSERT INTO conf.jobs VALUES (10, 'the extension''s'), (11, 'the user''s');
         SELECT setval('conf.job_ids', 12);
         GRANT SELECT ON conf.jobs, {runs}conf.runs_id_seq TO PUBLIC",
    ));
    for flags in [
        &[][..],
        &["-s"],
        &["-a"],
        &["-n", "conf"],
        &["-n", "public"],
        &["-N", "conf"],
        &["-t", "conf.jobs"],
        &["-t", "conf.job_ids"],
        &["-T", "conf.job*"],
        &["--exclude-table-data", "conf.job_ids"],
    ] {
        assert_as_pg_dump(&source.url(), flags);
    }
}
