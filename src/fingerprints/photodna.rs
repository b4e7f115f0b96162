//! PhotoDNA, as lists hold it: kept and compared between lists, never computed.

use super::{Family, FingerprintError, Kind};

/// PhotoDNA: 144 bytes.
///
/// The algorithm is licensed and not public, so no image is ever hashed with it here. Values are kept so that lists can be
/// compared, merged and handed on; equal values mean that somebody's program gave two pictures the same hash.
pub const PHOTODNA: Kind = Kind {
    family: &FAMILY,
    variant: 0,
};

pub(super) static FAMILY: Family = Family {
    name: "photodna",
    about: "perceptual hash of licensed programs: kept in lists, never computed here, so no image is found by it",
    pattern: "photodna",
    exact: true,
    needs_pixels: true,
    needs_colours: false,
    computed: false,
    base64: true,
    variants: 1,
    display: |_, f| f.write_str("photodna"),
    parse: |name| (name == "photodna").then_some(0),
    bits: |_| 144 * 8,
    threshold: |_| Some(0),
    near: |_| None,
    compute: |_, _| {
        Err(FingerprintError::Unfit(
            "photodna hashes are compared, but not computed here".into(),
        ))
    },
};
