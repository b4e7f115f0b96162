//! Archives that are made to do harm: nothing is lost in silence, and nothing costs more than it may.

use std::collections::BTreeSet;

use provscan::Limits;
use provscan::error::FaultKind;
use provscan::sources::{SourceOptions, walk};

use super::archives::gzip;
use super::pack::{Row, Zip, deflated, tar, tar_header};
use super::{names, read, read_with};
use crate::allocations;
use crate::support::Folder;

pub(super) const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";

pub(super) fn good() -> Zip {
    let mut zip = Zip::default();
    zip.add("good.gif", GIF);
    zip
}

/// The fault of the one member that is not `good.gif`.
fn fault(zip: Zip) -> String {
    let folder = Folder::new();
    let mut found = names(&folder.put("a.zip", zip.finish(b"")));
    found.retain(|name| name != "!/good.gif");
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn names_that_lead_elsewhere_are_answered_and_not_read() {
    let folder = Folder::new();
    let hostile = [
        "../a.gif",
        "/a.gif",
        "a/../../b.gif",
        "C:\\a.gif",
        "a\u{1}.gif",
        "x\0y.gif",
        "",
    ];
    let mut zip = good();
    hostile.iter().for_each(|name| zip.add(name, GIF));
    let found = read(&folder.put("a.zip", zip.finish(b"")));
    assert_eq!(found.len(), hostile.len() + 1);
    for (name, read) in found.iter().skip(1) {
        let fault = read.as_ref().unwrap_err();
        assert_eq!(fault.kind, FaultKind::Malformed, "{name}");
        assert!(fault.message.contains("made to do harm"), "{fault}");
    }
    let found = names(&folder.put("a.tar", tar(&[("../a.gif", GIF), ("./b.gif", GIF)])));
    assert!(found[0].contains("leads out of the archive"));
    assert_eq!(found[1], "!/b.gif");
}

#[test]
fn members_of_one_name_are_all_answered_under_names_of_their_own() {
    let folder = Folder::new();
    let mut zip = good();
    zip.add("a.gif", GIF);
    zip.add("a.gif", b"other");
    zip.add("a.gif (2)", b"third");
    let path = folder.put("a.zip", zip.finish(b""));
    let found = read(&path);
    let names: BTreeSet<&String> = found.iter().map(|(name, _)| name).collect();
    let contents: BTreeSet<&Vec<u8>> = found.iter().flat_map(|(_, read)| read).collect();
    assert_eq!((names.len(), contents.len()), (4, 3));
}

#[test]
fn what_is_said_of_a_member_has_to_be_so() {
    let with = |change: fn(&mut Row)| {
        let mut zip = good();
        let mut row = Row::of("a.gif", GIF);
        change(&mut row);
        zip.put(row, &deflated(GIF));
        fault(zip)
    };
    assert!(with(|row| row.crc ^= 1).contains("checksum"));
    assert!(with(|row| row.size += 1).contains("bytes long, and is not"));
    assert!(with(|row| row.size -= 1).contains("bytes long, and is not"));
    assert!(with(|row| row.size = u32::MAX - 1).contains("--max-bytes"));
    assert!(with(|row| row.flags |= 1).contains("encrypted"));
    assert!(with(|row| row.method = 9).contains("method 9 (Deflate64)"));
    assert!(with(|row| row.method = 77).contains("method 77"));
}

#[test]
fn members_that_lie_over_each_other_are_refused() {
    let folder = Folder::new();
    let mut zip = good();
    let kernel = vec![0; 100_000];
    let row = Row {
        at: zip.here(),
        ..Row::of("0", &kernel)
    };
    zip.unlisted(&row, &deflated(&kernel));
    for number in 0..50 {
        zip.list(&Row {
            name: format!("{number}").into_bytes(),
            ..row.clone()
        });
    }
    let found = names(&folder.put("a.zip", zip.finish(b"")));
    assert_eq!(found.len(), 51);
    assert_eq!(
        found.iter().filter(|name| name.contains("overlap")).count(),
        50
    );
}

#[test]
fn a_member_that_the_directory_leaves_out_is_answered() {
    let folder = Folder::new();
    let mut zip = good();
    zip.unlisted(&Row::of("hidden.gif", GIF), &deflated(GIF));
    zip.add("last.gif", GIF);
    let path = folder.put("a.zip", zip.finish(b""));
    assert_eq!(names(&path), ["!/good.gif", "!/last.gif", "!/hidden.gif"]);
}

#[test]
fn a_member_that_nobody_can_tell_the_end_of_is_answered() {
    let hidden = Row {
        method: 0,
        flags: 8,
        packed: 0,
        size: 0,
        ..Row::of("hidden.gif", GIF)
    };
    let mut zip = good();
    zip.unlisted(&hidden, GIF);
    zip.add("last.gif", GIF);
    zip.unlisted(&Row::of("second.gif", GIF), &deflated(GIF));
    let folder = Folder::new();
    let found = names(&folder.put("a.zip", zip.finish(b"")));
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(
        found[2].starts_with("!/hidden.gif (")
            && found[2].contains("nobody can tell where it ends"),
        "{found:?}"
    );
    assert_eq!(found[3], "!/second.gif", "what else is left out is read");
}

#[test]
fn more_hidden_members_than_are_looked_for_are_told() {
    let mut zip = Zip::default();
    for number in 0..1005 {
        zip.store(&format!("{number}.txt"), b"");
        zip.unlisted(&Row::of("hidden.gif", GIF), &deflated(GIF));
    }
    let folder = Folder::new();
    let found = names(&folder.put("a.zip", zip.finish(b"")));
    let last = found.last().unwrap();
    assert!(last.contains("in more than 1000 places"), "{last}");
}

#[test]
fn bombs_cost_no_more_than_the_limits() {
    let folder = Folder::new();
    let zeros = vec![0; 40 << 20];
    let mut zip = good();
    for number in 0..20 {
        zip.add(&format!("{number}.bin"), &zeros);
    }
    let zip = folder.put("a.zip", zip.finish(b""));
    let packed = gzip(&tar(&[
        ("good.gif", GIF),
        ("0.bin", &zeros),
        ("1.bin", &zeros),
        ("2.gif", GIF),
    ]));
    let tgz = folder.put("a.tgz", packed);
    let limits = Limits {
        max_bytes: 50 << 20,
        max_archive_ratio: 10,
        ..Limits::default()
    };
    for path in [zip, tgz] {
        let found = read_with(&path, limits.clone());
        assert!(found.len() < 5);
        let (name, last) = found.last().unwrap();
        let fault = last.as_ref().unwrap_err();
        assert_eq!((name.as_str(), fault.kind), ("", FaultKind::Limit));
        assert!(fault.message.contains("--max-archive-ratio"));
    }
}

#[test]
fn many_members_end_at_the_limit() {
    let folder = Folder::new();
    let members: Vec<(String, &[u8])> = (0..100).map(|n| (format!("{n}.gif"), GIF)).collect();
    let members: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(name, bytes)| (name.as_str(), *bytes))
        .collect();
    let mut zip = Zip::default();
    members
        .iter()
        .for_each(|(name, bytes)| zip.add(name, bytes));
    let limits = Limits {
        max_members: 10,
        ..Limits::default()
    };
    for (name, bytes) in [
        ("a.zip", zip.finish(b"")),
        ("a.tar", tar(&members)),
        ("a.tgz", gzip(&tar(&members))),
    ] {
        let found = read_with(&folder.put(name, bytes), limits.clone());
        assert_eq!(found.len(), 11);
        assert!(
            found[10]
                .1
                .as_ref()
                .unwrap_err()
                .message
                .contains("--max-members")
        );
    }
}

