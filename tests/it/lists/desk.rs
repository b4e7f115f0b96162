//! A folder to work in with the program, and a watch: whatever it prints is looked through for the hashes of the lists there.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;

use crate::support::{Folder, Ran, Random, provscan, root, run};

/// So many hex digits of a hash in a row are a part of it that may not be told.
const PART: usize = 12;

/// Longest list whose hashes are known in every part; of longer ones the first and last parts are.
const ALL_PARTS: usize = 200;

/// A folder with lists, and what of them may not be told.
pub(super) struct Desk {
    folder: Folder,
    parts: HashSet<String>,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self {
            folder: Folder::new(),
            parts: HashSet::new(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.folder.at(name)
    }

    pub(super) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.at(name)).unwrap()
    }

    /// Puts a list there. Its hashes are secret from now on.
    pub(super) fn put(&mut self, name: &str, text: &str) {
        self.keep_secret(text);
        self.folder.put(name, text);
    }

    /// Puts any file there.
    pub(super) fn put_bytes(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.folder.put(name, bytes);
    }

    /// Hashes that no output may tell: all long runs of hex digits.
    pub(super) fn keep_secret(&mut self, text: &str) {
        let hashes: Vec<&str> = hex_runs(text).filter(|run| run.len() >= 32).collect();
        let all = hashes.len() <= ALL_PARTS;
        for hash in hashes {
            let hash = hash.to_lowercase();
            let last = hash.len() - PART;
            let places = (0..=last).filter(|at| all || *at == 0 || *at == last);
            self.parts
                .extend(places.map(|at| hash[at..at + PART].to_owned()));
            let raw: Vec<u8> = (0..hash.len() / 2)
                .filter_map(|at| u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).ok())
                .collect();
            let base64 = base64::engine::general_purpose::STANDARD.encode(raw);
            self.parts.insert(base64[..PART].to_owned());
        }
    }

    /// The names in the folder, in order.
    pub(super) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The program in this folder.
    pub(super) fn command(&self, line: &str) -> Command {
        let mut command = provscan();
        command
            .current_dir(self.path())
            .args(line.split_whitespace());
        command
    }

    /// Runs the program in this folder; nothing that it says may tell a hash.
    pub(super) fn run(&self, line: &str) -> Ran {
        self.run_with(line, b"")
    }

    /// The same, with this on standard input.
    pub(super) fn run_with(&self, line: &str, input: &[u8]) -> Ran {
        let ran = run(&mut self.command(line), input);
        self.check(line, &ran);
        ran
    }

    /// Runs it to an end with this exit code.
    pub(super) fn ends(&self, code: i32, line: &str) -> Ran {
        let ran = self.run(line);
        assert_eq!(ran.code, code, "{line}\n{}{}", ran.out, ran.err);
        ran
    }

    /// Runs it, and it has to refuse with words that have this in them.
    pub(super) fn refuses(&self, line: &str, why: &str) {
        let ran = self.ends(2, line);
        assert!(ran.err.contains(why), "{line}\n{}", ran.err);
        assert_eq!(ran.out, "", "{line}");
    }

    /// That nothing that was printed tells a hash.
    pub(super) fn check(&self, what: &str, ran: &Ran) {
        let text = format!("{}\n{}", ran.out, ran.err);
        let lower = text.to_lowercase();
        let told = hex_runs(&lower)
            .filter(|run| run.len() >= PART)
            .flat_map(|run| (0..=run.len() - PART).map(|at| &run[at..at + PART]))
            .any(|part| self.parts.contains(part));
        let words =
            text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"+/=".contains(letter));
        let coded = words
            .filter(|word| word.len() >= PART)
            .any(|word| self.parts.contains(&word[..PART]));
        assert!(!told && !coded, "{what} tells a hash:\n{text}");
    }
}

fn hex_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_hexdigit())
}

/// A table of so many entries, MD5 and PDQ in turn, the same for the same seed.
pub(super) fn table(seed: u64, entries: usize) -> String {
    let mut random = Random::new(seed);
    let mut text = String::from("type,value,quality,id,category\n");
    for number in 0..entries {
        let (kind, words, quality) = match number % 2 {
            0 => ("md5", 2, ""),
            _ => ("pdq", 4, "90"),
        };
        let value: String = (0..words)
            .map(|_| format!("{:016x}", random.next()))
            .collect();
        text += &format!("{kind},{value},{quality},no-{number},c{}\n", number % 5);
    }
    text
}

/// The MD5 and PDQ entries of the samples' list: nothing of it stands in a record, as the SHA-256 of a file does.
pub(super) fn known() -> String {
    let text = fs::read_to_string(root().join("samples/lists/known.csv")).unwrap();
    let lines = text.lines().filter(|line| {
        ["type,", "md5,", "pdq,"]
            .iter()
            .any(|kind| line.starts_with(kind))
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Where a sample lies.
pub(super) fn sample(path: &str) -> String {
    let path = root().join("samples").join(path);
    path.to_str().unwrap().to_owned()
}

/// The watch itself: what it lets through is no proof unless it stops what it should.
#[test]
fn a_told_hash_is_noticed() {
    let mut desk = Desk::new();
    let text = known();
    desk.put("list.csv", &text);
    let hash = text.lines().nth(1).unwrap().split(',').nth(1).unwrap();
    let noticed = |said: &str| {
        let ran = Ran {
            code: 0,
            out: String::new(),
            err: format!("an error: {said}; that is all"),
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| desk.check("it", &ran))).is_err()
    };
    assert!(noticed(hash) && noticed(&hash.to_uppercase()) && noticed(&hash[5..20]));
    assert!(noticed("EIIktGo7xi2sR/YeB0E+PQ=="));
    assert!(!noticed("list.csv, line 7") && !noticed(&hash[..8]));
}
