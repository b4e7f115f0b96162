//! What loading a list of hashes takes.

use std::path::Path;

use provscan::lists::{List, OpenOptions};

use super::{Folder, paired, picture};

/// A million lines `pdq HEX`, against the least that a program must do with them.
pub(crate) fn report() {
    let target = Folder::new("lists");
    let path = target.file("list.txt", picture::pdq_list(1_000_000).as_bytes());
    let before = memory("VmRSS");
    let list = List::open(&path, OpenOptions::default()).unwrap();
    let (held, most) = (memory("VmRSS"), memory("VmHWM"));
    if let (Some(before), Some(held), Some(most)) = (before, held, most) {
        println!(
            "a list of {} PDQ hashes takes {} MB, {} MB at most while it is read",
            list.len(),
            held.saturating_sub(before) / 1000,
            most.saturating_sub(before) / 1000
        );
    }
    drop(list);
    let times = paired(
        5,
        || List::open(&path, OpenOptions::default()).unwrap(),
        || plain_hashes(&path),
    );
    super::report(
        "loading a million lines `pdq HEX` against reading and decoding them",
        &times,
        "",
    );
}

fn plain_hashes(path: &Path) -> Vec<[u8; 32]> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| {
            let digits = line.strip_prefix("pdq ").unwrap();
            let mut hash = [0; 32];
            for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
                let digit = |n: usize| char::from(pair[n]).to_digit(16).unwrap() as u8;
                *byte = digit(0) << 4 | digit(1);
            }
            hash
        })
        .collect()
}

/// Memory of this process in kilobytes, where the system tells.
fn memory(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
