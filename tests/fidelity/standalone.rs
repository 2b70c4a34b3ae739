//! Languages, collations, conversions, text search objects and event triggers.

use crate::archives::assert_as_pg_dump;
use crate::databases::{Dumped, WAYS, assert_restores};
use crate::support::cluster::{Database, cluster};

/// Dumps like `pg_dump`, whole and in parts, and comes back.
fn assert_comes_back(source: &Database<'_>) {
    source.psql("CREATE TABLE kinds.selected (n integer)");
    for flags in [
        &[][..],
        &["-n", "kinds"],
        &["-N", "kinds"],
        &["-t", "kinds.*"],
        &["-x", "--no-comments"],
        &["-a"],
    ] {
        assert_as_pg_dump(&source.url(), flags);
    }
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    for way in WAYS {
        assert_restores(source, &dumped.path(), way);
    }
}

#[test]
fn collations_of_every_provider_come_back() {
    let source = cluster().create_database("collations");
    source.psql(
        r#"CREATE SCHEMA kinds; CREATE SCHEMA "Odd ""S""";
           CREATE COLLATION "Odd ""S"""."select" (provider = libc, locale = 'C');
           CREATE COLLATION kinds."Two" (provider = libc, lc_collate = 'C', lc_ctype = 'POSIX');
           CREATE COLLATION kinds.german (provider = icu, locale = 'de-u-co-phonebk');
           CREATE COLLATION kinds.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
           COMMENT ON COLLATION kinds.ci IS 'it''s \ case-insensitive';
           CREATE ROLE collator; ALTER COLLATION kinds.german OWNER TO collator;
           CREATE DOMAIN kinds.citext AS text COLLATE kinds.ci;
           CREATE TABLE kinds.words (a text COLLATE "Odd ""S"""."select", b kinds.citext);
           CREATE INDEX ON kinds.words (a COLLATE kinds.german)"#,
    );
    if cluster().major() >= 16 {
        source.psql(
            "CREATE COLLATION kinds.ruled (provider = icu, locale = '', rules = '&V << w <<< ''W''')",
        );
    }
    if cluster().major() >= 17 {
        source.psql("CREATE COLLATION kinds.built_in (provider = builtin, locale = 'C.UTF-8')");
    }
    assert_comes_back(&source);
}

#[test]
fn conversions_come_back() {
    let source = cluster().create_database("conversions");
    source.psql(
        r#"CREATE SCHEMA kinds; CREATE SCHEMA "Odd ""S""";
           CREATE DEFAULT CONVERSION kinds.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
           CREATE CONVERSION "Odd ""S"""."Back" FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
           COMMENT ON CONVERSION kinds.latin IS 'one''s own';
           CREATE ROLE converter; ALTER CONVERSION kinds.latin OWNER TO converter"#,
    );
    assert_comes_back(&source);
}

#[test]
fn languages_come_back_with_their_functions_and_privileges() {
    let source = cluster().create_database("languages");
    source.psql(
        r#"CREATE SCHEMA kinds; CREATE SCHEMA "Odd ""S""";
           CREATE FUNCTION "Odd ""S"""."Run"() RETURNS language_handler LANGUAGE c
               AS '$libdir/plpgsql', 'plpgsql_call_handler';
           CREATE FUNCTION kinds.run_block(internal) RETURNS void LANGUAGE c
               AS '$libdir/plpgsql', 'plpgsql_inline_handler';
           CREATE FUNCTION kinds.validate(oid) RETURNS void LANGUAGE c
               AS '$libdir/plpgsql', 'plpgsql_validator';
           CREATE TRUSTED LANGUAGE "Odd Lang"
               HANDLER "Odd ""S"""."Run" INLINE kinds.run_block VALIDATOR kinds.validate;
           CREATE LANGUAGE bare HANDLER "Odd ""S"""."Run";
           COMMENT ON LANGUAGE "Odd Lang" IS 'much like another';
           CREATE ROLE linguist; CREATE ROLE "Odd Speaker"; CREATE ROLE listener;
           ALTER LANGUAGE bare OWNER TO linguist;
           REVOKE ALL ON LANGUAGE "Odd Lang" FROM PUBLIC;
           GRANT USAGE ON LANGUAGE "Odd Lang" TO "Odd Speaker" WITH GRANT OPTION;
           SET ROLE "Odd Speaker"; GRANT USAGE ON LANGUAGE "Odd Lang" TO listener; RESET ROLE;
           REVOKE ALL ON LANGUAGE plpgsql FROM PUBLIC;
           CREATE FUNCTION kinds.one() RETURNS integer LANGUAGE "Odd Lang" AS 'BEGIN RETURN 1; END'"#,
    );
    assert_comes_back(&source);
}

