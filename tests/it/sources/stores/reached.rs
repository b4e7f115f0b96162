//! What is read of stores that speak S3, and what is said of the rest.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use provscan::Limits;
use provscan::error::FaultKind;
use provscan::sources::{Input, open, walk};

use super::super::pack::Zip;
use super::asking::{inputs, inputs_within, names, options, records, scan, scan_as, with};
use super::moto::{KEY_ID, Moto, SECRET, answering};
use crate::support::{Folder, root};

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";

fn fault(input: Input) -> (FaultKind, String) {
    let fault = open(input, &Limits::default()).unwrap_err();
    (fault.kind, fault.to_string())
}

#[test]
fn a_bucket_is_judged_as_a_folder_is() {
    let Some(moto) = Moto::start() else { return };
    moto.put("set", "");
    // Some programs make objects that stand for folders.
    moto.put("set/in/", "");
    let folder = root().join("samples/content_credentials");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        moto.put(&format!("set/in/{name}"), fs::read(&path).unwrap());
        count += 1;
    }
    let local = scan(&moto, &[folder.to_str().unwrap(), "--format", "jsonl"]);
    let below = "/content_credentials";
    for address in ["s3://set/in", "s3://set/in/", "s3://set"] {
        let ran = scan(&moto, &[address, "--format", "jsonl"]);
        assert_eq!(ran.code, local.code, "{}", ran.err);
        assert_eq!(records(&ran, "/in").len(), count);
        assert_eq!(records(&ran, "/in"), records(&local, below), "{address}");
    }
    // One that is named, with the manifest beside it, to look at and to hash.
    let name = "s3://set/in/sidecar.jpg";
    let variables = [
        ("AWS_ENDPOINT_URL", moto.endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ];
    let page = with(&variables, &["check", name]);
    assert!(page.out.contains("c2pa"), "{}{}", page.out, page.err);
    let hash = with(&variables, &["hash", "--format", "csv", name]);
    assert_eq!((hash.code, hash.err.as_str()), (0, ""));
    let ran = scan(&moto, &[name, "--format", "jsonl"]);
    let own = &records(&ran, "/in")["sidecar.jpg"];
    assert_eq!(*own, records(&local, below)["sidecar.jpg"]);
    assert!(ran.out.contains(name), "{}", ran.out);
}

#[test]
fn a_listing_of_many_pages_is_read_to_its_end() {
    let Some(moto) = Moto::start() else { return };
    moto.put("many", "");
    moto.put_all((0..2345).map(|number| format!("many/a/{number:05}.gif")));
    moto.put("many/ab.gif", "");
    moto.put("many/b/c.gif", "");
    let all = names(&inputs(&moto, "s3://many/a"));
    assert_eq!(
        (all.len(), all.last().unwrap().as_str()),
        (2345, "s3://many/a/02344.gif")
    );
    assert_eq!(moto.asked("GET /many?"), 3);
    assert_eq!(inputs(&moto, "s3://many").len(), 2347);
    let one = names(&inputs(&moto, "s3://many/ab.gif"));
    assert_eq!(one, ["s3://many/ab.gif"]);
    // Parts for several machines, and names.
    let scanned = |arguments: &[&str]| {
        let ran = scan(
            &moto,
            &[&["s3://many/a", "--format", "jsonl"], arguments].concat(),
        );
        let names = records(&ran, "/a").into_keys();
        names.collect::<BTreeSet<String>>()
    };
    let parts = ["1/2", "2/2"].map(|part| scanned(&["--shard", part]));
    assert!(parts.iter().all(|part| part.len() > 1000));
    assert_eq!(parts[0].len() + parts[1].len(), 2345);
    assert!(parts[0].is_disjoint(&parts[1]));
    assert_eq!(scanned(&["--include", "*7.gif"]).len(), 234);
    assert_eq!(scanned(&["--exclude", "*7.gif"]).len(), 2345 - 234);
}

