//! A server that speaks S3, on this machine, for one test.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What must never be shown.
pub(super) const SECRET: &str = "a-secret-that-nobody-may-see";

/// Longer than the server takes to begin on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Moto {
    pub(super) endpoint: String,
    address: String,
    server: Child,
}

impl Moto {
    /// Starts it; `None`, which is told, where there is none: `PROVSCAN_TEST_MOTO` names it, if it lies nowhere in `PATH`.
    pub(super) fn start(variables: &[(&str, &str)]) -> Option<Self> {
        let program = std::env::var("PROVSCAN_TEST_MOTO").unwrap_or_else(|_| "moto_server".into());
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let started = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", &free.port().to_string()])
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(server) = started else {
            println!("skipped: {program} cannot be started (pip install 'moto[server]')");
            return None;
        };
        let address = free.to_string();
        let moto = Self {
            endpoint: format!("http://{address}"),
            address,
            server,
        };
        moto.await_it();
        Some(moto)
    }

    fn await_it(&self) {
        let begun = Instant::now();
        while TcpStream::connect(&self.address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the server does not begin");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(super) fn stop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    /// Makes an object; a bucket, where there is no slash.
    pub(super) fn put(&self, name: &str, content: &str) {
        self.put_bytes(name, content.as_bytes());
    }

    pub(super) fn put_bytes(&self, name: &str, content: &[u8]) {
        let answer = self.ask("PUT", name, content);
        assert!(answer.starts_with("HTTP/1.1 200"), "{name}: {answer}");
    }

    /// Makes empty objects, several at a time.
    pub(super) fn put_all(&self, names: impl Iterator<Item = String>) {
        let names: Vec<String> = names.collect();
        std::thread::scope(|scope| {
            for part in names.chunks(names.len().div_ceil(4)) {
                scope.spawn(move || part.iter().for_each(|name| self.put(name, "")));
            }
        });
    }

    /// Asks for something, and gives the answer as it comes.
    pub(super) fn ask(&self, method: &str, name: &str, content: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (address, len) = (&self.address, content.len());
        let head = format!(
            "{method} /{name} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {len}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(content).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A server that gives this page for a listing, and these bytes for anything else, until the tests end.
pub(super) fn answering(page: &'static str, object: &'static str) -> String {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", server.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = Vec::new();
            let mut buffer = [0; 1024];
            while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut buffer).unwrap() {
                    0 => break,
                    read => asked.extend(&buffer[..read]),
                }
            }
            let asked = String::from_utf8(asked).unwrap();
            let body = if asked.contains("comp=list") {
                page
            } else {
                object
            };
            let len = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {len}\r\nLast-Modified: Sun, 01 Nov 2026 10:00:00 GMT\r\nETag: \"0x1\"\r\nConnection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    endpoint
}
