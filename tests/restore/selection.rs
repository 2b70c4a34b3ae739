//! Flags select of an archive what they select for stock `pg_restore`.

use std::fs;
use std::path::Path;

use crate::databases::{Dumped, restore_into};
use crate::program::Program;
use crate::shop::{self, assert_alike, shop};
use crate::support::cluster::{Database, cluster};
use crate::support::program::{pgsluice, succeed};

/// What selected objects need and flags do not select.
const SCHEMA: &str = "CREATE SCHEMA sales; CREATE TYPE sales.state AS ENUM ('open', 'paid')";

/// A database that has been prepared with SQL, or with some of the archive.
fn prepared(archive: &Path, sql: &str, flags: Option<&[&str]>) -> Database<'static> {
    let database = cluster().create_database("restored");
    database.psql(sql);
    if let Some(flags) = flags {
        restore_into(&database, archive, flags);
    }
    database
}

/// Restores with these flags, and with those of stock `pg_restore`, which goes on after
/// errors, too, and compares the two databases. Neither may meet an error.
#[track_caller]
fn assert_selects(sql: &str, first: Option<&[&str]>, ours: &[&str], stock: &[&str]) {
    for dumped in [shop::stock(), shop::ours()] {
        let archive = dumped.path();
        let (one, other) = (
            prepared(&archive, sql, first),
            prepared(&archive, sql, first),
        );
        Program::restore(&archive, &one).args(ours).run().done();
        restore_into(&other, &archive, stock);
        assert_alike(&one, &other, &format!("{ours:?}"));
        one.drop();
        other.drop();
    }
}

#[track_caller]
fn assert_selects_alike(sql: &str, first: Option<&[&str]>, flags: &[&str]) {
    assert_selects(sql, first, flags, flags);
}

/// The same, where what is selected lacks what it needs: both go on after errors.
#[track_caller]
fn assert_selects_alike_with_errors(flags: &[&str]) {
    let dumped = shop::stock();
    let archive = dumped.path();
    let (one, other) = (prepared(&archive, "", None), prepared(&archive, "", None));
    let outcome = Program::restore(&archive, &one).args(flags).run();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let mut pg_restore = cluster().command("pg_restore");
    pg_restore
        .args(["-d", &other.url()])
        .args(flags)
        .arg(&archive);
    assert!(!pg_restore.output().unwrap().status.success());
    assert_alike(&one, &other, &format!("{flags:?}"));
}

#[test]
fn schemas_are_selected_and_left_out() {
    assert_selects_alike("", None, &["-n", "public"]);
    assert_selects_alike("", None, &["-n", "public", "-s"]);
    assert_selects_alike("", None, &["-N", "sales"]);
    // Schemas themselves are in none.
    let needed = "CREATE SCHEMA sales; CREATE TABLE customers (id int PRIMARY KEY);
                  INSERT INTO customers SELECT generate_series(0, 9)";
    assert_selects_alike(needed, None, &["-n", "sales"]);
    let first = Some(&["-s", "-t", "customers"][..]);
    assert_selects_alike("", first, &["-N", "sales", "-a", "-t", "customers"]);
    assert_selects_alike_with_errors(&["-n", "sales"]);
    assert_selects_alike_with_errors(&["-n", "sales", "-n", "public"]);
}

#[test]
fn tables_views_and_sequences_are_selected_by_name() {
    assert_selects_alike("", None, &["-t", "customers"]);
    assert_selects_alike("", None, &["-t", "Odd \"name; (x)", "-t", "numbers"]);
    assert_selects_alike(SCHEMA, None, &["-t", "orders"]);
    assert_selects_alike(
        SCHEMA,
        None,
        &[
            "-t",
            "orders",
            "-t",
            "open_orders",
            "-t",
            "counts",
            "-t",
            "orders_id_seq",
        ],
    );
    assert_selects_alike(
        "",
        None,
        &["-t", "measured", "-t", "measured_north", "-j", "2"],
    );
    assert_selects_alike_with_errors(&["-t", "orders"]);
}

#[test]
fn table_is_selected_by_schema_and_name_as_by_both_flags() {
    let stock = ["-n", "sales", "-t", "orders"];
    assert_selects(SCHEMA, None, &["-t", "sales.orders"], &stock);
    assert_selects(SCHEMA, None, &["-n", "sales", "-t", "orders"], &stock);
    assert_selects("", None, &["-t", "public.numbers"], &["-t", "numbers"]);
}

#[test]
fn triggers_indexes_and_functions_are_selected_by_name() {
    let tables = Some(&["-s", "--section=pre-data"][..]);
    assert_selects("", tables, &["-T", "stamped"], &["-T", "orders stamped"]);
    assert_selects_alike(
        "",
        tables,
        &["-T", "orders stamped", "-T", "orders counted"],
    );
    assert_selects_alike("", tables, &["-I", "orders_code", "-I", "customers_name"]);
    assert_selects_alike("", None, &["-P", "total(integer)"]);
    assert_selects_alike(
        "",
        None,
        &["-P", "total(text, integer)", "-P", "total(integer)"],
    );
    assert_selects_alike(
        SCHEMA,
        None,
        &[
            "-P",
            "stamp()",
            "-t",
            "orders",
            "-I",
            "orders_code",
            "-T",
            "orders stamped",
        ],
    );
}

#[test]
fn definitions_and_data_are_restored_one_after_the_other() {
    assert_selects_alike("", None, &["-s"]);
    assert_selects_alike("", None, &["-s", "-j", "4"]);
    let definitions = Some(&["-s"][..]);
    assert_selects_alike("", definitions, &["-a"]);
    assert_selects_alike("", definitions, &["-a", "-n", "public"]);
    let copy = cluster().create_database("restored");
    let archive = shop::ours();
    for flag in ["-s", "-a"] {
        Program::restore(archive.path(), &copy)
            .args([flag])
            .run()
            .done();
    }
    assert_alike(&copy, shop(), "-s, then -a");
}

