//! SHA-1 of the file's bytes.

use super::{Family, Kind};

/// SHA-1 of the file's bytes: equal values mean equal files.
///
/// Collisions can be made, so a match proves less than one of SHA-256.
pub const SHA1: Kind = Kind {
    family: &FAMILY,
    variant: 0,
};

pub(super) static FAMILY: Family = Family {
    name: "sha1",
    about: "SHA-1 digest of the file's bytes",
    pattern: "sha1",
    exact: true,
    needs_pixels: false,
    needs_colours: false,
    computed: true,
    base64: false,
    variants: 1,
    display: |_, f| f.write_str("sha1"),
    parse: |name| (name == "sha1").then_some(0),
    bits: |_| 160,
    threshold: |_| Some(0),
    near: |_| None,
    compute: |_, views| Ok((views.digests()?.sha1.unwrap_or_default().into(), None)),
};
