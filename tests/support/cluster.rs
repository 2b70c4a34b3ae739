//! A PostgreSQL cluster of its own for each test binary.
//!
//! [`cluster`] starts it on first use, in a fresh directory under `/tmp`, with
//! durability off and TLS on. It is gone once the test binary is, however that
//! ends. The superuser is `postgres`, trusted on the Unix socket and known by the
//! password [`PASSWORD`] over TCP.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::account::{Account, run};
use super::certificates::Authority;

/// The superuser's password over TCP.
pub const PASSWORD: &str = "s3cret/p@ss";

/// Who may come how. Over TCP, `certified` needs a certificate, `tls_only` and
/// `plain_only` are what they are called.
const HBA: &str = "\
local     all all                      trust
local     replication all              trust
hostssl   all certified   127.0.0.1/32 cert
hostnossl all tls_only    127.0.0.1/32 reject
hostssl   all plain_only  127.0.0.1/32 reject
host      all all         127.0.0.1/32 scram-sha-256
";

/// A test that needs longer than this for a server to start has other problems.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The cluster of this test binary.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: LazyLock<Cluster> = LazyLock::new(Cluster::start);
    &CLUSTER
}

/// A running private cluster.
pub struct Cluster {
    directory: PathBuf,
    bin: PathBuf,
    port: u16,
    databases: AtomicUsize,
    /// Stops the server and removes the directory when its standard input closes,
    /// which happens when this process ends: a static is never dropped.
    _keeper: Child,
}

impl Cluster {
    /// Makes and starts a cluster. Panics with the server's log if that fails.
    pub fn start() -> Self {
        Self::start_with_certificate("server")
    }

    /// Makes and starts a cluster that shows another certificate: `version1`, which
    /// is of X.509 version 1, or `root`, which is self-signed.
    pub fn start_with_certificate(certificate: &str) -> Self {
        Self::start_with(certificate, "")
    }

    /// Makes and starts a cluster with lines of its own at the end of `postgresql.conf`.
    pub fn start_with_settings(settings: &str) -> Self {
        Self::start_with("server", settings)
    }

    /// Makes and starts a standby of this cluster, which has all that is there now.
    pub fn standby(&self) -> Self {
        Self::start_in(|bin, directory, port, account| {
            let data = directory.join("data");
            account.own(directory);
            let mut pg_basebackup = account.command(&bin.join("pg_basebackup"));
            run(pg_basebackup
                .args(["--checkpoint=fast", "--write-recovery-conf", "--no-sync"])
                .args(["--dbname", &self.url("postgres"), "--pgdata"])
                .arg(&data));
            configure(
                &data,
                &format!(
                    "port = {port}\nunix_socket_directories = '{}'\n",
                    directory.display()
                ),
            );
        })
    }

    fn start_with(certificate: &str, settings: &str) -> Self {
        Self::start_in(|bin, directory, port, account| {
            make_certificates(directory);
            init(bin, directory, port, certificate, settings, account);
        })
    }

    /// Starts a cluster that `make` makes in a new directory, for a port.
    fn start_in(make: impl FnOnce(&Path, &Path, u16, &Account)) -> Self {
        let bin = find_bin();
        let directory = tempfile::Builder::new()
            .prefix("pgs")
            // The path of a Unix socket has some 100 bytes at most, and TMPDIR may be long.
            .tempdir_in("/tmp")
            .expect("temporary directory")
            .keep();
        let account = Account::for_server();
        let mut keeper = keep(&bin, &directory, &account);
        let port = free_port();
        make(&bin, &directory, port, &account);
        let input = keeper.stdin.as_mut().expect("piped");
        input.write_all(b"start\n").expect("the keeper listens");
        let cluster = Self {
            directory,
            bin,
            port,
            databases: AtomicUsize::new(0),
            _keeper: keeper,
        };
        cluster.wait_until_ready();
        cluster
    }

