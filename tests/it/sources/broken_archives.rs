//! Archives that are cut off, damaged or of a kind that is not read: what is there is read, and what is not is told.

use provscan::Limits;

use super::archives::gzip;
use super::hostile_archives::{GIF, good};
use super::pack::{Zip, tar, tar_header, tar_member};
use super::{names, read, read_with};
use crate::allocations;
use crate::support::{Folder, Random};

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

#[test]
fn a_single_file_in_gzip_is_told() {
    let folder = Folder::new();
    folder.put("a.gif.gz", gzip(GIF));
    folder.put("b.gz", gzip(&tar(&[("b.gif", GIF)])));
    let found = names(folder.path());
    assert!(found[0].starts_with("/a.gif.gz (single-file gz archives are not read here"));
    assert_eq!(found[1..], ["/b.gz!/b.gif"]);
}
