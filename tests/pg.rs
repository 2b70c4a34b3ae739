//! Sessions with a real server: logging in, queries, COPY, and what errors become.

mod support;

use pgsluice::pg::{CopyOut, Session};
use pgsluice::{Error, ErrorKind};
use support::cluster::{Cluster, PASSWORD, cluster};
use support::sessions::{conninfo, refusal, session, tcp};
use tokio::net::{TcpListener, TcpStream};

/// A table of `rows` wide rows in a database of its own.
fn wide_table(cluster: &'static Cluster, rows: u32) -> String {
    let database = cluster.create_database("copy");
    database.psql(&format!(
        "CREATE TABLE t AS SELECT i, repeat('x', 200) AS pad FROM generate_series(1, {rows}) i"
    ));
    database.name().to_owned()
}

#[tokio::test]
async fn session_over_socket_knows_the_server_version() {
    let session = session(&cluster().url("postgres")).await;
    assert_eq!(session.server_version().major(), cluster().major());
    assert_eq!(
        session.server_version().as_str(),
        cluster().psql("postgres", "SHOW server_version")
    );
    assert!(!session.is_closed());
    session.close().await;
}

#[test]
fn session_works_on_a_current_thread_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("runtime");
    let answer = runtime.block_on(async {
        let session = session(&cluster().url("postgres")).await;
        let row = session.one("SELECT 42 AS n", &[]).await.expect("one row");
        row.get::<i32>("n").expect("an int4")
    });
    assert_eq!(answer, 42);
}

#[tokio::test]
async fn password_in_a_uri_is_decoded_and_accepted() {
    session(&cluster().tcp_url("postgres", PASSWORD, "postgres")).await;
}

#[tokio::test]
async fn wrong_password_names_role_and_host_but_not_the_password() {
    let wrong = "not-the-p4ssword";
    let error = refusal(&cluster().tcp_url("postgres", wrong, "postgres")).await;
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.sqlstate(), Some("28P01"));
    let text = format!("{error:?}");
    assert!(
        text.contains("127.0.0.1") && text.contains("\\\"postgres\\\""),
        "{text}"
    );
    assert!(!text.contains(wrong), "{text}");
}

#[tokio::test]
async fn missing_password_is_an_authentication_error_with_a_hint() {
    let port = cluster().port();
    let error = refusal(&format!("host=127.0.0.1 port={port} user=postgres")).await;
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.full().contains("none was given"), "{error:?}");
    assert!(error.hint().is_some_and(|hint| hint.contains("PGPASSWORD")));
}

#[tokio::test]
async fn password_file_is_used_when_private_and_ignored_otherwise() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().expect("temporary directory");
    let file = home.path().join(".pgpass");
    let port = cluster().port();
    std::fs::write(&file, format!("127.0.0.1:{port}:*:postgres:{PASSWORD}\n")).expect("file");
    let target = conninfo(&format!("host=127.0.0.1 port={port} user=postgres"))
        .with_defaults("nobody", Some(home.path()));

    let mode = |bits| std::fs::Permissions::from_mode(bits);
    std::fs::set_permissions(&file, mode(0o644)).expect("chmod");
    let refused = Session::connect(&target).await.map(drop);
    std::fs::set_permissions(&file, mode(0o600)).expect("chmod");
    let accepted = Session::connect(&target).await.map(drop);

    assert_eq!(
        refused.expect_err("file is public").kind(),
        ErrorKind::Authentication
    );
    accepted.expect("file is private");
}

#[tokio::test]
async fn unknown_database_is_a_connect_error_that_names_it() {
    let error = refusal(&cluster().url("no_such_db")).await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.sqlstate(), Some("3D000"));
    assert!(error.full().contains("no_such_db"), "{error:?}");
}

#[tokio::test]
async fn refused_port_is_a_connect_error_that_names_host_and_port() {
    let error = refusal("host=127.0.0.1 port=1 user=ann").await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(
        error.full().starts_with("connecting to 127.0.0.1:1: "),
        "{error:?}"
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("PGPORT")));
    // Of several addresses each is named, and the advice is given once.
    let error = refusal("host=127.0.0.1,127.0.0.2 port=1,2 user=ann").await;
    assert!(error.full().contains("127.0.0.2:2"), "{error:?}");
    assert!(error.hint().is_some_and(|hint| hint.contains("PGPORT")));
}

