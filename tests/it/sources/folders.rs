//! What sources pass on, and what they say of the things they cannot.

use std::fs;

use provscan::Limits;
use provscan::error::FaultKind;
use provscan::sources::{FolderOptions, Input, Place, folder, open};

use crate::support::Folder;

#[test]
fn a_sidecar_that_cannot_be_read_is_a_fault_of_the_image() {
    let folder = Folder::new();
    let image = folder.at("a.gif");
    let beside = folder.at("a.c2pa");
    let limits = Limits {
        max_bytes: 10,
        ..Limits::default()
    };
    let read = || open(Input::file(&image), &limits).unwrap();
    fs::write(&image, b"GIF89a").unwrap();
    assert!(read().sidecar().is_none() && read().sidecar_fault().is_none());
    fs::write(&beside, [0; 11]).unwrap();
    let fault = read().sidecar_fault().cloned().unwrap();
    assert_eq!(fault.kind, FaultKind::Limit);
    let start = "the manifest beside it, a.c2pa, could not be read: larger";
    assert!(fault.message.starts_with(start), "{fault}");
    fs::write(&beside, [0; 10]).unwrap();
    assert!(read().sidecar().is_some() && read().sidecar_fault().is_none());
    fs::remove_file(&beside).unwrap();
    fs::create_dir(&beside).unwrap();
    assert!(read().sidecar().is_none() && read().sidecar_fault().is_none());
    // With the longer ending this is a name that no file can have.
    let long = folder.at(format!("{}.gif", "x".repeat(251)));
    fs::write(&long, b"GIF89a").unwrap();
    let read = open(Input::file(&long), &limits).unwrap();
    assert!(read.sidecar_fault().is_none());
}

#[test]
fn what_lies_too_deep_is_told() {
    let root = Folder::new();
    let deep = root.at(["d"; 512].join("/"));
    fs::create_dir_all(&deep).unwrap();
    fs::write(root.at("d/a.gif"), "").unwrap();
    fs::write(deep.join("b.gif"), "").unwrap();
    let found: Vec<Input> = folder(root.path(), FolderOptions::default()).collect();
    assert_eq!(found.len(), 2);
    let lost = found.iter().find_map(|input| match &input.place {
        Place::Lost(fault) => Some((input.name.to_text(), fault.kind)),
        _ => None,
    });
    let (name, kind) = lost.unwrap();
    assert!(name.ends_with("/b.gif"), "{name}");
    assert_eq!(kind, FaultKind::Limit);
}
