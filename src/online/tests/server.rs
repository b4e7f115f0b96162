//! A server that does what hostile ones do. It trusts nobody and nobody trusts it.

use std::io::{BufRead as _, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub(super) const CERTIFICATE: &[u8] = include_bytes!("../../../tests/online/server.pem");
const KEY: &[u8] = include_bytes!("../../../tests/online/server.key");

pub(super) const DOCUMENT: &[u8] = b"a document";

pub(super) struct Server {
    pub(super) port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let config = tls();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, seen) = (Arc::clone(&config), Arc::clone(&seen));
                // A client that goes away in the middle is what most of these tests are about.
                thread::spawn(move || {
                    let _ = serve(stream, config, &seen);
                });
            }
        });
        Self { port, requests }
    }

    /// An address of this server under a name that its certificate has.
    pub(super) fn at(&self, path: &str) -> String {
        format!("https://files.test:{}{path}", self.port)
    }

    /// The requests until now, as they were sent.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn tls() -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}

fn serve(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let connection = ServerConnection::new(config).unwrap();
    let mut reader = BufReader::new(StreamOwned::new(connection, stream));
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    seen.lock().unwrap().push(request);
    let mut out = reader.into_inner();
    answer(&path, &mut out)?;
    out.conn.send_close_notify();
    out.flush()
}

fn answer(path: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let (name, rest) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((path.trim_start_matches('/'), ""));
    match name {
        "document" => whole(out, "200 OK", "", DOCUMENT),
        "missing" => whole(out, "404 Not Found", "", b"<html>"),
        "partial" => whole(out, "206 Partial Content", "", DOCUMENT),
        "compressed" => whole(out, "200 OK", "Content-Encoding: gzip\r\n", DOCUMENT),
        "cookie" => whole(
            out,
            "302 Found",
            "Set-Cookie: a=b; Path=/\r\nLocation: /document\r\n",
            b"",
        ),
        "nowhere" => whole(out, "302 Found", "", b""),
        "to" => whole(out, "302 Found", &format!("Location: {rest}\r\n"), b""),
        // As many redirects as the path says.
        "hops" => match rest.parse().unwrap() {
            0 => whole(out, "200 OK", "", DOCUMENT),
            n => {
                let next: u32 = n;
                let location = format!("Location: {}\r\n", next - 1);
                whole(out, "307 Temporary Redirect", &location, b"")
            }
        },
        "chunked" => {
            out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            out.write_all(b"4\r\na do\r\n6\r\ncument\r\n0\r\n\r\n")
        }
        "cut" => out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na docum"),
        "announced" => {
            out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")?;
            pause_forever(out)
        }
        "endless" => {
            out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            loop {
                out.write_all(b"8\r\nabcdefgh\r\n")?;
            }
        }
        "headers" => {
            out.write_all(b"HTTP/1.1 200 OK\r\n")?;
            loop {
                out.write_all(b"X: abcdefghijklmnopqrstuvwxyz\r\n")?;
            }
        }
        "hints" => loop {
            out.write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n")?;
        },
        "trailers" => {
            out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            out.write_all(b"4\r\na do\r\n0\r\n")?;
            loop {
                out.write_all(b"X: abcdefghijklmnopqrstuvwxyz\r\n")?;
            }
        }
        "silent" => pause_forever(out),
        // A body that never ends, and is never quiet for long.
        "drip" => {
            out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            drip(out, b"1\r\na\r\n")
        }
        "drip-headers" => {
            out.write_all(b"HTTP/1.1 200 OK\r\nX: ")?;
            drip(out, b"a")
        }
        // A redirect with a body that never ends: nobody needs to wait for it.
        "moved-and-drip" => {
            out.write_all(b"HTTP/1.1 302 Found\r\nLocation: /document\r\n")?;
            out.write_all(b"Transfer-Encoding: chunked\r\n\r\n")?;
            drip(out, b"1\r\na\r\n")
        }
        _ => panic!("no answer for {path}"),
    }
}

fn whole(out: &mut dyn Write, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(
        out,
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n"
    )?;
    out.write_all(body)
}

fn drip(out: &mut dyn Write, drop: &[u8]) -> std::io::Result<()> {
    loop {
        out.write_all(drop)?;
        out.flush()?;
        thread::sleep(Duration::from_millis(20));
    }
}

fn pause_forever(out: &mut dyn Write) -> std::io::Result<()> {
    out.flush()?;
    loop {
        thread::park();
    }
}
