-- What reads columns without grouping by them needs the primary key, and so waits for
-- the definitions after the rows.

SET search_path = loops;

CREATE TABLE grouped (id integer PRIMARY KEY, name text, kind integer);
INSERT INTO grouped VALUES (1, 'one', 1), (2, 'two', 1);
CREATE VIEW by_key AS SELECT id, name, count(*) AS n FROM grouped GROUP BY id;
COMMENT ON VIEW by_key IS 'waits';
COMMENT ON COLUMN by_key.name IS 'not grouped by';
GRANT SELECT ON by_key TO torture_reader;
ALTER VIEW by_key ALTER n SET DEFAULT 7;
CREATE VIEW over_by_key AS SELECT * FROM by_key;
CREATE MATERIALIZED VIEW matview_by_key AS SELECT id, name FROM grouped GROUP BY id;
CREATE MATERIALIZED VIEW over_view_by_key AS SELECT * FROM over_by_key;
CREATE MATERIALIZED VIEW over_matview_by_key AS SELECT * FROM matview_by_key WITH NO DATA;
CREATE UNIQUE INDEX "Of the ""postponed""" ON matview_by_key (id);
CREATE INDEX ON over_view_by_key (name);
COMMENT ON MATERIALIZED VIEW matview_by_key IS 'waits, too';
GRANT SELECT (id) ON matview_by_key TO torture_reader;
CREATE RULE instead AS ON INSERT TO by_key DO INSTEAD NOTHING;
CREATE FUNCTION takes_view(by_key) RETURNS integer LANGUAGE sql AS 'SELECT 1';
COMMENT ON FUNCTION takes_view(by_key) IS 'of a row of the view';
CREATE TABLE of_view_rows (r by_key);
CREATE VIEW ring_by_key AS SELECT id, name FROM grouped GROUP BY id;
CREATE VIEW back AS SELECT id, name FROM ring_by_key;
CREATE OR REPLACE VIEW ring_by_key AS
SELECT g.id, g.name FROM grouped AS g JOIN back USING (id) GROUP BY g.id;

SET search_path = torture;
