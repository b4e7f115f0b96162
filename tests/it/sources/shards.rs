//! Data sets in tar archives: members that belong together, and many archives under one name.

use std::path::Path;

use super::archives::gzip;
use super::names;
use super::pack::tar;
use crate::support::{Folder, provscan_with};

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";

#[test]
fn what_describes_a_picture_is_no_file_of_its_own() {
    let folder = Folder::new();
    let members: [(&str, &[u8]); 9] = [
        ("0001.gif", GIF),
        ("0001.json", b"{}"),
        ("0001.txt", b"a caption"),
        ("0001.seg.gif", GIF),
        ("0002.cls", b"7"),
        ("0002.jpg", b"broken, and named like a picture"),
        ("0003.dat", GIF),
        ("0003.txt", b"no picture by name, and one by content"),
        ("README.txt", b"words"),
    ];
    let expected = [
        "!/0001.gif",
        "!/0001.seg.gif",
        // There is no picture of this key that can be told.
        "!/0002.cls",
        "!/0002.jpg",
        "!/0003.dat",
        "!/README.txt",
    ];
    let plain = folder.put("a.tar", tar(&members));
    let packed = folder.put("a.tar.gz", gzip(&tar(&members)));
    assert_eq!(names(&plain), expected);
    assert_eq!(names(&packed), expected);
}

#[test]
fn a_description_that_is_none_is_not_passed_over() {
    let folder = Folder::new();
    let inner = tar(&[("x.gif", GIF)]);
    let members: [(&str, &[u8]); 4] = [
        ("1.gif", GIF),
        ("1.txt", GIF),
        ("1.bin", &inner),
        ("1.tar", &inner),
    ];
    let path = folder.put("a.tar", tar(&members));
    assert_eq!(
        names(&path),
        ["!/1.gif", "!/1.txt", "!/1.bin", "!/1.tar!/x.gif"]
    );
}

#[test]
fn numbers_in_braces_stand_for_many_archives() {
    let folder = Folder::new();
    for number in 0..3 {
        folder.put(format!("s-{number:03}.tar"), tar(&[("a.gif", GIF)]));
    }
    let path = folder.at("s-{000..003}.tar");
    let found = names(Path::new(&path));
    assert_eq!(found.len(), 4);
    assert!(found[2].ends_with("/s-002.tar!/a.gif"));
    assert!(
        found[3].ends_with("/s-003.tar (there is no such file)"),
        "{found:?}"
    );
    let ran = provscan_with(["scan", "-q", path.to_str().unwrap()]);
    assert!(
        ran.code == 3 && ran.out.contains("3 no-evidence"),
        "{}",
        ran.out
    );
}
