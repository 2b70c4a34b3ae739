-- Partitioned tables: each strategy, partitions of partitions, defaults, columns in
-- another order.

CREATE TABLE by_list (id integer, kind text NOT NULL DEFAULT 'none', amount numeric CHECK (amount > 0))
PARTITION BY LIST (kind);
CREATE TABLE by_list_a PARTITION OF by_list FOR VALUES IN ('a', 'it''s \');
CREATE TABLE by_list_null PARTITION OF by_list (amount DEFAULT 5, CONSTRAINT small CHECK (id < 1000))
FOR VALUES IN (NULL, 'none');
CREATE TABLE "By list: ""default""" PARTITION OF by_list DEFAULT;
INSERT INTO by_list VALUES (1, 'a', 1), (2, 'it''s \', 2), (3, 'none', 3), (4, 'other', 4);
COMMENT ON TABLE by_list IS 'a list';

CREATE TABLE by_range (at date NOT NULL, n integer, note text COLLATE "C") PARTITION BY RANGE (at, (n + 1));
CREATE TABLE by_range_old PARTITION OF by_range
FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2000-01-01', 5);
CREATE TABLE by_range_new PARTITION OF by_range
FOR VALUES FROM ('2000-01-01', 5) TO ('2010-01-01', MINVALUE) PARTITION BY LIST (n);
CREATE TABLE by_range_new_1 PARTITION OF by_range_new FOR VALUES IN (1) PARTITION BY HASH (note);
CREATE TABLE by_range_new_1_hash0 PARTITION OF by_range_new_1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_range_new_1_hash1 PARTITION OF by_range_new_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE by_range_new_default PARTITION OF by_range_new DEFAULT;
CREATE TABLE by_range_last PARTITION OF by_range FOR VALUES FROM ('2010-01-01', MINVALUE) TO (MAXVALUE, MAXVALUE);
INSERT INTO by_range
SELECT date '1995-01-01' + n * 400, n % 3, 'note ' || n FROM generate_series(0, 20) AS n;

-- Attached with columns in another order, and one dropped.
CREATE TABLE attached (note text COLLATE "C", gone integer, n integer DEFAULT 77, at date NOT NULL);
ALTER TABLE attached DROP COLUMN gone;
ALTER TABLE by_range DETACH PARTITION by_range_last;
ALTER TABLE by_range ATTACH PARTITION attached FOR VALUES FROM ('2010-01-01', MINVALUE) TO (MAXVALUE, MAXVALUE);
INSERT INTO attached VALUES ('later', 1, '2020-01-01');

-- Hash partitions.
CREATE TABLE by_hash_of_integer (n integer, t text) PARTITION BY HASH (n, t);
CREATE TABLE by_hash_of_integer_0 PARTITION OF by_hash_of_integer FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO by_hash_of_integer VALUES (1, 'x'), (NULL, NULL);

-- An own operator class in the key; expressions over functions of our own.
CREATE FUNCTION part_of(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT lower($1)';
CREATE TABLE by_expression (t text, w whole) PARTITION BY RANGE (part_of(t) COLLATE "C" text_pattern_ops, w whole_ops);
CREATE TABLE by_expression_all PARTITION OF by_expression
FOR VALUES FROM (MINVALUE, MINVALUE) TO (MAXVALUE, MAXVALUE);
CREATE TABLE by_boolean (b boolean) PARTITION BY LIST (b);
CREATE TABLE by_boolean_true PARTITION OF by_boolean FOR VALUES IN (true);
CREATE TABLE without_partitions (a integer) PARTITION BY RANGE (a);
CREATE TABLE "Odd ""schema"" 🐘"."Partition ""\" PARTITION OF by_boolean FOR VALUES IN (false);

-- Of other natures than their parent.
CREATE TABLE of_natures (a integer, b text) PARTITION BY LIST (a);
CREATE FOREIGN TABLE foreign_partition PARTITION OF of_natures FOR VALUES IN (1) SERVER here;
CREATE UNLOGGED TABLE unlogged_partition PARTITION OF of_natures FOR VALUES IN (2);
CREATE TABLE partition_in_space PARTITION OF of_natures FOR VALUES IN (3)
USING "Heap ""2""" WITH (fillfactor = 60) TABLESPACE "Torture space";
ALTER TABLE of_natures OWNER TO torture_owner;
GRANT SELECT ON partition_in_space TO torture_reader;
CREATE TABLE partitioned_in_space (a integer) PARTITION BY LIST (a) TABLESPACE "Torture space";

-- Keys of partitioned tables and of some partitions alone.
CREATE TABLE keyed (a integer, b text, c integer, PRIMARY KEY (a, c)) PARTITION BY LIST (a);
CREATE TABLE keyed_1 PARTITION OF keyed FOR VALUES IN (1);
CREATE TABLE keyed_2 (c integer, a integer NOT NULL, b text, PRIMARY KEY (a, c), UNIQUE (b));
ALTER TABLE keyed ATTACH PARTITION keyed_2 FOR VALUES IN (2);
ALTER TABLE keyed ADD CONSTRAINT keyed_unique UNIQUE (c, a);
CREATE TABLE refers (a integer, c integer, FOREIGN KEY (a, c) REFERENCES keyed) PARTITION BY LIST (a);
CREATE TABLE refers_1 PARTITION OF refers FOR VALUES IN (1);
CREATE TABLE refers_from_without (a integer, c integer, FOREIGN KEY (a, c) REFERENCES keyed ON DELETE CASCADE);
INSERT INTO keyed VALUES (1, 'one', 1), (2, 'two', 2);
INSERT INTO refers VALUES (1, 1);
INSERT INTO refers_from_without VALUES (2, 2);
