-- Large objects: alone and many of one owner, with privileges and comments.

SELECT lo_create(16384001);
SELECT lo_from_bytea(16384002, '\x00010203ff');
SELECT lo_from_bytea(16384003, convert_to(repeat('large object ', 100000), 'UTF8'));
SELECT lo_from_bytea(n::oid, convert_to('number ' || n, 'UTF8'))
FROM generate_series(16384100, 16384160) AS n;
-- A hole in the middle.
SELECT lo_put(16384001, 1000000, '\xabcd');
SELECT lo_from_bytea(4294967295, 'of the greatest OID');
SELECT lo_from_bytea(1, 'of the least OID');

ALTER LARGE OBJECT 16384002 OWNER TO torture_owner;
GRANT SELECT, UPDATE ON LARGE OBJECT 16384002 TO torture_reader WITH GRANT OPTION;
COMMENT ON LARGE OBJECT 16384002 IS 'it''s large';
REVOKE ALL ON LARGE OBJECT 16384003 FROM CURRENT_USER;
SELECT format('ALTER LARGE OBJECT %s OWNER TO torture_owner', n),
       format('GRANT SELECT ON LARGE OBJECT %s TO torture_reader', n)
FROM generate_series(16384110, 16384119) AS n
\gexec
SELECT format('GRANT SELECT ON LARGE OBJECT %s TO torture_reader', n)
FROM generate_series(16384130, 16384139) AS n
\gexec
COMMENT ON LARGE OBJECT 16384112 IS 'among others';
ALTER LARGE OBJECT 16384150 OWNER TO "torture ""Röle"" 🐘 -- /* $$ % \";
