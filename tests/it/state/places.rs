//! Where a state lies: beside others, on a full disk, on one that cannot be written to, in the folder that is scanned.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use super::{Tree, tally};
use crate::support::run;

#[test]
fn two_scans_at_once_do_not_share_a_state() {
    let tree = Tree::of(&["plain"], 1);
    let mut command =
        tree.command("scan --files-from - --state a.state --format jsonl --unordered");
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut first = command.stderr(Stdio::null()).spawn().unwrap();
    // It has the state for as long as more paths may come.
    while !tree.at(".provscan-a.state.partial").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let ran = tree.scan("--state a.state");
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("another program is using this state"),
        "{}",
        ran.err
    );
    assert_eq!(tree.scan("--state b.state").code, tree.scan("").code);
    let mut paths = first.stdin.take().unwrap();
    paths.write_all(b"in/nothing.jpg\n").unwrap();
    drop(paths);
    let mut out = String::new();
    first
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    assert_eq!(first.wait().unwrap().code(), Some(3));
    assert_ne!(tree.scan("--state a.state").code, 2);
}

#[test]
fn a_state_and_an_output_in_the_folder_that_is_scanned_are_no_inputs() {
    let tree = Tree::of(&["plain"], 1);
    let plain = tree.scan("--thorough");
    for _ in 0..2 {
        let ran = tree.scan("--state in/a.state");
        assert_eq!(ran.out, plain.out);
    }
    let files = tally(&tree.scan("--state in/a.state"))[1];
    for _ in 0..2 {
        let ran = tree.scan("--state in/a.state --append -o in/out.jsonl");
        assert_eq!(tally(&ran)[1], files);
    }
}

#[cfg(unix)]
#[test]
fn a_state_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::of(&["plain"], 1);
    tree.scan("--state a.state");
    let mode = fs::metadata(tree.at("a.state"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Runs a script with a small file system in memory at `small`; nothing where none can be mounted.
fn mounted(tree: &Tree, size: &str, script: &str) -> Option<String> {
    fs::create_dir_all(tree.at("small")).unwrap();
    let script = format!(
        "exec unshare -rm sh -c 'mount -t tmpfs -o size={size} none small || {{ echo cannot mount; exit 0; }}; {script}' \"$0\""
    );
    let mut command = Command::new("sh");
    command
        .current_dir(tree.0.path())
        .args(["-c", &script, env!("CARGO_BIN_EXE_provscan")])
        .env("PROVSCAN_TRUST_DIR", "none");
    let ran = run(&mut command, b"");
    if ran.out.trim() == "cannot mount" || ran.out.is_empty() {
        println!("no file system can be mounted here: {}", ran.err);
        return None;
    }
    Some(format!("{}{}", ran.out, ran.err))
}

#[test]
fn a_full_disk_ends_the_scan_and_loses_nothing() {
    let tree = Tree::of(&["plain", "content_credentials", "generator_metadata"], 2);
    let scan = "\"$0\" scan in --format jsonl --quiet --no-trust --state small/a.state";
    let script = format!(
        "{scan} > /dev/null; echo \"exit $?\"; mount -o remount,size=100m small; {scan} > again.jsonl; {scan} > third.jsonl; \"$0\" scan in --format jsonl --quiet --no-trust --thorough > plain.jsonl; cmp plain.jsonl again.jsonl && cmp plain.jsonl third.jsonl && echo same"
    );
    for size in ["150k", "300k"] {
        let Some(said) = mounted(&tree, size, &script) else {
            return;
        };
        assert!(said.contains("exit 2\nsame\n"), "{size}: {said}");
        assert!(said.contains("small/a.state: "), "{size}: {said}");
        assert!(said.contains("no room left"), "{size}: {said}");
    }
}

#[test]
fn a_disk_that_cannot_be_written_to_is_named() {
    let tree = Tree::of(&["plain"], 1);
    let scan = "\"$0\" scan in --format jsonl --quiet --state small/a.state";
    let script = format!(
        "{scan} > /dev/null; mount -o remount,ro small; {scan} > /dev/null; echo \"exit $?\""
    );
    if let Some(said) = mounted(&tree, "50m", &script) {
        assert!(said.contains("exit 2\n"), "{said}");
        assert!(
            said.contains("small/a.state: the state cannot be written to"),
            "{said}"
        );
    }
}
