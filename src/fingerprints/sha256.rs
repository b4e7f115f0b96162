//! SHA-256 of the file's bytes.

use super::{Family, Kind};

/// SHA-256 of the file's bytes: equal values mean equal files.
pub const SHA256: Kind = Kind {
    family: &FAMILY,
    variant: 0,
};

pub(super) static FAMILY: Family = Family {
    name: "sha256",
    about: "SHA-256 digest of the file's bytes",
    pattern: "sha256",
    exact: true,
    needs_pixels: false,
    needs_colours: false,
    computed: true,
    base64: false,
    variants: 1,
    display: |_, f| f.write_str("sha256"),
    parse: |name| (name == "sha256").then_some(0),
    bits: |_| 256,
    threshold: |_| Some(0),
    near: |_| None,
    compute: |_, views| Ok(((*views.sha256()?).into(), None)),
};
