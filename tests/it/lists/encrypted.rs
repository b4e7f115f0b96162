//! Encrypted lists: they open for who has the key and for nobody else, and nothing of them lies anywhere in the clear.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;

use super::desk::{Desk, known, sample, table};
use crate::support::Random;

/// A folder with a list, and the keys of two people in files.
fn desk() -> (Desk, [String; 2]) {
    let mut desk = Desk::new();
    desk.put("list.csv", &known());
    let keys = ["ours", "theirs"].map(|name| {
        let identity = Identity::generate();
        desk.put_bytes(name, identity.to_string().expose_secret());
        identity.to_public().to_string()
    });
    (desk, keys)
}

fn scan(list: &str) -> String {
    format!("scan {} --list {list}", sample("known_image/known-1.png"))
}

#[test]
fn a_list_opens_for_its_recipients_alone() {
    let (desk, [ours, theirs]) = desk();
    desk.ends(
        0,
        &format!("list import list.csv -o list.pvl --name known --encrypt-to {ours}"),
    );
    desk.ends(0, "list import list.csv -o plain.pvl --name known");
    let encrypted = desk.bytes("list.pvl");
    assert!(encrypted.starts_with(b"age-encryption.org/v1\n"));
    // The same list as in the clear, wherever it is asked.
    let digest = |text: &str| {
        text.lines()
            .find(|line| line.contains("digest"))
            .unwrap()
            .to_owned()
    };
    let info = desk.ends(0, "list info list.pvl --identity ours");
    let plain = desk.ends(0, "list info plain.pvl");
    assert_eq!(digest(&info.out), digest(&plain.out));
    desk.ends(0, "list verify list.pvl --identity ours");
    desk.ends(
        0,
        "list diff plain.pvl list.pvl --identity theirs --identity ours",
    );
    let found = desk.ends(1, &format!("{} --identity ours", scan("list.pvl")));
    assert_eq!(found.out, desk.ends(1, &scan("plain.pvl")).out);

    let before = desk.names();
    for (keys, why) in [
        ("", "give the key with --identity"),
        ("--identity theirs", "none of the keys opens it"),
        ("--passphrase-file list.csv", "give the key with --identity"),
        ("--identity nowhere", "nowhere"),
        ("--identity list.csv", "list.csv"),
        ("--identity plain.pvl", "plain.pvl"),
    ] {
        for line in [
            "list info list.pvl",
            "list verify list.pvl",
            "list export list.pvl -o out",
            "list diff plain.pvl list.pvl",
            "list merge list.pvl plain.pvl -o out --decrypted",
            "list import plain.pvl --update -o list.pvl --decrypted",
            "list search md5:00000000000000000000000000000000 --list list.pvl",
            &scan("list.pvl"),
        ] {
            desk.refuses(&format!("{line} {keys}"), why);
            assert_eq!(desk.names(), before, "{line}");
        }
    }
    assert!(desk.bytes("list.pvl") == encrypted);
    // An update for both of us, which each of us opens.
    desk.ends(0, &format!("list import plain.pvl --update -o list.pvl --identity ours --encrypt-to {ours} --encrypt-to {theirs}"));
    desk.ends(0, "list verify list.pvl --identity theirs");
    let bad = desk.run("list import list.csv -o list.pvl --encrypt-to age1nobody");
    assert_eq!(bad.code, 2);
    assert!(bad.err.contains("age public key"), "{}", bad.err);
    desk.ends(0, "list verify list.pvl --identity ours");
}

/// Each step with a passphrase takes about a second, by design.
#[test]
fn a_list_opens_with_its_passphrase_alone() {
    let (desk, _) = desk();
    desk.put_bytes(
        "phrase",
        "correct horse\nthe second line is not part of it\n",
    );
    desk.put_bytes("wrong", "Correct horse\n");
    desk.put_bytes("empty", "\n");
    desk.ends(
        0,
        "list import list.csv -o list.pvl --encrypt-passphrase phrase",
    );
    desk.ends(1, &format!("{} --passphrase-file phrase", scan("list.pvl")));
    desk.refuses(
        "list info list.pvl --passphrase-file wrong",
        "passphrase is wrong",
    );
    desk.refuses(
        "list info list.pvl --passphrase-file empty",
        "its first line is empty",
    );
    desk.refuses("list info list.pvl --passphrase-file -", "no terminal");
    desk.refuses("list info list.pvl", "--passphrase-file");
    desk.refuses("list info list.pvl --identity ours", "--passphrase-file");
}

