-- Rows of the rarer types.

CREATE TABLE addresses (i inet, c cidr, m macaddr, m8 macaddr8);
INSERT INTO addresses VALUES
    ('0.0.0.0/0', '0.0.0.0/0', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00'),
    ('::ffff:1.2.3.4', '2001:db8::/32', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff'),
    ('10.1.2.3/8', '10.0.0.0/8', NULL, NULL), ('::/128', '::/0', NULL, NULL);

CREATE TABLE shapes (p point, l line, s lseg, b box, o path, c path, g polygon, r circle);
INSERT INTO shapes VALUES
    ('(NaN,Infinity)', '{1,-1,0}', '[(0,0),(1,1)]', '(1,1),(0,0)', '[(0,0),(1,1)]', '((0,0),(1,1))', '((0,0),(1,1),(2,0))', '<(0,0),1>'),
    ('(0.1,1e-300)', '{0,1,-1e300}', '[(-0,0),(1,1)]', NULL, '[(0,0)]', '((0,0))', '((0,0))', '<(NaN,1),0>');

CREATE TABLE searches (v tsvector, q tsquery);
INSERT INTO searches VALUES
    ('', ''), ('''it''''s'':1A,2B,16383 ''\\'':3 '' '' ''🐘''', '''it''''s'':AB* & !(a | b) <-> c <5> ''\\'''), (NULL, NULL);

CREATE TABLE ranges (i int4range, b int8range, n numrange, d daterange, t tsrange, z tstzrange, f float_range, x text_range);
INSERT INTO ranges VALUES
    ('empty', 'empty', 'empty', 'empty', 'empty', 'empty', 'empty', 'empty'),
    ('(,)', '[1,)', '(,NaN]', '[-infinity,infinity]', '(,infinity)', '[4714-11-24 00:00:00+00 BC,)', '[-0,NaN]', '["",""]'),
    ('[1,2)', '(1,3]', '(1.10,2.20]', '[2000-01-01,2000-01-02]', NULL, NULL, '(1e-300,1e300)', '["a,b","c\\""d)"]'),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE of_the_system (
    c regclass, p regprocedure, t regtype, n regnamespace, r regrole, x xid, x8 xid8, ci cid, ti tid, l pg_lsn,
    s pg_snapshot, a aclitem[], v oidvector, v2 int2vector);
INSERT INTO of_the_system VALUES
    ('"select"."select"', 'now()', 'torture.mood', '"Odd ""schema"" 🐘"', 'torture_owner', '4294967295', '18446744073709551615',
     '7', '(4294967295,65535)', 'FFFFFFFF/FFFFFFFF', '10:20:10,14', '{torture_owner=r/torture_owner,=r*/torture_owner}', '1 2', '3 4'),
    (0, 0, 0, 0, 0, '0', '0', '0', '(0,0)', '0/0', NULL, '{}', '', '');

-- Rows of rows, of domains and of arrays of both.
CREATE TABLE composites (c composite, n nested[], d of_composite, w whole_range[], l later_checked[], t texts, ts texts[]);
INSERT INTO composites
SELECT ROW(NULL, '', '(,)', '{}', '', '-1 days')::composite,
       ARRAY[ROW(ROW(1, '"', '\', NULL, NULL, NULL), '{sad,"it''s \"fine\" \\"}')::nested, NULL, ROW(NULL, '{}')::nested],
       '(5,x,,,,)', '{"[1,5)",empty}', ARRAY['', NULL, 'a b'], r, ARRAY[r, NULL]
FROM texts AS r WHERE length(r.t) < 5;
INSERT INTO composites VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL), (ROW(NULL, NULL, NULL, NULL, NULL, NULL), '{}', NULL, '{}', '{}', NULL, '{}');

-- As many rows as do not come in one piece, and rows that are longer than most.
CREATE TABLE many (n integer PRIMARY KEY, t text);
INSERT INTO many SELECT n, 'row ' || n || repeat(E'\\', n % 7) FROM generate_series(1, 20000) AS n;
DELETE FROM many WHERE n % 3 = 0;
CREATE TABLE long (n integer, t text, b bytea);
ALTER TABLE long ALTER t SET STORAGE EXTERNAL;
INSERT INTO long SELECT n, repeat(md5(n::text), 50000), decode(repeat(md5(n::text), 20000), 'hex') FROM generate_series(1, 4) AS n;
