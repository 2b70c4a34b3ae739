//! A database that can be held in the middle of a dump.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::cluster::{Database, cluster};

/// Nothing takes that long; whatever does, hangs.
const DEADLINE: Duration = Duration::from_secs(60);

/// Arguments for parts as small as S3 takes them, of rows as they are: the
/// table `ledger` then fills two parts and begins a third.
pub(crate) const SMALL_PARTS: [&str; 3] = ["-Znone", "--part-size", "5MiB"];

/// A database with a table `ledger` of 13 MB. The last row alone has a value of
/// the composite type `note`.
pub(crate) fn ledger() -> Database<'static> {
    let database = cluster().create_database("ledger");
    database.psql(
        "CREATE TYPE note AS (word text);
         CREATE TABLE ledger (id int, line text, note note);
         INSERT INTO ledger
         SELECT i, repeat('x', 1900), CASE WHEN i = 7000 THEN ROW('end')::note END
         FROM generate_series(1, 7000) AS i",
    );
    database
}

/// A database with 100 rows of 1 MB, more than parts in flight, the window and
/// sockets have room for.
pub(crate) fn wide() -> Database<'static> {
    let database = cluster().create_database("wide");
    database.psql(
        "CREATE TABLE wide AS SELECT repeat('x', 1000000) AS line FROM generate_series(1, 100)",
    );
    database
}

/// A session that changes the type `note` and does not commit: `COPY ledger`
/// sends all rows but the last, and then waits for its lock. Dropping it lets
/// the COPY go on.
pub(crate) struct Hold(Child);

impl Hold {
    pub(crate) fn of(database: &Database<'_>) -> Self {
        Self::with(
            database,
            "ALTER TYPE note RENAME ATTRIBUTE word TO sentence",
        )
    }

    /// A session that has run `sql` in a transaction that does not end.
    pub(crate) fn with(database: &Database<'_>, sql: &str) -> Self {
        let mut psql = cluster()
            .command("psql")
            .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", &database.url()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = psql.stdin.as_mut().unwrap();
        writeln!(input, "BEGIN; {sql}; SELECT 'held';").unwrap();
        let mut answer = String::new();
        BufReader::new(psql.stdout.take().unwrap())
            .read_line(&mut answer)
            .unwrap();
        assert_eq!(answer, "held\n");
        Self(psql)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // psql ends with its input, and its transaction with it.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Waits until the COPY waits for the [`Hold`]. Returns the backend's process id.
pub(crate) fn held_copy(database: &Database<'_>) -> String {
    waiting_copy(database, "wait_event_type = 'Lock'")
}

/// Waits until a COPY waits for whoever reads it.
pub(crate) fn unread_copy(database: &Database<'_>) {
    waiting_copy(database, "wait_event = 'ClientWrite'");
}

fn waiting_copy(database: &Database<'_>, condition: &str) -> String {
    let backend = format!(
        "SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND query ~ '^(LOCK [^;]*; )?COPY ' AND state = 'active' AND {condition}"
    );
    wait_for("a COPY that waits", || {
        let pid = database.psql(&backend);
        (!pid.is_empty()).then_some(pid)
    })
}

/// Sessions in the database other than those of the test.
pub(crate) fn sessions_of_the_dump(database: &Database<'_>) -> String {
    database.psql(
        "SELECT state, query FROM pg_stat_activity
         WHERE datname = current_database() AND application_name NOT LIKE 'psql%'
           AND backend_type = 'client backend'",
    )
}

/// Tries until there is a value.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(begin.elapsed() < DEADLINE, "waiting for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