#[test]
fn a_damaged_encrypted_list_is_never_taken_for_one_without_a_match() {
    let (mut desk, [ours, _]) = desk();
    let others: String = table(4, 3000)
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    desk.put("list.csv", &(known() + &others));
    desk.ends(
        0,
        &format!("list import list.csv -o list.pvl --encrypt-to {ours}"),
    );
    let whole = desk.bytes("list.pvl");
    let (mut random, len) = (Random::new(1), whole.len());
    // age seals 64 KiB at a time: what is cut off between two of them must be missed, too.
    let header = whole.windows(4).position(|part| part == b"\n---").unwrap();
    let header = header
        + whole[header + 1..]
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap()
        + 2;
    let chunk = header + 16 + (1 << 16) + 16;
    assert!(chunk < len);
    let mut damages: Vec<Vec<u8>> = [
        0,
        5,
        21,
        22,
        60,
        header,
        header + 16,
        chunk,
        chunk + 1,
        len - 1,
    ]
    .map(|end| whole[..end].to_vec())
    .into();
    let places = [
        0,
        10,
        21,
        30,
        100,
        150,
        header - 3,
        header,
        header + 16,
        chunk,
        len - 1,
    ];
    let further: Vec<usize> = (0..20).map(|_| random.below(len)).collect();
    for at in places.into_iter().chain(further) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << random.below(8);
        damages.push(bytes);
    }
    damages.push([&whole[..], b"\n"].concat());
    damages.push(
        b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n".to_vec(),
    );
    for bytes in damages {
        desk.put_bytes("list.pvl", &bytes);
        for line in [&scan("list.pvl"), "list verify list.pvl"] {
            desk.refuses(&format!("{line} --identity ours"), "list.pvl");
        }
    }
}

#[test]
fn an_encrypted_text_can_be_imported_and_used_as_it_is() {
    let (desk, [ours, _]) = desk();
    let recipient: age::x25519::Recipient = ours.parse().unwrap();
    let encryptor =
        age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
            .unwrap();
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).unwrap();
    writer.write_all(known().as_bytes()).unwrap();
    writer.finish().unwrap();
    desk.put_bytes("list.csv.age", &sealed);
    desk.ends(1, &format!("{} --identity ours", scan("list.csv.age")));
    desk.ends(
        0,
        &format!("list import list.csv.age -o a.pvl --name x --identity ours --encrypt-to {ours}"),
    );
    desk.ends(0, "list import list.csv -o b.pvl --name x");
    desk.ends(0, "list diff a.pvl b.pvl --identity ours");
    desk.refuses(
        "list import list.csv.age -o c.pvl --decrypted --identity theirs",
        "none of the keys opens it",
    );
    desk.refuses(
        "list import list.csv.age -o c.pvl --decrypted",
        "--identity",
    );
    // Nothing is written in the clear unless that is asked for.
    desk.refuses(
        "list import list.csv.age -o c.pvl --identity ours",
        "this list is encrypted",
    );
    assert!(!desk.at("c.pvl").exists());
}

/// Bytes that stand in a row wherever these entries are kept: the beginnings of values, and their hex digits.
fn needles(text: &str) -> Vec<Vec<u8>> {
    let hashes = text
        .lines()
        .skip(1)
        .step_by(997)
        .map(|line| line.split(',').nth(1).unwrap());
    hashes
        .flat_map(|hex| {
            let start = u64::from_str_radix(&hex[..16], 16).unwrap();
            [start.to_be_bytes().to_vec(), hex.as_bytes()[..16].to_vec()]
        })
        .collect()
}

fn holds_any(bytes: &[u8], needles: &[Vec<u8>]) -> bool {
    needles
        .iter()
        .any(|needle| memchr::memmem::find(bytes, needle).is_some())
}

/// The program reads from standard input, and works and keeps temporary files in a folder where nothing may be in the clear.
#[cfg(unix)]
#[test]
fn nothing_lies_in_the_clear_while_a_list_is_encrypted() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut desk = Desk::new();
    let text = table(6, 150_000);
    desk.keep_secret(&text);
    let needles = needles(&text);
    let ours = Identity::generate();
    let import = |lock: &str| {
        let mut command = desk.command(&format!("list import - -o list.pvl --quiet {lock}"));
        command.env("TMPDIR", desk.path()).stdin(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut in_the_clear = false;
        std::thread::scope(|scope| {
            let text = text.as_bytes();
            scope.spawn(move || stdin.write_all(text));
            while child.try_wait().unwrap().is_none() {
                // What it has open counts even if it has no name: entries on their way go to such files.
                let open = format!("/proc/{}/fd", child.id());
                let open = fs::read_dir(open).into_iter().flatten().flatten();
                let open = open
                    .map(|entry| entry.path())
                    .filter(|path| fs::metadata(path).is_ok_and(|metadata| metadata.is_file()));
                let named = fs::read_dir(desk.path())
                    .unwrap()
                    .flatten()
                    .map(|entry| entry.path());
                for path in named.chain(open.collect::<Vec<_>>()) {
                    let bytes = fs::read(path).unwrap_or_default();
                    in_the_clear |= holds_any(&bytes, &needles);
                }
            }
        });
        assert!(child.wait().unwrap().success());
        in_the_clear
    };
    let sealed = format!("--encrypt-to {}", ours.to_public());
    assert!(!import(&sealed));
    assert!(!holds_any(&desk.bytes("list.pvl"), &needles));
    assert_eq!(
        fs::metadata(desk.at("list.pvl"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
    assert_eq!(desk.names(), ["list.pvl"]);
    // Without encryption it does lie there, so the search is one that finds.
    import("");
    assert!(holds_any(&desk.bytes("list.pvl"), &needles));
}
