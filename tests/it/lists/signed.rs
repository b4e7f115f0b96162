//! With a key configured, a list opens only if that key signed it as it is.

use std::fs;

use super::desk::Desk;
use crate::support::root;

const FILES: [&str; 4] = ["list.csv", "list.csv.minisig", "owner.pub", "other.pub"];

/// The signed list, its signature, its owner's key and another.
fn desk() -> Desk {
    let mut desk = Desk::new();
    for name in FILES {
        let bytes = fs::read(root().join("tests/it/lists/signed").join(name)).unwrap();
        desk.put_bytes(name, &bytes);
    }
    let list = String::from_utf8(desk.bytes("list.csv")).unwrap();
    desk.keep_secret(&list);
    desk.put_bytes("plain.csv", list);
    desk
}

/// Every way of opening a list; `LIST` and `KEY` stand for what they are.
const WAYS: [&str; 7] = [
    "list info LIST --list-key KEY",
    "list verify LIST --list-key KEY",
    "list import LIST -o out --list-key KEY",
    "list merge LIST LIST -o out --list-key KEY",
    "list export LIST -o out --list-key KEY",
    "list search md5:00000000000000000000000000000000 --list LIST --list-key KEY",
    "scan owner.pub --list LIST --list-key KEY",
];

fn way(way: &str, list: &str, key: &str) -> String {
    way.replace("LIST", list).replace("KEY", key)
}

#[test]
fn what_its_owner_signed_opens() {
    let desk = desk();
    let key = String::from_utf8(desk.bytes("owner.pub")).unwrap();
    let key = key.lines().nth(1).unwrap();
    for line in WAYS {
        // As a file, as text, and as one of several.
        for key in ["owner.pub", key, "other.pub --list-key owner.pub"] {
            let ran = desk.run(&way(line, "list.csv", key));
            assert_ne!(ran.code, 2, "{line}: {}", ran.err);
        }
    }
}

#[test]
fn what_is_unsigned_altered_or_signed_by_others_is_refused() {
    let desk = desk();
    let list = desk.bytes("list.csv");
    let signature = desk.bytes("list.csv.minisig");
    let refused = |list: &str, key: &str, why: &str| {
        for line in WAYS {
            let line = way(line, list, key);
            desk.refuses(&line, why);
            assert!(!desk.at("out").exists(), "{line}");
        }
    };
    refused("plain.csv", "owner.pub", "it has to be signed");
    refused("list.csv", "other.pub", "none of the keys");

    let mut altered = list.clone();
    altered[60] = if altered[60] == b'0' { b'1' } else { b'0' };
    for altered in [
        &altered,
        &[&list[..], b"\n"].concat(),
        &list[..list.len() - 1],
        b"",
    ] {
        desk.put_bytes("list.csv", altered);
        refused("list.csv", "owner.pub", "is not of this list");
    }
    desk.put_bytes("list.csv", &list);

    for malformed in [
        &b""[..],
        b"untrusted comment: x\n",
        &signature[..100],
        b"\xff\xfe\0",
    ] {
        desk.put_bytes("list.csv.minisig", malformed);
        refused("list.csv", "owner.pub", "is no minisign signature");
    }
    // The signature's own bytes, and the comment that it vouches for.
    let text = String::from_utf8(signature.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let swapped = |from: usize| {
        let mut line: Vec<char> = lines[from].chars().collect();
        line[30] = if line[30] == 'A' { 'B' } else { 'A' };
        text.replace(lines[from], &line.into_iter().collect::<String>())
    };
    for line in [1, 2, 3] {
        desk.put_bytes("list.csv.minisig", swapped(line));
        let ran = desk.ends(2, &way(WAYS[0], "list.csv", "owner.pub"));
        assert!(ran.err.contains("list.csv.minisig"), "{}", ran.err);
    }
    desk.put_bytes("list.csv.minisig", &signature);
    desk.ends(0, &way(WAYS[0], "list.csv", "owner.pub"));
}

#[test]
fn a_key_that_is_none_and_a_list_without_a_place_are_refused() {
    let desk = desk();
    desk.put_bytes("no.pub", "RWQ");
    for key in ["no.pub", "nowhere.pub", "list.csv"] {
        desk.refuses(&way(WAYS[0], "list.csv", key), "--list-key");
    }
    let ran = desk.run_with(
        "list import - -o out --list-key owner.pub",
        &desk.bytes("list.csv"),
    );
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no signature lies beside standard input"));
    assert!(!desk.at("out").exists());
}

#[test]
fn a_compiled_list_is_held_to_a_signature_of_its_own() {
    let desk = desk();
    desk.ends(0, "list import list.csv -o list.pvl --list-key owner.pub");
    desk.refuses(
        "list info list.pvl --list-key owner.pub",
        "it has to be signed",
    );
    // That of the text is none of the compiled list.
    desk.put_bytes("list.pvl.minisig", desk.bytes("list.csv.minisig"));
    desk.refuses(
        "list info list.pvl --list-key owner.pub",
        "is not of this list",
    );
    desk.ends(0, "list info list.pvl");
}
