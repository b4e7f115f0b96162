//! Hashes of images: cryptographic digests, PDQ, the `img_hash` family and those of Python's `imagehash`.
//!
//! A [`Family`] is one file here and two lines below; a [`Kind`] is one exact way of hashing, size, filter and
//! preprocessing included; a [`Fingerprint`] is a value of one kind. Values of different kinds are never compared.
//!
//! ```
//! use provscan::fingerprints::{Fingerprint, Kind};
//!
//! let kind: Kind = "pdq".parse()?;
//! let a = Fingerprint::parse_value(kind, &"0f".repeat(32))?;
//! let b = Fingerprint::parse_value(kind, &"1f".repeat(32))?;
//! assert_eq!(a.distance(&b), Some(32));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod compute;
mod digests;
pub mod imagehash;
pub mod img_hash;
mod kind;
mod md5;
pub mod pdq;
mod photodna;
pub(crate) mod raster;
mod sha1;
mod sha256;
pub mod trims;
mod upright;
mod value;

use compute::Views;
pub use compute::{FingerprintError, compute, compute_all};
pub use digests::{Digests, Wanted, digests, digests_of};
pub use kind::{Family, Kind, UnknownKind};
pub use md5::MD5;
pub use photodna::PHOTODNA;
pub use raster::{Layout, Raster, RasterError};
pub use sha1::SHA1;
pub use sha256::SHA256;
pub use upright::{compute_upright, is_turned};
pub(crate) use value::to_hex;
pub use value::{Fingerprint, ValueError};

/// The open set: every family, in the order in which `explain` and error messages list them.
pub static ALL: &[&Family] = &[
    &md5::FAMILY,
    &sha1::FAMILY,
    &sha256::FAMILY,
    &pdq::FAMILY,
    &img_hash::FAMILY,
    &imagehash::FAMILY,
    &photodna::FAMILY,
];

/// Every kind of every family, in a stable order.
pub fn kinds() -> impl Iterator<Item = Kind> {
    ALL.iter().flat_map(|family| family.kinds())
}
