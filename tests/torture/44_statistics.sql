-- Extended statistics.

CREATE TABLE measured (a integer, b integer, c text, d mood);
INSERT INTO measured SELECT n % 5, n % 3, 'c' || n % 2, 'ok' FROM generate_series(1, 100) AS n;
CREATE STATISTICS all_kinds ON a, b, c FROM measured;
CREATE STATISTICS "Odd ""schema"" 🐘"."Statistics ""\ " (ndistinct) ON a, d FROM measured;
CREATE STATISTICS of_two_kinds (dependencies, mcv) ON b, a FROM measured;
ALTER STATISTICS of_two_kinds SET STATISTICS 77;
ALTER STATISTICS all_kinds SET STATISTICS 0;
ALTER STATISTICS of_two_kinds OWNER TO torture_owner;
CREATE STATISTICS of_foreign ON a, c FROM "Foreign ""2"" \";
CREATE STATISTICS of_partitioned ON id, kind FROM by_list;
COMMENT ON STATISTICS of_two_kinds IS 'it''s of two';
ANALYZE measured;
