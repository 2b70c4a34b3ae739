-- Rows with every value that is hard to write or to read.

CREATE TABLE texts (n serial PRIMARY KEY, t text, v varchar(5), c char(5), "char" "char", name name);
INSERT INTO texts (t)
SELECT t FROM unnest(ARRAY[
    NULL, '', 'NULL', '\N', '\.', '\\.', E'\n\\.\n', E'a\n\\.', '\', '\\', '\n', '\x41', E'\t', E'\n', E'\r', E'\r\n',
    E'\b\f\v', E'\x01\x02\x7f', ' ', '  leading', 'trailing  ', '''', '"', '""', ';', '--', '/* */', '$$', '%s', ',',
    '{', '(', '{}', '\\connect', E'\\\n', 'é', E'e\u0301', '日本語', '🐘', E'\u00a0', E'\u2028', E'\ufeff', E'\uffff',
    E'\U0010FFFF', repeat('x', 10000), repeat(E'\\\t\n', 3000), repeat('🐘', 4000)]) AS t;
INSERT INTO texts (t, v, c, "char", name) VALUES
    ('a', '', '', '', ''), ('b', '     ', 'a', E'\001', 'a name'), ('c', '🐘🐘🐘🐘🐘', '🐘', '\', '\'),
    ('d', E'\t\n\\\r ', E'\t', '\377', NULL);

CREATE TABLE numbers (
    i2 smallint, i4 integer, i8 bigint, n numeric, n2 numeric(20, 5), f4 real, f8 double precision,
    b boolean, m money, o oid);
INSERT INTO numbers VALUES
    (-32768, -2147483648, -9223372036854775808, 'NaN', 'NaN', 'NaN', 'NaN', true, '-92233720368547758.08', 0),
    (32767, 2147483647, 9223372036854775807, 1e-1000, -123456789012345.12345, 'Infinity', '-Infinity', false, 1, 4294967295),
    (0, 0, 0, 1e1000 + 0.5, 0.00000, '-0', '-0', NULL, 0, 1),
    (1, 1, 1, 0.1000, 1, 1.17549435e-38, 2.2250738585072014e-308, true, NULL, NULL),
    (1, 1, 1, repeat('9', 2000)::numeric, 1, 3.4028235e38, 1.7976931348623157e308, NULL, NULL, NULL),
    (NULL, NULL, NULL, -0.0, NULL, 1e-45, 5e-324, NULL, NULL, NULL),
    (NULL, NULL, NULL, 100, NULL, 0.1, 0.1, NULL, NULL, NULL),
    (NULL, NULL, NULL, 1.10, NULL, 1.0000001, 0.30000000000000004, NULL, NULL, NULL);

CREATE TABLE times (
    d date, t time, tz time with time zone, ts timestamp, tstz timestamp with time zone, i interval);
INSERT INTO times VALUES
    ('infinity', '00:00', '00:00+15:59', 'infinity', 'infinity', '1 year -2 mons +3 days -04:05:06.789'),
    ('-infinity', '24:00', '24:00-15:59', '-infinity', '-infinity', '-178000000 years'),
    ('4714-11-24 BC', '23:59:59.999999', '12:00+05:30:15', '4714-11-24 00:00:00 BC', '4714-11-24 00:00:00+00 BC', '0'),
    ('5874897-12-31', '12:00:00.000001', '12:00+00', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '178000000 years'),
    ('0001-01-01', '00:00', '00:00-00:30', '0001-12-31 BC', '1883-11-18 12:03:58-05', '-1 microsecond'),
    ('2000-02-29', NULL, NULL, '1999-12-31 23:59:59.999999', '2038-01-19 03:14:08+00', '-1 mon +30 days'),
    (NULL, NULL, NULL, NULL, NULL, '1000000:00:00');

CREATE TABLE binaries (b bytea, bits bit(9), varbits bit varying, u uuid);
INSERT INTO binaries
SELECT string_agg(decode(lpad(to_hex(n), 2, '0'), 'hex'), '' ORDER BY n), B'000000000', '', '00000000-0000-0000-0000-000000000000'
FROM generate_series(0, 255) AS n;
INSERT INTO binaries VALUES
    ('', B'111111111', B'1', 'ffffffff-ffff-ffff-ffff-ffffffffffff'), (NULL, NULL, NULL, NULL),
    ('\x5c2e0a', B'101010101', B'0101010101010101010101010101', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'),
    (decode(repeat('00ff5c0a', 50000), 'hex'), NULL, repeat('1', 10000)::bit varying, NULL);

CREATE TABLE arrays (i integer[], t text[], n integer[][], x xid[], b bytea[], c composite[], m mood[]);
INSERT INTO arrays VALUES
    ('{}', '{}', '{}', '{}', '{}', '{}', '{}'),
    ('{NULL}', ARRAY[NULL, 'NULL', '', '{', '"', '\', ',', E'\n\t', ' ', E'\\.'], '{{1,2},{NULL,3}}', '{1}', '{"\\x5c"}',
     ARRAY[ROW(1, 'it''s "2"', '\', ARRAY[1.5, NULL], 'it''s "fine" \', '1 day')::composite, NULL], '{"",🐘,NULL}'),
    ('[-3:-2]={1,2}', '[0:1]={a,b}', '[5:5][-1:0]={{1,2}}', NULL, NULL, NULL, NULL);

CREATE TABLE documents (j json, b jsonb, p jsonpath, x xml);
INSERT INTO documents (j, b, p) VALUES
    ('{"b": 1,  "a": 2, "a": 3}', '{"b": 1,  "a": 2, "a": 3}', '$.a[*] ? (@ > 1 && @.b like_regex "\\d")'),
    ('"\u00e9 \ud83d\udc18 \\ \" \/ \b\f\n\r\t"', '"\u00e9 \ud83d\udc18 \\ \" \/ \b\f\n\r\t"', 'strict $'),
    ('[1e400, -0, 0.10, 1E-7]', '[1e400, -0, 0.10, 1E-7]', '$."it''s"'),
    ('"\u0000"', '"\u001f\u007f"', NULL), ('null', 'null', NULL), (' [ ] ', '[]', NULL), (NULL, NULL, NULL),
    ('{"": {"\\": "\""}}', '{"": {"\\": "\""}}', NULL);
