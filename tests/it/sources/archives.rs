//! Members of archives are inputs like files in a folder.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use provscan::Limits;
use provscan::error::FaultKind;
use provscan::sources::{Input, SourceOptions, open, walk};

use super::pack::{Row, Zip, deflated, tar, tar_header, tar_member};
use super::{names, read, read_with};
use crate::support::{Folder, provscan_with};

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Members that every form can hold.
fn members() -> Vec<(&'static str, &'static [u8])> {
    vec![("a.gif", GIF), ("b/c.png", PNG), ("b/notes.md", b"words")]
}

pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = Zip::default();
    for (number, (name, bytes)) in members.iter().enumerate() {
        match number % 2 {
            0 => zip.add(name, bytes),
            _ => zip.store(name, bytes),
        }
    }
    zip.finish(b"")
}

fn inputs(path: &Path) -> Vec<Input> {
    walk(path, &SourceOptions::default()).collect()
}

#[test]
fn every_form_gives_the_same_members() {
    let folder = Folder::new();
    let forms = [
        ("a.zip", zip(&members())),
        ("a.tar", tar(&members())),
        ("a.tar.gz", gzip(&tar(&members()))),
        ("a.TGZ", gzip(&tar(&members()))),
    ];
    for (name, bytes) in forms {
        let path = folder.put(name, bytes);
        let expected: Vec<_> = members()
            .into_iter()
            .map(|(name, bytes)| (format!("!/{name}"), Ok(bytes.to_vec())))
            .collect();
        assert_eq!(read(&path), expected, "{name}");
        assert!(inputs(&path).iter().all(|input| !input.asked_for));
    }
}

#[test]
fn archives_in_folders_are_opened_and_files_stay_files() {
    let folder = Folder::new();
    folder.put("a.zip", zip(&members()[..1]));
    folder.put("b.gif", GIF);
    // By content it is an image, whatever its name says.
    folder.put("c.zip", GIF);
    folder.put("d.7z", b"7z\xbc\xaf\x27\x1c");
    assert_eq!(
        names(folder.path()),
        [
            "/a.zip!/a.gif",
            "/b.gif",
            "/c.zip",
            "/d.7z (7z archives are not read here; unpack it and scan that)"
        ]
    );
}

