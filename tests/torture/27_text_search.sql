-- Text search: parsers, templates, dictionaries, configurations.

CREATE TEXT SEARCH PARSER own_parser (
    START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
    LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH PARSER "Parser ""without"" headline" (
    START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
COMMENT ON TEXT SEARCH PARSER own_parser IS 'as the default';

CREATE TEXT SEARCH TEMPLATE own_template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH TEMPLATE "Template ""without"" init" (LEXIZE = dsimple_lexize);
COMMENT ON TEXT SEARCH TEMPLATE own_template IS 'as simple';

CREATE TEXT SEARCH DICTIONARY own_dictionary (TEMPLATE = own_template, ACCEPT = false);
CREATE TEXT SEARCH DICTIONARY "It's \ a dictionary" (
    TEMPLATE = snowball, LANGUAGE = 'english', STOPWORDS = 'english');
CREATE TEXT SEARCH DICTIONARY without_options (TEMPLATE = simple);
ALTER TEXT SEARCH DICTIONARY own_dictionary OWNER TO torture_owner;
COMMENT ON TEXT SEARCH DICTIONARY own_dictionary IS 'of an own template';

CREATE TEXT SEARCH CONFIGURATION own_configuration (PARSER = own_parser);
ALTER TEXT SEARCH CONFIGURATION own_configuration
    ADD MAPPING FOR asciiword, word WITH "It's \ a dictionary", own_dictionary, simple;
ALTER TEXT SEARCH CONFIGURATION own_configuration
    ADD MAPPING FOR int WITH without_options;
ALTER TEXT SEARCH CONFIGURATION own_configuration OWNER TO torture_owner;
CREATE TEXT SEARCH CONFIGURATION "Odd ""schema"" 🐘"."It's \ a copy" (COPY = pg_catalog.german);
CREATE TEXT SEARCH CONFIGURATION without_mappings (PARSER = "default");
COMMENT ON TEXT SEARCH CONFIGURATION own_configuration IS 'of three dictionaries';

CREATE TABLE searched (
    body text, vector tsvector GENERATED ALWAYS AS (to_tsvector('torture.own_configuration', body)) STORED);
INSERT INTO searched VALUES ('The quick brown foxes'), ('it''s \ "quoted"'), (NULL), ('');
CREATE INDEX ON searched USING gin (vector);
