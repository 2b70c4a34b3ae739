-- Comments on what has none so far, and comments that are hard to write down.

COMMENT ON COLLATION "C ""odd"" \" IS 'odd';
COMMENT ON AGGREGATE count_all(*) IS 'of all';
COMMENT ON SCHEMA "--option" IS '--option';
COMMENT ON SCHEMA "select" IS E'\\';
COMMENT ON SCHEMA empty IS '$$ $_$ %s {0} ${x} `ls` :variable :''x'' \. \connect';
COMMENT ON SCHEMA "schema
of two lines" IS E'\n';
COMMENT ON FUNCTION plain() IS E'\r\n\t \x01 é 日本語 🐘 e\u0301 \uFEFF';
COMMENT ON DOMAIN "Domain" IS '';
COMMENT ON SERVER "Server ""2"" \" IS 'it''s a server';
COMMENT ON FOREIGN DATA WRAPPER "Wrapper ""2"" \" IS 'it''s a wrapper';
COMMENT ON FOREIGN TABLE far_away IS 'without columns';
COMMENT ON TEXT SEARCH CONFIGURATION "Odd ""schema"" 🐘"."It's \ a copy" IS 'copied';
COMMENT ON TEXT SEARCH DICTIONARY "It's \ a dictionary" IS 'of snowballs';
COMMENT ON CONVERSION "Odd ""schema"" 🐘"."It's \ ""default""" IS 'default';
COMMENT ON OPERATOR <#@ (whole, integer) IS 'of two types';
COMMENT ON OPERATOR CLASS "Whole ""hash"" \" USING hash IS 'of its own family';
COMMENT ON OPERATOR FAMILY "Whole ""hash"" \" USING hash IS 'of its class';
COMMENT ON CAST (text AS whole) IS 'by a function';
COMMENT ON COLUMN of_type."it's" IS 'of a typed table';
COMMENT ON CONSTRAINT keyed_pkey ON keyed IS 'key of a partitioned table';
COMMENT ON CONSTRAINT keyed_1_pkey ON keyed_1 IS 'key of a partition';
COMMENT ON SEQUENCE serials_a_seq IS 'of a serial column';
COMMENT ON TABLE "select"."select" IS 'select';
-- On objects of initdb they are not kept.
COMMENT ON FUNCTION pg_catalog.version() IS 'lost';
COMMENT ON TABLE pg_catalog.pg_class IS 'lost';
