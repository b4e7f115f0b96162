//! The service under load, on loopback: how long answers take and how many there are a second, at several connections; and
//! what a check over HTTP costs beside the same inspection without it.
//!
//! `cargo bench --ignore-rust-version --features server --bench serve [-- ENTRIES]`; a list of a million unless something else
//! is said.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may panic, and prints"
)]

#[path = "common/random.rs"]
mod random;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use provscan::sources::Input;
use provscan::{Inspector, Limits, Policy, Settings, scan};
use random::Random;

/// How long each number is measured.
const MEASURED: Duration = Duration::from_secs(5);

/// Images of samples that are checked in turn.
const IMAGES: [&str; 4] = [
    "known_image/known-1-reencoded.jpg",
    "known_image/known-2-webp.webp",
    "content_credentials/ai-generated.jpg",
    "content_credentials/camera-capture.jpg",
];

fn main() {
    let measuring = std::env::args().any(|argument| argument == "--bench");
    let mut wanted = std::env::args().filter_map(|word| word.parse::<u64>().ok());
    let entries = wanted
        .next()
        .unwrap_or(if measuring { 1_000_000 } else { 1000 });
    let folder = tempfile::tempdir().unwrap();
    let list = list(folder.path(), entries);
    let service = Service::start(&list);
    let mut random = Random(7);
    let hashes: Vec<Vec<u8>> = (0..512).map(|_| matching(&hex(&mut random))).collect();
    println!("/v1/match, one PDQ hash, a list of {entries}:");
    let rounds = if measuring {
        MEASURED
    } else {
        Duration::from_millis(100)
    };
    for connections in [1, 8, 64] {
        println!("  {}", load(&service.address, connections, &hashes, rounds));
    }
    let images: Vec<Vec<u8>> = IMAGES
        .iter()
        .map(|path| fs::read(Path::new("samples").join(path)).unwrap())
        .collect();
    let requests: Vec<Vec<u8>> = images
        .iter()
        .map(|image| request("/v1/check", "image/jpeg", image))
        .collect();
    println!("/v1/check, {} images in turn, the same list:", images.len());
    for connections in [1, 8, 64] {
        println!(
            "  {}",
            load(&service.address, connections, &requests, rounds)
        );
    }
    let library = Library::new(&list);
    beside_the_library(&service.address, &library, &images, &requests, rounds);
    under_load(&service, &library, &images, &requests, rounds);
}

/// What the service calls for each image.
struct Library {
    inspector: Inspector,
    limits: Limits,
}

impl Library {
    fn new(list: &Path) -> Self {
        let list = provscan::lists::List::open(list, Default::default()).unwrap();
        let settings = Settings {
            lists: vec![Arc::new(list)],
            thorough: true,
            ..Settings::default()
        };
        Self {
            inspector: Inspector::new(&settings, Policy::default()).unwrap(),
            limits: Limits::default(),
        }
    }

    fn check(&self, image: &[u8]) {
        let input = Input::memory("-", image.to_vec());
        let inspection = scan::inspect(&self.inspector, input, &self.limits);
        let name = provscan::sources::Name::new("-");
        std::hint::black_box(provscan::reports::record_line(&name, &inspection));
    }
}

/// A check over one connection, beside the same inspection by a call, in turn.
fn beside_the_library(
    address: &str,
    library: &Library,
    images: &[Vec<u8>],
    requests: &[Vec<u8>],
    rounds: Duration,
) {
    let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
    stream.get_ref().set_nodelay(true).unwrap();
    let (mut ours, mut other, mut count) = (Duration::ZERO, Duration::ZERO, 0_u32);
    let began = Instant::now();
    while began.elapsed() < rounds {
        for (image, request) in images.iter().zip(requests) {
            let at = Instant::now();
            ask(&mut stream, request);
            ours += at.elapsed();
            let at = Instant::now();
            library.check(image);
            other += at.elapsed();
            count += 1;
        }
    }
    let ratio = ours.as_secs_f64() / other.as_secs_f64();
    println!(
        "a check over HTTP against the same by a call: ratio {ratio:.2} ({:.2?} against {:.2?})",
        ours / count,
        other / count
    );
}

/// As many checks as the machine does over 8 connections, beside calls on as many threads as it has processors, in turn. What
/// asks over HTTP takes its part of the processors, so the time that the service itself had is told, too.
fn under_load(
    service: &Service,
    library: &Library,
    images: &[Vec<u8>],
    requests: &[Vec<u8>],
    rounds: Duration,
) {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let service_time = || processor_time(service.child.id());
    let own_time = || processor_time(std::process::id());
    let (mut ours, mut other) = (Rate::default(), Rate::default());
    for _ in 0..3 {
        ours += Rate::of(8, rounds / 3, requests, service_time, || {
            asking(&service.address)
        });
        other += Rate::of(threads, rounds / 3, images, own_time, || {
            |image: &[u8]| library.check(image)
        });
    }
    println!(
        "checks over 8 connections against calls on {threads} threads: {:.0} against {:.0} a second, {:.2} times the cost of each with what asks",
        ours.a_second(),
        other.a_second(),
        other.a_second() / ours.a_second()
    );
    match (ours.processor_ms(), other.processor_ms()) {
        (Some(ours), Some(other)) => println!(
            "processor time of the service for each, against a call: ratio {:.2} ({ours:.2} ms against {other:.2} ms)",
            ours / other
        ),
        _ => println!("processor time is not told on this system"),
    }
}

