-- Scanned originals, kept as large objects since before there was an object store.

SELECT lo_from_bytea(91001, 'small: a delivery note'::bytea);
SELECT lo_create(91002);
-- 1.5 MiB that do not compress, in more than one of pg_dump's 16 KiB reads.
SELECT lo_from_bytea(91003, (SELECT decode(string_agg(md5('scan' || n), '' ORDER BY n), 'hex') FROM generate_series(1, 98304) AS n));
-- A hole in the middle reads as zeros.
SELECT lo_from_bytea(91004, '\x00ff5c27');
SELECT lo_put(91004, 100000, '\x0a0d09');
SELECT lo_from_bytea(91005 + n, convert_to('page ' || n, 'UTF8')) FROM generate_series(0, 9) AS n;

ALTER LARGE OBJECT 91001 OWNER TO warehouse_owner;
ALTER LARGE OBJECT 91002 OWNER TO warehouse_accounting;
GRANT SELECT ON LARGE OBJECT 91001 TO warehouse_app WITH GRANT OPTION;
GRANT SELECT, UPDATE ON LARGE OBJECT 91003 TO "warehouse_BI Übersicht";
GRANT SELECT ON LARGE OBJECT 91003 TO PUBLIC;
COMMENT ON LARGE OBJECT 91001 IS 'The first scan; ''smallest'' of all';
COMMENT ON LARGE OBJECT 91002 IS 'Empty: the scanner was out of paper';

UPDATE platform.documents SET scan = 91001 WHERE id = md5('document1')::uuid;
UPDATE platform.documents SET scan = 91003 WHERE id = md5('document2')::uuid;
