//! Inputs that mean harm before a byte of them is looked at, and bytes made to exhaust: by way of the program.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::asset::build::{boxed, chunk, jpeg, png, segment};
use crate::support::{Folder, Ran, provscan, provscan_with, run};

/// The records of a run, the summary last.
fn records(ran: &Ran) -> Vec<Value> {
    ran.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What `check` says of one file.
fn check(path: &Path) -> (i32, Value) {
    let ran = run(
        provscan().args(["check", "--format", "jsonl"]).arg(path),
        b"",
    );
    let records = records(&ran);
    assert_eq!(records.len(), 2, "{}", ran.err);
    (ran.code, records[0].clone())
}

/// Asserts that `check` could not check this, for this kind of reason, in these words.
fn assert_unchecked(path: &Path, kind: &str, words: &str) {
    let (code, record) = check(path);
    let error = &record["errors"][0];
    let verdict = match kind {
        "not-an-image" => "other-file",
        _ => "unchecked",
    };
    assert_eq!((code, &record["verdict"]), (3, &json!(verdict)), "{record}");
    assert_eq!(error["kind"], kind, "{record}");
    assert!(
        error["message"].as_str().unwrap().contains(words),
        "{record}"
    );
}

/// The paths that a scan of this folder gives records for.
fn scanned(folder: &Folder, flags: &[&str]) -> (i32, Vec<Value>) {
    let mut command = provscan();
    command.args(["scan", "--format", "jsonl"]).args(flags);
    let ran = run(command.arg(folder.path()), b"");
    let mut records = records(&ran);
    records.pop();
    (ran.code, records)
}

#[test]
fn what_is_no_readable_file_is_said_to_be_unchecked() {
    let folder = Folder::new();
    assert_unchecked(&folder.put("a.jpg", b""), "malformed", "the file is empty");
    assert_unchecked(&folder.put("a", b""), "not-an-image", "the file is empty");
    assert_unchecked(folder.path(), "unreadable", "this is a folder");
    assert_unchecked(&folder.at("gone.jpg"), "unreadable", "no such file");
    assert_unchecked(&folder.at("a.jpg/b.jpg"), "unreadable", "");
}

#[cfg(unix)]
#[test]
fn files_without_permission_are_said_to_be_unchecked() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let secret = folder.put("secret.jpg", b"secret");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    // Permissions do not bind root; then there is nothing to see here.
    if fs::read(&secret).is_err() {
        assert_unchecked(&secret, "unreadable", "no permission to read it");
    }
}

/// A regular file by its looks, whose reading fails: the first page of memory is never there.
#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_reading_fails_is_said_to_be_unchecked() {
    assert_unchecked(Path::new("/proc/self/mem"), "unreadable", "");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_block_nothing() {
    let folder = Folder::new();
    let pipe = folder.at("pipe.jpg");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert_unchecked(&pipe, "unreadable", "a pipe or a device");
    assert_unchecked(Path::new("/dev/zero"), "unreadable", "a pipe or a device");
    assert_eq!(scanned(&folder, &[]), (0, Vec::new()));
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_if_asked_and_never_in_circles() {
    use std::os::unix::fs::symlink;
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    folder.put_sample("plain/icon.bmp");
    elsewhere.put_sample("plain/drawing.gif");
    symlink(elsewhere.path(), folder.at("out")).unwrap();
    symlink(folder.path(), folder.at("round")).unwrap();
    symlink(folder.at("nothing"), folder.at("dangling")).unwrap();

    let (code, records) = scanned(&folder, &[]);
    assert_eq!((code, records.len()), (0, 1), "{records:?}");

    let (code, records) = scanned(&folder, &["--follow-links"]);
    let told = |words: &str| {
        records
            .iter()
            .filter(|record| record.to_string().contains(words))
            .count()
    };
    assert_eq!((code, records.len()), (3, 4), "{records:?}");
    assert_eq!(told("leads back to a folder above it"), 1);
    assert_eq!(told("a link to nothing"), 1);
    assert_eq!(told("out/drawing.gif"), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_kept_exactly() {
    use base64::Engine as _;
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    let folder = Folder::new();
    let name = std::ffi::OsString::from_vec(b"a\xff\n.gif".to_vec());
    let path = folder.put(name, b"GIF89a");
    let (_, records) = scanned(&folder, &[]);
    let bytes = records[0]["path"]["bytes"].as_str().unwrap();
    let exact = base64::engine::general_purpose::STANDARD
        .decode(bytes)
        .unwrap();
    assert_eq!(exact, path.as_os_str().as_bytes());
    // For the eye it stays on one line.
    let page = run(provscan().arg("scan").arg(folder.path()), b"");
    assert!(page.out.contains("a\u{fffd}\\n.gif"), "{}", page.out);
}

#[test]
fn limits_hold_for_files_and_for_standard_input() {
    let ran = provscan_with(["check", "--max-bytes", "1000", "samples/plain/icon.bmp"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.out
            .contains("limit of 1000 bytes; --max-bytes raises it"),
        "{}",
        ran.out
    );
    let ran = run(
        provscan().args(["check", "--max-bytes", "1000", "-"]),
        &vec![0; 1 << 20],
    );
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("limit of 1000 bytes"), "{}", ran.out);
}

#[test]
fn a_list_of_paths_that_breaks_off_is_an_input_that_was_lost() {
    let folder = Folder::new();
    let good = folder.put_sample("plain/icon.bmp");
    let endless = format!("{}\n{}\n", good.display(), "x".repeat(100_000));
    let list = folder.put("list", endless);
    for list in [list.as_path(), folder.path()] {
        let mut command = provscan();
        command.args(["scan", "--format", "jsonl", "--files-from"]);
        let ran = run(command.arg(list), b"");
        let records = records(&ran);
        let lost = &records[records.len() - 2];
        assert_eq!(ran.code, 3, "{}", ran.out);
        assert!(
            lost.to_string().contains("the list of paths broke off"),
            "{lost}"
        );
    }
    let missing = run(
        provscan()
            .args(["scan", "--files-from"])
            .arg(folder.at("no")),
        b"",
    );
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
}

#[test]
fn small_files_that_ask_for_much_are_answered_soon() {
    let folder = Folder::new();
    let deep = |open: &str, close: &str, times: usize| {
        (open.repeat(times) + &close.repeat(times)).into_bytes()
    };
    let xmp = deep("<a>", "</a>", 9_000);
    let xmp = segment(
        0xe1,
        &[b"http://ns.adobe.com/xap/1.0/\0", xmp.as_slice()].concat(),
    );
    let prompt = [b"prompt\0", deep("[", "]", 200_000).as_slice()].concat();
    let graph = [b"prompt\0", deep("{\"a\":", "}", 200_000).as_slice()].concat();
    let boxes = (0..20_000).fold(Vec::new(), |inner, _| boxed(b"jumb", &inner));
    folder.put("xmp.jpg", jpeg(&[xmp]));
    folder.put("array.png", png(&[chunk(b"tEXt", &prompt)], &[]));
    folder.put("object.png", png(&[chunk(b"tEXt", &graph)], &[]));
    folder.put("jumbf.png", png(&[chunk(b"caBX", &boxes)], &[]));
    folder.put("jumbf.c2pa", &boxes);
    folder.put_sample("broken/huge-header.png");
    folder.put_sample("broken/text-bomb.png");
    let (_, records) = scanned(&folder, &["--list", "samples/lists/known.csv"]);
    assert_eq!(records.len(), 7);
    for record in records {
        assert!(!record.to_string().contains("\"internal\""), "{record}");
    }
}