/// The time that processors spent on a process, in hundredths of a second; where the system tells it as Linux does.
fn processor_time(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program, in brackets, may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(ticks(11)? + ticks(12)?)
}

fn asking(address: &str) -> impl FnMut(&[u8]) + use<> {
    let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
    stream.get_ref().set_nodelay(true).unwrap();
    move |request| ask(&mut stream, request)
}

/// How often something was done, and what it took.
#[derive(Default)]
struct Rate {
    done: u32,
    took: Duration,
    /// Hundredths of a second of processors.
    processors: Option<u64>,
}

impl Rate {
    /// So many threads do something with one after the other for a while, on the account of the process with this time.
    fn of<D: FnMut(&[u8])>(
        threads: usize,
        rounds: Duration,
        all: &[Vec<u8>],
        time: impl Fn() -> Option<u64>,
        doing: impl Fn() -> D + Sync,
    ) -> Self {
        let (began, before) = (Instant::now(), time());
        let work = |first: usize| {
            let (mut done, mut act) = (0_u32, doing());
            for one in all.iter().cycle().skip(first) {
                if began.elapsed() >= rounds {
                    break;
                }
                act(one);
                done += 1;
            }
            done
        };
        let done: u32 = std::thread::scope(|scope| {
            let all: Vec<_> = (0..threads)
                .map(|first| {
                    let work = &work;
                    scope.spawn(move || work(first))
                })
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        Self {
            done,
            took: began.elapsed(),
            processors: time().zip(before).map(|(after, before)| after - before),
        }
    }

    fn a_second(&self) -> f64 {
        f64::from(self.done) / self.took.as_secs_f64()
    }

    fn processor_ms(&self) -> Option<f64> {
        Some(self.processors? as f64 * 10.0 / f64::from(self.done))
    }
}

impl std::ops::AddAssign for Rate {
    fn add_assign(&mut self, other: Self) {
        self.processors = match self.done {
            0 => other.processors,
            _ => self
                .processors
                .zip(other.processors)
                .map(|(one, two)| one + two),
        };
        self.done += other.done;
        self.took += other.took;
    }
}

fn hex(random: &mut Random) -> String {
    (0..32)
        .map(|_| format!("{:02x}", (random.next() >> 32) as u8))
        .collect()
}

fn list(folder: &Path, entries: u64) -> std::path::PathBuf {
    let (text, compiled) = (folder.join("list.csv"), folder.join("list.compiled"));
    let mut random = Random(1);
    let mut rows = String::from("type,value,quality\n");
    for _ in 0..entries {
        rows += &format!("pdq,{},100\n", hex(&mut random));
    }
    fs::write(&text, rows).unwrap();
    let import = Command::new(env!("CARGO_BIN_EXE_provscan"))
        .args(["list", "import", "--quiet", "-o"])
        .arg(&compiled)
        .arg(&text)
        .status();
    assert!(import.unwrap().success());
    compiled
}

struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start(list: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_provscan"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--no-trust",
                "--max-in-flight",
                "256",
                "--list",
            ])
            .arg(list)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| {
            Some(
                line.ok()?
                    .strip_prefix("provscan: answering at http://")?
                    .to_owned(),
            )
        });
        let ready = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("event=ready")));
        ready.unwrap().unwrap();
        // Somebody reads the log, as in a real service.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address: line.unwrap(),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn matching(hex: &str) -> Vec<u8> {
    let body = format!("{{\"pdq\":\"{hex}\"}}");
    request("/v1/match", "application/json", body.as_bytes())
}

fn request(path: &str, media: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Asks over so many connections for a while, each as soon as it was answered; says how that went.
fn load(address: &str, connections: usize, requests: &[Vec<u8>], rounds: Duration) -> String {
    let began = Instant::now();
    let mut took: Vec<Duration> = std::thread::scope(|threads| {
        let asking = |first: usize| {
            let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
            stream.get_ref().set_nodelay(true).unwrap();
            let mut took = Vec::new();
            for request in requests.iter().cycle().skip(first) {
                if began.elapsed() >= rounds {
                    break;
                }
                let at = Instant::now();
                ask(&mut stream, request);
                took.push(at.elapsed());
            }
            took
        };
        let all: Vec<_> = (0..connections)
            .map(|first| threads.spawn(move || asking(first)))
            .collect();
        all.into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    took.sort();
    let at = |part: usize| took[(took.len() - 1) * part / 100];
    format!(
        "{connections:>2} connections: {:>7.0} a second, p50 {:.2?}, p99 {:.2?}",
        took.len() as f64 / seconds,
        at(50),
        at(99)
    )
}

fn ask(stream: &mut BufReader<TcpStream>, request: &[u8]) {
    stream.get_mut().write_all(request).unwrap();
    let mut length = 0;
    let mut line = String::new();
    let mut first = true;
    loop {
        line.clear();
        stream.read_line(&mut line).unwrap();
        assert!(!first || line.starts_with("HTTP/1.1 200"), "{line}");
        first = false;
        if let Some(number) = line.strip_prefix("content-length: ") {
            length = number.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
}
