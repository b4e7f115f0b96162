//! Archives that are made to do harm, or are broken: nothing is lost in silence, and nothing costs more than it may.

use std::collections::BTreeSet;

use provscan::Limits;
use provscan::error::FaultKind;
use provscan::sources::{SourceOptions, walk};

use super::archives::gzip;
use super::pack::{Row, Zip, deflated, tar, tar_header, tar_member};
use super::{names, read, read_with};
use crate::allocations;
use crate::support::{Folder, Random};

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";

fn good() -> Zip {
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
fn what_was_cut_off_is_read_as_far_as_it_goes() {
    let folder = Folder::new();
    let mut noise = Random::new(7);
    let members: Vec<(String, Vec<u8>)> = (0..8)
        .map(|n| {
            (
                format!("{n}.bin"),
                (0..1000).map(|_| noise.next() as u8).collect(),
            )
        })
        .collect();
    let listed: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(n, b)| (n.as_str(), b.as_slice()))
        .collect();
    let mut zip = Zip::default();
    listed.iter().for_each(|(name, bytes)| zip.add(name, bytes));
    for (name, bytes) in [
        ("a.zip", zip.finish(b"")),
        ("a.tar", tar(&listed)),
        ("a.tgz", gzip(&tar(&listed))),
    ] {
        for part in 1..10 {
            let cut = &bytes[..bytes.len() * part / 10];
            let found = read(&folder.put(name, cut));
            let lost = found.iter().filter(|(_, read)| read.is_err()).count();
            assert!(lost >= 1, "{name} {part}: {}", found.len());
            for (place, (name, read)) in found.iter().enumerate() {
                let Ok(read) = read else { continue };
                assert_eq!(
                    (name, read),
                    (&format!("!/{}", members[place].0), &members[place].1)
                );
            }
            assert!(
                part < 6 || found.len() > 3,
                "{name} {part}: {}",
                found.len()
            );
        }
    }
}

#[test]
fn a_header_that_is_none_ends_a_tar_archive_in_words() {
    let folder = Folder::new();
    let mut bytes = tar_member("a.gif", GIF);
    bytes.extend([b'?'; 512]);
    bytes.extend(tar(&[("b.gif", GIF)]));
    let found = names(&folder.put("a.tar", bytes));
    assert_eq!(found[0], "!/a.gif");
    assert!(
        found[1].contains("damaged at byte 1024") && found.len() == 2,
        "{found:?}"
    );
    let unended = tar_member("a.gif", GIF);
    let found = names(&folder.put("a.tar", unended));
    assert!(found[1].contains("without the mark of an end"), "{found:?}");
}

/// Every change of an archive ends, and leaves no more members out than it says.
#[test]
fn changed_archives_end_in_answers() {
    let folder = Folder::new();
    let members: [(&str, &[u8]); 4] = [
        ("a.gif", GIF),
        ("a.c2pa", b"m"),
        ("b/c.bin", &[7; 700]),
        ("d.txt", b"t"),
    ];
    let mut zip = Zip::default();
    members
        .iter()
        .for_each(|(name, bytes)| zip.add(name, bytes));
    let seeds = [
        ("a.zip", zip.finish(b"")),
        ("a.tar", tar(&members)),
        ("a.tgz", gzip(&tar(&members))),
    ];
    let limits = Limits {
        max_bytes: 1 << 20,
        max_members: 100,
        ..Limits::default()
    };
    let mut random = Random::new(11);
    for (name, seed) in seeds {
        for _ in 0..400 {
            let mut bytes = seed.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes[at] = random.next() as u8,
                    1 => bytes[at] = 0xff,
                    2 => bytes.truncate(at + 1),
                    _ => {
                        let from = random.below(bytes.len());
                        let len = random
                            .below(64)
                            .min(bytes.len() - from)
                            .min(bytes.len() - at);
                        let part = bytes[from..from + len].to_vec();
                        bytes[at..at + len].copy_from_slice(&part);
                    }
                }
            }
            let path = folder.put(name, &bytes);
            let (found, counts) = allocations::counted(|| read_with(&path, limits.clone()));
            assert!(
                found.len() <= 101 && counts.peak < 16 << 20,
                "{name}: {} {counts:?}",
                found.len()
            );
            let whole = found.iter().filter(|(_, read)| read.is_ok()).count();
            let told = found.len() - whole;
            assert!(whole >= members.len() - 1 || told > 0, "{name}: {found:?}");
        }
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

#[test]
fn members_of_kinds_that_are_not_read_are_answered() {
    let folder = Folder::new();
    for flag in b"MNDVI" {
        let mut bytes = tar_member("good.gif", GIF);
        bytes.extend(tar_header("a.gif", GIF.len() as u64, *flag));
        bytes.extend([GIF, &[0; 512]].concat()[..512].iter());
        bytes.extend(tar(&[("last.gif", GIF)]));
        for (name, bytes) in [("a.tar", bytes.clone()), ("a.tgz", gzip(&bytes))] {
            let found = names(&folder.put(name, bytes));
            assert_eq!(found.len(), 3, "{name}: {found:?}");
            assert!(found[1].contains("a.gif (its kind is one"), "{found:?}");
        }
    }
}

#[test]
fn a_directory_with_other_rows_than_its_end_says_is_told() {
    let folder = Folder::new();
    let mut zip = good();
    zip.add("a.gif", GIF);
    let bytes = zip.finish(b"");
    for rows in [0_u8, 1, 3] {
        let mut changed = bytes.clone();
        let at = changed.len() - 12;
        changed[at] = rows;
        let found = names(&folder.put("a.zip", changed));
        assert_eq!(found[..2], ["!/good.gif", "!/a.gif"]);
        assert!(found[2].contains("members may be missing"), "{found:?}");
    }
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

#[test]
fn a_single_file_in_gzip_is_told() {
    let folder = Folder::new();
    folder.put("a.gif.gz", gzip(GIF));
    folder.put("b.gz", gzip(&tar(&[("b.gif", GIF)])));
    let found = names(folder.path());
    assert!(found[0].starts_with("/a.gif.gz (single-file gz archives are not read here"));
    assert_eq!(found[1..], ["/b.gz!/b.gif"]);
}
