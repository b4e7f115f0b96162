//! A disk without room: the error names the list that could not be written, what was there stays, and nothing is left over.

use std::process::Command;

use super::desk::{Desk, table};
use crate::support::{Ran, run};

/// Runs a script of the shell in the desk's folder, with the program as `$0` and words as its arguments.
fn shell(desk: &Desk, script: &str, words: &str) -> Ran {
    let mut command = Command::new("sh");
    command
        .current_dir(desk.path())
        .args(["-c", script, env!("CARGO_BIN_EXE_provscan")])
        .args(words.split_whitespace());
    let ran = run(&mut command, b"");
    desk.check(script, &ran);
    ran
}

/// With the signal ignored, a file above the limit is an error of the write, as on a full disk.
fn limited(desk: &Desk, blocks: u32, words: &str) -> Ran {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    shell(desk, &script, words)
}

#[test]
fn a_list_that_does_not_fit_leaves_the_old_one() {
    let mut desk = Desk::new();
    desk.put("old.csv", &table(1, 50));
    desk.put("new.csv", &table(2, 20_000));
    desk.ends(0, "list import old.csv -o list.pvl");
    let (old, names) = (desk.bytes("list.pvl"), desk.names());
    for blocks in [0, 1, 8, 100, 500] {
        for words in [
            "list import new.csv -o list.pvl",
            "list import new.csv --update -o list.pvl",
            "list merge new.csv old.csv -o list.pvl",
            "list export new.csv -o list.pvl",
        ] {
            let ran = limited(&desk, blocks, words);
            assert_eq!(ran.code, 2, "{blocks} blocks: {words}: {}", ran.err);
            assert!(
                ran.err.contains("list.pvl: the list could not be written"),
                "{}",
                ran.err
            );
            assert!(desk.bytes("list.pvl") == old);
            assert_eq!(desk.names(), names);
        }
    }
    desk.ends(0, "list import new.csv -o list.pvl");
}

/// Entries that fill the memory for sorting go to files without names; those may find no room, either.
#[test]
fn entries_on_their_way_that_do_not_fit_leave_the_old_list() {
    let mut desk = Desk::new();
    desk.put("old.csv", &table(1, 50));
    desk.ends(0, "list import old.csv -o list.pvl");
    let old = desk.bytes("list.pvl");
    let long = "n".repeat(3900);
    let mut text = String::from("type,value,quality,id,category\n");
    for number in 0..20_000 {
        text += &format!("md5,{number:032x},,{long}{number},\n");
    }
    desk.put_bytes("new.csv", text);
    let names = desk.names();
    let ran = limited(&desk, 20_000, "list import new.csv -o list.pvl");
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("list.pvl: the list could not be written"),
        "{}",
        ran.err
    );
    assert!(desk.bytes("list.pvl") == old);
    assert_eq!(desk.names(), names);
}

/// A small file system in memory, where the system lets its user mount one in a namespace that goes with the program.
#[cfg(target_os = "linux")]
#[test]
fn a_full_file_system_leaves_the_old_list() {
    let mut desk = Desk::new();
    desk.put("old.csv", &table(1, 50));
    desk.put("new.csv", &table(2, 20_000));
    desk.ends(0, "list import old.csv -o list.pvl");
    let script = r#"
        mkdir full
        exec unshare -rm sh -c '
            mount -t tmpfs -o size=$1 none full && cp list.pvl full/ || { echo cannot mount; exit 0; }
            "$0" list import new.csv -o full/list.pvl
            echo "exit $?"
            cmp list.pvl full/list.pvl && ls -A full
        ' "$0" "$1"
    "#;
    for size in ["40k", "200k", "600k"] {
        let ran = shell(&desk, script, size);
        if ran.out.trim() == "cannot mount" || ran.out.is_empty() {
            println!("no file system can be mounted here: {}", ran.err);
            return;
        }
        assert_eq!(ran.out, "exit 2\nlist.pvl\n", "{size}: {}", ran.err);
        assert!(
            ran.err
                .contains("full/list.pvl: the list could not be written"),
            "{}",
            ran.err
        );
        std::fs::remove_dir(desk.at("full")).unwrap();
    }
}
