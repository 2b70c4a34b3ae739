//! Rows that are sent in COPY's binary format instead of the archive's text.

use bytes::Bytes;
use pgsluice::copy::{BinaryRows, Column, Step};

use crate::damage::facts;
use crate::databases::{Dumped, assert_equal};
use crate::program::{Program, restored};
use crate::support::cluster::{Database, cluster};
use crate::support::program::succeed;

/// Values of each type: those at its limits that are converted, and many by chance.
const VALUES: [(&str, Column, &str); 20] = [
    ("bool", Column::Bool, "VALUES (true), (false), (NULL)"),
    ("int2", Column::Int2, "SELECT generate_series(-32768, 32767, 7)::int2 UNION ALL VALUES (32767::int2), (0::int2)"),
    ("int4", Column::Int4, "SELECT ((random() - 0.5) * 4294967294)::int4 FROM generate_series(1, 5000) UNION ALL VALUES (2147483647), (-2147483648)"),
    (
        "int8",
        Column::Int8,
        "SELECT ((random() - 0.5) * 10 ^ (i % 19))::int8 FROM generate_series(1, 5000) AS i
         UNION ALL VALUES (9223372036854775807), (-9223372036854775808)",
    ),
    (
        "float4",
        Column::Float4,
        "SELECT ((random() - 0.5) * 10 ^ (i % 70 - 35))::float4 FROM generate_series(1, 5000) AS i
         UNION ALL VALUES ('NaN'::float4), ('Infinity'), ('-Infinity'), ('-0'), ('1e-45'), ('3.4028235e+38'), ('1.1754944e-38')",
    ),
    (
        "float8",
        Column::Float8,
        "SELECT (random() - 0.5) * 10 ^ (i % 600 - 300)::float8 FROM generate_series(1, 5000) AS i
         UNION ALL VALUES ('NaN'::float8), ('Infinity'), ('-Infinity'), ('-0'), ('5e-324'), ('1.7976931348623157e+308'), ('2.2250738585072014e-308')",
    ),
    (
        "numeric",
        Column::Numeric,
        "SELECT round(((random() - 0.5) * 10 ^ (i % 40 - 12))::numeric, i % 25) FROM generate_series(1, 5000) AS i
         UNION ALL SELECT (10::numeric ^ i)::numeric(60, 0) FROM generate_series(0, 50) AS i
         UNION ALL SELECT 1 / 10::numeric ^ i FROM generate_series(0, 50) AS i
         UNION ALL SELECT repeat('9', i)::numeric FROM generate_series(1, 999) AS i
         UNION ALL SELECT ('-0.' || repeat('0', i) || '1')::numeric FROM generate_series(1, 900) AS i
         UNION ALL VALUES ('NaN'::numeric), (0), (0.000), (-1), (10000), (9999.9999), (100000000), (1e-20), (-0.5)",
    ),
    ("numeric(12, 2)", Column::Numeric, "SELECT (i * 7919 % 100003 / 100.0)::numeric(12, 2) FROM generate_series(-3000, 3000) AS i"),
    (
        "text",
        Column::Text,
        r"SELECT chr(i) || 'x' || chr(i + 1) FROM generate_series(1, 2000) AS i
          UNION ALL VALUES (''), (E'\t\n\r\b\f\v\\'), ('\N'), ('\.'), ('a\tb'), ('ä€😀'), (repeat('long ', 20000)), (NULL)",
    ),
    ("varchar(5)", Column::Text, "VALUES ('a'), ('12345'), ('äöüßé'), ('')"),
    ("char(5)", Column::Text, "VALUES ('a'), ('12345'), ('äö')"),
    ("json", Column::Text, r#"SELECT format('{"a":  %s, "b": "\n\u00e9 \\ \""}', i)::json FROM generate_series(1, 100) AS i"#),
    (
        "jsonb",
        Column::Jsonb,
        r#"SELECT jsonb_build_object('a', i, 'b', ARRAY['\', '"', E'\n', 'ä'], 'c', NULL, 'd', i / 7.0) FROM generate_series(1, 500) AS i
           UNION ALL VALUES ('1'::jsonb), ('"\\n"'), ('[]'), ('null')"#,
    ),
    (
        "bytea",
        Column::Bytea,
        "SELECT decode(md5(i::text) || to_hex(256 + i % 3000)||'0', 'hex') FROM generate_series(1, 2000) AS i WHERE length(to_hex(256 + i % 3000)) % 2 = 1
         UNION ALL VALUES (''::bytea), ('\\x00ff5c0a'), (decode(repeat('5c0a09', 30000), 'hex')), (NULL)",
    ),
    ("uuid", Column::Uuid, "SELECT md5(i::text)::uuid FROM generate_series(1, 2000) AS i"),
    (
        "date",
        Column::Date,
        "SELECT date '0001-01-01' + i * 11 FROM generate_series(0, 330000, 3) AS i WHERE date '0001-01-01' + i * 11 < '10000-01-01'
         UNION ALL VALUES ('9999-12-31'::date), ('infinity'), ('-infinity'), ('2000-02-29'), ('1900-02-28')",
    ),
    ("time", Column::Time, "SELECT time '00:00' + i * interval '0.987654 seconds' FROM generate_series(0, 80000, 13) AS i UNION ALL VALUES ('24:00:00'::time), ('23:59:59.999999'), ('00:00:00.1')"),
    (
        "timestamp",
        Column::Timestamp,
        "SELECT timestamp '0001-01-01' + i * interval '7 days 3.456789 seconds' FROM generate_series(0, 500000, 50) AS i
         UNION ALL VALUES ('infinity'::timestamp), ('-infinity'), ('9999-12-31 23:59:59.999999')",
    ),
    (
        "timestamptz",
        Column::TimestampTz,
        "SELECT timestamptz '0001-01-02 00:00:00Z' + i * interval '7 days 3.456789 seconds' FROM generate_series(0, 500000, 50) AS i
         UNION ALL VALUES ('infinity'::timestamptz), ('-infinity'), ('9999-12-30 23:59:59.999999Z')",
    ),
    ("mood", Column::Text, "VALUES ('sad'::mood), ('so so'), ('''quoted\"')"),
];

/// Zones with all sorts of offsets, of minutes, and of seconds long ago.
const ZONES: [&str; 5] = [
    "UTC",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Europe/Amsterdam",
    "Pacific/Kiritimati",
];

fn copy_out(database: &Database<'_>, sql: &str) -> Vec<u8> {
    let mut psql = cluster().command("psql");
    psql.args(["-Xq", "-d", &database.url(), "-c", sql])
        .env("PGCLIENTENCODING", "UTF8");
    succeed(&mut psql).stdout
}

/// The binary rows of `text`, which comes in pieces. It must be converted to its end.
fn convert(column: Column, text: &[u8], step: usize) -> Vec<u8> {
    let mut rows = BinaryRows::new(&[column]);
    let mut binary = Vec::new();
    for piece in text.chunks(step) {
        let mut piece = Bytes::copy_from_slice(piece);
        loop {
            let mut block = Vec::new();
            let step = rows.convert(&mut piece, &mut block);
            binary.append(&mut block);
            match step {
                Step::Full => {}
                Step::Hungry => break,
                Step::Stopped => {
                    let held = rows.finish(&mut Vec::new());
                    let rest = [held, piece.to_vec()].concat();
                    let row = rest.split(|byte| *byte == b'\n').next().unwrap();
                    panic!("{column:?}: {:?} stops it", String::from_utf8_lossy(row));
                }
            }
        }
    }
    assert!(rows.finish(&mut binary).is_empty());
    binary
}

#[test]
fn text_of_the_server_becomes_its_own_binary_rows() {
    let database = cluster().create_database("values");
    database.psql(r#"CREATE TYPE mood AS ENUM ('sad', 'so so', '''quoted"'); SELECT setseed(0.5)"#);
    for (number, (of_type, column, values)) in VALUES.iter().enumerate() {
        database.psql(&format!(
            "CREATE TABLE t{number} (v {of_type}); INSERT INTO t{number} {values}"
        ));
        let zones = match column {
            Column::TimestampTz => &ZONES[..],
            _ => &ZONES[..1],
        };
        for zone in zones {
            let zone = format!("SET TimeZone = '{zone}'; SET extra_float_digits = 3;");
            let text = copy_out(&database, &format!("{zone} COPY t{number} TO STDOUT"));
            let binary = copy_out(
                &database,
                &format!("{zone} COPY t{number} TO STDOUT (FORMAT binary)"),
            );
            assert!(!text.is_empty(), "{of_type}");
            for step in [1000, 300_000] {
                assert!(convert(*column, &text, step) == binary, "{of_type}, {zone}");
            }
        }
    }
}

/// Tables of more than a megabyte. In the first everything can be sent in binary, in the
/// others it can not: from a row in the middle on, and at all.
fn source() -> Database<'static> {
    let database = cluster().create_database("binary");
    database.psql(
        r#"CREATE TYPE state AS ENUM ('new', 'in''valid', 'ok');
           CREATE DOMAIN positive AS int CHECK (VALUE > 0);
           CREATE TABLE "All""of" (
             id bigint PRIMARY KEY, "Small ""one""" smallint, amount numeric(12, 2), state state, counted positive, name varchar(40), code char(4),
             at timestamptz(3), on_day date, daily time, seen timestamp, ratio double precision, share real, body bytea, facts jsonb, plain json,
             uid uuid, paid boolean, doubled bigint GENERATED ALWAYS AS (id * 2) STORED);
           INSERT INTO "All""of"
           SELECT i, i % 30000, i / 7.0, (ARRAY['new', 'in''valid', 'ok'])[i % 3 + 1]::state, i, repeat(E'ä\t\\n', i % 9), 'c' || i % 100,
                  timestamptz '2020-01-01' + i * interval '77.123456 minutes', date '1970-01-01' + i, time '00:00' + i * interval '1.01 s',
                  CASE WHEN i % 5 > 0 THEN timestamp '1999-12-31 23:00' + i * interval '1 hour' ELSE 'infinity' END, i / 3.0, i / 9.0,
                  decode(md5(i::text), 'hex'), jsonb_build_object('i', i, 'text', E'\\ "\n'), '{"as":  "it is"}', md5(i::text)::uuid, i % 2 = 0
             FROM generate_series(1, 12000) AS i;
           CREATE TABLE stops (id int, happened date, note text);
           INSERT INTO stops SELECT i, CASE WHEN i % 20000 = 19999 THEN date '0044-03-15 BC' ELSE '2024-01-01' END, repeat('n', i % 60) FROM generate_series(1, 50000) AS i;
           CREATE TABLE lists (id int, words text[]);
           INSERT INTO lists SELECT i, ARRAY['w' || i, '{'] FROM generate_series(1, 80000) AS i;
           CREATE TABLE tiny (id int);
           INSERT INTO tiny VALUES (1)"#,
    );
    database
}

/// Restores all rows but those of enums into tables that note how they were sent.
fn statements(archive: &Dumped, source: &Database<'_>, flags: &[&str]) -> Vec<String> {
    let schema = Dumped::by_pgsluice(&source.url(), &["-s"]);
    let copy = restored(schema.path(), &[]);
    copy.psql(
        "CREATE TABLE sent (query text);
         CREATE FUNCTION note() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
           IF current_setting('test.noted', true) IS DISTINCT FROM current_query() THEN
             INSERT INTO public.sent VALUES (current_query());
             PERFORM set_config('test.noted', current_query(), false);
           END IF;
           RETURN true; END $$;
         DO $$ DECLARE t regclass; BEGIN
           FOREACH t IN ARRAY ARRAY['\"All\"\"of\"', 'stops', 'lists', 'tiny'] LOOP
             EXECUTE format('ALTER TABLE %s ADD CONSTRAINT note CHECK (note())', t);
           END LOOP; END $$",
    );
    let restore = Program::restore(archive.path(), &copy);
    restore.args(["-a", "-e"]).args(flags).run().done();
    let sent =
        copy.psql("SELECT split_part(query, ' ', 2), query ILIKE '%format binary%' FROM sent");
    let count = "SELECT (SELECT count(*) FROM stops), (SELECT count(*) FROM lists), (SELECT count(*) FROM \"All\"\"of\")";
    assert_eq!(copy.psql(count), source.psql(count));
    let mut sent: Vec<String> = sent.lines().map(str::to_owned).collect();
    sent.sort();
    sent
}

#[test]
fn rows_go_in_binary_as_far_as_they_can() {
    let source = source();
    let ours = Dumped::by_pgsluice(&source.url(), &["-j2"]);
    let stock = Dumped::by_pg_dump(&source.url(), &["-Z0"]);
    for archive in [&ours, &stock] {
        for jobs in ["-j1", "-j3"] {
            assert_eq!(
                statements(archive, &source, &[jobs]),
                [
                    r#"public."All""of"|t"#,
                    "public.lists|f",
                    // The rows before the first date that cannot be converted, and the rest.
                    "public.stops|f",
                    "public.stops|t",
                    "public.tiny|f"
                ]
            );
            let copy = restored(archive.path(), &[jobs]);
            assert_equal(&source, &copy);
            copy.drop();
        }
    }
    let sent = statements(&ours, &source, &["-1"]);
    assert!(sent.iter().all(|sent| sent.ends_with("|f")), "{sent:?}");
}

#[test]
fn several_sessions_send_what_they_can_in_binary() {
    let source = source();
    source.psql("INSERT INTO stops SELECT i, CASE WHEN i = 150000 THEN date '0044-03-15 BC' ELSE '2024-01-01' END, repeat('n', 60) FROM generate_series(1, 200000) AS i");
    let archive = Dumped::by_pgsluice(&source.url(), &["-j3", "--max-memory", "76MiB"]);
    assert!(facts(&archive.path(), "stops").segments.len() > 1);
    for jobs in ["-j2", "-j4"] {
        let copy = restored(archive.path(), &[jobs, "-e"]);
        assert_equal(&source, &copy);
        copy.drop();
    }
}

#[test]
fn text_has_the_last_word() {
    let source = source();
    let archive = Dumped::by_pgsluice(&source.url(), &[]);
    let copy = restored(archive.path(), &["-s"]);
    copy.psql(
        r#"ALTER TABLE "All""of" ALTER name TYPE varchar(8);
           ALTER TABLE stops ALTER id TYPE bigint, ALTER happened TYPE text;
           CREATE SEQUENCE tries;
           ALTER TABLE "All""of" ADD CHECK (id > 1 OR nextval('tries') > 0)"#,
    );
    let outcome = Program::restore(archive.path(), &copy)
        .args(["-a", "--json"])
        .run();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert_eq!(outcome.failures(), [r#"TABLE DATA All"of"#]);
    // What a sequence has counted stays.
    assert_eq!(copy.psql("SELECT last_value FROM tries"), "2");
    assert_eq!(copy.psql(r#"SELECT count(*) FROM "All""of""#), "0");
    let sum = "SELECT sum(id), count(happened) FROM stops";
    assert_eq!(copy.psql(sum), source.psql(sum));
}

/// One statement may be more than the sum of two.
#[test]
fn table_with_triggers_takes_one_copy() {
    let source = cluster().create_database("triggers");
    source.psql(
        "CREATE TABLE nodes (id int PRIMARY KEY, parent int REFERENCES nodes, born date, pad text);
         INSERT INTO nodes SELECT i, NULL, CASE WHEN i = 30000 THEN date '0044-03-15 BC' ELSE '2024-01-01' END, repeat('p', 40) FROM generate_series(1, 30000) AS i;
         UPDATE nodes SET parent = 30000 WHERE id = 1",
    );
    for archive in [
        Dumped::by_pgsluice(&source.url(), &[]),
        Dumped::by_pg_dump(&source.url(), &[]),
    ] {
        let copy = restored(archive.path(), &["-s"]);
        copy.psql(
            "CREATE TABLE loads (rows bigint);
             CREATE FUNCTION emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM public.nodes; RETURN NULL; END $$;
             CREATE FUNCTION loaded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.loads SELECT count(*) FROM new; RETURN NULL; END $$;
             CREATE TRIGGER emptied BEFORE INSERT ON nodes EXECUTE FUNCTION emptied();
             CREATE TRIGGER loaded AFTER INSERT ON nodes REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION loaded()",
        );
        Program::restore(archive.path(), &copy)
            .args(["-a", "-j2"])
            .run()
            .done();
        let rows = "SELECT count(*), count(parent), min(born) FROM nodes";
        assert_eq!(copy.psql(rows), source.psql(rows));
        assert_eq!(copy.psql("SELECT * FROM loads"), "30000");
        copy.drop();
    }
}

/// How lines end is what the first of a COPY says.
#[test]
fn carriage_return_is_refused_wherever_it_stands() {
    let source = cluster().create_database("returns");
    source.psql("CREATE TABLE lines (id int, word text); INSERT INTO lines SELECT i, repeat('w', 50) FROM generate_series(1, 40000) AS i");
    let archive = Dumped::by_pg_dump(&source.url(), &["-Z0"]);
    let mut bytes = std::fs::read(archive.path()).unwrap();
    // The last lines of the table.
    for row in 39_900..=40_000 {
        let line = format!("{row}\tw");
        let mut windows = bytes.windows(line.len());
        let place = windows
            .position(|window| window == line.as_bytes())
            .unwrap();
        bytes[place + line.len() + 48] = b'\r';
    }
    std::fs::write(archive.path(), bytes).unwrap();
    let copy = cluster().create_database("restored");
    let restore = Program::restore(archive.path(), &copy).args(["-e"]);
    restore.run().failed(1, &["lines", "carriage return"]);
    assert_eq!(copy.psql("SELECT count(*) FROM lines"), "0");
}

#[test]
fn segment_without_rows_is_none_to_stumble_over() {
    let source = cluster().create_database("gaps");
    source.psql("CREATE TABLE gaps (id int, pad text); INSERT INTO gaps SELECT i, repeat('p', 500) FROM generate_series(1, 60000) AS i; DELETE FROM gaps WHERE id BETWEEN 5000 AND 55000");
    let archive = Dumped::by_pgsluice(&source.url(), &["-j3", "--max-memory", "76MiB", "-Znone"]);
    let segments = facts(&archive.path(), "gaps").segments;
    assert!(
        segments.iter().any(|segment| segment.stored_bytes == 0),
        "{segments:?}"
    );
    for jobs in ["-j1", "-j2", "-j4"] {
        let copy = restored(archive.path(), &[jobs, "-e"]);
        assert_equal(&source, &copy);
        copy.drop();
    }
}

#[test]
fn rows_in_other_encodings_go_as_text() {
    let source = source();
    let archive = Dumped::by_pg_dump(
        &source.url(),
        &[
            "-E",
            "LATIN1",
            "-t",
            "stops",
            "-t",
            "tiny",
            "-t",
            "lists",
            "-t",
            "\"All\"\"of\"",
        ],
    );
    let sent = statements(&archive, &source, &[]);
    assert!(sent.iter().all(|sent| sent.ends_with("|f")), "{sent:?}");
}
