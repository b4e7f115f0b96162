//! MD5 of the file's bytes.

use super::{Family, Kind};

/// MD5 of the file's bytes: equal values mean equal files.
///
/// Collisions are easily made, so a match proves less than one of SHA-256; most lists in use have nothing else.
pub const MD5: Kind = Kind {
    family: &FAMILY,
    variant: 0,
};

pub(super) static FAMILY: Family = Family {
    name: "md5",
    about: "MD5 digest of the file's bytes",
    pattern: "md5",
    exact: true,
    needs_pixels: false,
    needs_colours: false,
    computed: true,
    base64: false,
    variants: 1,
    display: |_, f| f.write_str("md5"),
    parse: |name| (name == "md5").then_some(0),
    bits: |_| 128,
    threshold: |_| Some(0),
    near: |_| None,
    compute: |_, views| Ok((views.digests()?.md5.unwrap_or_default().into(), None)),
};
