//! A slow network, for benchmarks: `slow_proxy TO [--delay MILLISECONDS] [--rate BYTES]`.
//!
//! Listens on a free port of 127.0.0.1, prints it, and hands every connection on to
//! `TO`, a `host:port` or the path of a Unix socket. What the client sends arrives
//! `--delay` later; what the server sends arrives at most `--rate` bytes a second on
//! each connection. Serves until standard input ends.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Bytes handed on at a time.
const PIECE: usize = 64 * 1024;

#[derive(Clone)]
struct Settings {
    to: String,
    delay: Duration,
    bytes_per_second: Option<f64>,
}

fn main() -> io::Result<ExitCode> {
    let Some(settings) = settings(std::env::args().skip(1)) else {
        writeln!(
            io::stderr(),
            "usage: slow_proxy TO [--delay MILLISECONDS] [--rate BYTES]"
        )?;
        return Ok(ExitCode::from(3));
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    writeln!(io::stdout(), "{}", listener.local_addr()?.port())?;
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let settings = settings.clone();
            // A connection that breaks is its ends' affair.
            thread::spawn(move || connect(client, &settings));
        }
    });
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(ExitCode::SUCCESS)
}

fn settings(mut args: impl Iterator<Item = String>) -> Option<Settings> {
    let mut settings = Settings {
        to: args.next()?,
        delay: Duration::ZERO,
        bytes_per_second: None,
    };
    while let Some(name) = args.next() {
        let value: u32 = args.next()?.parse().ok()?;
        match name.as_str() {
            "--delay" => settings.delay = Duration::from_millis(value.into()),
            "--rate" => settings.bytes_per_second = Some(value.into()),
            _ => return None,
        }
    }
    Some(settings)
}

fn connect(client: TcpStream, settings: &Settings) -> io::Result<()> {
    client.set_nodelay(true)?;
    if settings.to.starts_with('/') {
        let server = UnixStream::connect(&settings.to)?;
        let twin = server.try_clone()?;
        return join(client, server, twin, settings);
    }
    let server = TcpStream::connect(&settings.to)?;
    server.set_nodelay(true)?;
    let twin = server.try_clone()?;
    join(client, server, twin, settings)
}

fn join<S>(client: TcpStream, server: S, twin: S, settings: &Settings) -> io::Result<()>
where
    S: Read + Write + Send + 'static,
{
    let requests = client.try_clone()?;
    let delay = settings.delay;
    thread::spawn(move || later(requests, twin, delay));
    slowly(server, client, settings.bytes_per_second)
}

/// Hands everything on `delay` after it came, however much is under way.
fn later(
    mut from: impl Read,
    mut to: impl Write + Send + 'static,
    delay: Duration,
) -> io::Result<()> {
    let (sender, pieces) = mpsc::sync_channel::<(Instant, Vec<u8>)>(4096);
    let writer = thread::spawn(move || {
        for (due, piece) in pieces {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            to.write_all(&piece)?;
        }
        Ok(())
    });
    let mut buffer = vec![0; PIECE];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0
            || sender
                .send((Instant::now() + delay, buffer[..read].to_vec()))
                .is_err()
        {
            break;
        }
    }
    drop(sender);
    writer.join().unwrap_or(Ok(()))
}

/// Hands everything on, no faster than that.
fn slowly(mut from: impl Read, mut to: TcpStream, bytes_per_second: Option<f64>) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    let mut due = Instant::now();
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return to.shutdown(std::net::Shutdown::Write);
        }
        to.write_all(&buffer[..read])?;
        if let Some(rate) = bytes_per_second {
            due = due.max(Instant::now()) + Duration::from_secs_f64(read as f64 / rate);
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }
}