    /// A URI for `database` over the Unix socket, as superuser.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgresql://postgres@/{}?host={}&port={}",
            percent_encoded(database),
            self.directory.display(),
            self.port
        )
    }

    /// A URI for `database` over TCP, to 127.0.0.1.
    pub fn tcp_url(&self, user: &str, password: &str, database: &str) -> String {
        format!(
            "postgresql://{}:{}@127.0.0.1:{}/{}",
            percent_encoded(user),
            percent_encoded(password),
            self.port,
            percent_encoded(database)
        )
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A file of the cluster's directory: `root.crt` signed the server's certificate,
    /// which is for the host name `localhost` alone, and that of the role
    /// `certified`, `certified.crt` with `certified.key`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The path of a PostgreSQL program of the cluster's version.
    pub fn bin(&self, program: &str) -> PathBuf {
        self.bin.join(program)
    }

    /// A PostgreSQL program to run, free of the caller's `PG*` variables.
    pub fn command(&self, program: &str) -> Command {
        command(&self.bin, program)
    }

    /// The major version of server and programs.
    pub fn major(&self) -> u32 {
        let number = self.psql("postgres", "SHOW server_version_num");
        number.parse::<u32>().expect("a number") / 10_000
    }

    /// Whether the server is of this major version or newer. If it is not, says that the
    /// calling test is skipped, since it needs what is `lacking`.
    pub fn has(&self, major: u32, lacking: &str) -> bool {
        let has = self.major() >= major;
        if !has {
            skip(&format!("{lacking} came with PostgreSQL {major}"));
        }
        has
    }

    /// Codecs that the cluster's `pg_restore` reads.
    pub fn codecs(&self) -> &'static [&'static str] {
        match self.major() {
            ..16 => &["gzip", "none"],
            16.. => &["gzip", "none", "zstd", "lz4"],
        }
    }

    /// Runs SQL through psql and returns its unaligned output. Panics on an error.
    pub fn psql(&self, database: &str, sql: &str) -> String {
        let mut psql = self
            .command("psql")
            .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", &self.url(database)])
            // What comes and goes here is UTF-8, whatever the database is in.
            .env("PGCLIENTENCODING", "UTF8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("psql starts");
        let mut input = psql.stdin.take().expect("piped");
        // A psql that has met an error stops reading; its own message is the better one.
        let _ = input.write_all(sql.as_bytes());
        drop(input);
        let output = psql.wait_with_output().expect("psql ends");
        assert!(
            output.status.success(),
            "psql {database}: {}\n{sql}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).expect("UTF-8 from psql");
        text.trim_end_matches('\n').to_owned()
    }

    /// Creates an empty database that no other test has, called `name` and a number.
    pub fn create_database(&self, name: &str) -> Database<'_> {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        self.create_database_with(&format!("{name}_{number}"), "")
    }

    /// Creates an empty database of exactly this name; `options` are those of
    /// `CREATE DATABASE`, such as `ENCODING 'LATIN1'`.
    pub fn create_database_with(&self, name: &str, options: &str) -> Database<'_> {
        let quoted = name.replace('"', "\"\"");
        self.psql(
            "postgres",
            &format!("CREATE DATABASE \"{quoted}\" TEMPLATE template0 {options}"),
        );
        Database {
            cluster: self,
            name: name.to_owned(),
        }
    }

    fn wait_until_ready(&self) {
        let begin = Instant::now();
        loop {
            let ready = self
                .command("pg_isready")
                .args(["-q", "-d", &self.url("postgres")])
                .status()
                .expect("pg_isready starts");
            if ready.success() {
                return;
            }
            assert!(
                begin.elapsed() < START_TIMEOUT,
                "server does not start:\n{}",
                fs::read_to_string(self.file("log")).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A database of one test. It stays until the cluster goes, unless it is dropped.
pub struct Database<'a> {
    cluster: &'a Cluster,
    name: String,
}

impl Database<'_> {
    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A URI over the Unix socket, as superuser.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// Runs SQL through psql and returns its unaligned output. Panics on an error.
    pub fn psql(&self, sql: &str) -> String {
        self.cluster.psql(&self.name, sql)
    }

    /// Drops the database, for tests that make many large ones.
    pub fn drop(self) {
        let quoted = self.name.replace('"', "\"\"");
        self.cluster
            .psql("postgres", &format!("DROP DATABASE \"{quoted}\""));
    }
}

/// Says that the calling test is skipped, and why; `make test-matrix` counts these.
#[allow(clippy::print_stdout, reason = "the test runner shows it")]
pub fn skip(why: &str) {
    let test = std::thread::current();
    println!("skipped: {}: {why}", test.name().unwrap_or("a test"));
}

/// Finds the directory of `initdb` and the rest.
fn find_bin() -> PathBuf {
    if let Some(bin) = std::env::var_os("PG_BIN") {
        let bin = PathBuf::from(bin);
        assert!(has_initdb(&bin), "PG_BIN={} has no initdb", bin.display());
        return bin;
    }
    configured_bin()
        .or_else(newest_packaged_bin)
        .filter(|bin| has_initdb(bin))
        .expect(
            "tests need a PostgreSQL server: install one (scripts/install-postgres.sh does), \
             or set PG_BIN to the directory that holds initdb",
        )
}

fn has_initdb(bin: &Path) -> bool {
    bin.join("initdb").exists()
}

fn configured_bin() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let bin = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    // Debian's pg_config names the directory even if only the client is installed.
    has_initdb(&bin).then_some(bin)
}

