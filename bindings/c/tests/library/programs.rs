//! The programs of `tests/c`: each in every [`Way`], with databases and buckets of its own.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use crate::build::{Way, compile};
use crate::ledger::{sessions_of_the_dump, wait_for};
use crate::support::cluster::{Database, PASSWORD, cluster};
use crate::support::s3::{Effect, Op, S3Server};
use crate::{root, succeed};

pub(crate) const BUCKET: &str = "backups";
const KEY: &str = "shop.dump";
const ARCHIVE: &str = "s3://backups/shop.dump";

const SHOP: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
    INSERT INTO customers SELECT i, 'customer ' || i FROM generate_series(1, 500) AS i;
    CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customers, note text);
    INSERT INTO orders (customer, note) SELECT 1 + i % 500, md5(i::text) FROM generate_series(1, 5000) AS i;
    CREATE INDEX orders_by_customer ON orders (customer);
    CREATE VIEW busy AS SELECT customer, count(*) FROM orders GROUP BY customer;
    SELECT lo_from_bytea(7001, convert_to(repeat('large', 300), 'UTF8'))";

/// A small database, which nobody changes.
pub(crate) fn shop() -> &'static Database<'static> {
    static SHOP_DATABASE: LazyLock<Database<'static>> = LazyLock::new(|| {
        let database = cluster().create_database("shop");
        database.psql(SHOP);
        database
    });
    &SHOP_DATABASE
}

/// A database of 60 MB, which is not dumped in a moment: more than buffers have room for.
fn wide() -> &'static Database<'static> {
    static WIDE: LazyLock<Database<'static>> = LazyLock::new(|| {
        let database = cluster().create_database("wide");
        database.psql(
            "CREATE TABLE wide AS SELECT repeat('x', 1000000) AS line FROM generate_series(1, 60)",
        );
        database
    });
    &WIDE
}

/// A store with an empty bucket.
pub(crate) fn store() -> S3Server {
    let server = S3Server::start();
    server.create_bucket(BUCKET);
    server
}

fn source(name: &str) -> PathBuf {
    root().join("bindings/c/tests/c").join(name)
}

/// The program, compiled, to be given what it asks its environment for.
fn program(name: &str, way: Way) -> Command {
    way.command(&compile(&source(name), way))
}

#[test]
fn archive_goes_into_a_store_and_comes_back() {
    for way in Way::ALL {
        let (server, copy) = (store(), cluster().create_database("restored"));
        succeed(
            program("store.c", way)
                .envs(server.env())
                .env("ARCHIVE", ARCHIVE)
                .env("SOURCE_URL", shop().url())
                .env("TARGET_URL", copy.url()),
        );
        let sum = "SELECT count(*), sum(customer) FROM orders";
        assert_eq!(copy.psql(sum), shop().psql(sum), "{way:?}");
    }
}

#[test]
fn archive_goes_through_callbacks_and_comes_back() {
    for way in Way::ALL {
        let copy = cluster().create_database("restored");
        succeed(
            program("streams.c", way)
                .env("ARCHIVE", ARCHIVE)
                .env("SOURCE_URL", shop().url())
                .env("TARGET_URL", copy.url()),
        );
        let sum = "SELECT count(*), sum(customer) FROM orders";
        assert_eq!(copy.psql(sum), shop().psql(sum), "{way:?}");
    }
}

#[test]
fn job_that_is_cancelled_half_way_leaves_nothing() {
    for way in Way::ALL {
        let server = store();
        // So slow that progress is told of in between.
        server.fail_always(Op::UploadPart, Effect::Delay(Duration::from_millis(700)));
        succeed(
            program("cancel.c", way)
                .envs(server.env())
                .env("ARCHIVE", ARCHIVE)
                .env("SOURCE_URL", wide().url()),
        );
        assert_eq!(server.unfinished_uploads(), Vec::<String>::new(), "{way:?}");
        assert_eq!(server.object(BUCKET, KEY), None, "{way:?}");
        // A server notices a little later that a connection is closed.
        wait_for("the end of all sessions", || {
            sessions_of_the_dump(wide()).is_empty().then_some(())
        });
    }
}

#[test]
fn nulls_and_garbage_are_refused() {
    for way in Way::ALL {
        succeed(&mut program("garbage.c", way));
    }
}

#[test]
fn log_is_told_without_secrets_and_until_it_is_unset() {
    for way in Way::ALL {
        let url = cluster().tcp_url("postgres", PASSWORD, shop().name());
        succeed(
            program("log.c", way)
                .env("SOURCE_URL", url)
                .env("PASSWORD", PASSWORD),
        );
    }
}

#[test]
fn several_jobs_run_at_once() {
    for way in Way::ALL {
        succeed(program("threads.c", way).env("SOURCE_URL", shop().url()));
    }
}

#[test]
fn handles_live_in_smart_pointers() {
    for way in Way::ALL {
        let copy = cluster().create_database("restored");
        succeed(
            program("handles.cpp", way)
                .env("SOURCE_URL", shop().url())
                .env("TARGET_URL", copy.url()),
        );
        let sum = "SELECT count(*), sum(customer) FROM orders";
        assert_eq!(copy.psql(sum), shop().psql(sum), "{way:?}");
    }
}

/// Tests that cannot fail prove nothing.
#[test]
fn leak_and_misuse_are_found() {
    for way in [Way::Sanitized, Way::Valgrind] {
        for mistake in ["leak", "use after free"] {
            let output = program("mistakes.c", way)
                .env("MISTAKE", mistake)
                .output()
                .unwrap();
            assert!(!output.status.success(), "{way:?} does not find: {mistake}");
        }
        succeed(program("mistakes.c", way).env("MISTAKE", "none"));
    }
}
