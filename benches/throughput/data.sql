-- What an application has, some 2 GB of COPY text for scale 1: one wide table, one narrow one of many rows, one whose rows
-- are large values in TOAST, and 2,000 small tables. Run by benches/throughput/run.sh with psql -v scale=N.
--
-- Nothing is logged: the tables are read, not recovered.

\set wide '(7000000 * :scale)'
\set narrow '(8000000 * :scale)'
\set documents '(40000 * :scale)'

CREATE UNLOGGED TABLE orders (
    id bigint, placed_at timestamptz, customer_id integer, status text, currency char(3), net numeric(12, 2), tax numeric(12, 2),
    reference uuid, address text, remark text, is_paid boolean, weight double precision
) WITH (autovacuum_enabled = off);

INSERT INTO orders
SELECT i, timestamptz '2020-01-01 00:00:00Z' + i * interval '7 seconds', (i * 7919) % 99991,
       (ARRAY['created', 'paid', 'shipped', 'returned', 'cancelled'])[i % 5 + 1], (ARRAY['EUR', 'USD', 'PLN'])[i % 3 + 1],
       (i * 31 % 1000003) / 100.0, (i * 17 % 100003) / 100.0, md5(i::text)::uuid,
       'Street ' || (i * 13) % 977 || ', ' || lpad(((i * 31) % 99999)::text, 5, '0') || ' City ' || i % 331,
       CASE WHEN i % 3 = 0 THEN repeat('please ring ' || i % 97 || '; ', 5) END, i % 4 <> 0, (i % 10007) / 7.0
  FROM generate_series(1::bigint, :wide) AS i;

CREATE UNLOGGED TABLE movements (id bigint, item_id integer, quantity integer, moved_on date) WITH (autovacuum_enabled = off);

INSERT INTO movements
SELECT i, (i * 7919) % 50021, i % 211 - 100, date '2020-01-01' + (i / 5000)::integer
  FROM generate_series(1::bigint, :narrow) AS i;

CREATE UNLOGGED TABLE documents (id bigint, metadata jsonb, scan bytea) WITH (autovacuum_enabled = off);

INSERT INTO documents
SELECT i,
       jsonb_build_object('id', i, 'lines', (SELECT jsonb_agg(jsonb_build_object('sku', md5((i * 31 + n)::text), 'quantity', n, 'note', 'line ' || n))
                                               FROM generate_series(1, 40) AS n)),
       (SELECT string_agg(sha256((i || '/' || n)::bytea), '') FROM generate_series(1, 120) AS n)
  FROM generate_series(1::bigint, :documents) AS i;

CREATE SCHEMA small;

SELECT format('CREATE UNLOGGED TABLE small.%I (id integer, name text, changed_at timestamptz)', 'table_' || t),
       format('INSERT INTO small.%I SELECT i, md5(i::text), now() FROM generate_series(1, 100) AS i', 'table_' || t)
  FROM generate_series(1, 2000) AS t
\gexec

CHECKPOINT;
