-- Views and materialized views.

CREATE VIEW plain_view AS SELECT * FROM dropped_columns;
CREATE VIEW "View ""2"" \" ("it's", "select") WITH (security_barrier = true)
AS SELECT a, b FROM "Everything of a table ""\" WHERE b <> E'it''s \\ \n -- not'
WITH LOCAL CHECK OPTION;
CREATE VIEW cascading WITH (security_barrier) AS SELECT * FROM "View ""2"" \" WHERE "it's" > 0
WITH CASCADED CHECK OPTION;
CREATE VIEW checking WITH (check_option = local) AS SELECT a FROM parent WHERE a > 0;
CREATE VIEW without_from AS SELECT 1 AS one, 'text'::text, NULL::mood AS mood, now() AS "now";
CREATE VIEW without_columns_view AS SELECT FROM parent;
CREATE RECURSIVE VIEW counting (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < 10;
CREATE VIEW elaborate AS
WITH RECURSIVE up (n) AS (SELECT 1 UNION SELECT n + 1 FROM up WHERE n < 5),
     named AS MATERIALIZED (SELECT n, CASE WHEN n > 2 THEN 'many' ELSE 'few' END AS "how many" FROM up)
SELECT n.n, n."how many", count(*) FILTER (WHERE c.a > 1) OVER w AS counted,
       lag(c.a, 1, 0) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS before,
       (SELECT max(b) FROM child) AS "scalar subquery", c.a::whole::integer AS whole,
       c.b COLLATE "C" || E'\\' AS collated, ARRAY[c.a, 1] AS array, ROW(c.a, c.b) = ROW(1, c.b) AS row,
       c.a IS DISTINCT FROM 2 AS distinct_from, extract(year FROM now()) AS year,
       least_of(c.a) OVER () AS own_aggregate, OPERATOR(torture.@-) c.a::whole AS own_operator
FROM named AS n
LEFT JOIN LATERAL (SELECT p.* FROM parent AS p TABLESAMPLE system (50) REPEATABLE (1)
                   WHERE p.a = n.n) AS c ON true
CROSS JOIN unnest(ARRAY[1, 2]) WITH ORDINALITY AS u (x, y)
WHERE EXISTS (SELECT FROM by_list WHERE id = n.n) OR n.n IN (VALUES (1), (2))
WINDOW w AS (PARTITION BY n.n ORDER BY c.a DESC NULLS LAST)
ORDER BY n.n USING >, 2 LIMIT 10 OFFSET 1;

CREATE VIEW grouped AS
SELECT kind, amount, count(*), sum(amount) FROM by_list
GROUP BY GROUPING SETS ((kind), ROLLUP (kind, amount), CUBE (amount), ()) HAVING count(*) > 0
UNION ALL (SELECT 'x', 1, 2, 3 EXCEPT SELECT NULL, 1, 2, 3) INTERSECT SELECT DISTINCT ON (1) 'x', 1, 2, 3;
-- Its columns and those of its table are no longer called the same.
CREATE TABLE renamed (a integer, b integer);
CREATE VIEW over_renamed AS SELECT r.a, s.b FROM renamed AS r JOIN renamed AS s USING (a, b);
ALTER TABLE renamed RENAME COLUMN a TO "A";
ALTER TABLE renamed RENAME TO "Renamed";
ALTER VIEW over_renamed RENAME COLUMN b TO "B";
CREATE VIEW with_defaults AS SELECT a, "B ""2""", c FROM dropped_columns;
ALTER VIEW with_defaults ALTER a SET DEFAULT 42, ALTER "B ""2""" SET DEFAULT 'it''s';
-- They read as their owners: a refresh has to wait for the privileges.
GRANT SELECT ON dropped_columns TO torture_owner;
ALTER VIEW plain_view OWNER TO torture_owner;
COMMENT ON VIEW plain_view IS 'a view';
COMMENT ON COLUMN plain_view.a IS 'its first';
GRANT SELECT, INSERT ON plain_view TO torture_reader WITH GRANT OPTION;
GRANT UPDATE (a) ON plain_view TO torture_writer;

CREATE MATERIALIZED VIEW populated AS SELECT a AS "A", "B ""2""", c FROM dropped_columns;
CREATE MATERIALIZED VIEW unpopulated AS SELECT "A" + 1 AS n FROM populated WITH NO DATA;
CREATE MATERIALIZED VIEW over_unpopulated AS SELECT 1 AS n WHERE false;
CREATE MATERIALIZED VIEW on_matview (first, second) WITH (fillfactor = 80, autovacuum_enabled = off)
TABLESPACE "Torture space" AS SELECT "A", count(*) FROM populated GROUP BY "A";
CREATE MATERIALIZED VIEW on_matview_of_matview AS SELECT m.* FROM on_matview AS m JOIN plain_view AS v ON true;
CREATE VIEW over_matview AS SELECT * FROM on_matview;
CREATE MATERIALIZED VIEW "Matview over ""view"" \" AS SELECT * FROM over_matview;
CREATE UNIQUE INDEX "Of \ matview" ON on_matview (first);
CREATE INDEX ON on_matview (second DESC) WHERE second > 0;
ALTER MATERIALIZED VIEW on_matview CLUSTER ON "Of \ matview";
ALTER MATERIALIZED VIEW on_matview ALTER first SET STATISTICS 33, ALTER first SET (n_distinct = 3);
ALTER MATERIALIZED VIEW populated ALTER "B ""2""" SET STORAGE EXTERNAL;
ALTER MATERIALIZED VIEW populated OWNER TO torture_owner;
COMMENT ON MATERIALIZED VIEW populated IS 'a materialized view';
COMMENT ON COLUMN populated."A" IS 'its first';
GRANT SELECT ON populated TO torture_reader;
