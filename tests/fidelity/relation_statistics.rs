//! The planner's statistics (`--statistics`): servers have the functions that restore them from 18 on.

use crate::archives::{assert_as_pg_dump, facts};
use crate::databases::{Dumped, WAYS, restore};
use crate::support::cluster::{Database, cluster};
use crate::support::program::pgsluice;

#[test]
fn statistics_come_back_from_18_on_and_are_refused_before() {
    let source = cluster().create_database("planned");
    source.psql(
        r#"CREATE TABLE "It's" (id integer PRIMARY KEY, "a""b" text, words text[], span int4range);
           INSERT INTO "It's" SELECT n, CASE n % 3 WHEN 0 THEN E'it''s \\ {"' || n END, ARRAY['x', 'y' || n % 5, NULL],
                  int4range(n, n + n % 7) FROM generate_series(1, 1000) AS n;
           CREATE INDEX "by Length" ON "It's" (length("a""b"), id, (id % 10));
           CREATE TABLE p (a integer, PRIMARY KEY (a)) PARTITION BY RANGE (a);
           CREATE TABLE p1 PARTITION OF p DEFAULT; CREATE INDEX ON p ((a + 1));
           INSERT INTO p SELECT generate_series(1, 100);
           CREATE TABLE child () INHERITS ("It's"); INSERT INTO child SELECT 0, '', '{}', int4range(n, 9) FROM generate_series(1, 5) AS n;
           CREATE MATERIALIZED VIEW m AS SELECT a % 4 AS b FROM p; CREATE INDEX ON m ((b + 1));
           CREATE MATERIALIZED VIEW late AS SELECT id, "a""b" FROM "It's" GROUP BY id WITH NO DATA;
           CREATE VIEW v AS SELECT 1; CREATE TABLE never ();
           ANALYZE "It's", p, child, m"#,
    );
    if cluster().major() < 18 {
        assert_refused(&source);
        return;
    }
    assert_as_pg_dump(&source.url(), &["--statistics"]);
    assert_as_pg_dump(&source.url(), &["--statistics", "-t", "public.p*"]);
    let dumped = Dumped::by_pgsluice(&source.url(), &["--statistics"]);
    for way in WAYS {
        let copy = restore(&dumped.path(), way);
        assert!(statistics(&copy) == statistics(&source), "{way:?}");
        copy.drop();
    }
    let without = facts(&Dumped::by_pgsluice(&source.url(), &[]).path());
    let is_statistics = |name: &str| name.starts_with("STATISTICS DATA");
    assert!(!without.iter().any(|entry| is_statistics(&entry.name)));
}

fn assert_refused(source: &Database<'_>) {
    let output = pgsluice(&["dump", &source.url(), "-", "--statistics"]).output();
    let output = output.unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(message.contains("from servers from 18 on"), "{message}");
}

/// All that the planner knows of the relations. Positions of columns do not count.
fn statistics(database: &Database<'_>) -> String {
    database.psql(
        "SELECT relname, relpages, reltuples, relallvisible, relallfrozen
         FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname;
         SELECT * FROM pg_stats WHERE schemaname = 'public' ORDER BY tablename, attname, inherited",
    )
}