fn newest_packaged_bin() -> Option<PathBuf> {
    let majors = fs::read_dir("/usr/lib/postgresql").ok()?;
    majors
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .map(|major| {
            (
                major,
                PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")),
            )
        })
        .filter(|(_, bin)| has_initdb(bin))
        .max()
        .map(|(_, bin)| bin)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn make_certificates(directory: &Path) {
    let root = Authority::new(directory, "root");
    root.issue("server", "localhost", Some("DNS:localhost"));
    root.issue("version1", "localhost", None);
    root.issue("certified", "certified", Some("DNS:certified"));
}

/// Makes the cluster's files.
fn init(
    bin: &Path,
    directory: &Path,
    port: u16,
    certificate: &str,
    settings: &str,
    account: &Account,
) {
    let data = directory.join("data");
    let password = directory.join("password");
    fs::write(&password, PASSWORD).expect("password file");
    account.own(directory);
    let mut initdb = account.command(&bin.join("initdb"));
    run(initdb
        .args(["-N", "-U", "postgres", "--no-locale", "-E", "UTF8"])
        .args(["--auth-local=trust", "--auth-host=scram-sha-256"])
        .arg(format!("--pwfile={}", password.display()))
        .arg(&data));

    let settings = format!(
        "listen_addresses = '127.0.0.1'\n\
         port = {port}\n\
         unix_socket_directories = '{directory}'\n\
         password_encryption = 'scram-sha-256'\n\
         max_connections = 50\n\
         fsync = off\n\
         synchronous_commit = off\n\
         full_page_writes = off\n\
         ssl = on\n\
         ssl_ca_file = '{directory}/root.crt'\n\
         ssl_cert_file = '{directory}/{certificate}.crt'\n\
         ssl_key_file = '{directory}/{certificate}.key'\n\
         {settings}\n",
        directory = directory.display(),
    );
    configure(&data, &settings);
    fs::write(data.join("pg_hba.conf"), HBA).expect("pg_hba.conf");
}

/// Adds lines to `postgresql.conf`.
fn configure(data: &Path, settings: &str) {
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(data.join("postgresql.conf"))
        .expect("postgresql.conf");
    file.write_all(settings.as_bytes()).expect("settings");
}

/// Starts a shell that waits for a line to start the server, and outlives this
/// process by as long as it takes to stop the server and remove its files.
fn keep(bin: &Path, directory: &Path, account: &Account) -> Child {
    const KEEPER: &str = r#"
        directory=$1; shift
        if read -r start; then
            "$@" >"$directory/log" 2>&1 &
            cat >/dev/null
            kill -QUIT $! 2>/dev/null
            wait $!
        fi
        rm -rf "$directory"
    "#;
    Command::new("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(directory)
        .args(account.prefix())
        .arg(bin.join("postgres"))
        .arg("-D")
        .arg(directory.join("data"))
        .current_dir("/")
        .stdin(Stdio::piped())
        // Whoever reads this process's output does not wait for the keeper's.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C at the terminal is for the tests; the keeper then has work to do.
        .process_group(0)
        .spawn()
        .expect("sh starts")
}

fn command(bin: &Path, program: &str) -> Command {
    let mut command = Command::new(bin.join(program));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PG")) {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C");
    command
}

fn percent_encoded(text: &str) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
