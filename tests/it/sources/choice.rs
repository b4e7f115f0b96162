//! What of the sources is scanned: globs, shards and hidden files.

use std::collections::BTreeSet;
use std::fs;

use super::pack::{Zip, tar};
use crate::support::{Folder, provscan_with};

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";

fn tree() -> Folder {
    let folder = Folder::new();
    for sub in ["in", "in/thumbs", "in/.hidden"] {
        fs::create_dir(folder.at(sub)).unwrap();
        for number in 0..5 {
            folder.put(format!("{sub}/{number}.gif"), GIF);
        }
    }
    folder.put("in/notes.txt", b"words");
    folder.put("in/.gitignore", b"*\n");
    let mut zip = Zip::default();
    for number in 0..20 {
        zip.add(&format!("z/{number}.gif"), GIF);
    }
    folder.put("in/a.zip", zip.finish(b""));
    folder.put("in/b.tar", tar(&[("thumbs/t.gif", GIF), ("../t.gif", GIF)]));
    folder
}

/// The names below the root that a scan with these arguments has records of.
fn scanned(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let root = folder.at("in");
    let root = root.to_str().unwrap();
    let ran = provscan_with(
        ["scan", "-q", "--format", "csv", root]
            .iter()
            .chain(arguments),
    );
    let rows = ran.out.lines().skip(1);
    rows.map(|row| {
        row.split(',')
            .next()
            .unwrap()
            .strip_prefix(root)
            .unwrap()
            .to_owned()
    })
    .collect()
}

#[test]
fn globs_choose_below_the_folder_that_was_named() {
    let folder = tree();
    let count = |arguments: &[&str]| scanned(&folder, arguments).len();
    assert_eq!(count(&[]), 39);
    // What cannot be read is not passed over for its name.
    assert_eq!(count(&["--include", "*.txt"]), 2);
    assert_eq!(count(&["--include", "*.gif", "--exclude", "thumbs"]), 31);
    assert_eq!(count(&["--include", "a.zip!/**"]), 21);
    assert_eq!(count(&["--exclude", "*.zip", "--exclude", "b.tar"]), 17);
    assert_eq!(count(&["--include", "*.GIF"]), 1);
    assert_eq!(count(&["--skip-hidden"]), 33);
    assert_eq!(count(&["--include", "thumbs/*"]), 6);
}

#[test]
fn shards_divide_everything() {
    let folder = tree();
    let all: BTreeSet<String> = scanned(&folder, &[]).into_iter().collect();
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for shard in ["1/3", "2/3", "3/3"] {
        let part = scanned(&folder, &["--shard", shard]);
        assert!(part.len() > 4, "{shard} has {}", part.len());
        count += part.len();
        seen.extend(part);
    }
    assert_eq!((seen, count), (all.clone(), all.len()));
}

#[test]
fn wrong_wishes_are_told() {
    for (arguments, words) in [
        (["--shard", "3/2"], "counts from 1"),
        (["--include", "[a"], "unclosed character class"),
    ] {
        let ran = provscan_with(["scan", "samples/plain"].iter().chain(&arguments));
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(words), "{}", ran.err);
    }
}