#[test]
fn one_name_that_cannot_be_asked_for_does_not_end_the_others() {
    let Some(moto) = Moto::start() else { return };
    moto.put("set", "");
    let wrong = ["a//b.gif", "c/../d.gif", "c/./d.gif", "x//y//z.gif"];
    let right = ["/a.gif", "a.gif", "b.gif", "d.gif", "z.gif"];
    for name in wrong.iter().chain(&right[1..]) {
        moto.put(&format!("set/{name}"), GIF);
    }
    // It is another object than the one without the slash.
    moto.put("set//a.gif", [GIF, b"other"].concat());
    let found = inputs(&moto, "s3://set");
    let names = names(&found);
    for name in wrong {
        assert!(names.contains(&format!("s3://set/{name}")), "{names:?}");
    }
    assert_eq!(names.len(), wrong.len() + right.len(), "{names:?}");
    let mut faults = Vec::new();
    for input in found {
        if let Err(fault) = open(input, &Limits::default()) {
            faults.push(fault.to_string());
        }
    }
    let with = |words: &str| faults.iter().filter(|fault| fault.contains(words)).count();
    assert_eq!(with("rename the object"), wrong.len(), "{faults:?}");
    assert_eq!(with("begins with a slash"), 1, "{faults:?}");
    assert_eq!(faults.len(), 1 + wrong.len());
    let ran = scan(&moto, &["s3://set", "--format", "jsonl"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
}

#[test]
fn archives_and_tables_are_looked_into() {
    let Some(moto) = Moto::start() else { return };
    moto.put("set", "");
    let mut zip = Zip::default();
    zip.add("in/a.gif", GIF);
    zip.add("../b.gif", GIF);
    moto.put("set/a.zip", zip.finish(b""));
    moto.put("set/b.gif", GIF);
    moto.put("set/c.zip", GIF);
    moto.put("set/d.zip", b"not a zip archive");
    moto.put("set/thumbs.zip", b"not read");
    moto.put("set/thumbs/e.zip", b"not read");
    let found = inputs(&moto, "s3://set");
    let expected = [
        "s3://set/a.zip!/in/a.gif",
        "s3://set/a.zip!/../b.gif",
        "s3://set/b.gif",
        "s3://set/c.zip",
        "s3://set/d.zip",
        "s3://set/thumbs.zip",
        "s3://set/thumbs/e.zip",
    ];
    assert_eq!(names(&found), expected);
    let read: Vec<Result<Vec<u8>, _>> = found
        .into_iter()
        .map(|input| open(input, &Limits::default()).map(|asset| asset.bytes().to_vec()))
        .collect();
    for (place, content) in read.iter().enumerate() {
        let is_gif = content.as_deref() == Ok(GIF);
        assert_eq!(is_gif, [0, 2, 3].contains(&place), "{place}: {content:?}");
    }
    // One that is left out is not even fetched, nor is one that is too large.
    let before = moto.asked("GET /set/thumbs");
    scan(
        &moto,
        &["s3://set", "--exclude", "thumbs.zip", "--exclude", "thumbs"],
    );
    assert_eq!(moto.asked("GET /set/thumbs"), before);
    let small = inputs_within(&moto, "s3://set/a.zip", 20);
    assert_eq!(fault(small.into_iter().next().unwrap()).0, FaultKind::Limit);
    if cfg!(feature = "parquet") {
        let table = fs::read(root().join("samples/archives/data-set.parquet")).unwrap();
        moto.put("set/in/data.parquet", table);
        let rows = names(&inputs(&moto, "s3://set/in"));
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert_eq!(rows[0], "s3://set/in/data.parquet!/0/icon.bmp");
    }
}

#[test]
fn what_is_not_there_is_told_in_plain_words() {
    let Some(moto) = Moto::start() else { return };
    moto.put("empty", "");
    let cases = [
        ("s3://missing", "no such bucket"),
        ("s3://missing/a.jpg", "there is no"),
        ("s3://empty/a.jpg", "nothing at or below"),
        ("s3://", "names no bucket"),
    ];
    for (address, reason) in cases {
        let ran = scan(&moto, &[address]);
        assert_eq!(ran.code, 3, "{address}: {}", ran.out);
        assert!(ran.out.contains(reason), "{address}: {}", ran.out);
        assert!(!ran.out.contains('<'), "{address}: {}", ran.out);
    }
}

#[test]
fn credentials_are_checked_by_the_server_and_never_shown() {
    let Some(moto) = Moto::start() else { return };
    moto.put("set", "");
    moto.put("set/a.gif", GIF);
    let (id, secret) = moto.lock();
    let ran = scan_as(&moto, &id, &secret, &["s3://set"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    for (id, secret) in [(id.as_str(), SECRET), (KEY_ID, secret.as_str())] {
        for address in ["s3://set", "s3://set/a.gif"] {
            let ran = scan_as(&moto, id, secret, &[address]);
            assert_eq!(ran.code, 3, "{}", ran.out);
            assert!(ran.out.contains("credentials"), "{}", ran.out);
        }
    }
    let nobody = with(
        &[("AWS_ENDPOINT_URL", &moto.endpoint)],
        &["scan", "-q", "s3://set"],
    );
    assert!(nobody.out.contains("AWS_ACCESS_KEY_ID"), "{}", nobody.out);
    // No half of them is enough, and nobody is asked for the other.
    let half = [
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_ENDPOINT_URL", &moto.endpoint),
    ];
    let half = with(&half, &["scan", "-q", "s3://set"]);
    assert!(half.out.contains("AWS_SECRET_ACCESS_KEY"), "{}", half.out);
}

#[test]
fn what_a_server_says_of_a_refusal_is_not_repeated() {
    let body = "<Error><AWSAccessKeyId>AKIANOBODYMAYSEETHIS</AWSAccessKeyId></Error>";
    for (status, reason) in [
        ("404 Not Found", "no such bucket"),
        ("403 Forbidden", "credentials"),
        ("400 Bad Request", "AWS_REGION"),
        ("301 Moved", "AWS_REGION"),
        ("418 Teapot", "status 418"),
        // It is tried again several times.
        ("503 Slow Down", "--threads"),
        ("200 OK", "could not be understood"),
    ] {
        let endpoint = answering(move |_| (status, body));
        let variables = [
            ("AWS_ACCESS_KEY_ID", KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ];
        let arguments = ["scan", "-q", "s3://set", "--endpoint", &endpoint];
        let ran = with(&variables, &arguments);
        assert_eq!(ran.code, 3, "{status}: {}", ran.out);
        assert!(ran.out.contains(reason), "{status}: {}", ran.out);
    }
}

#[test]
fn an_object_that_is_too_large_changes_or_vanishes_is_lost_and_told() {
    let Some(moto) = Moto::start() else { return };
    moto.put("set", "");
    moto.put("set/large.gif", vec![0; 3000]);
    moto.put("set/other.gif", [GIF, b"a"].concat());
    moto.put("set/small.gif", GIF);
    let ran = scan(&moto, &["s3://set", "--max-bytes", "2000"]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("--max-bytes"), "{}", ran.out);
    assert_eq!(moto.asked("GET /set/large.gif"), 0);
    let listed = inputs_within(&moto, "s3://set", 4000);
    moto.delete("set/small.gif");
    moto.put("set/other.gif", [GIF, b"b"].concat());
    moto.put("set/large.gif", vec![0; 5000]);
    let faults: Vec<(FaultKind, String)> = listed.into_iter().map(fault).collect();
    assert_eq!(faults[0].0, FaultKind::Limit);
    assert!(faults[1].1.contains("changed"), "{faults:?}");
    assert!(faults[2].1.contains("gone"), "{faults:?}");
    // However long the answer is, no more of it is read than is needed to know.
    let listed = inputs_within(&moto, "s3://set/large.gif", 8000);
    moto.put("set/large.gif", vec![0; 40 << 20]);
    let (kind, words) = fault(listed.into_iter().next().unwrap());
    assert_eq!(kind, FaultKind::Limit, "{words}");
}

#[test]
fn a_state_knows_what_did_not_change() {
    let Some(moto) = Moto::start() else { return };
    moto.put("set", "");
    for number in 0..5 {
        moto.put(&format!("set/{number}.gif"), [GIF, &[number]].concat());
    }
    moto.put(
        "set/signed.jpg",
        fs::read(root().join("samples/content_credentials/sidecar.jpg")).unwrap(),
    );
    // What was written just now may be written again within the same tick of a clock.
    std::thread::sleep(Duration::from_secs(5));
    let folder = Folder::new();
    let state = folder.at("state");
    let again = || {
        let arguments = [
            "s3://set",
            "--format",
            "jsonl",
            "--state",
            state.to_str().unwrap(),
        ];
        let ran = scan(&moto, &arguments);
        (
            records(&ran, "/set"),
            moto.asked("GET /set/"),
            moto.asked("GET /set?"),
        )
    };
    let (first, read, listed) = again();
    assert_eq!((first.len(), read, listed), (6, 6, 1));
    let (second, read, listed) = again();
    assert_eq!((read, listed), (6, 2), "something was read again");
    assert_eq!(first, second);
    // Of one that changed, and one that a manifest came to lie beside, nothing is believed.
    moto.put("set/3.gif", [GIF, b"x"].concat());
    let beside = fs::read(root().join("samples/content_credentials/sidecar.c2pa")).unwrap();
    moto.put("set/signed.c2pa", beside);
    let (third, read, _) = again();
    // The manifest counts as an input of its own, too.
    assert_eq!((third.len(), read), (7, 6 + 4), "{third:?}");
    assert_ne!(first["3.gif"], third["3.gif"]);
    assert_ne!(first["signed.jpg"], third["signed.jpg"]);
    assert_eq!(first["2.gif"], third["2.gif"]);
}

#[test]
fn a_server_that_is_not_there_is_told_without_what_was_to_be_secret() {
    let Some(mut moto) = Moto::start() else {
        return;
    };
    moto.stop();
    let ran = scan(&moto, &["s3://set/in"]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("could not be asked"), "{}", ran.out);
    for wrong in ["127.0.0.1:1", "http://user:word@127.0.0.1", "ftp://a"] {
        let ran = scan(&moto, &["s3://set", "--endpoint", wrong]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(!ran.err.contains("word@"), "{}", ran.err);
    }
}

#[test]
fn google_is_asked_in_its_own_way() {
    let Some(moto) = Moto::start() else { return };
    moto.put("set", "");
    moto.put("set/in/a.gif", GIF);
    moto.put("set/in/b.gif", GIF);
    let settings = [
        ("endpoint", moto.endpoint.as_str()),
        ("google_skip_signature", "true"),
    ];
    let found: Vec<Input> = walk(Path::new("gs://set/in"), &options(&settings)).collect();
    assert_eq!(names(&found), ["gs://set/in/a.gif", "gs://set/in/b.gif"]);
    let arguments = ["scan", "-q", "gs://set", "--endpoint", &moto.endpoint];
    let ran = with(&[("GOOGLE_SKIP_SIGNATURE", "true")], &arguments);
    assert_eq!(ran.code, 0, "{}", ran.out);
    // Credentials that another server would have to be asked for are of no use, and none is asked.
    let folder = Folder::new();
    let key = folder.put(
        "key.json",
        br#"{"type": "authorized_user", "client_id": "a", "client_secret": "a-secret-that-nobody-may-see", "refresh_token": "c"}"#,
    );
    let variables = [("GOOGLE_APPLICATION_CREDENTIALS", key.to_str().unwrap())];
    let ran = with(&variables, &arguments);
    assert!(ran.out.contains("no other is asked"), "{}", ran.out);
}
