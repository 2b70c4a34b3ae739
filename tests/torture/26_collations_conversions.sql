-- Collations of the providers that every server has, and conversions.

CREATE COLLATION "C ""odd"" \" (PROVIDER = libc, LOCALE = 'C');
CREATE COLLATION two_locales (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
CREATE COLLATION "Odd ""schema"" 🐘".copied FROM "C";
ALTER COLLATION two_locales OWNER TO torture_owner;
COMMENT ON COLLATION two_locales IS 'C and POSIX';
CREATE TABLE with_collations (
    a text COLLATE "C ""odd"" \", b text COLLATE "Odd ""schema"" 🐘".copied,
    c varchar(3) COLLATE pg_catalog."default" CHECK (c COLLATE two_locales < 'x'));
CREATE INDEX ON with_collations (a COLLATE two_locales text_pattern_ops, b DESC NULLS LAST);

SELECT EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i') AS with_icu
\gset
\if :with_icu
CREATE COLLATION german (PROVIDER = icu, LOCALE = 'de-u-co-phonebk');
CREATE COLLATION case_blind (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
COMMENT ON COLLATION case_blind IS 'not deterministic';
CREATE TABLE with_icu_collations (a text COLLATE german PRIMARY KEY, b text COLLATE case_blind UNIQUE);
\endif

CREATE CONVERSION latin1_to_utf8 FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION "Odd ""schema"" 🐘"."It's \ ""default""" FOR 'UTF8' TO 'LATIN1'
FROM utf8_to_iso8859_1;
ALTER CONVERSION latin1_to_utf8 OWNER TO torture_owner;
COMMENT ON CONVERSION latin1_to_utf8 IS 'as the server''s own';
