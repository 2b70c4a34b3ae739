//! What a database is made with, and what is set for it.

use crate::archives::assert_as_pg_dump;
use crate::support::cluster::cluster;

#[test]
fn locales_of_every_provider_are_those_of_pg_dump() {
    let icu = "ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'de-AT-u-co-phonebk'";
    let with_rules = format!("{icu} ICU_RULES '&a < g'");
    let options = [
        (13, "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"),
        (13, "ENCODING 'SQL_ASCII' LOCALE 'C'"),
        (15, icu),
        (16, &with_rules),
        (
            17,
            "ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'",
        ),
        (
            18,
            "ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST'",
        ),
    ];
    for (number, (since, options)) in options.into_iter().enumerate() {
        if cluster().major() >= since {
            let database = cluster().create_database_with(&format!("locale_{number}"), options);
            assert_as_pg_dump(&database.url(), &[]);
        }
    }
}

#[test]
fn settings_and_privileges_of_a_database_are_those_of_pg_dump() {
    cluster().psql("postgres", r#"CREATE ROLE tenant; CREATE ROLE "Odd""#);
    let database = cluster().create_database_with("set up", "IS_TEMPLATE true OWNER tenant");
    database.psql(
        r#"ALTER DATABASE "set up" SET search_path TO "$user", public, "Odd ,x""y", '';
           ALTER DATABASE "set up" SET DateStyle TO 'ISO', 'YMD';
           ALTER DATABASE "set up" SET "Custom.Guc" = 'it''s \ mine';
           ALTER DATABASE "set up" SET temp_tablespaces TO '', 'pg_default';
           ALTER ROLE tenant IN DATABASE "set up" SET work_mem = '5MB';
           ALTER ROLE "Odd" IN DATABASE "set up" SET search_path TO '', 'a"b', "C d";
           ALTER ROLE "Odd" SET work_mem = '6MB';
           REVOKE ALL ON DATABASE "set up" FROM PUBLIC;
           REVOKE CREATE ON DATABASE "set up" FROM tenant;
           GRANT CONNECT ON DATABASE "set up" TO "Odd" WITH GRANT OPTION;
           COMMENT ON DATABASE "set up" IS 'it''s \ mine'"#,
    );
    for flags in [
        &[][..],
        &["-x", "--no-comments"],
        &["-a"],
        &["-n", "public"],
    ] {
        assert_as_pg_dump(&database.url(), flags);
    }
}
