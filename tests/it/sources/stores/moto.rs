//! A server that speaks S3, on this machine, for one test.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::Folder;

/// Who asks, and what must never be shown of it.
pub(crate) const KEY_ID: &str = "AKIANOBODYMAYSEETHIS";
pub(crate) const SECRET: &str = "a-secret-that-nobody-may-see";

/// Longer than the server takes to begin on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Moto {
    pub(crate) endpoint: String,
    address: String,
    server: Child,
    folder: Folder,
}

impl Moto {
    /// Starts it; `None`, which is told, where `PATH` has none.
    pub(crate) fn start() -> Option<Self> {
        let folder = Folder::new();
        let log = File::create(folder.at("log")).unwrap();
        let address = free();
        let (host, port) = address.split_once(':').unwrap();
        let server = started("moto_server", |command| {
            command.args(["-H", host, "-p", port]).stderr(log);
        })?;
        let moto = Self {
            endpoint: format!("http://{address}"),
            address,
            server,
            folder,
        };
        await_it(&moto.address);
        Some(moto)
    }

    pub(super) fn stop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    /// How many requests began so until now.
    pub(super) fn asked(&self, request: &str) -> usize {
        let log = std::fs::read_to_string(self.folder.at("log")).unwrap();
        log.lines().filter(|line| line.contains(request)).count()
    }

    /// Makes an object; a bucket, where there is no slash.
    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        // Anybody may read it, so that requests without a signature are answered, too.
        self.ask("PUT", name, "x-amz-acl: public-read\r\n", content.as_ref());
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

    pub(super) fn delete(&self, name: &str) {
        self.ask("DELETE", name, &signed("s3"), b"");
    }

    /// From now on only this user may ask: the id of its key, and the secret.
    pub(super) fn lock(&self) -> (String, String) {
        let iam = |form: &str| {
            let headers = format!(
                "{}Content-Type: application/x-www-form-urlencoded\r\n",
                signed("iam")
            );
            let form = format!("{form}&UserName=u&Version=2010-05-08");
            self.ask("POST", "", &headers, form.as_bytes())
        };
        iam("Action=CreateUser");
        let allowed = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
        iam(&format!(
            "Action=PutUserPolicy&PolicyName=p&PolicyDocument={allowed}"
        ));
        let key = iam("Action=CreateAccessKey");
        let part = |name: &str| {
            let (_, rest) = key.split_once(&format!("<{name}>")).unwrap();
            rest.split('<').next().unwrap().to_owned()
        };
        self.ask("POST", "moto-api/reset-auth", "", b"0");
        (part("AccessKeyId"), part("SecretAccessKey"))
    }

    /// Asks for something, and gives the answer as it comes.
    fn ask(&self, method: &str, name: &str, headers: &str, content: &[u8]) -> String {
        let answer = ask(&self.address, method, name, headers, content);
        assert!(answer.starts_with("HTTP/1.1 20"), "{name}: {answer}");
        answer
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A header that says for what a request is meant; nobody checks the signature before the server is locked.
fn signed(service: &str) -> String {
    format!(
        "Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=x\r\n"
    )
}

/// An address on which nothing listens.
pub(super) fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Starts a server that lies in `PATH`; `None`, which is told, where there is none.
pub(super) fn started(program: &str, with: impl FnOnce(&mut Command)) -> Option<Child> {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    with(&mut command);
    match command.spawn() {
        Ok(server) => Some(server),
        Err(_) => {
            println!("skipped: {program} cannot be started; CONTRIBUTING.md says how to get it");
            None
        }
    }
}

/// Waits until something listens there.
pub(super) fn await_it(address: &str) {
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(begun.elapsed() < PATIENCE, "the server does not begin");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Asks a server for something, and gives the answer as it comes.
pub(super) fn ask(
    address: &str,
    method: &str,
    name: &str,
    headers: &str,
    content: &[u8],
) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let len = content.len();
    let head = format!(
        "{method} /{name} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {len}\r\nConnection: close\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(content).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A server that answers with what this says of the head of a request, until the tests end: a status line, and a body.
pub(super) fn answering(
    answer: impl Fn(&str) -> (&'static str, &'static str) + Send + 'static,
) -> String {
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
            let (status, body) = answer(&String::from_utf8(asked).unwrap());
            let len = body.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {len}\r\nLast-Modified: Sun, 01 Nov 2026 10:00:00 GMT\r\nETag: \"0x1\"\r\nConnection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    endpoint
}
