//! An import that is killed, or that others disturb: the list that was there stays, whole, until the new one is.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::desk::{Desk, table};
use crate::support::Random;

/// The file that an import writes before it has its name.
const PARTIAL: &str = ".provscan-list.pvl.partial";

/// How often an import is killed.
const KILLS: usize = 30;

/// Most tries: a slow start or a fast machine lets some imports get through.
const TRIES: usize = 300;

#[test]
fn a_killed_import_leaves_the_old_list() {
    let mut desk = Desk::new();
    desk.put("old.csv", &table(1, 50));
    desk.put("new.csv", &table(2, 300_000));
    desk.ends(0, "list import old.csv -o list.pvl --name x");
    let old = desk.bytes("list.pvl");
    let start = Instant::now();
    desk.ends(0, "list import new.csv -o whole.pvl --name x");
    let whole_run = start.elapsed();
    let new = desk.bytes("whole.pvl");
    fs::remove_file(desk.at("whole.pvl")).unwrap();

    let mut random = Random::new(3);
    let (mut killed, mut left) = (0, 0);
    for number in 0..TRIES {
        if killed >= KILLS && left >= 5 {
            break;
        }
        let delay = whole_run.mul_f64(random.below(1000) as f64 / 1000.0);
        if kill_one(&desk, delay, number % 2 == 1) {
            killed += 1;
            assert!(desk.bytes("list.pvl") == old, "killed after {delay:?}");
        } else {
            // It was through before.
            assert!(desk.bytes("list.pvl") == new);
            fs::write(desk.at("list.pvl"), &old).unwrap();
        }
        left += usize::from(desk.at(PARTIAL).exists());
        desk.ends(0, "list verify list.pvl");
        let mut names = desk.names();
        names.retain(|name| name != PARTIAL);
        assert_eq!(names, ["list.pvl", "new.csv", "old.csv"]);
    }
    assert!(killed >= 20 && left > 0, "{killed} kills, {left} leftovers");

    // What was left by one that was killed while it wrote is taken away by the next.
    fs::write(desk.at(PARTIAL), &new[..5000]).unwrap();
    desk.ends(0, "list import new.csv -o list.pvl --name x");
    assert_eq!(desk.names(), ["list.pvl", "new.csv", "old.csv"]);
    assert!(desk.bytes("list.pvl") == new);
}