#[test]
fn claims_are_not_believed_before_the_bytes_are_there() {
    let folder = Folder::new();
    let claim = 400 << 20;
    let mut zip = good();
    let row = Row {
        size: claim,
        ..Row::of("a.gif", GIF)
    };
    zip.put(row, &deflated(GIF));
    let mut cut = tar_header("a.gif", u64::from(claim), b'0');
    cut.extend(GIF);
    let mut long = tar_header("a.gif", 1 << 40, b'x');
    long.extend(GIF);
    for (name, bytes) in [
        ("a.zip", zip.finish(b"")),
        ("cut.tar", cut.clone()),
        ("cut.tgz", gzip(&cut)),
        ("long.tar", long.clone()),
        ("long.tgz", gzip(&long)),
    ] {
        let path = folder.put(name, bytes);
        let (found, counts) = allocations::counted(|| read(&path));
        assert!(found.iter().any(|(_, read)| read.is_err()), "{name}");
        assert!(counts.peak < 8 << 20, "{name}: {counts:?}");
    }
}

#[test]
fn a_file_that_is_marked_as_a_link_is_read() {
    let folder = Folder::new();
    let image = [GIF, &[0; 2000]].concat();
    let mut zip = good();
    let row = Row {
        mode: 0o120_777,
        ..Row::of("a.gif", &image)
    };
    zip.put(row, &deflated(&image));
    let found = read(&folder.put("a.zip", zip.finish(b"")));
    assert_eq!(found.len(), 2);
    assert_eq!(found[1], ("!/a.gif".to_owned(), Ok(image)));
}

/// How many bytes each input of an archive says it holds.
fn held(path: &std::path::Path) -> Vec<u64> {
    let inputs = walk(path, &SourceOptions::default());
    inputs.map(|input| input.held()).collect()
}

#[test]
fn members_say_how_much_memory_they_hold() {
    let folder = Folder::new();
    let members: [(&str, &[u8]); 3] = [("a.c2pa", &[1; 50]), ("a.gif", GIF), ("b.bin", &[7; 700])];
    let image = GIF.len() as u64;
    let tgz = folder.put("a.tgz", gzip(&tar(&members)));
    assert_eq!(held(&tgz), [50, image + 50, 700]);
    let inner = tar(&members);
    assert_eq!(held(&folder.put("a.tar", &inner)), [0, 0, 0]);
    let mut zip = Zip::default();
    zip.add("inner.tar", &inner);
    let path = folder.put("a.zip", zip.finish(b""));
    assert_eq!(held(&path), [inner.len() as u64, image, 700]);
}