/// `pg_dump` leaves the functions of such a language out, and its archive cannot be restored.
#[test]
fn language_run_by_functions_of_another_comes_back() {
    let source = cluster().create_database("borrowed");
    source.psql(
        "CREATE TRUSTED LANGUAGE borrowed HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator",
    );
    let dumped = Dumped::by_pgsluice(&source.url(), &[]);
    assert_restores(&source, &dumped.path(), &[]);
}

#[test]
fn text_search_objects_come_back() {
    let source = cluster().create_database("text_search");
    source.psql(
        r#"CREATE SCHEMA kinds; CREATE SCHEMA "Odd ""S""";
           CREATE TEXT SEARCH PARSER kinds."Parser" (START = prsd_start, GETTOKEN = prsd_nexttoken,
               END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
           CREATE TEXT SEARCH PARSER kinds.bare (START = prsd_start, GETTOKEN = prsd_nexttoken,
               END = prsd_end, LEXTYPES = prsd_lextype);
           COMMENT ON TEXT SEARCH PARSER kinds."Parser" IS 'p';
           CREATE TEXT SEARCH TEMPLATE kinds."Template" (INIT = dsimple_init, LEXIZE = dsimple_lexize);
           CREATE TEXT SEARCH TEMPLATE kinds.bare (LEXIZE = dsimple_lexize);
           COMMENT ON TEXT SEARCH TEMPLATE kinds.bare IS 't';
           CREATE TEXT SEARCH DICTIONARY kinds."Dict" (TEMPLATE = kinds."Template", stopwords = english, accept = false);
           CREATE TEXT SEARCH DICTIONARY kinds.plain (TEMPLATE = simple);
           CREATE TEXT SEARCH DICTIONARY "Odd ""S"""."where" (TEMPLATE = snowball, language = 'russian');
           COMMENT ON TEXT SEARCH DICTIONARY kinds.plain IS 'd';
           CREATE TEXT SEARCH CONFIGURATION kinds.empty (PARSER = kinds."Parser");
           CREATE TEXT SEARCH CONFIGURATION kinds."Conf" (COPY = english);
           ALTER TEXT SEARCH CONFIGURATION kinds."Conf"
               ALTER MAPPING FOR asciiword, word WITH "Odd ""S"""."where", kinds."Dict", english_stem;
           ALTER TEXT SEARCH CONFIGURATION kinds."Conf" DROP MAPPING FOR url_path;
           COMMENT ON TEXT SEARCH CONFIGURATION kinds."Conf" IS 'c';
           CREATE ROLE searcher;
           ALTER TEXT SEARCH DICTIONARY kinds.plain OWNER TO searcher;
           ALTER TEXT SEARCH CONFIGURATION kinds."Conf" OWNER TO searcher;
           CREATE TABLE kinds.texts (body text);
           CREATE INDEX ON kinds.texts USING gin (to_tsvector('kinds."Conf"', body))"#,
    );
    assert_comes_back(&source);
}

#[test]
fn event_triggers_come_back_in_every_state() {
    let source = cluster().create_database("event_triggers");
    source.psql(
        r#"CREATE SCHEMA kinds;
           CREATE FUNCTION kinds."Note"() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
           CREATE EVENT TRIGGER "Some Tags" ON ddl_command_start
               WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION kinds."Note"();
           CREATE EVENT TRIGGER dropped ON sql_drop EXECUTE FUNCTION kinds."Note"();
           CREATE EVENT TRIGGER rewritten ON table_rewrite EXECUTE FUNCTION kinds."Note"();
           CREATE EVENT TRIGGER ended ON ddl_command_end EXECUTE FUNCTION kinds."Note"();
           ALTER EVENT TRIGGER "Some Tags" DISABLE;
           ALTER EVENT TRIGGER dropped ENABLE REPLICA;
           ALTER EVENT TRIGGER rewritten ENABLE ALWAYS;
           COMMENT ON EVENT TRIGGER dropped IS 'it''s gone';
           CREATE ROLE trigger_owner SUPERUSER; ALTER EVENT TRIGGER ended OWNER TO trigger_owner"#,
    );
    if cluster().major() >= 17 {
        source.psql(
            r#"CREATE EVENT TRIGGER came ON login EXECUTE FUNCTION kinds."Note"();
               ALTER EVENT TRIGGER came DISABLE"#,
        );
    }
    assert_comes_back(&source);
}
