//! What goes where: the answer to standard output, the rest to standard error, and an exit code that a script can use.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Folder, Ran, provscan, provscan_with, root, run};

/// Every line of the answer as JSON.
fn records(ran: &Ran) -> Vec<Value> {
    let parse = |line| serde_json::from_str(line).unwrap();
    ran.out.lines().map(parse).collect()
}

/// The paths in the records of a scan.
fn paths(ran: &Ran) -> Vec<String> {
    let path = |record: &Value| Some(record.get("path")?.as_str()?.to_owned());
    records(ran).iter().filter_map(path).collect()
}

#[test]
fn exit_codes_tell_the_cases_apart() {
    let known = ["--list", "samples/lists/known.csv"];
    let cases: [(i32, &[&str]); 6] = [
        (0, &["scan", "samples/plain"]),
        (0, &["check", "samples/content_credentials/remote-only.jpg"]),
        (
            1,
            &["check", "samples/content_credentials/tampered-content.jpg"],
        ),
        (2, &["check", "--no-such-flag", "samples/plain/icon.bmp"]),
        (
            2,
            &["scan", "--policy", "no-such-policy.toml", "samples/plain"],
        ),
        (3, &["scan", "samples/plain", "samples/broken/empty.jpg"]),
    ];
    for (code, arguments) in cases {
        let ran = provscan_with(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out.is_empty(), code == 2, "{arguments:?}: {}", ran.out);
        assert_eq!(ran.err.is_empty(), code != 2, "{arguments:?}: {}", ran.err);
    }
    // What was found counts for more than what could not be checked.
    let both = ["scan", "samples/broken", "samples/known_image"];
    assert_eq!(provscan_with(both.iter().chain(&known)).code, 1);
}

#[test]
fn a_reader_that_stops_reading_ends_the_scan_quietly() {
    let mut scan = provscan();
    // Enough records to fill the pipe many times over.
    let folders = ["samples"; 20];
    scan.args(["scan", "--format", "jsonl"]).args(folders);
    let mut child = scan
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut head = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut head).unwrap();
    assert_eq!(&head, b"{\"schema\":");
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
    assert!(
        matches!(ended.status.code(), Some(0 | 1 | 3)),
        "{:?}",
        ended.status
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_says_so() {
    for verb in [["scan", "samples/plain"], ["hash", "samples/plain"]] {
        let ran = provscan_with(verb.iter().chain(&["--output", "/dev/full"]));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("could not be written"), "{}", ran.err);
        assert!(ran.err.contains("No space left on device"), "{}", ran.err);
        assert!(ran.err.contains("/dev/full"), "{}", ran.err);
    }
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let out = provscan()
        .args(["scan", "samples/plain"])
        .stdout(full)
        .output()
        .unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(
        err.contains("standard output: the results could not be written"),
        "{err}"
    );
}

#[test]
fn a_report_gets_its_name_when_it_is_whole() {
    let folder = Folder::new();
    let good = folder.at("report.jsonl");
    let scan = ["scan", "--format", "jsonl", "samples/plain", "--output"];
    let ran = run(provscan().args(scan).arg(&good), b"");
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert!(
        ran.err.starts_with("provscan: ")
            && ran.err.contains(" inputs: ")
            && ran.err.contains(" no-evidence"),
        "{}",
        ran.err
    );
    let quiet = run(provscan().args(scan).arg(&good).arg("--quiet"), b"");
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
    let files = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/plain"))
        .unwrap()
        .count();
    assert_eq!(
        fs::read_to_string(&good).unwrap().lines().count(),
        files + 1
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing partial is left"
    );

    // What is being written is no part of the folder that is scanned.
    let own = Folder::new();
    own.put_sample("plain/icon.bmp");
    let ran = run(
        provscan().current_dir(own.path()).args([
            "scan",
            "--format",
            "jsonl",
            ".",
            "-o",
            "out.jsonl",
        ]),
        b"",
    );
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (0, "provscan: 1 input: 1 no-evidence\n")
    );
    let written = fs::read_to_string(own.at("out.jsonl")).unwrap();
    assert_eq!(written.lines().count(), 2, "{written}");
    assert!(!written.contains("partial"), "{written}");

    let nowhere = folder.at("no-such-folder/report.jsonl");
    let hash = ["hash", "samples/plain", "--output"];
    let import = ["list", "import", "samples/lists/tx.txt", "--output"];
    for arguments in [&scan[..], &hash, &import] {
        let ran = run(provscan().args(arguments).arg(&nowhere), b"");
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        let told = ran.err.contains("report.jsonl: the ")
            && ran.err.contains("could not be written: No such file");
        assert!(told, "{}", ran.err);
    }
}

