//! What members of archives are called, and names that no honest archive holds. Nothing is ever written under these names.

use std::ffi::OsString;

use crate::error::{Fault, FaultKind};

/// What stands between an archive and its member.
pub(in crate::sources) const WITHIN: &str = "!/";

/// Longest name of a member.
const MAX_NAME: usize = 4096;

/// The name of a member: that of its archive, and its own.
pub(in crate::sources) fn joined(archive: &OsString, label: &[u8]) -> OsString {
    let mut name = archive.clone();
    name.push(WITHIN);
    name.push(os_string(label.get(..MAX_NAME).unwrap_or(label).to_vec()));
    name
}

/// Bytes from a file as a name, exactly where the system has such names.
#[cfg(unix)]
pub(in crate::sources) fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

/// Bytes from a file as a name, exactly where the system has such names.
#[cfg(not(unix))]
pub(in crate::sources) fn os_string(bytes: Vec<u8>) -> OsString {
    OsString::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// A name without what changes nothing in it.
pub(super) fn plain(name: &[u8]) -> &[u8] {
    let mut name = name;
    while let Some(rest) = name.strip_prefix(b"./") {
        name = rest;
    }
    name
}

/// Why a name is one that an archive made to do harm would hold: unpacked, it would lie elsewhere or be misread.
pub(in crate::sources) fn refused(name: &[u8]) -> Option<Fault> {
    let drive = matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic());
    let why = if name.is_empty() {
        "it has no name"
    } else if name.len() > MAX_NAME {
        "its name is longer than names can be"
    } else if name.iter().any(u8::is_ascii_control) {
        "its name holds control characters"
    } else if name.starts_with(b"/") || name.starts_with(b"\\") || drive {
        "its name leads to a place outside of the archive"
    } else if components(name).any(|part| part == b"..") {
        "its name leads out of the archive with `..`"
    } else {
        return None;
    };
    let message = format!(
        "{why}, as in archives that are made to do harm, so it was not read; unpack it with a tool that you trust"
    );
    Some(Fault::new(FaultKind::Malformed, message))
}

fn components(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| matches!(byte, b'/' | b'\\'))
}

/// Where the last part of a name begins.
fn base_start(name: &[u8]) -> usize {
    name.iter()
        .rposition(|byte| matches!(byte, b'/' | b'\\'))
        .map_or(0, |at| at + 1)
}

/// The last part of a name.
pub(in crate::sources) fn base(name: &[u8]) -> &[u8] {
    name.get(base_start(name)..).unwrap_or_default()
}

/// The name without its last ending, which it shares with the manifest beside it.
pub(in crate::sources) fn stem(name: &[u8]) -> &[u8] {
    let start = base_start(name);
    let dot = name.iter().rposition(|byte| *byte == b'.');
    name.get(..dot.filter(|dot| *dot > start).unwrap_or(name.len()))
        .unwrap_or(name)
}

/// The key of a sample in a data set: everything up to the first dot of the last part.
pub(in crate::sources) fn key(name: &[u8]) -> &[u8] {
    let start = base_start(name);
    let dot = name.iter().skip(start).position(|byte| *byte == b'.');
    name.get(..dot.map_or(name.len(), |dot| start + dot))
        .unwrap_or(name)
}

/// Whether it is the name of a detached manifest.
pub(in crate::sources) fn is_manifest(name: &[u8]) -> bool {
    stem(name).len() + 5 == name.len() && name.ends_with(b".c2pa")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "",
            "/etc/passwd",
            "../a.jpg",
            "a/../../b.jpg",
            "a\\..\\b.jpg",
            "\\a.jpg",
            "C:\\a.jpg",
            "c:a.jpg",
            "a\0.jpg",
            "a\nb.jpg",
            "a\u{7f}.jpg",
        ] {
            assert!(refused(name.as_bytes()).is_some(), "{name:?}");
        }
        assert!(refused(&[b'a'; 5000]).is_some());
        for name in [
            "a.jpg",
            "a/b..jpg",
            "a/...jpg",
            "dir\\a.jpg",
            "ä.jpg",
            "a!/b.jpg",
        ] {
            assert!(refused(name.as_bytes()).is_none(), "{name:?}");
        }
    }

    #[test]
    fn keys_end_at_the_first_dot_and_stems_at_the_last() {
        assert_eq!(key(b"d.1/a.seg.png"), b"d.1/a");
        assert_eq!(stem(b"d.1/a.seg.png"), b"d.1/a.seg");
        assert_eq!(stem(b"d.1/a"), b"d.1/a");
        assert_eq!(base(b"d.1/a.png"), b"a.png");
        assert!(is_manifest(b"d/a.c2pa") && !is_manifest(b"d/.c2pa") && !is_manifest(b"a.jpg"));
        assert_eq!(plain(b"././a"), b"a");
    }
}