#[test]
fn owners_privileges_and_comments_are_left_out() {
    for flags in [
        &["--no-owner"][..],
        &["--no-privileges"],
        &["-x", "-O", "-j", "4"],
        &["--no-acl", "--no-comments"],
        &["--no-owner", "-n", "public"],
        &["-x", "-t", "customers"],
    ] {
        assert_selects_alike("", None, flags);
    }
}

#[test]
fn role_owns_what_it_restores() {
    let role = "DO $$ BEGIN CREATE ROLE shop_restorer SUPERUSER; EXCEPTION WHEN duplicate_object THEN END $$";
    cluster().psql("postgres", role);
    assert_selects_alike("", None, &["--role", "shop_restorer", "--no-owner"]);
}

/// The listing of an archive, with some lines put out of order and some made remarks.
fn edited_list(archive: &Dumped) -> String {
    let listed = succeed(&mut pgsluice(&["list", archive.path().to_str().unwrap()]));
    let text = String::from_utf8(listed.stdout).unwrap();
    let left_out = [
        "orders_code",
        "COMMENT",
        "LARGE OBJECT 70001",
        "TABLE DATA public measured_north",
        "MATERIALIZED VIEW",
        "counts",
    ];
    let (mut first, mut rest): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let is_left_out = left_out.iter().any(|words| line.contains(words));
        match line {
            _ if is_left_out => rest.push(format!(";{line}")),
            _ if line.contains("SCHEMA - sales") => first.insert(0, line.to_owned()),
            _ if line.contains("TABLE public nothing") => first.push(line.to_owned()),
            _ => rest.push(line.to_owned()),
        }
    }
    [first, rest].concat().join("\n")
}

#[test]
fn edited_list_selects_and_orders_as_for_pg_restore() {
    for archive in [shop::stock(), shop::ours()] {
        let directory = tempfile::tempdir().unwrap();
        let list = directory.path().join("list");
        fs::write(&list, edited_list(&archive)).unwrap();
        let flags = ["-L", list.to_str().unwrap()];
        let (one, other) = (
            cluster().create_database("restored"),
            cluster().create_database("restored"),
        );
        restore_into(&other, &archive.path(), &flags);
        Program::restore(archive.path(), &one)
            .args(flags)
            .run()
            .done();
        assert_alike(&one, &other, "-L");
        assert_eq!(one.psql("SELECT count(*) FROM measured_north"), "0");
        for jobs in ["1", "4"] {
            let copy = cluster().create_database("restored");
            let restore = Program::restore(archive.path(), &copy).args(flags);
            restore.args(["-j", jobs, "-t", "customers"]).run().done();
            assert_eq!(copy.psql("SELECT count(*) FROM customers"), "4");
            assert_eq!(copy.psql("SELECT count(*) FROM pg_stat_user_tables"), "1");
        }
    }
}

#[test]
fn name_that_selects_nothing_is_named() {
    let (archive, directory) = (shop::ours(), tempfile::tempdir().unwrap());
    let list = directory.path().join("list");
    fs::write(&list, "987654; 0 0 TABLE public x postgres\n").unwrap();
    let list = list.to_str().unwrap();
    let copy = cluster().create_database("restored");
    for (flag, name, told) in [
        ("-n", "Sales", "Sales"),
        ("-N", "sale", "sale"),
        ("-t", "order", "order"),
        ("-t", "public.orders", "public.orders"),
        ("-t", "stamp()", "stamp()"),
        ("-T", "orders", "orders"),
        ("-I", "customers", "customers"),
        ("-P", "total", "total"),
        ("-L", list, "987654"),
        ("-L", "/nonexistent/list", "/nonexistent/list"),
    ] {
        let restore = Program::restore(archive.path(), &copy);
        restore
            .args(["-t", "customers", flag, name])
            .run()
            .failed(3, &[told]);
    }
    assert_eq!(copy.psql("SELECT count(*) FROM pg_stat_user_tables"), "0");
}

/// Its rows are those of its partitions, which are tables of their own.
#[test]
fn partitioned_table_alone_has_no_rows_to_restore() {
    for archive in [shop::ours(), shop::stock()] {
        let target = cluster().create_database("restored");
        Program::restore(archive.path(), &target)
            .args(["-s"])
            .run()
            .done();
        let rows = |tables: &[&'static str]| {
            let names = tables.iter().flat_map(|table| ["-t", table]);
            Program::restore(archive.path(), &target)
                .args(["-a"])
                .args(names)
                .run()
        };
        rows(&["measured"]).failed(3, &["\"measured\"", "measured_north"]);
        rows(&["measured", "measured_north"]).failed(3, &["\"measured\""]);
        rows(&["measured_north"]).done();
        assert_eq!(target.psql("SELECT count(*) FROM measured"), "20");
    }
}

#[test]
fn partitioned_table_without_its_partitions_is_warned_of() {
    let archive = shop::ours();
    let restore = |more: &[&str]| {
        let target = cluster().create_database("restored");
        let restore = Program::restore(archive.path(), &target).args(["-t", "measured"]);
        restore.args(more).run().done().stderr
    };
    assert!(restore(&[]).contains("measured_north"));
    for quiet in [&["-t", "measured_north"][..], &["-s"]] {
        assert!(!restore(quiet).contains("measured_north"), "{quiet:?}");
    }
}