#[test]
fn one_image_is_read_from_standard_input() {
    let image = fs::read(root().join("samples/generator_metadata/comfyui.png")).unwrap();
    let ran = run(provscan().args(["check", "--format", "jsonl", "-"]), &image);
    let record = &records(&ran)[0];
    assert_eq!(
        (record["path"].as_str(), record["verdict"].as_str()),
        (Some("-"), Some("ai-generated"))
    );
    let hashed = run(provscan().args(["hash", "--kind", "md5", "-"]), &image);
    assert!(
        hashed.out.starts_with("md5 ") && hashed.out.ends_with(" -\n"),
        "{}",
        hashed.out
    );
}

#[test]
fn paths_are_read_from_standard_input() {
    let folder = Folder::new();
    let plain = folder.put_sample("plain/icon.bmp");
    let plain = plain.to_str().unwrap();
    let odd = folder.put("two\nlines.gif", b"GIF89a");
    let odd = odd.to_str().unwrap();
    let scan = |flags: &[&str], input: String| {
        let arguments = ["scan", "--format", "jsonl", "--files-from", "-"];
        run(provscan().args(arguments).args(flags), input.as_bytes())
    };
    let lines = scan(&[], format!("{plain}\r\n\n{plain}\nno-such.jpg"));
    assert_eq!(
        (lines.code, paths(&lines)),
        (3, vec![plain.into(), plain.into(), "no-such.jpg".into()])
    );
    let nul = scan(&["-0"], format!("{odd}\0{plain}\0"));
    assert_eq!(paths(&nul), [odd, plain]);
    let both = scan(&["-0", "samples/plain/scan.tif"], format!("{plain}\0"));
    assert_eq!(paths(&both), ["samples/plain/scan.tif", plain]);
}

#[test]
fn standard_output_is_the_answer_and_nothing_else() {
    for flags in [&[][..], &["--quiet"], &["--unordered", "-j", "3"]] {
        let ran = provscan_with(["scan", "--format", "jsonl", "samples"].iter().chain(flags));
        let records = records(&ran);
        let (summary, images) = records.split_last().unwrap();
        assert_eq!(summary["type"], "summary");
        assert_eq!(summary["inputs"], images.len());
        assert!(images.iter().all(|record| record["type"] == "image"));
        assert_eq!(ran.err, "", "{flags:?}");
    }
    let whole = provscan_with(["scan", "--format", "json", "samples/plain"]);
    assert!(
        serde_json::from_str::<Value>(&whole.out)
            .unwrap()
            .is_object(),
        "{}",
        whole.out
    );
    let export = provscan_with(["list", "export", "samples/lists/tx.txt"]);
    assert_eq!(records(&export).len(), 4);
    assert_eq!(export.err, "");
}

#[test]
fn colours_are_for_those_who_want_them() {
    let colours = |flags: &[&str], no_color: &str| {
        let mut command = provscan();
        command.args(["check", "samples/plain/icon.bmp"]);
        command.args(flags).env("NO_COLOR", no_color);
        run(&mut command, b"").out.contains('\u{1b}')
    };
    assert!(!colours(&[], ""), "not into a pipe");
    assert!(!colours(&["--color", "never"], ""));
    assert!(!colours(&[], "1"));
    assert!(colours(&["--color", "always"], ""));
    // A flag goes before the environment.
    assert!(colours(&["--color", "always"], "1"));
}

#[test]
fn settings_come_from_the_environment_and_flags_go_first() {
    let check = |flags: &[&str]| {
        let mut command = provscan();
        command.env(
            "PROVSCAN_LIST",
            "samples/lists/tx.txt:samples/lists/known.csv",
        );
        command.args([
            "check",
            "--format",
            "jsonl",
            "samples/known_image/known-1.png",
        ]);
        let ran = run(command.args(flags), b"");
        let lists: Vec<Value> = records(&ran)[0]["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["detail"]["list"].clone())
            .collect();
        lists
    };
    assert!(check(&[]).contains(&"tx".into()) && check(&[]).contains(&"known".into()));
    assert_eq!(check(&["--list", "samples/lists/tx.txt"]), ["tx"]);
}

#[test]
fn what_packagers_need_is_printed() {
    let schema = provscan_with(["generate", "schema"]);
    assert!(
        serde_json::from_str::<Value>(&schema.out)
            .unwrap()
            .is_object()
    );
    let manual = provscan_with(["generate", "man"]);
    assert!(manual.out.contains(".TH provscan 1"), "{}", manual.out);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let completions = provscan_with(["generate", "completions", shell]);
        assert!(completions.out.contains("files-from"), "{shell}");
    }
}

#[test]
fn hash_tells_of_a_file_that_is_only_named_like_an_image() {
    let folder = Folder::new();
    folder.put("a.psd", "8BPS");
    folder.put("notes.txt", "hello");
    let ran = run(provscan().arg("hash").arg(folder.path()), b"");
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(
        ran.err.contains("a.psd: it is named like an image"),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}