#[tokio::test]
async fn unknown_host_is_a_connect_error_that_names_it() {
    let error = refusal("host=no-such-host.invalid user=ann").await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(
        error.full().contains("no-such-host.invalid:5432"),
        "{error:?}"
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("PGHOST")));
}

#[tokio::test]
async fn connect_timeout_ends_the_wait_for_a_silent_server() {
    // Accepts connections, by way of the backlog, and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("its address").port();
    let error = refusal(&format!(
        "host=127.0.0.1 port={port} user=ann connect_timeout=1"
    ))
    .await;
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.full().contains("connect_timeout"), "{error:?}");
}

#[tokio::test]
async fn next_host_is_tried_when_one_is_down_and_not_when_one_refuses_the_login() {
    let port = cluster().port();
    let hosts = format!("host=127.0.0.1,127.0.0.1 port=1,{port} user=postgres");
    session(&format!("{hosts} password='{PASSWORD}'")).await;
    let error = refusal(&format!(
        "host=127.0.0.1,127.0.0.1 port={port},1 user=postgres password=x"
    ))
    .await;
    assert_eq!(error.kind(), ErrorKind::Authentication);
}

#[tokio::test]
async fn target_session_attrs_selects_the_kind_of_server() {
    session(&tcp("target_session_attrs=read-write")).await;
    session(&tcp("target_session_attrs=primary")).await;
    session(&tcp("target_session_attrs=prefer-standby")).await;
    session(&tcp(
        "target_session_attrs=read-only options='-c default_transaction_read_only=on'",
    ))
    .await;
    let error = refusal(&tcp("target_session_attrs=standby")).await;
    assert!(error.full().contains("not a standby"), "{error:?}");
}

#[tokio::test]
async fn rows_stream_into_values_and_stop_at_the_first_error() {
    let session = session(&cluster().url("postgres")).await;
    let sql =
        "SELECT i, relkind FROM generate_series(1, $1) i, (SELECT 'r'::\"char\" AS relkind) k";
    let rows = session
        .rows(sql, &[&3_i32], |row| {
            Ok((row.get::<i32>("i")?, row.char("relkind")?))
        })
        .await
        .expect("rows");
    assert_eq!(rows, [(1, 'r'), (2, 'r'), (3, 'r')]);

    let error = session
        .rows(sql, &[&3_i32], |row| row.get::<String>("i"))
        .await
        .expect_err("an int4 is no String");
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert!(error.full().contains("\"i\""), "{error:?}");
    session
        .batch("SELECT 1")
        .await
        .expect("the session is still usable");
}

#[tokio::test]
async fn session_goes_on_after_the_server_refused_rows() {
    let database = cluster().create_database("refusing");
    database.psql(
        "CREATE TABLE t (i int);
         CREATE TABLE refusing (i int);
         CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''refused''; END';
         CREATE TRIGGER refuse BEFORE INSERT ON refusing EXECUTE FUNCTION refuse();
         CREATE VIEW reading AS SELECT 1 AS i",
    );
    let session = session(&database.url()).await;
    // Refused before any row is asked for, after that, and for what the rows are.
    let refusals = [
        ("COPY missing FROM stdin", "1\n", "42P01"),
        ("COPY reading FROM stdin", "1\n", "42809"),
        ("COPY refusing FROM stdin", "1\n", "P0001"),
        ("COPY t FROM stdin", "one\n", "22P02"),
        ("COPY t FORM stdin", "1\n", "42601"),
    ];
    let copy = async |sql: &str, rows: &'static str| {
        let mut copy = session.copy_in(sql).await?;
        copy.send(rows.into()).await?;
        copy.finish().await
    };
    // The server is not always as fast.
    for round in 1..=20_u64 {
        for (sql, rows, sqlstate) in refusals {
            let error = copy(sql, rows).await.expect_err("the server refuses");
            assert_eq!(error.sqlstate(), Some(sqlstate), "{sql}: {error:?}");
            assert_eq!(copy("COPY t FROM stdin", "1\n2\n").await.unwrap(), 2);
        }
        let count = session
            .one("SELECT count(*) AS n FROM t", &[])
            .await
            .unwrap();
        assert_eq!(
            count.get::<i64>("n").unwrap() as u64,
            2 * round * refusals.len() as u64
        );
    }
}

