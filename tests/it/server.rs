//! The service: a real one on a free port, asked by hand over TCP, so that wrong requests can be made, too.

mod asked;
mod audited;
mod hostile;
mod logs;
mod others;
mod overload;
mod reload;
mod schemathesis;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use serde_json::Value;

use crate::support::provscan;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A service of its own for one test.
pub(crate) struct Service {
    child: Child,
    pub(crate) address: String,
    log: Arc<Mutex<Vec<String>>>,
}

/// An answer, as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

impl Service {
    /// Starts one with the list of known samples, and waits until it is ready.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let list = ["--list", "samples/lists/known.csv"];
        Self::start_plain(&[&list[..], arguments].concat())
    }

    /// Starts one with these arguments alone.
    pub(crate) fn start_plain(arguments: &[&str]) -> Self {
        let mut command = provscan();
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
        let mut child = command
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (sender, receiver) = mpsc::channel();
        let own = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("answering at http://") {
                    let _ = sender.send(address.trim_end_matches(['"', '}']).to_owned());
                }
                own.lock().unwrap().push(line);
            }
        });
        let address = receiver
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("{:?}", log.lock().unwrap()));
        let service = Self {
            child,
            address,
            log,
        };
        service.wait_for("/readyz", |answer| answer.status == 200);
        service
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let connected = TcpStream::connect(&self.address);
        let stream =
            connected.unwrap_or_else(|error| panic!("{error}: {}", self.log_with("event")));
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends these bytes, and reads what comes until the connection ends.
    pub(crate) fn send(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        // It may be refused before it was sent to its end.
        let _ = stream.write_all(request);
        let _ = stream.flush();
        read(&mut stream)
    }

    /// Asks with these headers, and has the connection end with the answer.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for header in headers {
            head += &format!("{header}\r\n");
        }
        self.send(&[head.as_bytes(), b"\r\n", body].concat())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    pub(crate) fn check(&self, bytes: &[u8]) -> Answer {
        let media = "Content-Type: application/octet-stream";
        self.ask("POST", "/v1/check", &[media], bytes)
    }

    pub(crate) fn matching(&self, body: &str) -> Answer {
        let media = "Content-Type: application/json";
        self.ask("POST", "/v1/match", &[media], body.as_bytes())
    }

    /// Asks until the answer is so.
    pub(crate) fn wait_for(&self, path: &str, is: impl Fn(&Answer) -> bool) -> Answer {
        for _ in 0..600 {
            let answer = self.get(path);
            if is(&answer) {
                return answer;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{path}: {:?}", self.log())
    }

    /// Waits until so many requests are in its hands.
    pub(crate) fn until_in_flight(&self, count: u32, headers: &[&str]) {
        let wanted = format!("provscan_in_flight {count}\n");
        for _ in 0..600 {
            let metrics = self.ask("GET", "/metrics", headers, b"").body;
            if String::from_utf8_lossy(&metrics).contains(&wanted) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("never {count} in flight: {:?}", self.log())
    }

    /// Everything on standard error until now.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// The same, once this is there, or after some seconds without it: lines come by a thread of their own.
    pub(crate) fn log_with(&self, words: &str) -> String {
        for _ in 0..100 {
            if self.log().contains(words) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.log()
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([name, &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits until it has ended by itself, and gives its exit code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it does not end: {}", self.log())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads one answer; the connection may end before its body does where it is refused.
pub(crate) fn read(stream: &mut TcpStream) -> Answer {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    loop {
        let mut line = String::new();
        let read = reader.read_line(&mut line).unwrap_or(0);
        if read == 0 || line == "\r\n" {
            break;
        }
        head += &line;
    }
    let lower = head.to_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    Answer {
        status: status.unwrap_or(0),
        head,
        body,
    }
}
