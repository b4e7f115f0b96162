//! What the benchmarks share: paired measurements, pictures like photographs, and the files that may lie beside us.

#![allow(dead_code, reason = "each benchmark uses its own part")]

pub(crate) mod credentials;
pub(crate) mod loading;
pub(crate) mod picture;
pub(crate) mod trust;

use std::fmt;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Whether this is `cargo bench`, as opposed to `cargo test --all-targets`, which runs benchmarks too.
pub(crate) fn measuring() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Times of two ways of doing a thing, measured in turn, so that whatever else the machine does slows both alike.
pub(crate) struct Paired {
    pub(crate) ours: Duration,
    pub(crate) other: Duration,
    /// Ours by the other's: the median, and the quarters below and above it.
    pub(crate) ratio: [f64; 3],
}

/// Runs both once to warm up, then `rounds` times in turn.
pub(crate) fn paired<A, B>(
    rounds: usize,
    mut ours: impl FnMut() -> A,
    mut other: impl FnMut() -> B,
) -> Paired {
    black_box((ours(), other()));
    let times: Vec<(f64, f64)> = (0..rounds)
        .map(|round| {
            // Whoever comes second finds a cache that the first one filled.
            if round % 2 == 0 {
                let ours = seconds(&mut ours);
                (ours, seconds(&mut other))
            } else {
                let other = seconds(&mut other);
                (seconds(&mut ours), other)
            }
        })
        .collect();
    let quartile = |of: fn(&(f64, f64)) -> f64, part: usize| {
        let mut values: Vec<f64> = times.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[(values.len() - 1) * part / 4]
    };
    Paired {
        ours: Duration::from_secs_f64(quartile(|time| time.0, 2)),
        other: Duration::from_secs_f64(quartile(|time| time.1, 2)),
        ratio: [2, 1, 3].map(|part| quartile(|(ours, other)| ours / other, part)),
    }
}

fn seconds<T>(work: &mut impl FnMut() -> T) -> f64 {
    let began = Instant::now();
    black_box(work());
    began.elapsed().as_secs_f64()
}

impl fmt::Display for Paired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [ratio, low, high] = self.ratio;
        write!(
            f,
            "ratio {ratio:.2} (quartiles {low:.2} to {high:.2}; {:.2?} against {:.2?})",
            self.ours, self.other
        )
    }
}

/// One line of result: what is compared, and what is wanted of it.
pub(crate) fn report(what: &str, paired: &Paired, wanted: &str) {
    println!(
        "{what}: {paired}{}{wanted}",
        if wanted.is_empty() { "" } else { "; wanted " }
    );
}

/// A file of this repository.
pub(crate) fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A file or folder beside this repository, which a fresh clone has not.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = here("../shared").join(path);
    path.exists().then_some(path)
}

/// A new folder for this run, removed at its end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