/// Starts an import and kills it (SIGKILL) after a while, or so long after it began to write; false if it was faster.
fn kill_one(desk: &Desk, delay: Duration, while_writing: bool) -> bool {
    let partial = desk.at(PARTIAL);
    let _ = fs::remove_file(&partial);
    let mut command = desk.command("list import new.csv -o list.pvl --name x --quiet");
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    if while_writing {
        let begun = || fs::metadata(&partial).is_ok_and(|partial| partial.len() > 0);
        while !begun() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_micros(200));
        }
        sleep(delay / 5);
    } else {
        sleep(delay);
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

#[test]
fn a_list_that_another_program_writes_is_left_to_it() {
    let mut desk = Desk::new();
    desk.put("old.csv", &table(1, 50));
    desk.put("new.csv", &table(2, 50));
    desk.ends(0, "list import old.csv -o list.pvl");
    let old = desk.bytes("list.pvl");
    let other = File::create_new(desk.at(PARTIAL)).unwrap();
    other.lock().unwrap();
    desk.refuses(
        "list import new.csv -o list.pvl",
        "another program is writing this list",
    );
    assert!(desk.bytes("list.pvl") == old);
    assert!(desk.at(PARTIAL).exists());
    drop(other);
    desk.ends(0, "list import new.csv -o list.pvl");
    assert_eq!(desk.names(), ["list.pvl", "new.csv", "old.csv"]);
}

/// Of two updates at once, neither may be lost: the second is refused while the first still reads.
#[test]
fn no_update_is_lost_to_another() {
    let mut desk = Desk::new();
    desk.put("old.csv", &table(1, 50));
    desk.put("new.csv", &table(2, 50));
    desk.ends(0, "list import old.csv -o list.pvl");
    let mut command = desk.command("list import - --update -o list.pvl --quiet");
    let command = command.stdin(Stdio::piped()).stderr(Stdio::null());
    let mut first = command.spawn().unwrap();
    while !desk.at(PARTIAL).exists() {
        sleep(Duration::from_millis(1));
    }
    for line in [
        "list import new.csv --update -o list.pvl",
        "list import new.csv -o list.pvl",
        "list merge new.csv old.csv -o list.pvl",
    ] {
        desk.refuses(line, "another program is writing this list");
    }
    let hash = "0123456789abcdef0123456789abcdef";
    let mut stdin = first.stdin.take().unwrap();
    stdin
        .write_all(format!("md5 {hash} late\n").as_bytes())
        .unwrap();
    drop(stdin);
    assert!(first.wait().unwrap().success());
    desk.ends(0, "list import new.csv --update -o list.pvl");
    let ran = desk.ends(1, &format!("list search {hash} --list list.pvl"));
    assert!(ran.out.contains("entry late"), "{}", ran.out);
    // Both tables give the same ids, so the second takes the place of the first.
    assert!(
        desk.ends(0, "list info list.pvl")
            .out
            .contains(": 51 entries")
    );
}

#[test]
fn many_imports_at_once_leave_one_of_their_lists_whole() {
    let mut desk = Desk::new();
    let mut whole = Vec::new();
    for number in 0..6 {
        desk.put(
            &format!("{number}.csv"),
            &table(number, 200 + 50 * number as usize),
        );
        desk.ends(
            0,
            &format!("list import {number}.csv -o {number}.pvl --name x"),
        );
        whole.push(desk.bytes(&format!("{number}.pvl")));
    }
    let before = desk.names();
    for _ in 0..15 {
        let runs: Vec<_> = std::thread::scope(|scope| {
            let desk = &desk;
            let started: Vec<_> = (0..6)
                .map(|number| {
                    scope.spawn(move || {
                        desk.run(&format!(
                            "list import {number}.csv -o list.pvl --name x --quiet"
                        ))
                    })
                })
                .collect();
            started.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(runs.iter().any(|ran| ran.code == 0));
        for ran in runs.iter().filter(|ran| ran.code != 0) {
            assert_eq!(ran.code, 2);
            assert!(
                ran.err.contains("another program is writing this list"),
                "{}",
                ran.err
            );
        }
        desk.ends(0, "list verify list.pvl");
        let list = desk.bytes("list.pvl");
        assert!(whole.contains(&list));
        fs::remove_file(desk.at("list.pvl")).unwrap();
        assert_eq!(desk.names(), before);
    }
}

#[cfg(unix)]
#[test]
fn compiled_and_exported_lists_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    use crate::support::run;

    let mut desk = Desk::new();
    desk.put("a.csv", &table(1, 20));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    for umask in ["000", "022", "077"] {
        for line in [
            "list import a.csv -o list.pvl",
            "list merge a.csv a.csv -o merged.pvl",
            "list export list.pvl -o list.jsonl",
        ] {
            let mut command = std::process::Command::new("sh");
            command
                .current_dir(desk.path())
                .args(["-c", "umask $0; exec \"$@\"", umask])
                .arg(env!("CARGO_BIN_EXE_provscan"))
                .args(line.split_whitespace());
            let ran = run(&mut command, b"");
            assert_eq!(ran.code, 0, "{}", ran.err);
            let name = line.rsplit(' ').next().unwrap();
            assert_eq!(mode(&desk.at(name)), 0o600, "{line}, umask {umask}");
        }
    }
    // Also over a file that others could read.
    fs::set_permissions(desk.at("list.pvl"), fs::Permissions::from_mode(0o644)).unwrap();
    desk.ends(0, "list import a.csv -o list.pvl");
    assert_eq!(mode(&desk.at("list.pvl")), 0o600);
}