#[test]
fn what_is_named_is_told_by_its_content() {
    let folder = Folder::new();
    let path = folder.put("upload", zip(&members()[..1]));
    assert_eq!(names(&path), ["!/a.gif"]);
    // In a folder it is not opened, and that is no success.
    let found = inputs(folder.path()).pop().unwrap();
    let asset = open(found, &Limits::default()).unwrap();
    assert_eq!(asset.unopened().unwrap().kind, FaultKind::Unsupported);
    let ran = provscan_with(["scan", "-q", folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, 3);
    let ran = provscan_with(["check", path.to_str().unwrap()]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("`provscan scan`"), "{}", ran.out);
}

#[test]
fn an_archive_in_an_archive_is_opened_and_one_deeper_is_told() {
    let folder = Folder::new();
    let inner = zip(&[("x.gif", GIF)]);
    let middle = tar(&[("m.gif", GIF), ("inner.zip", &inner)]);
    for outer in [
        zip(&[("middle.tar", &middle)]),
        zip(&[("n.gif", GIF), ("middle.tar", &middle)]),
    ] {
        let path = folder.put("outer.zip", outer);
        let names = names(&path);
        let middle = |name: &str| {
            names
                .iter()
                .any(|found| found == &format!("!/middle.tar!/{name}"))
        };
        assert!(middle("m.gif"), "{names:?}");
        let deep =
            "!/middle.tar!/inner.zip (an archive in an archive that lies in an archive itself";
        assert!(names.last().unwrap().starts_with(deep), "{names:?}");
    }
}

#[test]
fn a_manifest_beside_a_member_belongs_to_it() {
    let folder = Folder::new();
    let manifest: &[u8] = b"manifest";
    let orders = [
        vec![("d/a.c2pa", manifest), ("d/a.gif", GIF), ("d/b.gif", GIF)],
        vec![("d/a.gif", GIF), ("d/a.c2pa", manifest), ("d/b.gif", GIF)],
    ];
    for members in orders {
        for (name, bytes) in [
            ("a.zip", zip(&members)),
            ("a.tar", tar(&members)),
            ("a.tgz", gzip(&tar(&members))),
        ] {
            let path = folder.put(name, bytes);
            let mut seen = 0;
            for input in inputs(&path) {
                let is = input.name.to_text().ends_with("d/a.gif");
                let other = input.name.to_text().ends_with("d/b.gif");
                let asset = open(input, &Limits::default()).unwrap();
                if is {
                    let sidecar = asset.sidecar().unwrap();
                    assert_eq!((&*sidecar.name, &*sidecar.bytes), ("a.c2pa", manifest));
                    seen += 1;
                }
                assert!(!other || asset.sidecar().is_none());
            }
            assert_eq!(seen, 1, "{name}");
        }
    }
    // A compressed archive is read once: what comes too late is told.
    let late = tar(&[("a.gif", GIF), ("b.gif", GIF), ("a.c2pa", manifest)]);
    let path = folder.put("late.tgz", gzip(&late));
    assert!(names(&path)[2].starts_with("!/a.c2pa (this manifest came after the image"));
    let path = folder.put("late.tar", late);
    assert!(names(&path).iter().all(|name| !name.contains('(')));
}

#[test]
fn a_manifest_that_cannot_be_read_is_a_fault_of_the_image() {
    let folder = Folder::new();
    let mut archive = Zip::default();
    archive.add("a.gif", GIF);
    let mut row = Row::of("a.c2pa", b"manifest");
    row.crc ^= 1;
    archive.put(row, &deflated(b"manifest"));
    let path = folder.put("a.zip", archive.finish(b""));
    let image = inputs(&path).remove(0);
    let fault = open(image, &Limits::default())
        .unwrap()
        .sidecar_fault()
        .cloned()
        .unwrap();
    let start = "the manifest beside it, a.c2pa, could not be read: its checksum";
    assert!(fault.message.starts_with(start), "{fault}");
}

#[test]
fn members_can_be_named_and_listed() {
    let folder = Folder::new();
    let path = folder.put("a.zip", zip(&members()));
    let named = |member: &str| inputs(Path::new(&format!("{}!/{member}", path.display())));
    let one = named("b/c.png");
    assert!(one.len() == 1 && one[0].asked_for);
    assert_eq!(named("b").len(), 2);
    assert!(format!("{:?}", named("none")[0].place).contains("holds nothing of this name"));
    let list: String = ["b/notes.md", "a.gif", "none"]
        .map(|member| format!("{}!/{member}\n", path.display()))
        .concat();
    let list = folder.put("list.txt", list + path.to_str().unwrap() + "\n");
    let list = list.to_str().unwrap();
    let ran = provscan_with(["scan", "-q", "--format", "csv", "--files-from", list]);
    let ends: Vec<&str> = ran
        .out
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(".zip!/")?.1.split(',').next())
        .collect();
    assert_eq!(
        ends,
        [
            "b/notes.md",
            "a.gif",
            "none",
            "a.gif",
            "b/c.png",
            "b/notes.md"
        ]
    );
    assert_eq!(ran.code, 3);
    let ran = provscan_with(["check", &format!("{}!/a.gif", path.display())]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn stamps_stay_as_long_as_the_archive_does() {
    let folder = Folder::new();
    for (name, bytes) in [
        ("a.zip", zip(&members())),
        ("a.tar", tar(&members())),
        ("a.tgz", gzip(&tar(&members()))),
    ] {
        let path = folder.put(name, bytes);
        let stamps = || -> Vec<_> {
            inputs(&path)
                .into_iter()
                .map(|one| one.stamp.unwrap())
                .collect()
        };
        let before = stamps();
        assert_eq!(before, stamps());
        assert_ne!(before[0].inode, before[1].inode);
        let time = File::open(&path)
            .unwrap()
            .metadata()
            .unwrap()
            .modified()
            .unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(time + std::time::Duration::from_secs(2))
            .unwrap();
        assert!(before.iter().zip(stamps()).all(|(old, new)| *old != new));
    }
}

#[test]
fn long_names_large_sizes_and_joined_archives_are_tar_too() {
    let folder = Folder::new();
    let long = format!("{}/a.gif", "d".repeat(150));
    let mut archive = tar_member("././@LongLink", format!("{long}\0").as_bytes());
    archive[156] = b'L';
    fix(&mut archive[..512]);
    archive.extend(tar_member("short", GIF));
    let properties = format!("{} path={long}2\n", long.len() + 11);
    let mut extension = tar_member("x", properties.as_bytes());
    extension[156] = b'x';
    fix(&mut extension[..512]);
    archive.extend(extension);
    // The name that is cut short for the header may look like that of a folder.
    archive.extend(tar_member("short/", GIF));
    archive.extend([0; 1024]);
    archive.extend(tar(&[("joined.gif", GIF)]));
    let path = folder.put("a.tar", archive);
    assert_eq!(
        names(&path),
        [
            format!("!/{long}"),
            format!("!/{long}2"),
            "!/joined.gif".to_owned()
        ]
    );
}

/// Corrects the sum of a header that was changed.
fn fix(header: &mut [u8]) {
    header[148..156].copy_from_slice(b"        ");
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

#[test]
fn folders_links_and_devices_are_no_files() {
    let folder = Folder::new();
    let mut archive = Vec::new();
    for flag in b"123456gKVN" {
        let size = u64::from(*flag == b'2') * 4096;
        archive.extend(tar_header("a.gif", size, *flag));
    }
    archive.extend(tar(&[("b.gif", GIF)]));
    assert_eq!(names(&folder.put("a.tar", archive)), ["!/b.gif"]);
    let mut archive = Zip::default();
    archive.store("folder/", b"");
    let link = Row {
        mode: 0o120_777,
        ..Row::of("link.gif", b"/etc/passwd")
    };
    archive.put(link, &deflated(b"/etc/passwd"));
    archive.add("b.gif", GIF);
    assert_eq!(
        names(&folder.put("a.zip", archive.finish(b"a comment"))),
        ["!/b.gif"]
    );
}

#[test]
fn something_before_and_behind_a_zip_archive_does_no_harm() {
    let folder = Folder::new();
    let archive = zip(&members());
    let with = [b"#!/bin/sh\n".as_slice(), &[7; 3000], &archive, &[9; 500]].concat();
    assert_eq!(
        read(&folder.put("a.zip", with)),
        read(&folder.put("b.zip", archive))
    );
}

#[test]
fn limits_hold_for_members() {
    let folder = Folder::new();
    let large = vec![b'x'; 5000];
    let members: [(&str, &[u8]); 2] = [("large.bin", &large), ("a.gif", GIF)];
    for (name, bytes) in [
        ("a.zip", zip(&members)),
        ("a.tar", tar(&members)),
        ("a.tgz", gzip(&tar(&members))),
    ] {
        let path = folder.put(name, bytes);
        let limits = Limits {
            max_bytes: 4096,
            max_archive_ratio: 1 << 20,
            ..Limits::default()
        };
        let found = read_with(&path, limits);
        assert_eq!(found[0].1.as_ref().unwrap_err().kind, FaultKind::Limit);
        assert_eq!(found[1].1.as_deref(), Ok(GIF), "{name}");
        fs::remove_file(path).unwrap();
    }
}