#[tokio::test]
async fn server_error_keeps_sqlstate_detail_and_hint() {
    let session = session(&cluster().url("postgres")).await;
    let error = session
        .batch(
            "DO $$ BEGIN RAISE EXCEPTION 'no' USING DETAIL = 'a detail.', HINT = 'Try.', \
             ERRCODE = '22012'; END $$",
        )
        .await
        .expect_err("raised");
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.to_string(), "no (a detail)");
    assert_eq!(error.hint(), Some("Try."));
    assert_eq!(error.sqlstate(), Some("22012"));
}

#[tokio::test]
async fn missing_privilege_is_a_permission_error() {
    let database = cluster().create_database("private");
    database.psql("CREATE TABLE t (); CREATE ROLE stranger");
    let session = session(&database.url()).await;
    session.batch("SET ROLE stranger").await.expect("set role");
    let error = error_of(session.copy_out("COPY t TO STDOUT")).await;
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert!(error.full().contains("table t"), "{error:?}");
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn lock_that_is_not_granted_in_time_is_a_lock_timeout() {
    let database = cluster().create_database("locked");
    database.psql("CREATE TABLE t ()");
    let holder = session(&database.url()).await;
    holder.batch("BEGIN; LOCK t").await.expect("lock");
    let waiter = session(&database.url()).await;
    let error = waiter
        .batch("SET lock_timeout = '100ms'; LOCK t IN ACCESS SHARE MODE")
        .await
        .expect_err("locked");
    assert_eq!(error.kind(), ErrorKind::LockTimeout);
    assert_eq!(error.sqlstate(), Some("55P03"));
}

#[tokio::test]
async fn copy_out_gives_every_row_and_then_none_for_good() {
    let database = wide_table(cluster(), 5_000);
    let session = session(&cluster().url(&database)).await;
    let mut copy = session.copy_out("COPY t TO STDOUT");
    let (mut bytes, mut block) = (Vec::new(), Vec::new());
    while copy.read(&mut block).await.expect("data") {
        assert!(!block.is_empty());
        bytes.extend_from_slice(&block);
    }
    assert!(!copy.read(&mut block).await.expect("still nothing"));
    drop(copy);
    let expected = cluster().psql(&database, "COPY t TO STDOUT");
    assert!(bytes.strip_suffix(b"\n") == Some(expected.as_bytes()));
    session
        .batch("SELECT 1")
        .await
        .expect("the session is free again");
}

#[tokio::test]
async fn copy_that_is_given_up_leaves_nothing_to_the_next() {
    let database = wide_table(cluster(), 20_000);
    let session = session(&cluster().url(&database)).await;
    let mut block = Vec::new();
    let mut copy = session.copy_out("COPY t TO STDOUT");
    assert!(copy.read(&mut block).await.expect("a first row"));
    drop(copy);
    let mut copy = session.copy_out("SELECT 1; COPY (VALUES (7)) TO STDOUT");
    assert!(copy.read(&mut block).await.expect("data"));
    assert_eq!(block, b"7\n");
    assert!(!copy.read(&mut block).await.expect("no more"));
}

#[tokio::test]
async fn row_longer_than_any_buffer_arrives() {
    let session = session(&cluster().url("postgres")).await;
    let mut copy = session.copy_out("COPY (SELECT repeat('x', 20000000)) TO STDOUT");
    let (mut bytes, mut block) = (0, Vec::new());
    while copy.read(&mut block).await.expect("data") {
        assert!(block.capacity() < 1 << 20, "{}", block.capacity());
        bytes += block.len();
    }
    assert_eq!(bytes, 20_000_001);
}

#[tokio::test]
async fn error_in_mid_copy_keeps_its_sqlstate_and_the_session() {
    let session = session(&cluster().url("postgres")).await;
    let copy = session
        .copy_out("COPY (SELECT 1 / (50000 - i) FROM generate_series(1, 100000) i) TO STDOUT");
    assert_eq!(error_of(copy).await.sqlstate(), Some("22012"));
    session.batch("SELECT 1").await.expect("the session lives");
}

/// Reads on until the error that the test has seen to.
async fn error_of(mut copy: CopyOut<'_>) -> Error {
    let mut block = Vec::new();
    loop {
        match copy.read(&mut block).await {
            Ok(true) => {}
            Ok(false) => panic!("the COPY ran to its end"),
            Err(error) => return error,
        }
    }
}

/// How many backends run a COPY in `database`.
fn active_copies(database: &str) -> u32 {
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = '{database}' AND state = 'active' AND query LIKE 'COPY%'"
    );
    cluster().psql("postgres", &sql).parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_in_mid_copy_leaves_no_active_copy() {
    let database = wide_table(cluster(), 200_000);
    for url in [
        cluster().url(&database),
        cluster().tcp_url("postgres", PASSWORD, &database) + "?sslmode=require",
    ] {
        let session = session(&url).await;
        let mut copy = session.copy_out("COPY t TO STDOUT");
        copy.read(&mut Vec::new()).await.expect("a first row");
        assert_eq!(active_copies(&database), 1, "{url}");

        session.cancel_handle().cancel().await.expect("delivered");
        let error = error_of(copy).await;
        assert_eq!(error.kind(), ErrorKind::Server);
        assert_eq!(error.sqlstate(), Some("57014"));
        // The server sends the error before it shows the session as idle.
        session.batch("SELECT 1").await.expect("the session lives");
        assert_eq!(active_copies(&database), 0, "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn backend_terminated_in_mid_copy_is_a_connect_error() {
    let database = wide_table(cluster(), 200_000);
    let session = session(&cluster().url(&database)).await;
    let pid = backend_pid(&session).await;
    let mut copy = session.copy_out("COPY t TO STDOUT");
    copy.read(&mut Vec::new()).await.expect("a first row");
    terminate(pid);
    let error = error_of(copy).await;
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    // A backend that was stopped while it waited to send leaves without a word.
    assert!(
        matches!(error.sqlstate(), Some("57P01") | None),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn connection_cut_in_mid_copy_is_a_connect_error() {
    let database = wide_table(cluster(), 200_000);
    let (port, cut) = relay(cluster().port()).await;
    let session = session(&format!(
        "host=127.0.0.1 port={port} user=postgres password='{PASSWORD}' dbname={database}"
    ))
    .await;
    let mut copy = session.copy_out("COPY t TO STDOUT");
    copy.read(&mut Vec::new()).await.expect("a first row");
    cut.send(()).expect("the relay runs");
    let error = error_of(copy).await;
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    assert_eq!(error.sqlstate(), None);
}

/// Listens on a port whose first connection goes on to `server`, until told to cut it.
async fn relay(server: u16) -> (u16, tokio::sync::oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let (cut, told) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        let mut server = TcpStream::connect(("127.0.0.1", server))
            .await
            .expect("server");
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
            _ = told => {}
        }
    });
    (port, cut)
}

async fn backend_pid(session: &Session) -> i32 {
    let row = session.one("SELECT pg_backend_pid() AS pid", &[]).await;
    row.and_then(|row| row.get("pid")).expect("a pid")
}

fn terminate(pid: i32) {
    cluster().psql("postgres", &format!("SELECT pg_terminate_backend({pid})"));
}

#[tokio::test]
async fn error_after_the_session_was_killed_while_idle_says_why() {
    let session = session(&cluster().url("postgres")).await;
    let pid = backend_pid(&session).await;
    // With this answered, nothing is left to be sent that could fail before the
    // server's last words are read.
    session.batch("SELECT 1").await.expect("still alive");
    terminate(pid);
    while !session.is_closed() {
        tokio::task::yield_now().await;
    }
    let error = session.batch("SELECT 1").await.expect_err("killed");
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.full().contains("administrator command"), "{error:?}");
}
