//! A web server on this machine that does what stores do, and what hostile ones do.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::Sample;

/// The image that it has.
pub(super) const KNOWN: &str = "known_image/known-1-reencoded.jpg";

pub(super) struct Store {
    pub(super) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Store {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&seen);
                // A client that goes away in the middle is what many tests are about.
                thread::spawn(move || {
                    let _ = serve(stream, &seen);
                });
            }
        });
        Self { port, asked }
    }

    /// The place that may be fetched from.
    pub(super) fn place(&self) -> String {
        self.at("")
    }

    /// An address below that place.
    pub(super) fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/images/{path}", self.port)
    }

    /// The requests until now, as they were sent.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The paths that were asked for until now, with what is behind the question mark.
    pub(super) fn paths(&self) -> Vec<String> {
        let path = |request: &String| request.split(' ').nth(1).unwrap_or_default().to_owned();
        self.asked().iter().map(path).collect()
    }
}

fn serve(stream: TcpStream, asked: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(request);
    let path = path.split('?').next().unwrap_or_default();
    let (place, name) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or_default();
    answer(place, name, reader.into_inner())
}

fn answer(place: &str, name: &str, mut out: TcpStream) -> std::io::Result<()> {
    let (name, rest) = name.split_once('/').unwrap_or((name, ""));
    match (place, name) {
        ("images", "known.jpg") | ("secret", _) => {
            whole(&mut out, "200 OK", "", &Sample::open(KNOWN).bytes)
        }
        ("images", "long") => whole(&mut out, "200 OK", "", &[7; 100_000]),
        ("images", "to") => {
            // What is below stands for an address, in which slashes are written as exclamation marks.
            let location = format!(
                "Location: {}\r\nSet-Cookie: a=b\r\n",
                rest.replace('!', "/")
            );
            whole(&mut out, "302 Found", &location, b"")
        }
        ("images", "loop") => whole(&mut out, "302 Found", "Location: loop\r\n", b""),
        ("images", "nowhere") => whole(&mut out, "302 Found", "", b""),
        ("images", "gone") => whole(&mut out, "410 Gone", "", b"SECRET"),
        ("images", "forbidden") => whole(&mut out, "403 Forbidden", "", b"SECRET"),
        ("images", "broken") => whole(&mut out, "500 Oops", "", b"SECRET"),
        ("images", "compressed") => whole(&mut out, "200 OK", "Content-Encoding: gzip\r\n", b"x"),
        ("images", "lying") => {
            out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")?;
            drip(out)
        }
        ("images", "cut") => out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"),
        ("images", "more") => {
            out.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            )?;
            out.write_all(b"8\r\nabcdefgh\r\n0\r\n\r\n")
        }
        ("images", "chunked") => {
            out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            for part in Sample::open(KNOWN).bytes.chunks(1000) {
                write!(out, "{:x}\r\n", part.len())?;
                out.write_all(part)?;
                out.write_all(b"\r\n")?;
            }
            out.write_all(b"0\r\n\r\n")
        }
        ("images", "endless") => {
            out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            let chunk = [b"10000\r\n", &[7; 0x10000][..], b"\r\n"].concat();
            loop {
                out.write_all(&chunk)?;
            }
        }
        ("images", "headers") => {
            out.write_all(b"HTTP/1.1 200 OK\r\n")?;
            loop {
                out.write_all(b"X: abcdefghijklmnopqrstuvwxyz\r\n")?;
            }
        }
        ("images", "slow") => {
            out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n")?;
            drip(out)
        }
        ("images", "silent") => loop {
            thread::park();
        },
        _ => whole(&mut out, "404 Not Found", "", b"SECRET"),
    }
}

fn whole(out: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(
        out,
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n"
    )?;
    out.write_all(body)
}

fn drip(mut out: TcpStream) -> std::io::Result<()> {
    loop {
        out.write_all(b"a")?;
        out.flush()?;
        thread::sleep(Duration::from_millis(20));
    }
}
