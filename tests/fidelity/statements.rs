//! How much is asked of the server.

use std::fs;

use crate::databases::{Dumped, assert_restores};
use crate::support::cluster::{Database, cluster};

#[test]
fn a_thousand_tables_come_back() {
    let source = with_tables(1000);
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(&source, &dumped.path(), &["--jobs=4"]);
}

#[test]
fn number_of_queries_does_not_depend_on_the_number_of_tables() {
    assert_eq!(queries_to_dump(20), queries_to_dump(60));
}

/// How many statements other than `LOCK` and `COPY` a dump of so many tables sends.
fn queries_to_dump(tables: usize) -> usize {
    let source = with_tables(tables);
    let name = source.name();
    source.psql(&format!(
        "ALTER DATABASE \"{name}\" SET log_statement TO 'all'"
    ));
    let log = cluster().file("log");
    let before = fs::read(&log).unwrap().len();
    Dumped::by_pgsluice(&source.url(), &[]);
    let logged = fs::read(&log).unwrap().split_off(before);
    let logged = String::from_utf8(logged).unwrap();
    let statements = logged.lines().filter_map(|line| {
        let (_, statement) = line.split_once("LOG:  ")?;
        let (_, statement) = statement.split_once(": ")?;
        Some(statement.trim_start())
    });
    let count = statements
        .filter(|sql| !sql.starts_with("COPY") && !sql.starts_with("LOCK"))
        .count();
    assert!(count > 10, "only {count} statements were logged:\n{logged}");
    count
}

/// A database with tables that have a bit of everything that tables can have.
fn with_tables(count: usize) -> Database<'static> {
    let database = cluster().create_database("many");
    database.psql(&format!(
        r"SELECT format('CREATE TABLE t%1$s (id serial PRIMARY KEY, parent integer REFERENCES t%1$s, value text DEFAULT %1$L CHECK (value <> %1$L || 1)); '
                        'COMMENT ON TABLE t%1$s IS %1$L; GRANT SELECT ON t%1$s TO PUBLIC; '
                        'CREATE VIEW v%1$s AS SELECT * FROM t%1$s; INSERT INTO t%1$s (value) VALUES (%1$L)', n)
            FROM generate_series(1, {count}) AS n
          \gexec"
    ));
    database
}
