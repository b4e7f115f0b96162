//! `scan --group`: images of one scan that look alike.

use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn scan(folder: &Path, arguments: &[&str]) -> Vec<serde_json::Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_provscan"))
        .args([
            "--quiet",
            "scan",
            ".",
            "--format",
            "jsonl",
            "--fail-on",
            "never",
        ])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines = std::str::from_utf8(&output.stdout).unwrap().lines();
    let records: Vec<serde_json::Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(records.len() > 1, "{errors}");
    records
}

#[test]
fn like_images_have_one_group_and_all_else_is_as_without() {
    let folder = tempfile::tempdir().unwrap();
    let copies = [
        ("known_image/known-1.png", "a.png"),
        ("known_image/known-1-resized.jpg", "b.jpg"),
        ("known_image/known-2.jpg", "c.jpg"),
        ("known_image/known-1-rotated.jpg", "d.jpg"),
        ("known_image/known-3.jpg", "e.jpg"),
        ("known_image/known-3.jpg", "f.jpg"),
    ];
    for (from, to) in copies {
        fs::copy(format!("{ROOT}/samples/{from}"), folder.path().join(to)).unwrap();
    }
    fs::write(folder.path().join("g.jpg"), "no picture").unwrap();
    let mut records = scan(folder.path(), &["--group"]);
    let groups: Vec<Option<(String, u64)>> = records
        .iter_mut()
        .map(|record| record.as_object_mut().unwrap().remove("group"))
        .map(|group| {
            let group = group?;
            Some((group["id"].as_str()?.to_owned(), group["size"].as_u64()?))
        })
        .collect();
    let first = records[0]["sha256"].as_str().unwrap()[..16].to_owned();
    let twins = records[4]["sha256"].as_str().unwrap()[..16].to_owned();
    let [first, twins] = [(first, 3), (twins, 2)].map(Some);
    let expected = [&first, &first, &None, &first, &twins, &twins, &None, &None];
    assert_eq!(groups.iter().collect::<Vec<_>>(), expected);
    // Pictures are decoded for it, as they are where it is asked to be thorough.
    assert_eq!(records, scan(folder.path(), &["--thorough"]));
}
