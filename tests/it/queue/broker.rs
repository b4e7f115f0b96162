//! A broker of a test's own, and workers on it.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use provscan::queue::{self, BrokerOptions, Ends, Place};

use crate::support::{Folder, provscan, root};

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a message may be in hand without a sign of life.
pub(crate) const ACK_WAIT: u64 = 2;

/// A program that is a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nats,
    Redis,
}

impl Kind {
    /// The program, where it is installed; else that is said.
    fn program(self) -> Option<&'static str> {
        let names = match self {
            Self::Nats => ["/usr/sbin/nats-server", "nats-server"],
            Self::Redis => ["/usr/bin/redis-server", "redis-server"],
        };
        let is_there = |name: &&str| Command::new(name).arg("--version").output().is_ok();
        let found = names.into_iter().find(is_there);
        if found.is_none() {
            println!("skipped: {} is not installed", names[1]);
        }
        found
    }

    /// What it is started with, to have what it said it has also when it is killed. The machine is not.
    fn command(self, port: u16, store: &Path) -> Option<Command> {
        let mut command = Command::new(self.program()?);
        let port = port.to_string();
        match self {
            Self::Nats => command
                .args(["-js", "-a", "127.0.0.1", "-p", &port, "-sd"])
                .arg(store)
                .arg("-c")
                .arg(store.join("nats.conf")),
            Self::Redis => command
                .args(["--bind", "127.0.0.1", "--port", &port, "--save", ""])
                .args(["--appendonly", "yes", "--dir"])
                .arg(store),
        };
        Some(command)
    }
}

/// A server on a port and with a store of its own; gone when the test is done.
pub(crate) struct Server {
    pub(crate) kind: Kind,
    port: u16,
    folder: Folder,
    child: Child,
}

impl Server {
    /// Starts NATS; says so and gives none where there is no server.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(Folder::new(), "")
    }

    /// Starts one with further lines of configuration, which may name files in this folder.
    pub(crate) fn start_with(folder: Folder, config: &str) -> Option<Self> {
        folder.put("nats.conf", config);
        Self::of(Kind::Nats, folder)
    }

    /// Every broker that is installed.
    pub(crate) fn each() -> impl Iterator<Item = Self> {
        let kinds = [Kind::Nats, Kind::Redis].into_iter();
        kinds.filter_map(|kind| {
            let folder = Folder::new();
            folder.put("nats.conf", "");
            Self::of(kind, folder)
        })
    }

    fn of(kind: Kind, folder: Folder) -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let child = Self::spawn(kind, port, folder.path())?;
        Some(Self {
            kind,
            port,
            folder,
            child,
        })
    }

    fn spawn(kind: Kind, port: u16, store: &Path) -> Option<Child> {
        let mut command = kind.command(port, store)?;
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        until("the server listens", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Some(child.unwrap())
    }

    /// Kills it.
    pub(crate) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on what it had, and waits until it has found that: it listens before.
    pub(crate) fn again(&mut self) {
        self.child = Self::spawn(self.kind, self.port, self.folder.path()).unwrap();
        until("it has what it had", || {
            queue::connect(self.options()).is_ok()
        });
    }

    pub(crate) fn address(&self) -> String {
        match self.kind {
            Kind::Nats => format!("nats://127.0.0.1:{}", self.port),
            Kind::Redis => format!("redis://127.0.0.1:{}", self.port),
        }
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The other end; it makes the streams.
    pub(crate) fn client(&self) -> Box<dyn Ends> {
        queue::connect(self.options()).unwrap()
    }

    pub(crate) fn options(&self) -> BrokerOptions {
        BrokerOptions {
            server: self.address(),
            credentials: None,
            authorities: None,
            stream: "PROVSCAN".into(),
            subject: "provscan.requests".into(),
            results: "provscan.results".into(),
            dead_letters: "provscan.dead".into(),
            durable: "provscan".into(),
            ack_wait: Duration::from_secs(ACK_WAIT),
            create: true,
        }
    }

    /// A worker on it, with these further words.
    pub(crate) fn command(&self, words: &str) -> Command {
        let server = format!("--server {} --ack-wait {ACK_WAIT}", self.address());
        Self::command_at(&format!("{server} {words}"))
    }

    /// A worker on whatever server these words name.
    pub(crate) fn command_at(words: &str) -> Command {
        let mut command = provscan();
        command.args(["work", "--root", "samples"]);
        command.args(["--list", "samples/lists/known.csv"]);
        command.args(["--trust-anchors", "samples/trust/anchors.pem"]);
        command.args(words.split_whitespace());
        command
    }

    /// Starts a worker; what it says on standard error is added to a file.
    pub(crate) fn worker(&self, words: &str) -> Worker {
        let said = File::options()
            .create(true)
            .append(true)
            .open(self.said())
            .unwrap();
        Worker(self.command(words).stderr(said).spawn().unwrap())
    }

    pub(crate) fn said(&self) -> std::path::PathBuf {
        self.folder.at("workers.log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A worker's process, which does not outlive a test that fails.
pub(crate) struct Worker(Child);

impl Deref for Worker {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Worker {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.kill();
        let _ = self.wait();
    }
}

/// What was published, each as JSON and as it is.
pub(crate) fn published(client: &dyn Ends, place: Place) -> Vec<(serde_json::Value, Vec<u8>)> {
    let mut all = Vec::new();
    let mut take = |body: &[u8]| {
        all.push((serde_json::from_slice(body).unwrap(), body.to_vec()));
        Ok(())
    };
    client
        .receive(place, Duration::from_millis(500), &mut take)
        .unwrap();
    all
}

/// A request for a sample.
pub(crate) fn sample(id: &str, path: &str) -> String {
    assert!(root().join("samples").join(path).exists(), "{path}");
    format!("{{\"id\":\"{id}\",\"path\":\"{path}\"}}\n")
}

/// Asks a process to end.
pub(crate) fn terminate(child: &Child) {
    signal(child, "-TERM");
}

pub(crate) fn signal(child: &Child, signal: &str) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &id])
            .status()
            .unwrap()
            .success()
    );
}

/// Waits until something is so.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "still not: {what}");
        sleep(Duration::from_millis(10));
    }
}

/// Waits for a process to end, and gives its code.
pub(crate) fn ended(child: &mut Worker) -> i32 {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap_or(128);
        }
        assert!(began.elapsed() < PATIENCE, "it hangs");
        sleep(Duration::from_millis(10));
    }
}

/// How many messages the broker handed out, those that it handed out again among them.
pub(crate) fn handed_out(address: &str) -> u64 {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        let client = async_nats::connect(address).await.unwrap();
        let context = async_nats::jetstream::new(client);
        let stream = context.get_stream("PROVSCAN").await.unwrap();
        let info = stream.consumer_info("provscan").await.unwrap();
        info.delivered.consumer_sequence
    })
}
