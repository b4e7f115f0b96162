//! What several modules need: the samples, an inspector with everything on, seeded randomness, folders that go away,
//! and the program itself.

#[path = "../../samples/make/by_hand/mod.rs"]
pub(crate) mod jumbf;

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use provscan::asset::{Asset, Sidecar};
use provscan::lists::{List, OpenOptions};
use provscan::trust::{ListOrigin, TrustKind, TrustList, TrustSettings};
use provscan::{Inspector, Limits, Policy, Settings};

/// Longer than any run of the program here takes on the slowest machine: what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Folders in `samples/` that hold no samples.
const NO_SAMPLES: [&str; 4] = ["archives", "lists", "make", "trust"];

/// Samples whose manifest is intact, embedded and signed under the root in `trust/anchors.pem`.
pub(crate) const TRUSTED: [&str; 9] = [
    "ai-edited.jpg",
    "ai-generated.jpg",
    "ai-generated.png",
    "ai-generated.webp",
    "ai-ingredient.jpg",
    "ai-parent-resized.jpg",
    "camera-capture.jpg",
    "do-not-train.jpg",
    "edited.jpg",
];

/// The package's own folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One sample, read.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    sidecar: Option<Sidecar>,
}

impl Sample {
    /// The sample at this path below `samples/`.
    pub(crate) fn open(path: &str) -> Self {
        Self::read(&root().join("samples").join(path))
    }

    /// Those in this folder, in the order of paths.
    pub(crate) fn all_in(folder: &Path) -> Vec<Self> {
        let paths = listing(folder).into_iter();
        paths
            .filter(|path| path.extension() != Some(OsStr::new("json")))
            .map(|path| Self::read(&path))
            .collect()
    }

    fn read(path: &Path) -> Self {
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let beside = path.with_extension("c2pa");
        let sidecar = (beside != path && beside.is_file()).then(|| Sidecar {
            name: name(&beside),
            bytes: fs::read(&beside).unwrap().into(),
        });
        Self {
            name: name(path),
            bytes: fs::read(path).unwrap(),
            sidecar,
        }
    }

    /// Other bytes under this sample's name, beside its sidecar.
    pub(crate) fn with_bytes(&self, bytes: Vec<u8>, limits: &Limits) -> Asset {
        Asset::new(&self.name, bytes, limits.clone()).with_sidecar(self.sidecar.clone())
    }

    /// The sample as it is.
    pub(crate) fn asset(&self) -> Asset {
        self.with_bytes(self.bytes.clone(), &Limits::default())
    }
}

/// Every sample, in the order of paths.
pub(crate) fn samples() -> Vec<Sample> {
    let folders = listing(&root().join("samples"))
        .into_iter()
        .filter(|path| path.is_dir() && !NO_SAMPLES.iter().any(|name| path.ends_with(name)));
    folders.flat_map(|folder| Sample::all_in(&folder)).collect()
}

fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

/// Trust in the root that signed the samples.
pub(crate) fn anchors() -> TrustSettings {
    let anchors = root().join("samples/trust/anchors.pem");
    TrustSettings {
        lists: vec![TrustList::open(&anchors, TrustKind::Signer, ListOrigin::User).unwrap()],
        ..TrustSettings::default()
    }
}

/// An inspector with these signals (none named: all), the list of known samples, and the root that signed the samples.
pub(crate) fn inspector(signals: &[&str]) -> Inspector {
    let known = root().join("samples/lists/known.csv");
    let settings = Settings {
        trust: anchors(),
        lists: vec![Arc::new(
            List::open(&known, OpenOptions::default()).unwrap(),
        )],
        signals: (!signals.is_empty()).then(|| signals.iter().map(|s| (*s).to_owned()).collect()),
        ..Settings::default()
    };
    Inspector::new(&settings, Policy::default()).unwrap()
}

/// Seeded numbers (xorshift): the same on every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        // The state must not be zero.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below this one; 0 below 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % (end as u64).max(1)) as usize
    }
}

/// A folder of its own for one test, gone when the test is done.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("provscan-it-{}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Where a file of this name would be.
    pub(crate) fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file into it.
    pub(crate) fn put(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Copies a sample into it.
    pub(crate) fn put_sample(&self, sample: &str) -> PathBuf {
        let from = root().join("samples").join(sample);
        let to = self.at(from.file_name().unwrap());
        fs::copy(from, &to).unwrap();
        to
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A folder that is not there, in place of the one where the person who runs the tests has trust lists installed.
pub(crate) const NO_TRUST: &str = "target/no-trust-lists";

/// The program, in the package's folder, without settings from the environment and without installed trust lists.
pub(crate) fn provscan() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provscan"));
    command.current_dir(root()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PROVSCAN_") || name == "NO_COLOR" {
            command.env_remove(name);
        }
    }
    command.env("PROVSCAN_TRUST_DIR", NO_TRUST);
    command
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs it to its end with this on standard input; a run that hangs fails the test.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Ran {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    if !input.is_empty() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        // It may stop reading early.
        std::thread::spawn(move || stdin.write_all(&input));
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let output: Output = receiver
        .recv_timeout(PATIENCE)
        .unwrap_or_else(|_| panic!("{command:?} hangs"))
        .unwrap();
    Ran {
        // As a shell says it: what was killed by a signal has no code of its own.
        code: output.status.code().unwrap_or(128),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs the program with these arguments.
pub(crate) fn provscan_with<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ran {
    run(provscan().args(arguments), b"")
}

/// Scans the samples and these inputs, with the list of known images and the trusted roots that belong to them.
pub(crate) fn scan_of_samples(others: &[&str], format: &str) -> Ran {
    let known = ["--list", "samples/lists/known.csv"];
    let trusted = ["--trust-anchors", "samples/trust/anchors.pem"];
    let inputs = ["scan", "samples"].iter().chain(others);
    let arguments = inputs.chain(&known).chain(&trusted);
    provscan_with(arguments.chain(&["--format", format]))
}

/// The events of a log in JSON, each of which is one flat object with what all of them have.
#[cfg(any(feature = "queue", feature = "server", feature = "watch"))]
pub(crate) fn events(log: &str) -> Vec<serde_json::Value> {
    let event = |line: &str| {
        let event: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?} in {log}"));
        let fields = event.as_object().unwrap();
        assert!(
            !fields
                .values()
                .any(|value| value.is_object() || value.is_array())
        );
        let time = fields["time"].as_str().unwrap();
        assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
        assert!(["debug", "info", "warn", "error"].contains(&fields["level"].as_str().unwrap()));
        assert!(!fields["event"].as_str().unwrap().is_empty());
        event
    };
    log.lines().map(event).collect()
}
