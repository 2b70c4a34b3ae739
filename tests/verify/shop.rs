//! A small database with rows of many shapes, keys and large objects, and archives of it.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::cluster::{Database, cluster};
use crate::support::program::{pgsluice, succeed};

/// The database, which no test changes.
pub(crate) fn shop() -> &'static Database<'static> {
    static SHOP: LazyLock<Database<'static>> = LazyLock::new(|| {
        let database = cluster().create_database("shop");
        database.psql(
            r"CREATE SCHEMA sales;
              CREATE TABLE customers (id int PRIMARY KEY, name text, seen timestamptz DEFAULT '2026-01-01 12:00+00');
              INSERT INTO customers VALUES (1, E'tab\tline\nslash\\'), (2, NULL), (3, '\.');
              CREATE TABLE sales.orders (id int PRIMARY KEY, customer int REFERENCES customers, code bytea);
              INSERT INTO sales.orders SELECT i, 1 + i % 3, decode(md5(i::text), 'hex') FROM generate_series(1, 400) AS i;
              CREATE TABLE nothing (i int);
              CREATE TABLE columnless ();
              INSERT INTO columnless DEFAULT VALUES;
              CREATE TABLE measured (region text, value numeric) PARTITION BY LIST (region);
              CREATE TABLE measured_north PARTITION OF measured FOR VALUES IN ('north');
              INSERT INTO measured SELECT 'north', i / 7.0 FROM generate_series(1, 20) AS i;
              SELECT lo_from_bytea(0, convert_to(repeat('large', 3000), 'UTF8'));
              SELECT lo_from_bytea(0, '')",
        );
        database
    });
    &SHOP
}

/// An archive of the database, in a directory of its own.
pub(crate) struct Stored {
    directory: TempDir,
}

impl Stored {
    pub(crate) fn of(database: &Database<'_>, arguments: &[&str]) -> Self {
        let stored = Self {
            directory: TempDir::new().unwrap(),
        };
        let path = stored.path();
        let mut dump = pgsluice(&["dump", &database.url(), text(&path), "-q"]);
        succeed(dump.args(arguments));
        stored
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("shop.dump")
    }

    pub(crate) fn manifest_path(&self) -> PathBuf {
        self.directory.path().join("shop.dump.manifest.json")
    }
}

pub(crate) fn by_pgsluice(arguments: &[&str]) -> Stored {
    Stored::of(shop(), arguments)
}

pub(crate) fn by_pg_dump(arguments: &[&str]) -> Stored {
    let stored = Stored {
        directory: TempDir::new().unwrap(),
    };
    let mut dump = cluster().command("pg_dump");
    dump.args(["-d", &shop().url(), "-f"]).arg(stored.path());
    succeed(dump.args(arguments));
    stored
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// `pgsluice verify`: its exit code, and its outcome as JSON.
pub(crate) fn verify(path: &Path, arguments: &[&str]) -> (i32, Value) {
    let Output { status, stdout, .. } = pgsluice(&["verify", text(path), "--json"])
        .args(arguments)
        .output()
        .unwrap();
    let outcome = serde_json::from_slice(&stdout).unwrap_or(Value::Null);
    (status.code().unwrap_or(-1), outcome)
}

/// What an error says.
pub(crate) fn message(outcome: &Value) -> &str {
    outcome["error"]["message"].as_str().unwrap_or_default()
}
